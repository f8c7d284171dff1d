// SPDX-License-Identifier: BSD-3-Clause

// Reading the shim: every body-less function, its kind, its link name and the layout of its
// argument block.
//
// Before: main.go  After: sizes.go
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"sort"
	"strconv"
	"strings"
)

// kind is how Go code enters C++; docs/seam.md.
type kind string

const (
	leaf   kind = "leaf"   // C++ on the goroutine stack
	system kind = "system" // C++ on the system stack
	park   kind = "park"   // C++ on the system stack that does not return
	asm    kind = "asm"    // Plan 9 text in arch/<cpu>/*.s
	host   kind = "host"   // gas text in arch/<cpu>/*.S that is the Go symbol itself
	extern kind = "extern" // another package or the compiler
)

// field is a parameter or a result.
type field struct {
	name   string // for C++
	typ    types.Type
	offset int64
}

// entry is a body-less function.
type entry struct {
	name     string // in package runtime
	link     string // the linker's name
	kind     kind
	intValue bool   // the C++ function's result goes to the result register
	inFunc   bool   // a func value may hold its address: it is Go text on every cpu
	cpu      string // the only one that has it; empty: all
	pos      token.Position
	at       token.Position // what tracebacks name instead of pos
	fields   []field
	params   int   // how many fields are parameters
	size     int64 // of the argument block
	paramLen int64 // of the parameters alone, rounded up to a word
}

type shim struct {
	entries []*entry
	structs map[string]bool // names of the struct types
	types   []structType
	sizes   types.Sizes
}

// fakeImporter serves the few imports of the shim: argument types never come from another package.
type fakeImporter struct{}

func (fakeImporter) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	pkg := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	pkg.MarkComplete()
	return pkg, nil
}

func loadShim(dir, arch string) (*shim, error) {
	fset := token.NewFileSet()
	notTest := func(fi os.FileInfo) bool { return !strings.HasSuffix(fi.Name(), "_test.go") }
	pkgs, err := parser.ParseDir(fset, dir, notTest, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	pkg := pkgs["runtime"]
	if pkg == nil {
		return nil, fmt.Errorf("%s holds no package runtime", dir)
	}
	var names []string
	for name := range pkg.Files {
		names = append(names, name)
	}
	sort.Strings(names)
	var files []*ast.File
	for _, name := range names {
		files = append(files, pkg.Files[name])
	}

	sizes := newSizes(arch)
	var firstErr error
	conf := types.Config{
		Importer:         fakeImporter{},
		Sizes:            sizes,
		IgnoreFuncBodies: true,
		Error: func(err error) {
			// Constants taken from runtime/internal/sys are the only use of an import outside of
			// bodies.
			if !strings.Contains(err.Error(), "not declared by package") && firstErr == nil {
				firstErr = err
			}
		},
	}
	tpkg, _ := conf.Check("runtime", fset, files, nil)
	if firstErr != nil {
		return nil, firstErr
	}

	s := &shim{structs: map[string]bool{}, types: structTypes(files, tpkg), sizes: sizes}
	for _, name := range tpkg.Scope().Names() {
		if obj, ok := tpkg.Scope().Lookup(name).(*types.TypeName); ok {
			if _, ok := obj.Type().Underlying().(*types.Struct); ok {
				s.structs[name] = true
			}
		}
	}
	for _, file := range files {
		links := linknames(file)
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body != nil {
				continue
			}
			e, err := newEntry(fset, tpkg, fn, links, sizes)
			if err != nil {
				return nil, err
			}
			if e.cpu == "" || e.cpu == arch {
				s.entries = append(s.entries, e)
			}
		}
	}
	nameTwins(s)
	return s, nil
}

// nameTwins gives the slow twin of a leaf the leaf's name behind a prefix that the runtime drops
// (unwind::FuncName): a traceback through the twin shows the function that the program called.
func nameTwins(s *shim) {
	links := map[string]string{}
	for _, e := range s.entries {
		if e.kind == leaf {
			links[e.name+slowSuffix] = e.link
		}
	}
	for _, e := range s.entries {
		if link, ok := links[e.name]; ok && tailTarget(s, e) && e.localName() {
			e.link = "gort_slow." + link
		}
	}
}

