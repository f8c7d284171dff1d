// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

var fileRules = []func(source) []finding{
	heads, lengths, sizes, cpuConditions, unfinished, includedSources, includeOrder, atomics,
	assemblerOffsets,
}

var treeRules = []func([]source) []finding{twins}

func isCxx(name string) bool {
	return strings.HasSuffix(name, ".cc") || strings.HasSuffix(name, ".h")
}
func isGas(name string) bool { return strings.HasSuffix(name, ".S") }
func isAsm(name string) bool { return isGas(name) || strings.HasSuffix(name, ".s") }
func isTest(name string) bool {
	return strings.HasPrefix(name, "tests/") || strings.Contains(path.Base(name), "_test.") ||
		strings.HasPrefix(name, "bench/") || strings.HasPrefix(name, "examples/")
}

const license = "SPDX-License-Identifier: BSD-3-Clause"

// A head teaches the subject; its last lines name the neighbours, so that the tree can be read as a
// book.
func heads(s source) []finding {
	if !isCxx(s.name) && !isAsm(s.name) {
		return nil
	}
	if !strings.Contains(s.lines[0], license) {
		return []finding{{s.name, 1, "the first line is not `// " + license + "`"}}
	}
	comment := 0
	neighbours := false
	for _, line := range s.lines[1:] {
		if !strings.HasPrefix(line, "//") {
			break
		}
		if len(strings.TrimSpace(strings.TrimPrefix(line, "//"))) > 0 {
			comment++
		}
		for _, word := range []string{"Before:", "After:"} {
			neighbours = neighbours || strings.Contains(line, word)
		}
	}
	if comment == 0 {
		return []finding{{s.name, 2, "no head comment that says what the file is about"}}
	}
	if !neighbours && !isTest(s.name) {
		return []finding{{s.name, 2, "the head names no neighbours (Before: ... After: ...)"}}
	}
	return nil
}

var longLiteral = regexp.MustCompile("\"[^\"]{50,}\"|'[^']{50,}'|`[^`]{50,}`")

// 100 columns. Lines that are a long literal, tables and addresses in documents, and build files,
// may be wider.
func lengths(s source) []finding {
	var out []finding
	switch path.Ext(s.name) {
	case ".bzl", ".bazel", "":
		return nil // buildifier's layout
	}
	fenced := false
	for i, line := range s.lines {
		if strings.HasSuffix(s.name, ".md") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if fenced || strings.HasPrefix(line, "|") ||
				strings.HasPrefix(line, "    ") || strings.Contains(line, "://") {
				continue
			}
		}
		if longLiteral.MatchString(line) {
			continue
		}
		if width := utf8.RuneCountInString(strings.Replace(line, "\t", "    ", -1)); width > 100 {
			what := fmt.Sprintf("%d columns, 100 are allowed", width)
			out = append(out, finding{s.name, i + 1, what})
		}
		if strings.TrimRight(line, " \t") != line && !strings.HasSuffix(s.name, ".md") {
			out = append(out, finding{s.name, i + 1, "blanks at the end of the line"})
		}
	}
	return out
}

// A file is a chapter.
func sizes(s source) []finding {
	limit := 900
	switch {
	case isGas(s.name):
		limit = 400
	case strings.HasSuffix(s.name, ".bazel"):
		limit = 200
	case strings.HasSuffix(s.name, ".md"):
		return nil
	}
	if len(s.lines) > limit {
		what := fmt.Sprintf("%d lines, %d are allowed", len(s.lines), limit)
		return []finding{{s.name, limit, what}}
	}
	return nil
}

var (
	condition = regexp.MustCompile(`^\s*#\s*(if|ifdef|ifndef|elif)\b`)
	cpuMacro  = regexp.MustCompile(`__x86_64|__amd64|__aarch64|__arm64|GOARCH_|__SSE|__AVX|__AES__`)
)

// Machine dependence is chosen in one file.
func cpuConditions(s source) []finding {
	if !isCxx(s.name) && !isAsm(s.name) || s.name == "arch/arch.h" {
		return nil
	}
	return matching(s, "a condition on the cpu belongs in arch/arch.h", func(line string) bool {
		return condition.MatchString(line) && cpuMacro.MatchString(line)
	})
}

var unfinishedWord = regexp.MustCompile(
	`\b(TODO|FIXME|XXX|HACK)\b|(?i)\bfor now\b|\bnot implemented yet\b`)

// What is not done is not in the tree.
func unfinished(s source) []finding {
	if s.name == "tools/lint/rules.go" {
		return nil
	}
	return matching(s, "a word of unfinished work", unfinishedWord.MatchString)
}

var quotedInclude = regexp.MustCompile(`^\s*#\s*include\s+"([^"]+)"`)

func includedSources(s source) []finding {
	if !isCxx(s.name) {
		return nil
	}
	return matching(s, "a source file is included", func(line string) bool {
		m := quotedInclude.FindStringSubmatch(line)
		return m != nil && strings.HasSuffix(m[1], ".cc")
	})
}

