// SPDX-License-Identifier: BSD-3-Clause

// GODEBUG=tracebackancestors=N: a traceback goes on with the goroutines that led to this one. The
// program starts itself, which one under qemu-user cannot.
//
//test:arch amd64
package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"time"
)

func first() { go second(); select {} }

func second() {
	go func() { third() }()
	select {}
}

func third() { panic("here") }

func main() {
	if len(os.Args) > 1 {
		go first()
		time.Sleep(time.Minute)
	}
	for _, n := range []string{"1", "2", "5"} {
		cmd := exec.Command(os.Args[0], "child")
		cmd.Env = append(os.Environ(), "GODEBUG=tracebackancestors="+n)
		text, _ := cmd.CombinedOutput()
		for what, with := range map[string]string{
			`0x[0-9a-f]+`: "0x", `goroutine \d+`: "goroutine N", `\t.*/`: "    ",
		} {
			text = regexp.MustCompile(what).ReplaceAll(text, []byte(with))
		}
		fmt.Printf("-- %s\n%s", n, text)
	}
}
