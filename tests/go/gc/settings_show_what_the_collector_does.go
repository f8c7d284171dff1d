// SPDX-License-Identifier: BSD-3-Clause

// The settings of GODEBUG that are about memory print the lines that package runtime documents, or
// do what it says. The program starts itself, which one under qemu-user cannot.
//
//test:arch amd64
package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

type node struct {
	next *node
	pad  [10]int
}

var (
	keep  *node
	large []byte
)

func grow() {
	for i := 0; i < 400000; i++ {
		n := &node{next: keep}
		if i%1000 == 0 {
			keep = n
		}
	}
}

func free() {
	large = make([]byte, 8<<20)
	large = nil
	runtime.GC()
	debug.FreeOSMemory()
}

func allocateOne() {
	keep = new(node)
	keep = nil
	runtime.GC()
	runtime.GC()
}

func allocateMany() {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	runtime.SetFinalizer(new(node), func(*node) { println("finalizer") })
	m := map[string][]string{}
	for i := 0; i < 1000; i++ {
		k := fmt.Sprint(i % 7)
		m[k] = append(m[k], strings.Repeat(k, i))
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	println(len(m["3"]), m["5"][1], after.Mallocs-before.Mallocs < 50)
}

// The address of a large object that is dead.
//
//go:noinline
func deadAddress() uintptr {
	large = make([]byte, 1<<20)
	p := uintptr(unsafe.Pointer(&large[0]))
	large = nil
	runtime.GC()
	runtime.GC()
	return p
}

func useDead() {
	p := deadAddress()
	println(**(**byte)(unsafe.Pointer(&p)))
}

var float = `[+-]\d\.\d{6}e[+-]\d{3}`

var settings = []struct {
	godebug string
	run     func()
	lines   []string // each is there at least once
}{
	{"gctrace=1", grow, []string{
		`gc \d+ @\d+\.\d{3}s \d+%: \S+\+\S+\+\S+ ms clock, \S+\+\S+/\S+/\S+\+\S+ ms cpu, ` +
			`\d+->\d+->\d+ MB, \d+ MB goal, \d+ P`,
	}},
	{"gcpacertrace=1", grow, []string{
		`pacer: assist ratio=F \(scan \d+ MB in \d+->\d+ MB\) workers=\d+\+F`,
		`pacer: H_m_prev=\d+ h_t=F H_T=\d+ h_a=F H_a=\d+ h_g=F H_g=\d+ u_a=F u_g=F W_a=\d+ ` +
			`goalΔ=F actualΔ=F u_a/u_g=F`,
		`pacer: sweep done at heap size \d+MB; allocated \d+MB during sweep; ` +
			`swept \d+ pages at F pages/byte`,
	}},
	{"scavtrace=1", free, []string{
		`scav \d+ \d+ KiB work, \d+ KiB total, \d+% util`,
		`scav \d+ \d{4} KiB work, \d+ KiB total, \d+% util \(forced\)`,
	}},
	{"allocfreetrace=1", allocateOne, []string{
		`tracealloc\(0x[0-9a-f]+, 0x60, main.node\)\ngoroutine 1 \[running\]:\n(.+\n)*` +
			`main.allocateOne\(.*\)\n(.+\n)*`,
		`tracefree\(0x[0-9a-f]+, 0x60\)\ngoroutine .*`,
		`tracegc\(\)\n\ngoroutine (.*\n)*end tracegc\n`,
	}},
	{"sbrk=1", allocateMany, []string{`143 555555555555 true`}},
	{"efence=1", useDead, []string{`unexpected fault address 0x[0-9a-f]+`, `fatal error: fault`}},
	{"clobberfree=1,madvdontneed=1,scavenge=1,gcshrinkstackoff=1,gccheckmark=1", allocateMany,
		[]string{`finalizer`}},
	{"gcstoptheworld=1,gctrace=1", grow, []string{`gc \d+ .* MB goal, \d+ P`}},
	{"gcstoptheworld=2,gcpacertrace=1", grow, []string{`pacer: sweep done .*`}},
}

func main() {
	if len(os.Args) > 1 {
		for _, s := range settings {
			if s.godebug == os.Args[1] {
				s.run()
			}
		}
		return
	}
	for _, s := range settings {
		cmd := exec.Command(os.Args[0], s.godebug)
		cmd.Env = append(os.Environ(), "GODEBUG="+s.godebug)
		text, _ := cmd.CombinedOutput()
		for _, line := range s.lines {
			line = "(?m)^" + strings.Replace(line, "F", float, -1) + "$"
			if !regexp.MustCompile(line).Match(text) {
				if len(text) > 3000 {
					text = text[:3000]
				}
				fmt.Printf("GODEBUG=%s: nothing like %q in\n%s\n", s.godebug, line, text)
			}
		}
	}
}