// linknames returns the local -> linker names that the file's directives give.
func linknames(file *ast.File) map[string]string {
	links := map[string]string{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if f := strings.Fields(c.Text); len(f) == 3 && f[0] == "//go:linkname" {
				links[f[1]] = f[2]
			}
		}
	}
	return links
}

func newEntry(fset *token.FileSet, pkg *types.Package, fn *ast.FuncDecl, links map[string]string,
	sizes types.Sizes) (*entry, error) {
	e := &entry{name: fn.Name.Name, link: "runtime." + fn.Name.Name, pos: fset.Position(fn.Pos())}
	if fn.Recv != nil {
		return nil, fmt.Errorf("%v: method %s has no body", e.pos, e.name)
	}
	if link, ok := links[e.name]; ok {
		e.link = link
	}
	directive := ""
	if fn.Doc != nil {
		for _, c := range fn.Doc.List {
			if strings.HasPrefix(c.Text, "//gort:at ") {
				var err error
				if e.at, err = parseAt(strings.TrimPrefix(c.Text, "//gort:at ")); err != nil {
					return nil, fmt.Errorf("%v: %v", e.pos, err)
				}
			} else if strings.HasPrefix(c.Text, "//gort:") {
				directive = strings.TrimPrefix(c.Text, "//gort:")
			}
		}
	}
	words := strings.Fields(directive)
	if len(words) == 0 {
		return nil, fmt.Errorf("%v: %s has neither a body nor a //gort: directive", e.pos, e.name)
	}
	switch e.kind = kind(words[0]); e.kind {
	case leaf, system, park, asm, host, extern:
	default:
		return nil, fmt.Errorf("%v: unknown directive //gort:%s", e.pos, directive)
	}
	for _, word := range words[1:] {
		switch {
		case word == "int" && (e.kind == leaf || e.kind == system):
			e.intValue = true
		case word == "func" && e.kind == leaf:
			e.inFunc = true
		case word == "amd64" || word == "arm64":
			e.cpu = word
		default:
			return nil, fmt.Errorf("%v: malformed directive //gort:%s", e.pos, directive)
		}
	}
	e.layOut(pkg.Scope().Lookup(e.name).Type().(*types.Signature), sizes)
	return e, nil
}

// parseAt reads "file.go:line": where stock's traceback says that a function is. A program sees the
// frame of an exported function, or one of another package, that waits.
func parseAt(text string) (token.Position, error) {
	colon := strings.LastIndex(text, ":")
	line, err := strconv.Atoi(text[colon+1:])
	if colon <= 0 || err != nil {
		return token.Position{}, fmt.Errorf("malformed directive //gort:at %s", text)
	}
	return token.Position{Filename: text[:colon], Line: line}, nil
}

// layOut places parameters and results as ABI0 does: in order, aligned, results at the next word.
func (e *entry) layOut(sig *types.Signature, sizes types.Sizes) {
	place := func(tuple *types.Tuple, nameless string) {
		for i := 0; i < tuple.Len(); i++ {
			v := tuple.At(i)
			name := v.Name()
			if name == "" || name == "_" {
				name = nameless
				if i > 0 {
					name = fmt.Sprintf("%s%d", nameless, i)
				}
			}
			e.size = roundUp(e.size, sizes.Alignof(v.Type()))
			e.fields = append(e.fields, field{cxxName(name), v.Type(), e.size})
			e.size += sizes.Sizeof(v.Type())
		}
		e.size = roundUp(e.size, 8)
	}
	place(sig.Params(), "arg")
	e.params, e.paramLen = len(e.fields), e.size
	place(sig.Results(), "ret")
}

// asmName spells a linker name for the Plan 9 assembler.
func (e *entry) asmName() string {
	if e.link == "runtime."+e.name {
		return "·" + e.name
	}
	dot := strings.LastIndex(e.link, ".")
	return strings.NewReplacer("/", "∕", ".", "·").Replace(e.link[:dot]) + "·" + e.link[dot+1:]
}

// localName reports whether the symbol belongs to package runtime: the compiler then emits its
// argument map.
func (e *entry) localName() bool { return e.link == "runtime."+e.name }
