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

// tests/go/<area>/<claim>.go: one claim per program. <claim>.out is everything that it prints to
// stdout and stderr, and where it does not exit with 0 a last line `exit status N`. No .out: it
// prints nothing and exits with 0.
//
// What differs from run to run is replaced before the comparison: the program's folder by $DIR, the
// Go installation by $GOROOT, hexadecimal numbers of six digits and more by 0x?, the offset that
// ends a traceback's line by +0x?, the number of a goroutine other than the first by N.
//
// Lines at the head of a program:
//
//	//test:args a b          arguments
//	//test:env K=V           environment (one per line)
//	//test:gcflags -N -l     the compiler's flags; once for each such line
//	//test:godebug k=v,...   also run with this GODEBUG
//	//test:arch amd64        for one cpu only
//
// A folder <claim>.dir instead of a file is a program of several files and packages (a module with
// a go.mod). .out files come from stock (driver go --stock --update) or, where stock is wrong, from
// the language specification.
type goldenSuite struct {
	t      *toolchain
	root   string
	update bool
}

func (s *goldenSuite) scan() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(s.root, "*", "*.go"))
	if err != nil {
		return nil, err
	}
	dirs, err := filepath.Glob(filepath.Join(s.root, "*", "*.dir"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range append(files, dirs...) {
		name, err := filepath.Rel(s.root, file)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	sort.Strings(names)
	return names, nil
}

type goldenHead struct {
	args, env, godebug []string
	gcflags            [][]string
	arch               string
}

func readGoldenHead(file string) (goldenHead, error) {
	var h goldenHead
	data, err := ioutil.ReadFile(file)
	if err != nil {
		return h, err
	}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "package ") {
			break
		}
		if !strings.HasPrefix(line, "//test:") {
			continue
		}
		word := strings.Fields(strings.TrimPrefix(line, "//test:"))
		if len(word) == 0 {
			return h, fmt.Errorf("%s: empty //test: line", file)
		}
		switch rest := word[1:]; word[0] {
		case "args":
			h.args = rest
		case "env":
			h.env = append(h.env, strings.Join(rest, " "))
		case "gcflags":
			h.gcflags = append(h.gcflags, rest)
		case "godebug":
			h.godebug = append(h.godebug, rest...)
		case "arch":
			h.arch = strings.Join(rest, " ")
		default:
			return h, fmt.Errorf("%s: unknown line //test:%s", file, word[0])
		}
	}
	if h.gcflags == nil {
		h.gcflags = [][]string{nil}
	}
	return h, nil
}

func (s *goldenSuite) prepare(name, work string) ([]*program, error) {
	file := filepath.Join(s.root, name)
	base := strings.TrimSuffix(strings.TrimSuffix(file, ".go"), ".dir")
	main := file
	if strings.HasSuffix(name, ".dir") {
		main = filepath.Join(file, "main.go")
	}
	h, err := readGoldenHead(main)
	if err != nil {
		return nil, err
	}
	if h.arch != "" && h.arch != s.t.arch {
		return nil, nil
	}
	golden, err := ioutil.ReadFile(base + ".out")
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var programs []*program
	for i, flags := range h.gcflags {
		exe := filepath.Join(work, strconv.Itoa(i)+".exe")
		if strings.HasSuffix(name, ".dir") {
			args := []string{"."}
			if len(flags) > 0 {
				args = []string{"-gcflags=" + strings.Join(flags, " "), "."}
			}
			err = s.t.goBuild(file, exe, args...)
		} else {
			one := unit{files: []string{file}, flags: flags, dir: filepath.Dir(file)}
			err = s.t.build([]unit{one}, exe)
		}
		if err != nil {
			return nil, err
		}
		folder := filepath.Dir(file)
		p := &program{argv: append([]string{exe}, h.args...), dir: work, env: h.env}
		p.modes = h.godebug
		p.check = func(r result) string {
			got := s.normalize(r, folder)
			if s.update {
				return writeGolden(base+".out", got)
			}
			if got != string(golden) {
				return difference(string(golden), got)
			}
			return ""
		}
		programs = append(programs, p)
	}
	return programs, nil
}

var (
	longHex   = regexp.MustCompile(`0x[0-9a-f]{6,}`)
	pcOffset  = regexp.MustCompile(`(?m)\+0x[0-9a-f]+$`)
	goroutine = regexp.MustCompile(`goroutine ([02-9]|[1-9][0-9]+) \[`)
)

func (s *goldenSuite) normalize(r result, folder string) string {
	text := strings.Replace(r.output, folder, "$DIR", -1)
	text = strings.Replace(text, s.t.goroot, "$GOROOT", -1)
	if real, err := filepath.EvalSymlinks(filepath.Join(s.t.goroot, "src")); err == nil {
		text = strings.Replace(text, filepath.Dir(real), "$GOROOT", -1)
	}
	text = pcOffset.ReplaceAllString(text, "+0x?")
	text = longHex.ReplaceAllString(text, "0x?")
	text = goroutine.ReplaceAllString(text, "goroutine N [")
	if r.exit != 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += "exit status " + strconv.Itoa(r.exit) + "\n"
	}
	return text
}

func writeGolden(name, text string) string {
	var err error
	if text == "" {
		if err = os.Remove(name); os.IsNotExist(err) {
			err = nil
		}
	} else {
		err = ioutil.WriteFile(name, []byte(text), 0666)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
