// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/ioutil"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

// A toolchain compiles with the stock compiler and links with whatever `link` names: the stock go
// command, or gort's. Objects depend on sources only, so they are kept in a folder by content; a
// run that changes nothing but the runtime links and runs.
type toolchain struct {
	goCmd   string   // the stock go command
	linkCmd []string // the go command whose links are under test: {goCmd}, or {gort, "go"}
	goroot  string
	version string
	arch    string
	emulate []string // what programs of arch run under
	cache   string
	work    string            // removed at the end
	std     map[string]string // import path -> archive
	bin     string            // a folder whose go is linkCmd, first in PATH of the programs
}

func newToolchain(gort, goroot, arch, cache string) (*toolchain, error) {
	t := &toolchain{goroot: goroot, arch: arch, cache: cache}
	t.goCmd = filepath.Join(goroot, "bin", "go")
	t.linkCmd = []string{t.goCmd}
	if gort != "" {
		t.linkCmd = []string{gort, "go"}
	}
	if arch == "arm64" {
		t.emulate = []string{"qemu-aarch64"}
	}
	var err error
	if t.work, err = ioutil.TempDir("", "gort-tests"); err != nil {
		return nil, err
	}
	version, err := ioutil.ReadFile(filepath.Join(goroot, "VERSION"))
	if err != nil {
		return nil, err
	}
	t.version = string(version)
	t.bin = filepath.Join(t.work, "bin")
	if err := os.Mkdir(t.bin, 0777); err != nil {
		return nil, err
	}
	script := "#!/bin/sh\nexec " + strings.Join(t.linkCmd, " ") + " \"$@\"\n"
	if err := ioutil.WriteFile(filepath.Join(t.bin, "go"), []byte(script), 0777); err != nil {
		return nil, err
	}
	// The stock archives of std. For a cross build the first call compiles them into the go
	// command's cache.
	format := "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}"
	listed := t.command(t.goCmd, "list", "-export", "-f", format, "std")
	listed.Stderr = os.Stderr
	out, err := listed.Output()
	if err != nil {
		return nil, fmt.Errorf("go list std: %v", err)
	}
	t.std = make(map[string]string)
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if f := strings.Fields(line); len(f) == 2 {
			t.std[f[0]] = f[1]
		}
	}
	return t, nil
}

func (t *toolchain) close() { os.RemoveAll(t.work) }

// command is a child with the environment that every step and every program gets.
func (t *toolchain) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	for _, entry := range os.Environ() {
		switch strings.SplitN(entry, "=", 2)[0] {
		case "GODEBUG", "GOGC", "GOTRACEBACK", "GOMAXPROCS", "GOFLAGS", "GOARCH", "GOROOT", "GOOS",
			"PATH", "GO111MODULE":
		default:
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "GOFLAGS=", "GOENV=off", "CGO_ENABLED=0", "GOOS=linux",
		"GOARCH="+t.arch, "GOROOT="+t.goroot, "GORT_GOROOT="+t.goroot,
		"PATH="+t.bin+":"+os.Getenv("PATH"))
	return cmd
}

func (t *toolchain) step(dir string, name string, args ...string) error {
	cmd := t.command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		line := strings.Join(append([]string{name}, args...), " ")
		return fmt.Errorf("%s: %v\n%s", line, err, out)
	}
	return nil
}

// A unit is one package of a program, in the order of compilation; the last one is main.
type unit struct {
	path  string // import path; "" for main
	files []string
	flags []string
	dir   string // where its local imports are resolved
	local bool   // may import "./x"
}

// compile returns the objects of the units, compiled now or by an earlier run.
func (t *toolchain) compile(units []unit) ([]string, error) {
	key := sha256.New()
	fmt.Fprintln(key, t.version, t.arch, "4")
	for _, u := range units {
		fmt.Fprintln(key, u.path, u.flags, u.files, u.local)
		for _, file := range u.files {
			data, err := ioutil.ReadFile(file)
			if err != nil {
				return nil, err
			}
			fmt.Fprintln(key, len(data))
			key.Write(data)
		}
	}
	dir := filepath.Join(t.cache, fmt.Sprintf("%x", key.Sum(nil))[:32])
	var objects []string
	for i := range units {
		objects = append(objects, filepath.Join(dir, fmt.Sprintf("%d.a", i)))
	}
	if _, err := os.Stat(dir); err == nil {
		return objects, nil
	}
	making, err := ioutil.TempDir(t.work, "compile")
	if err != nil {
		return nil, err
	}
	locals := make(map[string]string)
	for i, u := range units {
		config := filepath.Join(making, "importcfg")
		if err := t.writeConfig(config, locals); err != nil {
			return nil, err
		}
		object := filepath.Join(making, fmt.Sprintf("%d.a", i))
		args := []string{"tool", "compile", "-importcfg", config, "-pack", "-o", object}
		if u.local {
			args = append(args, "-D", ".")
		}
		args = append(args, u.flags...)
		if err := t.step(u.dir, t.goCmd, append(args, u.files...)...); err != nil {
			return nil, err
		}
		if u.path != "" {
			locals[u.path] = object
		}
	}
	if err := os.MkdirAll(t.cache, 0777); err != nil {
		return nil, err
	}
	// Another run may have been first; its objects are as good.
	if err := copyDir(making, dir); err != nil {
		return nil, err
	}
	return objects, nil
}

