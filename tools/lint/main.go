// SPDX-License-Identifier: BSD-3-Clause

// Lint checks the house rules that a program can check, over all files that git knows.
//
//	lint [-tree DIR] [file...]
//
// One line per finding, `file:line: what`, and exit status 1 when there is one. The rules are in
// rules.go, each with its reason in a sentence.
package main

import (
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

type source struct {
	name  string // relative to the tree, with slashes
	lines []string
}

type finding struct {
	file string
	line int
	what string
}

func main() {
	tree := flag.String("tree", ".", "the project's folder")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		// Tracked files, and new ones that are not ignored.
		git := exec.Command("git", "-C", *tree, "ls-files", "-co", "--exclude-standard")
		git.Stderr = os.Stderr
		out, err := git.Output()
		if err != nil {
			fmt.Fprintln(os.Stderr, "lint: git ls-files:", err)
			os.Exit(2)
		}
		names = strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	var sources []source
	for _, name := range names {
		if !concerns(name) {
			continue
		}
		data, err := ioutil.ReadFile(filepath.Join(*tree, name))
		if os.IsNotExist(err) {
			continue // removed, not committed yet
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "lint:", err)
			os.Exit(2)
		}
		text := strings.TrimSuffix(string(data), "\n")
		sources = append(sources, source{name, strings.Split(text, "\n")})
	}
	var findings []finding
	for _, s := range sources {
		for _, rule := range fileRules {
			findings = append(findings, rule(s)...)
		}
	}
	if flag.NArg() == 0 {
		for _, rule := range treeRules {
			findings = append(findings, rule(sources)...)
		}
	}
	sort.SliceStable(findings, func(i, j int) bool {
		if findings[i].file != findings[j].file {
			return findings[i].file < findings[j].file
		}
		return findings[i].line < findings[j].line
	})
	for _, f := range findings {
		fmt.Printf("%s:%d: %s\n", f.file, f.line, f.what)
	}
	if len(findings) > 0 {
		fmt.Printf("%d findings in %d files\n", len(findings), len(sources))
		os.Exit(1)
	}
}

// concerns: text that people write. Recorded outputs and lists are not.
func concerns(name string) bool {
	switch path.Ext(name) {
	case ".cc", ".h", ".S", ".s", ".go", ".sh", ".bzl", ".bazel", ".ld", ".md":
		return true
	}
	return name == "gort" || name == ".ci/run" || name == "WORKSPACE"
}
