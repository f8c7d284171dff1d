// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"strings"
)

// A file of expected failures: `name<TAB>reason`, one a line, # begins a comment. name@arm64 holds
// for one cpu only. Each reason names the feature that the program waits for. A program that is
// listed and passes fails the run, so the file cannot go stale.
type expectations map[string]string

func readExpectations(file string) (expectations, error) {
	e := make(expectations)
	data, err := ioutil.ReadFile(file)
	if os.IsNotExist(err) {
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		tab := strings.Index(line, "\t")
		if tab < 0 {
			return nil, fmt.Errorf("%s:%d: want name<TAB>reason", file, i+1)
		}
		e[line[:tab]] = strings.TrimSpace(line[tab:])
	}
	return e, nil
}

func (e expectations) reason(name, arch string) (string, bool) {
	for _, key := range []string{name, name + "@" + arch} {
		if reason, listed := e[key]; listed {
			return reason, true
		}
	}
	return "", false
}

// difference shows the first line that differs, with a few around it.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	show := func(lines []string) string {
		if i >= len(lines) {
			return "    (end)\n"
		}
		out := ""
		for j := i; j < len(lines) && j < i+8; j++ {
			out += "    " + lines[j] + "\n"
		}
		return out
	}
	return fmt.Sprintf("from line %d on, want:\n%sgot:\n%s", i+1, show(w), show(g))
}

// tail keeps the end of a long output, where the reason usually is, and its beginning.
func tail(text string) string {
	const edge = 1500
	if len(text) <= 2*edge {
		return text
	}
	return text[:edge] + "\n[...]\n" + text[len(text)-edge:]
}
