// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// The executable programs of the installed GOROOT/test. The first comment of such a file says what
// to do with it:
//
//	// run [-flags] [args]     compile, link, run; it must print the .out file, or nothing
//	// runoutput [args]        run; what it prints is a program; that one must print the .out file
//	// rundir [-s] [-P] [-ldflags ...]
//	                           packages of x.dir in lexicographic order, the last one is main
//	// errorcheckandrundir     rundir whose compile messages are the compiler's business, not ours
//	// runindir                `go run .` in a copy of x.dir that is a module
//	// buildrun, buildrundir   go build; assembly and Go of x.dir in one package
//
// A program must exit with 0. Lines `// +build` select it for a cpu or leave it out.
type gorootSuite struct {
	t *toolchain
}

var gorootFolders = []string{
	".", "chan", "dwarf", "fixedbugs", "interface", "ken", "runtime", "syntax",
}

var executes = map[string]bool{
	"run": true, "runoutput": true, "rundir": true, "errorcheckandrundir": true, "runindir": true,
	"buildrun": true, "buildrundir": true,
}

func (s *gorootSuite) testDir() string { return filepath.Join(s.t.goroot, "test") }

// scan finds the programs by their headers.
func (s *gorootSuite) scan() ([]string, error) {
	var names []string
	for _, folder := range gorootFolders {
		files, _ := filepath.Glob(filepath.Join(s.testDir(), folder, "*.go"))
		sort.Strings(files)
		for _, file := range files {
			h, err := readHeader(file)
			if err != nil {
				return nil, err
			}
			if executes[h.action] {
				names = append(names, filepath.ToSlash(filepath.Join(folder, filepath.Base(file))))
			}
		}
	}
	return names, nil
}

type header struct {
	action string
	flags  []string // those of the compiler or the go command
	args   []string
	single bool // -s: every file is a package
	paths  bool // -P: packages get -p
	broken bool // -1: the package before the last does not compile
	bare   bool // -n: no local imports
	lines  []string
}

func readHeader(file string) (header, error) {
	var h header
	data, err := ioutil.ReadFile(file)
	if err != nil {
		return h, err
	}
	text := string(data)
	end := strings.Index(text, "\n\n")
	if end < 0 || text[0] == '\n' {
		return h, nil
	}
	recipe := strings.Split(text[:end], "\n")
	if strings.Contains(recipe[0], "+build") && len(recipe) > 1 {
		recipe = recipe[1:]
	}
	fields := strings.Fields(strings.TrimPrefix(recipe[0], "//"))
	if len(fields) == 0 || !strings.HasPrefix(recipe[0], "//") {
		return h, nil
	}
	h.action = fields[0]
	rest := fields[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		switch rest[0] {
		case "-0":
		case "-1":
			h.broken = true
		case "-s":
			h.single = true
		case "-P":
			h.paths = true
		case "-n":
			h.bare = true
		case "-t":
			rest = rest[1:]
		default:
			h.flags = append(h.flags, rest[0])
			// The one flag written apart from its value.
			if (rest[0] == "-gcflags" || rest[0] == "-ldflags") && len(rest) > 1 {
				h.flags = append(h.flags, rest[1])
				rest = rest[1:]
			}
		}
		rest = rest[1:]
	}
	h.args = rest
	if i := strings.Index(text, "\npackage"); i >= 0 {
		end = i
	}
	h.lines = strings.Split(text[:end], "\n")
	return h, nil
}

// selected evaluates the +build lines: each line must hold, a line is an OR of ANDs.
func (h *header) selected(arch string) bool {
	holds := func(tag string) bool {
		want := !strings.HasPrefix(tag, "!")
		switch strings.TrimPrefix(tag, "!") {
		case "linux", "gc", "test_run", arch:
			return want
		}
		return !want
	}
	for _, line := range h.lines {
		line = strings.TrimSpace(strings.TrimPrefix(line, "//"))
		if !strings.HasPrefix(line, "+build") {
			continue
		}
		any := false
		for _, option := range strings.Fields(line)[1:] {
			all := true
			for _, tag := range strings.Split(option, ",") {
				all = all && holds(tag)
			}
			any = any || all
		}
		if !any {
			return false
		}
	}
	return true
}

