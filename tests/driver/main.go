// SPDX-License-Identifier: BSD-3-Clause

// Driver runs whole Go programs on gort (or on stock) and compares what they print and how they
// end.
//
//	driver goroot [flags] [name...]    the executable programs of the installed GOROOT/test
//	driver go [flags] [name...]        ours, tests/go
//	driver testprog [flags] [name...]  the scenarios of the installed src/runtime/testdata
//	driver std [flags] [name...]       the tests of std packages
//	driver traceback [flags] [name...] what a dying program prints, tests/traceback
//	driver runtime [flags] [name...]   the external tests of the installed package runtime
//
// With names (or parts of them) only those. Every program is built once and run once with each
// value of GODEBUG asked for. Exit status 1: a program failed that is not in the file of expected
// failures, or one passed that is. It prints nothing about programs that do as expected, and ends
// with `N passed, N failed`.
package main

import (
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type suite interface {
	scan() ([]string, error)
	// prepare builds a program (in as many ways as it asks for). None without error: not for this
	// cpu.
	prepare(name, work string) ([]*program, error)
}

type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, " ") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

var (
	programLimit time.Duration
	memoryLimit  int
)

func main() {
	if len(os.Args) < 2 {
		fatal("usage: driver goroot|go|testprog|traceback|std|runtime [flags] [name...]")
	}
	var modes repeated
	flags := flag.NewFlagSet("driver "+os.Args[1], flag.ExitOnError)
	gort := flags.String("gort", "", "the gort program under test")
	stock := flags.Bool("stock", false, "run on the stock runtime instead of gort")
	goroot := flags.String("goroot", "/usr/lib/go-1.15", "the installed Go 1.15")
	tree := flags.String("tree", ".", "the project's folder")
	arch := flags.String("arch", runtime.GOARCH, "amd64, or arm64 under qemu-user")
	flags.Var(&modes, "godebug", "run everything with this GODEBUG (repeat it; \"\": plain)")
	sample := flags.Int("sample", 0, "run so many of the programs only, evenly spread")
	quick := flags.Bool("quick", false, "testprog, traceback, std, runtime: leave out what takes long")
	list := flags.String("list", "", "a file that names the programs to run")
	writeList := flags.Bool("write-list", false, "goroot: write programs.txt, run nothing")
	update := flags.Bool("update", false, "go: write the .out files from what the programs do now")
	jobs := flags.Int("j", 2, "programs at a time")
	cache := flags.String("cache", "", "folder of compiled objects (default: .gort/tests)")
	results := flags.String("results", "", "write `name<TAB>result<TAB>seconds` here")
	verbose := flags.Bool("v", false, "print every program's result")
	flags.DurationVar(&programLimit, "timeout", 60*time.Second, "for one run of a program")
	flags.IntVar(&memoryLimit, "memory", 4096, "address space of a program in MB, 0 for no limit")
	flags.Parse(os.Args[2:])

	if len(modes) == 0 {
		modes = repeated{""}
	}
	absolute, err := filepath.Abs(*tree)
	check(err)
	if *cache == "" {
		*cache = filepath.Join(absolute, ".gort", "tests")
	}
	if *gort == "" && !*stock && !*writeList {
		fatal("name the gort program (-gort), or say -stock")
	}
	if *gort != "" {
		*gort, err = filepath.Abs(*gort)
		check(err)
	}
	t, err := newToolchain(*gort, *goroot, *arch, *cache)
	check(err)
	defer t.close()

	inTree := func(name string) string { return filepath.Join(absolute, "tests", name) }
	var s suite
	var names []string
	expected := make(expectations)
	switch os.Args[1] {
	case "goroot":
		goroots := &gorootSuite{t}
		s = goroots
		names = gorootNames(goroots, inTree("goroot/programs.txt"), *writeList)
		if *writeList {
			return
		}
		if !*stock {
			expected, err = readExpectations(inTree("goroot/expected_failures.txt"))
			check(err)
		}
	case "go":
		s = &goldenSuite{t, inTree("go"), *update}
		names, err = s.scan()
		check(err)
		if !*stock {
			expected, err = readExpectations(inTree("go/expected_failures.txt"))
			check(err)
		}
	case "testprog":
		stock, err := newToolchain("", *goroot, *arch, *cache)
		check(err)
		defer stock.close()
		s = &testprogSuite{t: t, stock: stock, built: make(map[string]*builtProgram)}
		names, err = s.scan()
		check(err)
		if *quick {
			names = filter(names, func(name string) bool {
				return !strings.HasPrefix(name, "checkptr/")
			})
		}
		expected, err = readExpectations(inTree("driver/testprog_failures.txt"))
		check(err)
	case "traceback":
		stock, err := newToolchain("", *goroot, *arch, *cache)
		check(err)
		defer stock.close()
		s = &tracebackSuite{t: t, stock: stock, root: inTree("traceback"), quick: *quick}
		names, err = s.scan()
		check(err)
	case "std":
		mayFail, err := readExpectations(inTree("driver/std_failures.txt"))
		check(err)
		packages := stdPackages
		if *quick {
			packages = packages[:quickStdPackages]
		}
		s = &stdSuite{t, mayFail, packages}
		names = packages
	case "runtime":
		s = &externalSuite{t: t, alone: *quick || *arch != runtime.GOARCH}
		names, err = s.scan()
		check(err)
		if !*stock {
			expected, err = readExpectations(inTree("runtime/expected_failures.txt"))
			check(err)
		}
	default:
		fatal("unknown suite " + os.Args[1])
	}
	names = choose(names, flags.Args(), *list, *sample)

	r := &runner{t: t, s: s, modes: modes, expected: expected, verbose: *verbose}
	start := time.Now()
	r.runAll(names, *jobs)
	if *results != "" {
		sort.Strings(r.lines)
		check(ioutil.WriteFile(*results, []byte(strings.Join(r.lines, "\n")+"\n"), 0666))
	}
	fmt.Printf("%s %s, %.0f s: %d as expected to fail, %d not for this cpu\n", os.Args[1], *arch,
		time.Since(start).Seconds(), r.failedAsExpected, r.skipped)
	fmt.Printf("%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 {
		t.close()
		os.Exit(1)
	}
}

