// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The ways to die of tests/traceback, each at every level of GOTRACEBACK: Name/level. Stock runs
// the same, and what they print must be the same, line by line, but for
//
//	numbers        addresses, words of arguments, offsets, ids of goroutines other than the first
//	               and of threads
//	places         files and lines inside package runtime
//	frames         those of functions that package runtime keeps to itself, and of C++: the
//	               runtimes are two programs. The functions that compiled code calls are one frame
//	               here and several there.
//	system, crash  goroutines of the runtime's own, which are no frames but such
//	registers      which a fatal signal prints, and at level crash the threads that it asks next
//	memory         in use when there is no more
//
// The order of goroutines counts, and so does how each of them waits. That may depend on the
// moment, on a busy machine: a difference counts when it is there three times.
type tracebackSuite struct {
	t, stock *toolchain
	root     string // tests/traceback
	built    builtProgram
	quick    bool
}

var tracebackLevels = []string{"none", "single", "all", "system", "crash"}

// What quick keeps at levels other than single: one of each shape.
var quickTracebacks = regexp.MustCompile(`^(PanicInNestedGoroutine|PanicInDeferredCall|` +
	`RepanicRecovered|InlinedFrames|StackOverflow|ConcurrentMapWrites|OthersWait|QuitIdleThread|` +
	`CopyFromNil|LockedDeadlock|AbortFromOutside)$`)

func (s *tracebackSuite) scan() ([]string, error) {
	ways, err := registeredIn(s.root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, level := range tracebackLevels {
		for _, way := range ways {
			if s.quick && level != "single" && !quickTracebacks.MatchString(way) {
				continue
			}
			names = append(names, way+"/"+level)
		}
	}
	return names, nil
}

func (s *tracebackSuite) prepare(name, work string) ([]*program, error) {
	if err := s.built.build(s.t, s.stock, s.root, "traceback", "."); err != nil {
		return nil, err
	}
	way, level := filepath.Dir(name), filepath.Base(name)
	make := func(exe string) *program {
		// With one P what the other goroutines do is the same each time.
		return &program{argv: []string{exe, way}, dir: work,
			env: []string{"GOTRACEBACK=" + level, "GOMAXPROCS=1"}}
	}
	p := make(s.built.gort)
	p.check = func(got result) string {
		complaint := ""
		for try := 0; try < 3; try++ {
			if try > 0 {
				got = s.t.run(make(s.built.gort), "", programLimit, memoryLimit)
			}
			want := s.stock.run(make(s.built.stock), "", programLimit, memoryLimit)
			w, g := visible(want, level), visible(got, level)
			if w == g {
				return ""
			}
			complaint = difference(w, g)
		}
		return complaint
	}
	return []*program{p}, nil
}

var (
	runtimePlace  = regexp.MustCompile(`^\t(\S*/runtime/\w+\.(go|s)|arch/\S+):\d+( \+0x\?)?`)
	hiddenFrame   = regexp.MustCompile(`^(created by )?runtime\.[a-z_(]`)
	anyRegister   = regexp.MustCompile(`^(r\w+|[cfgs]s|pc|lr|fault) +0x\?$`)
	anyInUse      = regexp.MustCompile(`\(\d+ in use\)`)
	headerOfStack = regexp.MustCompile(`^(goroutine .*|runtime stack):$`)
)

// visible is what a person compares.
func visible(r result, level string) string {
	text := anyHex.ReplaceAllString(r.output, "0x?")
	text = anyThread.ReplaceAllString(text, "m=?")
	text = anyID.ReplaceAllString(text, "goroutine N")
	text = anyInUse.ReplaceAllString(text, "(? in use)")
	text = strings.Split(text, "\n-----\n")[0]
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		switch {
		case strings.HasPrefix(next, "\t") && (hiddenFrame.MatchString(line) ||
			strings.HasPrefix(next, cxxPlace) || strings.Contains(next, "/internal/bytealg/")):
			i++
		case anyRegister.MatchString(line):
		default:
			out = append(out, runtimePlace.ReplaceAllString(line, "\t<runtime>"))
		}
	}
	text = strings.Join(out, "\n")
	if level == "system" || level == "crash" {
		var blocks []string
		for _, block := range strings.Split(text, "\n\n") {
			if !headerOfStack.MatchString(strings.TrimSuffix(block, "\n")) {
				blocks = append(blocks, strings.TrimSuffix(block, "\n"))
			}
		}
		text = strings.Join(blocks, "\n\n") + "\n"
	}
	return text + "exit status " + strconv.Itoa(r.exit) + "\n"
}