var packageClause = regexp.MustCompile(`(?m)^\s*package ([\p{L}_0-9]+)`)

// packages groups the files of a .dir by their package clauses, in the order of their first files.
func packages(dir string, single bool) (groups [][]string, names []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	sort.Strings(files)
	where := make(map[string]int)
	for _, file := range files {
		data, err := ioutil.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		match := packageClause.FindSubmatch(data)
		if match == nil {
			return nil, nil, fmt.Errorf("%s: no package clause", file)
		}
		name := string(match[1])
		i, known := where[name]
		if single || !known {
			i = len(groups)
			where[name] = i
			groups = append(groups, nil)
			names = append(names, name)
		}
		groups[i] = append(groups[i], file)
	}
	return groups, names, nil
}

func (s *gorootSuite) expected(file string) string {
	data, _ := ioutil.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
	return string(data)
}

// prepare builds the program of a file, ready to run. A nil program without error: not for this
// cpu.
func (s *gorootSuite) prepare(name, work string) ([]*program, error) {
	file := filepath.Join(s.testDir(), filepath.FromSlash(name))
	h, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	if !h.selected(s.t.arch) || h.action == "skip" {
		return nil, nil
	}
	for _, flag := range h.flags {
		if flag == "-race" {
			return nil, nil
		}
	}
	exe := filepath.Join(work, "a.exe")
	dir := strings.TrimSuffix(file, ".go") + ".dir"
	p := &program{argv: []string{exe}, dir: work, output: s.expected(file)}
	switch h.action {
	case "run":
		// Files among the arguments belong to the program, as with `go run`.
		files := []string{file}
		for len(h.args) > 0 && strings.HasSuffix(h.args[0], ".go") {
			files = append(files, filepath.Join(s.testDir(), h.args[0]))
			h.args = h.args[1:]
		}
		p.argv = append(p.argv, h.args...)
		p.dir = s.testDir()
		units := []unit{{files: files, flags: compilerFlags(h.flags), dir: s.testDir()}}
		err = s.t.build(units, exe, "-s", "-w")
	case "runoutput":
		err = s.buildPrinted(file, h, exe, work)
		p.dir = s.testDir()
	case "rundir", "errorcheckandrundir":
		p.argv = append(p.argv, h.args...)
		err = s.buildDir(dir, h, exe, work)
	case "runindir":
		err = s.buildModule(dir, exe, work)
		p.dir = filepath.Join(work, "src", filepath.Base(dir))
	case "buildrun":
		p.argv = append(p.argv, h.args...)
		err = s.t.goBuild(work, exe, append(h.flags, file)...)
	case "buildrundir":
		err = s.buildWithAssembly(dir, exe, work)
	}
	if err != nil {
		return nil, err
	}
	return []*program{p}, nil
}

// compilerFlags turns flags of `go run` into those of the compiler.
func compilerFlags(flags []string) []string {
	var out []string
	for i := 0; i < len(flags); i++ {
		flag := flags[i]
		if flag == "-gcflags" && i+1 < len(flags) {
			i++
			flag = "-gcflags=" + flags[i]
		}
		flag = strings.TrimPrefix(strings.TrimPrefix(flag, "-gcflags="), "all=")
		if flag != "" {
			out = append(out, flag)
		}
	}
	return out
}

