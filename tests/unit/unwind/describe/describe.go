// SPDX-License-Identifier: BSD-3-Clause

// Describe prints what the stock runtime knows about addresses spread over its own text, one line
// each:
//
//	pc, entry, line, name, file (between tabs)
//
// real_program_test reads this program's function table with gort's code and expects the same.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
)

const step = 61

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	first := reflect.ValueOf(strings.Index).Pointer()
	for pc := first; ; pc -= step {
		f := runtime.FuncForPC(pc)
		if f == nil {
			break
		}
		describe(out, pc, f)
	}
	for pc := first + step; ; pc += step {
		f := runtime.FuncForPC(pc)
		if f == nil {
			break
		}
		describe(out, pc, f)
	}
}

func describe(out *bufio.Writer, pc uintptr, f *runtime.Func) {
	file, line := f.FileLine(pc)
	fmt.Fprintf(out, "%x\t%x\t%d\t%s\t%s\n", pc, f.Entry(), line, f.Name(), file)
}
