// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/ioutil"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// The tests of stock's package runtime that need nothing but its exported API.
//
// src/runtime/*_test.go of the installed Go come in two packages: those in package runtime itself
// see stock's insides, and so do those functions of package runtime_test that use what
// export_test.go exports. The rest can judge any runtime. It is found by the type checker: package
// runtime_test is checked against the real package runtime, and every top-level declaration with an
// error is blanked out, until none has one. Blanks keep the lines where they were, which some tests
// ask for.
//
//	name     file_test.go:TestX
//	program  one for all, run in src/runtime with -test.run=^TestX$
//
// Tests that build programs (testdata/testprog) find in GOROOT a go command that is the one under
// test and that builds each program once.
//
// Where no program can be started (under an emulator) or should not be (quick), the packages that
// do such things do not exist.
type externalSuite struct {
	t     *toolchain
	alone bool // no test that starts another program
	once  sync.Once
	exe   string
	err   error
}

const externalPath = "runtime_test"

// Tests that are left out although they compile.
var leftOut = map[string]bool{
	"TestRuntimePanic":    true, // its child would have to panic in an init that needs the insides
	"TestMemmoveOverflow": true, // 49152 mappings; takes minutes on some systems
}

// Tests that do nothing in short mode, and are short.
var notShort = map[string]bool{"TestPrintGC": true}

func (s *externalSuite) sourceDir() string { return filepath.Join(s.t.goroot, "src", "runtime") }

// A source file whose declarations are going to be blanked out.
type externalFile struct {
	name string
	text []byte
	tree *ast.File
}

// read gives the files of package runtime_test that are for this cpu.
func (s *externalSuite) read() ([]*externalFile, error) {
	selecting := build.Default
	selecting.GOARCH, selecting.GOOS, selecting.CgoEnabled = s.t.arch, "linux", false
	paths, err := filepath.Glob(filepath.Join(s.sourceDir(), "*_test.go"))
	if err != nil {
		return nil, err
	}
	sort.Strings(paths)
	var files []*externalFile
	for _, path := range paths {
		if ok, err := selecting.MatchFile(s.sourceDir(), filepath.Base(path)); err != nil || !ok {
			continue
		}
		text, err := ioutil.ReadFile(path)
		if err != nil {
			return nil, err
		}
		match := packageClause.FindSubmatch(text)
		if match != nil && string(match[1]) == externalPath {
			files = append(files, &externalFile{name: filepath.Base(path), text: text})
		}
	}
	return files, nil
}

// reduce blanks out what does not type-check against the real package runtime.
func (s *externalSuite) reduce(files []*externalFile) error {
	archive := func(path string) (io.ReadCloser, error) {
		if archive, known := s.t.std[path]; known {
			return os.Open(archive)
		}
		return nil, fmt.Errorf("no package %s", path)
	}
	packages := importer.ForCompiler(token.NewFileSet(), "gc", archive)
	if s.alone {
		packages = without{packages, []string{"os/exec", "internal/testenv"}}
	}
	for {
		set := token.NewFileSet()
		var trees []*ast.File
		for _, f := range files {
			tree, err := parser.ParseFile(set, f.name, f.text, parser.ParseComments)
			if err != nil {
				return err
			}
			f.tree = tree
			trees = append(trees, tree)
		}
		var wrong []token.Pos
		config := types.Config{
			Importer: packages,
			Sizes:    types.SizesFor("gc", s.t.arch),
			Error:    func(err error) { wrong = append(wrong, err.(types.Error).Pos) },
		}
		config.Check(externalPath, set, trees, nil)
		if len(wrong) == 0 {
			return nil
		}
		for _, pos := range wrong {
			for _, f := range files {
				if f.tree.Pos() <= pos && pos <= f.tree.End() {
					f.blank(set, pos)
				}
			}
		}
	}
}

// without hides packages from an importer.
type without struct {
	types.Importer
	hidden []string
}

func (w without) Import(path string) (*types.Package, error) {
	for _, name := range w.hidden {
		if path == name {
			return nil, fmt.Errorf("no package %s", path)
		}
	}
	return w.Importer.Import(path)
}

// blank removes the declaration, the specification of a group, or the import at pos.
func (f *externalFile) blank(set *token.FileSet, pos token.Pos) {
	for _, decl := range f.tree.Decls {
		if pos < decl.Pos() || pos > decl.End() {
			continue
		}
		from, to := decl.Pos(), decl.End()
		if group, ok := decl.(*ast.GenDecl); ok && group.Lparen.IsValid() {
			for _, spec := range group.Specs {
				if spec.Pos() <= pos && pos <= spec.End() {
					from, to = spec.Pos(), spec.End()
				}
			}
		} else if fn, ok := decl.(*ast.FuncDecl); ok && fn.Doc != nil {
			from = fn.Doc.Pos() // with it go directives
		}
		file := set.File(from)
		for i := file.Offset(from); i < file.Offset(to); i++ {
			if f.text[i] != '\n' {
				f.text[i] = ' '
			}
		}
		return
	}
}

