// SPDX-License-Identifier: BSD-3-Clause

// Usage:
//	defer_trees -seed N -count N -go "GO COMMAND" [-gcflags F] [-exec "PREFIX"] [-godebug LIST]
//
// Builds one program of `count` scenarios with the given go command, runs each scenario in a
// process of its own, and compares what it prints and its exit code with the model. A difference
// prints the scenario's seed, its source and both outputs. The last line is `N passed, N failed`;
// exit code 1 when one failed.
//
// Before: emit.go  After: tests/go
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, "defer_trees:", err)
	os.Exit(2)
}

// words of a scenario's output: everything before the traceback.
func visible(out []byte) string {
	for _, begin := range []string{"\ngoroutine ", "\nruntime stack:"} {
		if i := bytes.Index(out, []byte(begin)); i >= 0 {
			out = out[:i]
		}
	}
	return string(out)
}

func run(args []string, env []string, limit time.Duration) (string, int) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	timer := time.AfterFunc(limit, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait()
	return visible(out.Bytes()), cmd.ProcessState.ExitCode()
}

func main() {
	seed := flag.Int64("seed", 1, "seed of the first scenario")
	count := flag.Int("count", 100, "number of scenarios")
	goCommand := flag.String("go", "go", "go command, words separated by spaces")
	gcflags := flag.String("gcflags", "", "flags for the compiler, such as -N")
	prefix := flag.String("exec", "", "command that runs the program")
	godebug := flag.String("godebug", "", "GODEBUG of the program")
	keep := flag.String("keep", "", "write the source here and stop")
	flag.Parse()

	source := program(*seed, *count)
	if *keep != "" {
		if err := ioutil.WriteFile(*keep, []byte(source), 0666); err != nil {
			fail(err)
		}
		return
	}
	dir, err := ioutil.TempDir("", "defer_trees")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	main := filepath.Join(dir, "main.go")
	binary := filepath.Join(dir, "main")
	if err := ioutil.WriteFile(main, []byte(source), 0666); err != nil {
		fail(err)
	}
	build := strings.Fields(*goCommand)
	build = append(build, "build", "-o", binary, "-gcflags="+*gcflags, main)
	cmd := exec.Command(build[0], build[1:]...)
	cmd.Env = append(os.Environ(), "GO111MODULE=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		fail(err)
	}
	env := append(os.Environ(), "GODEBUG="+*godebug, "GOTRACEBACK=single")
	wrong := 0
	for i := 0; i < *count; i++ {
		body := scenario(*seed + int64(i))
		want, wantExit := expect(body)
		args := append(strings.Fields(*prefix), binary, fmt.Sprint(i))
		got, gotExit := run(args, env, 20*time.Second)
		if got == want && gotExit == wantExit {
			continue
		}
		wrong++
		e := &emitter{tag: "s"}
		e.function("scenario()", "", body)
		fmt.Printf("seed %d: exit %d, want %d\n--- got\n%s--- want\n%s--- program\n%s\n", *seed+int64(i), gotExit,
			wantExit, got, want, e.decls.String())
	}
	fmt.Printf("%d passed, %d failed\n", *count-wrong, wrong)
	if wrong > 0 {
		os.RemoveAll(dir)
		os.Exit(1)
	}
}
