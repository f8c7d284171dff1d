// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// The tests of the installed std packages that lean on the scheduler, the poller, signals and
// timers, and of those that everything uses: `gort test -short`. A package passes when no test
// fails but those that fail on stock too, listed with their reasons: package.TestName.
type stdSuite struct {
	t        *toolchain
	mayFail  expectations
	packages []string
}

// The first ones are the quick sample.
var stdPackages = []string{
	"sync", "sync/atomic", "context", "time", "os/signal", "internal/poll", "io",
	"net/http/httptest", "syscall",
	"os", "os/exec", "net", "net/http", "testing", "container/heap", "container/list",
	"container/ring", "strings", "bytes", "sort", "strconv", "fmt", "encoding/json",
	"text/template", "runtime/trace", "runtime/pprof", "net/http/pprof",
}

const quickStdPackages = 9

func (s *stdSuite) scan() ([]string, error) { return s.packages, nil }

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

func (s *stdSuite) prepare(name, work string) ([]*program, error) {
	argv := append(append([]string{}, s.t.linkCmd...), "test", "-short", "-count=1",
		"-tags=timetzdata", name)
	p := &program{argv: argv, dir: filepath.Join(s.t.goroot, "src"), native: true}
	p.check = func(r result) string {
		if r.exit == 0 {
			return ""
		}
		known := true
		failed := failedTest.FindAllStringSubmatch(r.output, -1)
		for _, match := range failed {
			if _, listed := s.mayFail[name+"."+match[1]]; !listed {
				known = false
			}
		}
		// A crash is no failure of the tests that had failed before it.
		if known && len(failed) > 0 && !strings.Contains(r.output, "exit status 2") &&
			strings.HasSuffix(r.output, "\nFAIL\n") {
			return ""
		}
		return fmt.Sprintf("exit status %d; printed:\n%s", r.exit, tail(r.output))
	}
	return []*program{p}, nil
}
