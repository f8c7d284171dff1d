// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"io/ioutil"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// The programs that the tests of the installed package runtime start: src/runtime/testdata/testprog
// and testprognet. Each holds many scenarios (deadlocks, locked threads, signals, fatal errors),
// registered by name, one of which its argument chooses. A scenario runs on stock and on gort, with
// the environment that the test which starts it gives it, and must print the same and end the same.
//
// What is compared: everything but numbers that differ from run to run, and in tracebacks the
// frames of package runtime, which are another program's there, with the goroutines and stacks that
// have no other frames. The order of the goroutines after the first does not count, nor
// how many are alike: that depends on the moment.
//
// Two groups: testprog/Name, and checkptr/Name, the scenarios of the compiler's pointer checks in a
// program compiled with -d=checkptr.
type testprogSuite struct {
	t, stock *toolchain
	mu       sync.Mutex
	built    map[string]*builtProgram
}

// A program that is built once for both runtimes.
type builtProgram struct {
	once        sync.Once
	gort, stock string
	err         error
}

func (b *builtProgram) build(t, stock *toolchain, dir, name string, args ...string) error {
	b.once.Do(func() {
		b.gort = filepath.Join(t.work, name+".gort")
		b.stock = filepath.Join(t.work, name+".stock")
		if b.err = t.goBuild(dir, b.gort, args...); b.err == nil {
			b.err = stock.goBuild(dir, b.stock, args...)
		}
	})
	return b.err
}

// What the tests set in the environment of a scenario, or what makes its output the same each time.
var scenarioEnv = map[string][]string{
	"Abort":                              {"GOTRACEBACK=system"},
	"BadTraceback":                       {"GOMAXPROCS=1"}, // main waits before it dies
	"DeferLiveness":                      {"GODEBUG=clobberfree=1"},
	"DoublePanic":                        {"GODEBUG=clobberfree=1"},
	"LockOSThreadAvoidsStatePropagation": {"GOMAXPROCS=1"},
	"LockOSThreadMain":                   {"GOMAXPROCS=1"},
	"NonexistentTest":                    {"GOMAXPROCS=1024"},
	"TracebackAncestors":                 {"GODEBUG=tracebackancestors=5"},
}

// Scenarios that may also end without a word: they provoke a race that is not always lost.
var racyScenarios = map[string]string{
	"PanicRace":                 "panic: crash\n",
	"concurrentMapWrites":       "fatal error: concurrent map",
	"concurrentMapReadWrite":    "fatal error: concurrent map",
	"concurrentMapIterateWrite": "fatal error: concurrent map",
}

// A scenario in a shell: $0 is the program. After1 has to end in time under a storm of signals.
var scenarioScripts = map[string]string{
	"After1UnderSignals": `"$0" After1 & pid=$!
sleep 0.3 # until its handlers are there
while kill -IO $pid 2>/dev/null; do sleep 0.003; done
wait $pid`,
}

var (
	registration = regexp.MustCompile(`\bregister(?:Init)?\("(\w+)"`)
	otherSystems = regexp.MustCompile(`_(windows|freebsd)\.go$`)
)

func (s *testprogSuite) source(program string) string {
	return filepath.Join(s.t.goroot, "src", "runtime", "testdata", program)
}

func (s *testprogSuite) scan() ([]string, error) {
	names := []string{"testprog/NonexistentTest"}
	for name := range scenarioScripts {
		names = append(names, "testprog/"+name)
	}
	for _, program := range []string{"testprog", "testprognet"} {
		scenarios, err := registeredIn(s.source(program))
		if err != nil {
			return nil, err
		}
		for _, scenario := range scenarios {
			group := program
			if strings.HasPrefix(scenario, "CheckPtr") {
				group = "checkptr"
			}
			names = append(names, group+"/"+scenario)
		}
	}
	sort.Strings(names)
	return names, nil
}

// registeredIn is what the files of a folder register by name.
func registeredIn(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range files {
		if otherSystems.MatchString(file) {
			continue
		}
		text, err := ioutil.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, match := range registration.FindAllStringSubmatch(string(text), -1) {
			names = append(names, match[1])
		}
	}
	return names, nil
}