func (f *externalFile) testNames() []string {
	var names []string
	for _, decl := range f.tree.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name == "TestMain" || leftOut[fn.Name.Name] {
			continue
		}
		if strings.HasPrefix(fn.Name.Name, "Test") {
			names = append(names, fn.Name.Name)
		}
	}
	return names
}

func (s *externalSuite) scan() ([]string, error) {
	files, err := s.read()
	if err != nil {
		return nil, err
	}
	if err := s.reduce(files); err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		for _, test := range f.testNames() {
			names = append(names, f.name+":"+test)
		}
	}
	s.once.Do(func() { s.exe, s.err = s.build(files) })
	return names, s.err
}

// build writes the reduced package and a main package for it, and links them.
func (s *externalSuite) build(files []*externalFile) (string, error) {
	dir := filepath.Join(s.t.work, "external")
	if err := os.MkdirAll(filepath.Join(dir, "main"), 0777); err != nil {
		return "", err
	}
	var sources []string
	var tests bytes.Buffer
	hasMain := false
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := ioutil.WriteFile(path, f.text, 0666); err != nil {
			return "", err
		}
		sources = append(sources, path)
		for _, name := range f.testNames() {
			fmt.Fprintf(&tests, "\t{%q, tests.%s},\n", name, name)
		}
		hasMain = hasMain || f.tree.Scope.Lookup("TestMain") != nil
	}
	end := "os.Exit(m.Run())"
	if hasMain {
		end = "tests.TestMain(m)\n\tos.Exit(0)"
	}
	main := fmt.Sprintf(externalMain, tests.String(), end)
	mainFile := filepath.Join(dir, "main", "main.go")
	if err := ioutil.WriteFile(mainFile, []byte(main), 0666); err != nil {
		return "", err
	}
	exe := filepath.Join(dir, "external.exe")
	// The sources' folder is new in every run, so objects are not worth keeping.
	uncached := *s.t
	uncached.cache = filepath.Join(dir, "objects")
	units := []unit{
		{path: externalPath, files: sources, flags: []string{"-p", externalPath}, dir: dir},
		{files: []string{mainFile}, dir: dir},
	}
	if err := uncached.build(units, exe); err != nil {
		return "", err
	}
	return exe, s.makeGoroot(filepath.Join(dir, "goroot"))
}

const externalMain = `package main

import (
	"os"
	tests "` + externalPath + `"
	"testing"
	"testing/internal/testdeps"
)

var all = []testing.InternalTest{
%s}

func main() {
	m := testing.MainStart(testdeps.TestDeps{}, all, nil, nil)
	%s
}
`

// A go command that keeps what it built: its arguments and the folder are the key.
const keepingGo = `#!/bin/bash
export GOROOT=%[1]s
if [ "$1" != build ] || [ "$2" != -o ]; then exec %[2]s "$@"; fi
out=$3 kept=%[3]s/$(echo "$PWD $GOFLAGS ${@:4}" | md5sum | cut -c1-32)
exec 9> "$kept.lock" && flock 9
[ -e "$kept" ] || %[2]s build -o "$kept" "${@:4}" || exit 1
cp "$kept" "$out"
`

func (s *externalSuite) makeGoroot(dir string) error {
	kept := filepath.Join(dir, "kept")
	for _, folder := range []string{filepath.Join(dir, "bin"), kept} {
		if err := os.MkdirAll(folder, 0777); err != nil {
			return err
		}
	}
	for _, name := range []string{"src", "pkg", "test", "misc", "api", "VERSION"} {
		os.Symlink(filepath.Join(s.t.goroot, name), filepath.Join(dir, name))
	}
	script := fmt.Sprintf(keepingGo, s.t.goroot, strings.Join(s.t.linkCmd, " "), kept)
	return ioutil.WriteFile(filepath.Join(dir, "bin", "go"), []byte(script), 0777)
}

func (s *externalSuite) prepare(name, work string) ([]*program, error) {
	test := name[strings.Index(name, ":")+1:]
	p := &program{
		argv: []string{s.exe, "-test.run=^" + test + "$", "-test.v",
			fmt.Sprintf("-test.short=%v", !notShort[test])},
		dir: s.sourceDir(),
		env: []string{"GOROOT=" + filepath.Join(s.t.work, "external", "goroot"), "TMPDIR=" + work},
	}
	p.check = func(r result) string {
		switch {
		case r.exit == 0 && strings.Contains(r.output, "--- PASS: "+test+" ("):
			return ""
		case r.exit == 0 && strings.Contains(r.output, "--- SKIP: "+test+" ("):
			return skippedItself
		}
		return fmt.Sprintf("exit status %d; printed:\n%s", r.exit, tail(r.output))
	}
	return []*program{p}, nil
}