// The folders of runtime/ from the bottom up; equal numbers are neighbours. A folder includes what
// is below it. Where a runtime is a real cycle (a fault becomes a panic, allocation assists the
// collector), the source file that calls upwards says why on the line of the include:
//
//	#include "runtime/panic/panic.h"  // upward: a fault becomes a panic
//
// Headers never do.
var level = map[string]int{
	"abi": 0, "base": 0, "os": 1, "mem": 2, "stack": 3, "unwind": 3, "sched": 4, "gc": 5,
	"panic": 6, "lang": 7, "api": 8,
}

var upward = regexp.MustCompile(`// upward: \S`)

func includeOrder(s source) []finding {
	part := strings.Split(s.name, "/")
	if part[0] != "runtime" || len(part) != 3 || !isCxx(s.name) {
		return nil
	}
	mine, known := level[part[1]]
	if !known {
		return []finding{{s.name, 1, "a folder without a place in the order of dependence"}}
	}
	var out []finding
	for i, line := range s.lines {
		m := quotedInclude.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		to := strings.Split(m[1], "/")
		if len(to) == 3 && to[0] == "runtime" && level[to[1]] > mine &&
			!(strings.HasSuffix(s.name, ".cc") && upward.MatchString(line)) {
			out = append(out, finding{s.name, i + 1, fmt.Sprintf("%s is below %s", part[1], to[1])})
		}
	}
	return out
}

var rawAtomic = regexp.MustCompile(`\b__sync_[a-z]|\bstd::atomic|<atomic>`)

// Every access says its order: by its name (runtime/base/atomic.h), or, where a word of a structure
// that gc made is accessed, by the last argument of a compiler builtin. Defaults are for nobody.
func atomics(s source) []finding {
	if !isCxx(s.name) || s.name == "runtime/base/atomic.h" {
		return nil
	}
	if !strings.HasPrefix(s.name, "runtime/") && !strings.HasPrefix(s.name, "arch/") {
		return nil
	}
	return matching(s, "an atomic access that may have a default order", func(line string) bool {
		return rawAtomic.MatchString(withoutComment(line))
	})
}

var (
	amd64Offset = regexp.MustCompile(
		`(^|[^A-Za-z0-9_$.+\-])-?(0x[0-9a-f]+|[1-9][0-9]*)\(%(r[a-z0-9]+)`)
	arm64Offset = regexp.MustCompile(`\[(x[0-9]+), #-?[1-9]`)
)

// Offsets in structures come from asm_offsets.h. Plain numbers count from a stack or frame pointer,
// or are positions in the bytes that memory and hash functions work on.
func assemblerOffsets(s source) []finding {
	if !isGas(s.name) {
		return nil
	}
	base := path.Base(s.name)
	for _, part := range []string{"memory", "hash", "duff", "bytes"} {
		if strings.HasPrefix(base, part) {
			return nil
		}
	}
	what := "an offset written as a number: generate it (asm/offsets.cc)"
	return matching(s, what, func(line string) bool {
		line = withoutComment(line)
		if m := amd64Offset.FindStringSubmatch(line); m != nil && m[3] != "rsp" && m[3] != "rbp" {
			return true
		}
		m := arm64Offset.FindStringSubmatch(line)
		return m != nil && m[1] != "x29"
	})
}

var asmFunction = regexp.MustCompile(`^\s*(?:FUNCTION|LEAF_FUNCTION)\(([^)]+)\)`)

// Both cpus have the same files, and the same functions in each.
func twins(sources []source) []finding {
	cpus := []string{"amd64", "arm64"}
	functions := make(map[string]map[string]bool) // file -> names, "" for the file itself
	for _, s := range sources {
		for _, cpu := range cpus {
			if dir := "arch/" + cpu + "/"; strings.HasPrefix(s.name, dir) {
				names := map[string]bool{"": true}
				for _, line := range s.lines {
					if m := asmFunction.FindStringSubmatch(line); m != nil {
						names[m[1]] = true
					}
				}
				functions[s.name] = names
			}
		}
	}
	var out []finding
	for file, names := range functions {
		cpu := strings.Split(file, "/")[1]
		other := "arch/" + cpus[0] + "/"
		if cpu == cpus[0] {
			other = "arch/" + cpus[1] + "/"
		}
		twin := functions[other+path.Base(file)]
		if twin == nil {
			out = append(out, finding{file, 1, "no such file in " + other})
			continue
		}
		for name := range names {
			if !twin[name] {
				what := name + " is missing in " + other + path.Base(file)
				out = append(out, finding{file, 1, what})
			}
		}
	}
	return out
}

func withoutComment(line string) string {
	if i := strings.Index(line, "//"); i >= 0 {
		return line[:i]
	}
	return line
}

func matching(s source, what string, matches func(string) bool) []finding {
	var out []finding
	for i, line := range s.lines {
		if matches(line) {
			out = append(out, finding{s.name, i + 1, what})
		}
	}
	return out
}