func copyDir(from, to string) error {
	staging, err := ioutil.TempDir(filepath.Dir(to), "new")
	if err != nil {
		return err
	}
	entries, err := ioutil.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if err := copyFile(filepath.Join(from, name), filepath.Join(staging, name)); err != nil {
			return err
		}
	}
	if err := os.Rename(staging, to); err != nil {
		os.RemoveAll(staging)
		if _, missing := os.Stat(to); missing != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

func (t *toolchain) writeConfig(name string, locals map[string]string) error {
	var lines []string
	for path, archive := range t.std {
		lines = append(lines, "packagefile "+path+"="+archive)
	}
	for path, archive := range locals {
		lines = append(lines, "packagefile "+path+"="+archive)
	}
	sort.Strings(lines)
	return ioutil.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0666)
}

// link makes the program of compiled units.
func (t *toolchain) link(units []unit, objects []string, exe string, flags ...string) error {
	locals := make(map[string]string)
	for i, u := range units {
		if u.path != "" {
			locals[u.path] = objects[i]
		}
	}
	config := exe + ".importcfg"
	if err := t.writeConfig(config, locals); err != nil {
		return err
	}
	args := append([]string{}, t.linkCmd[1:]...)
	args = append(args, "tool", "link", "-importcfg", config, "-o", exe)
	args = append(args, flags...)
	args = append(args, objects[len(objects)-1])
	return t.step(filepath.Dir(exe), t.linkCmd[0], args...)
}

// build is compile and link.
func (t *toolchain) build(units []unit, exe string, linkFlags ...string) error {
	objects, err := t.compile(units)
	if err != nil {
		return err
	}
	return t.link(units, objects, exe, linkFlags...)
}

// goBuild lets the go command under test do all of it.
func (t *toolchain) goBuild(dir, exe string, args ...string) error {
	all := append(append([]string{}, t.linkCmd[1:]...), "build", "-o", exe)
	return t.step(dir, t.linkCmd[0], append(all, args...)...)
}

// A program that is ready to run, and what it must do.
type program struct {
	argv   []string
	dir    string
	env    []string
	output string                // what it must print; exit status 0
	check  func(r result) string // instead of that: "" or a complaint
	native bool                  // a program of the machine, whatever cpu is under test
	modes  []string              // further values of GODEBUG to run it with
}

type result struct {
	output  string
	exit    int
	timeout bool
}

// run runs argv (under the emulator) with a limit of time and memory. Whatever it starts is gone
// afterwards.
func (t *toolchain) run(p *program, godebug string, limit time.Duration, megabytes int) result {
	argv := append([]string{}, p.argv...)
	if !p.native {
		argv = append(append([]string{}, t.emulate...), p.argv...)
	}
	if len(t.emulate) == 0 && megabytes > 0 {
		limits := fmt.Sprintf("ulimit -c 0; ulimit -v %d; exec \"$@\"", megabytes<<10)
		argv = append([]string{"/bin/sh", "-c", limits, "sh"}, argv...)
	}
	cmd := t.command(argv[0], argv[1:]...)
	cmd.Dir = p.dir
	if p.dir != "" {
		cmd.Env = append(cmd.Env, "PWD="+p.dir)
	}
	cmd.Env = append(cmd.Env, p.env...)
	if godebug != "" {
		cmd.Env = append(cmd.Env, "GODEBUG="+godebug)
	}
	var out limitedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return result{output: err.Error(), exit: -1}
	}
	group := -cmd.Process.Pid
	expired := false
	timer := time.AfterFunc(limit, func() {
		expired = true
		syscall.Kill(group, syscall.SIGKILL)
	})
	err := cmd.Wait()
	timer.Stop()
	syscall.Kill(group, syscall.SIGKILL)
	r := result{output: out.String(), timeout: expired}
	if err != nil {
		r.exit = -1
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
			if r.exit = status.ExitStatus(); status.Signaled() {
				r.exit = 128 + int(status.Signal())
			}
		}
	}
	return r
}

// A runaway program must not fill memory.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(data []byte) (int, error) {
	if room := 16<<20 - b.Len(); room < len(data) {
		if room > 0 {
			b.Buffer.Write(data[:room])
		}
		return len(data), nil
	}
	return b.Buffer.Write(data)
}
