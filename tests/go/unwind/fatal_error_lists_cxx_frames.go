// SPDX-License-Identifier: BSD-3-Clause

//test:arch amd64

// What C++ was doing when the runtime died of it is behind "runtime stack:". The program starts
// itself: with a symbol table there are names, in a form that tools which read tracebacks know.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
)

//go:noinline
func recurse(n int) int {
	var words [16]int
	words[n&15] = recurse(n + 1)
	return words[(n+1)&15]
}

var (
	cxxName  = regexp.MustCompile(`^(gort::[\w:()]+|gort_\w+)\(\.\.\.\)$`)
	cxxPlace = regexp.MustCompile(`^\tC\+\+ \+0x[0-9a-f]+ fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+$`)
)

func main() {
	if len(os.Args) > 1 {
		debug.SetMaxStack(1 << 16)
		recurse(0)
	}
	child := exec.Command(os.Args[0], "overflow")
	child.Env = append(os.Environ(), "GOTRACEBACK=system")
	out, _ := child.CombinedOutput()
	for _, block := range strings.Split(string(out), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if lines[0] != "runtime stack:" {
			continue
		}
		for i := 1; i+1 < len(lines); i += 2 {
			if !cxxName.MatchString(lines[i]) || !cxxPlace.MatchString(lines[i+1]) {
				fmt.Println("unexpected frame:", lines[i], lines[i+1])
			}
		}
		fmt.Println("innermost:", lines[1])
		fmt.Println("outermost:", lines[len(lines)-2])
		return
	}
	fmt.Printf("no runtime stack:\n%s", out)
}
