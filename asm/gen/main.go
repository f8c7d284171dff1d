// SPDX-License-Identifier: BSD-3-Clause

// gen reads the declarations of asm/shim and writes everything that must agree with them:
//
//	entries.h        C++: one argument block and one prototype per entry
//	layouts.h        C++: structures of the API that only the shim defines
//	layout_asserts.inc  C++: what runtime/abi must agree with
//	stubs_<cpu>.s    Plan 9 assembly: the stubs through which Go reaches C++
//	leaf_<cpu>.S     gas: what a leaf needs beside its C++ function on this cpu
//	symabis_extra    for the compiler: which body-less functions C++ defines under their Go names
//	imports.go       for the linker: which symbols come from C++, and which go there
//	entries.tsv      for the completeness check: every entry with its kind and its line
//
// A declaration is the only place where an entry's arguments are written down: sizes and offsets
// come from go/types with the compiler's own rules, and entries.h asserts them when C++ is
// compiled.
//
// Usage: gen -shim DIR -arch amd64|arm64 -out DIR [file.s ...]
// The .s files are hand-written assembly of the same archive: C++ symbols that they use are
// imported too.
//
// Before: asm/shim/roots.go  After: shim.go
package main

import (
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
)

func main() {
	shimDir := flag.String("shim", "asm/shim", "folder of the Go declarations")
	arch := flag.String("arch", "amd64", "amd64 or arm64")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*shimDir, *arch, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(shimDir, arch, out string, assembly []string) error {
	if arch != "amd64" && arch != "arm64" {
		return fmt.Errorf("no port for %s", arch)
	}
	shim, err := loadShim(shimDir, arch)
	if err != nil {
		return err
	}
	used, err := cSymbols(assembly)
	if err != nil {
		return err
	}
	files := []struct {
		name string
		text []byte
	}{
		{"entries.h", header(shim)},
		{"layouts.h", layouts(shim)},
		{"layout_asserts.inc", layoutAsserts(shim)},
		{"stubs_" + arch + ".s", stubs(shim, arch)},
		{"leaf_" + arch + ".S", leaves(shim, arch)},
		{"symabis_extra", symabis(shim, arch)},
		{"imports.go", imports(shim, arch, used)},
		{"entries.tsv", entryTable(shim, arch)},
	}
	for _, f := range files {
		if err := ioutil.WriteFile(filepath.Join(out, f.name), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