// gorootNames is the checked-in list, which must be what the installed GOROOT/test holds.
func gorootNames(s *gorootSuite, file string, write bool) []string {
	found, err := s.scan()
	check(err)
	text := strings.Join(found, "\n") + "\n"
	if write {
		check(ioutil.WriteFile(file, []byte(text), 0666))
		fmt.Printf("%s: %d programs\n", file, len(found))
		return nil
	}
	listed, err := ioutil.ReadFile(file)
	check(err)
	if string(listed) != text {
		fatal(fmt.Sprintf("%s is not what %s holds; run `driver goroot -write-list`", file,
			s.testDir()))
	}
	return found
}

func choose(names, parts []string, list string, sample int) []string {
	if list != "" {
		data, err := ioutil.ReadFile(list)
		check(err)
		wanted := make(map[string]bool)
		for _, line := range strings.Split(string(data), "\n") {
			if f := strings.Fields(line); len(f) > 0 {
				wanted[f[0]] = true
			}
		}
		names = filter(names, func(name string) bool { return wanted[name] })
	}
	if len(parts) > 0 {
		names = filter(names, func(name string) bool {
			for _, part := range parts {
				if strings.Contains(name, part) {
					return true
				}
			}
			return false
		})
	}
	if sample > 0 && sample < len(names) {
		i := -1
		names = filter(names, func(string) bool {
			i++
			return i*sample/len(names) != (i-1)*sample/len(names) || i == 0
		})
	}
	return names
}

func filter(names []string, keep func(string) bool) []string {
	var out []string
	for _, name := range names {
		if keep(name) {
			out = append(out, name)
		}
	}
	return out
}

type runner struct {
	t        *toolchain
	s        suite
	modes    []string
	expected expectations
	verbose  bool

	mu                                        sync.Mutex
	passed, failed, failedAsExpected, skipped int
	lines                                     []string
}

func (r *runner) runAll(names []string, jobs int) {
	work := make(chan string)
	var done sync.WaitGroup
	for i := 0; i < jobs; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for name := range work {
				r.runOne(name)
			}
		}()
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	done.Wait()
}

func (r *runner) runOne(name string) {
	start := time.Now()
	complaint, skipped := r.judge(name)
	seconds := time.Since(start).Seconds()
	reason, mayFail := r.expected.reason(name, r.t.arch)

	r.mu.Lock()
	defer r.mu.Unlock()
	verdict := ""
	switch {
	case skipped:
		r.skipped++
		verdict = "skip"
	case complaint == "" && !mayFail:
		r.passed++
		verdict = "pass"
	case complaint == "":
		r.failed++
		verdict = "unexpected pass"
		fmt.Printf("PASS, but listed as an expected failure (%s): %s\n", reason, name)
	case mayFail:
		r.failedAsExpected++
		verdict = "expected failure"
	default:
		r.failed++
		verdict = "fail"
		fmt.Printf("FAIL %s\n    %s\n", name, indented(complaint))
	}
	if r.verbose {
		fmt.Printf("%-16s %s (%.2f s)\n", verdict, name, seconds)
		if verdict == "expected failure" {
			fmt.Printf("    %s\n", indented(complaint))
		}
	}
	r.lines = append(r.lines, fmt.Sprintf("%s\t%s\t%.2f", name, verdict, seconds))
}

func indented(text string) string {
	return strings.Replace(strings.TrimSpace(text), "\n", "\n    ", -1)
}

// judge builds a program and runs it in all its ways; "" is good.
func (r *runner) judge(name string) (complaint string, skipped bool) {
	work, err := ioutil.TempDir(r.t.work, "program")
	check(err)
	defer os.RemoveAll(work)
	programs, err := r.s.prepare(name, work)
	if err != nil {
		return "does not build: " + tail(err.Error()), false
	}
	limit := programLimit
	if _, mayFail := r.expected.reason(name, r.t.arch); mayFail && limit > 10*time.Second {
		limit = 10 * time.Second
	}
	if len(r.t.emulate) > 0 {
		limit *= 3
	}
	for _, p := range programs {
		for _, mode := range append(append([]string{}, r.modes...), p.modes...) {
			complaint := judgeRun(p, r.t.run(p, mode, limit, memoryLimit))
			if complaint == skippedItself {
				return "", true
			}
			if complaint != "" {
				if mode != "" {
					complaint = "with GODEBUG=" + mode + ": " + complaint
				}
				return complaint, false
			}
		}
	}
	return "", len(programs) == 0
}

// What a program's check says of a run that did nothing on purpose.
const skippedItself = "skipped"

func judgeRun(p *program, got result) string {
	switch {
	case got.timeout:
		return "does not end; printed:\n" + tail(got.output)
	case p.check != nil:
		return p.check(got)
	case got.exit != 0:
		return fmt.Sprintf("exit status %d; printed:\n%s", got.exit, tail(got.output))
	case got.output != p.output:
		return difference(p.output, got.output)
	}
	return ""
}

func check(err error) {
	if err != nil {
		fatal(err.Error())
	}
}

func fatal(message string) {
	fmt.Fprintln(os.Stderr, "driver:", message)
	os.Exit(2)
}