func (s *gorootSuite) buildPrinted(file string, h header, exe, work string) error {
	files := []string{file}
	for _, arg := range h.args {
		if strings.HasSuffix(arg, ".go") {
			files = append(files, filepath.Join(s.testDir(), arg))
		}
	}
	if err := s.t.build([]unit{{files: files, dir: s.testDir()}}, exe, "-s", "-w"); err != nil {
		return err
	}
	r := s.t.run(&program{argv: []string{exe}, dir: s.testDir()}, "", programLimit, memoryLimit)
	if r.exit != 0 || r.timeout {
		return fmt.Errorf("the generating program: exit status %d, timeout %v\n%s", r.exit,
			r.timeout, tail(r.output))
	}
	printed := filepath.Join(work, "tmp__.go")
	if err := ioutil.WriteFile(printed, []byte(r.output), 0666); err != nil {
		return err
	}
	// The folder of the run is in the key of a kept object, and would never be met again.
	units := []unit{{files: []string{printed}, dir: work}}
	uncached := *s.t
	uncached.cache = filepath.Join(work, "objects")
	return uncached.build(units, exe, "-s", "-w")
}

func (s *gorootSuite) buildDir(dir string, h header, exe, work string) error {
	groups, names, err := packages(dir, h.single)
	if err != nil {
		return err
	}
	linkFlags := []string{"-w"}
	for i, flag := range h.flags {
		if flag == "-ldflags" {
			linkFlags = append(linkFlags, h.flags[i+1:]...)
			linkFlags = append(linkFlags, h.args...)
			h.flags = h.flags[:i]
			break
		}
	}
	var units []unit
	for i, files := range groups {
		if h.broken && i == len(groups)-2 {
			continue
		}
		u := unit{files: files, flags: append([]string{}, h.flags...), dir: work, local: !h.bare}
		if h.paths {
			u.flags = append(u.flags, "-p", names[i])
		}
		if i < len(groups)-1 {
			u.path = strings.TrimSuffix(filepath.Base(files[0]), ".go")
		}
		units = append(units, u)
	}
	return s.t.build(units, exe, linkFlags...)
}

func (s *gorootSuite) buildModule(dir, exe, work string) error {
	name := filepath.Base(dir)
	copied := filepath.Join(work, "src", name)
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(copied, strings.TrimPrefix(path, dir))
		if info.IsDir() {
			return os.MkdirAll(to, 0777)
		}
		return copyFile(path, to)
	})
	if err != nil {
		return err
	}
	module := "module " + name + "\ngo 1.14\n"
	if err := ioutil.WriteFile(filepath.Join(copied, "go.mod"), []byte(module), 0666); err != nil {
		return err
	}
	return s.t.goBuild(copied, exe, ".")
}

func (s *gorootSuite) buildWithAssembly(dir, exe, work string) error {
	goFiles, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	asmFiles, _ := filepath.Glob(filepath.Join(dir, "*.s"))
	config := filepath.Join(work, "importcfg")
	if err := s.t.writeConfig(config, nil); err != nil {
		return err
	}
	if err := ioutil.WriteFile(filepath.Join(work, "go_asm.h"), nil, 0666); err != nil {
		return err
	}
	compile := []string{"tool", "compile", "-importcfg", config, "-pack", "-o", "all.a"}
	if len(asmFiles) > 0 {
		asm := append([]string{"tool", "asm", "-gensymabis", "-o", "symabis"}, asmFiles...)
		if err := s.t.step(work, s.t.goCmd, asm...); err != nil {
			return err
		}
		compile = append(compile, "-asmhdr", "go_asm.h", "-symabis", "symabis")
	}
	if err := s.t.step(work, s.t.goCmd, append(compile, goFiles...)...); err != nil {
		return err
	}
	for i, file := range asmFiles {
		object := "asm" + strconv.Itoa(i) + ".o"
		err := s.t.step(work, s.t.goCmd, "tool", "asm", "-I", ".", "-o", object, file)
		if err != nil {
			return err
		}
		if err := s.t.step(work, s.t.goCmd, "tool", "pack", "r", "all.a", object); err != nil {
			return err
		}
	}
	main := []unit{{files: goFiles}}
	return s.t.link(main, []string{filepath.Join(work, "all.a")}, exe)
}
