// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"fmt"
	"io/ioutil"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Benchmarks of a whole process: what they measure (memory, stops, processor time) would be mixed
// up with what ran before. The program starts itself, and the child prints a line "number unit" for
// each metric.

const whichChild = "BENCH_CHILD"

type metrics map[string]float64

var children = map[string]func() metrics{}

// inChild reports what a child of this name measures.
func inChild(b *testing.B, name string) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), whichChild+"="+name)
	child.Stderr = os.Stderr
	output, err := child.Output()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op") // unless the child says so
	words := strings.Fields(string(output))
	for ; len(words) >= 2; words = words[2:] {
		value, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(value, words[1])
	}
}

func TestMain(m *testing.M) {
	name := os.Getenv(whichChild)
	if name == "" {
		os.Exit(m.Run())
	}
	for unit, value := range children[name]() {
		fmt.Println(value, unit)
	}
}

// What is resident now.
func residentBytes() int {
	text, err := ioutil.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return pages * syscall.Getpagesize()
}

// The most that has been resident.
func peakBytes() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Maxrss) * 1024
}

func processorSeconds() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Nano()) / 1e9 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