// build makes the program of a group for both runtimes, once.
func (s *testprogSuite) build(group string) (*builtProgram, error) {
	s.mu.Lock()
	b := s.built[group]
	if b == nil {
		b = new(builtProgram)
		s.built[group] = b
	}
	s.mu.Unlock()
	program, args := group, []string{"."}
	if group == "checkptr" {
		program, args = "testprog", []string{"-gcflags=all=-d=checkptr", "."}
	}
	return b, b.build(s.t, s.stock, s.source(program), group, args...)
}

func (s *testprogSuite) prepare(name, work string) ([]*program, error) {
	group, scenario := filepath.Dir(name), filepath.Base(name)
	built, err := s.build(group)
	if err != nil {
		return nil, err
	}
	make := func(exe string) *program {
		p := &program{argv: []string{exe, scenario}, dir: work, env: scenarioEnv[scenario]}
		if script := scenarioScripts[scenario]; script != "" {
			p.argv = []string{"/bin/bash", "-c", script, exe}
		}
		return p
	}
	p := make(built.gort)
	p.check = func(got result) string {
		if prefix, racy := racyScenarios[scenario]; racy {
			if got.exit == 0 && got.output == "" ||
				got.exit == 2 && strings.HasPrefix(got.output, prefix) {
				return ""
			}
			return fmt.Sprintf("exit status %d; printed:\n%s", got.exit, tail(got.output))
		}
		want := s.stock.run(make(built.stock), "", programLimit, memoryLimit)
		if w, g := comparable(want), comparable(got); w != g {
			return difference(w, g)
		}
		return ""
	}
	return []*program{p}, nil
}

var (
	anyHex     = regexp.MustCompile(`\b0x[0-9a-f]+|\b[0-9a-f]{12,}\b`)
	dumpLines  = regexp.MustCompile(`(?m)^(0x\?: .*\n)+`) // what was on a stack
	ownLine    = regexp.MustCompile(`(?m)^(\t\S*/runtime/\w+\.go):\d+`)
	anyThread  = regexp.MustCompile(`\bm=\d+`)
	anyTemp    = regexp.MustCompile(`(/tmp/[a-z]+)\d+`)
	anyID      = regexp.MustCompile(`goroutine ([02-9]|[1-9][0-9]+)\b`)
	ownFrame   = regexp.MustCompile(`^(created by )?runtime\.`)
	goroutines = regexp.MustCompile(`^(\[originating from )?goroutine .*:$|^runtime stack:$`)
)

// Where the frames of C++ are that stock does not have.
const cxxPlace = "\tC++ +"

// comparable is what two runtimes have to agree on.
func comparable(r result) string {
	text := anyHex.ReplaceAllString(r.output, "0x?")
	text = dumpLines.ReplaceAllString(text, "words\n")
	text = ownLine.ReplaceAllString(text, "$1:?")
	text = anyThread.ReplaceAllString(text, "m=?")
	text = anyTemp.ReplaceAllString(text, "$1")
	text = anyID.ReplaceAllString(text, "goroutine N")
	var rest, stacks []string
	for _, block := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		lines := strings.Split(block, "\n")
		if !goroutines.MatchString(lines[0]) {
			rest = append(rest, block)
			continue
		}
		kept := lines[:1]
		for i := 1; i < len(lines); i++ {
			if i+1 < len(lines) && (ownFrame.MatchString(lines[i]) &&
				strings.HasPrefix(lines[i+1], "\t") || strings.HasPrefix(lines[i+1], cxxPlace)) {
				i++
				continue
			}
			kept = append(kept, lines[i])
		}
		if len(kept) > 1 {
			stacks = append(stacks, strings.Join(kept, "\n"))
		}
	}
	if len(stacks) > 1 {
		others := stacks[1:]
		sort.Strings(others)
		stacks = stacks[:1]
		for i, stack := range others {
			if i == 0 || stack != others[i-1] {
				stacks = append(stacks, stack)
			}
		}
	}
	return strings.Join(append(rest, stacks...), "\n\n") + "\nexit status " + strconv.Itoa(r.exit) +
		"\n"
}
