// SPDX-License-Identifier: BSD-3-Clause

// Goroutines together with the system: how soon a sleeping thread takes a goroutine that became
// ready, requests over sockets, and what a hundred thousand sleepers cost.
package bench

import (
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Two goroutines on two Ps send to each other by turns. Each works for delay (work is the
// benchmark's) between the messages, the sender 5 us longer, so that the receiver already waits and
// has to be woken. Time per op is two messages and what was worked.
func benchmarkWakeupParallel(b *testing.B, work func(time.Duration)) {
	if runtime.GOMAXPROCS(0) == 1 {
		b.Skip("needs two Ps")
	}
	const longer = 5 * time.Microsecond
	delays := []time.Duration{0, time.Microsecond, 10 * time.Microsecond, 100 * time.Microsecond}
	for _, delay := range delays {
		delay := delay
		b.Run(delay.String(), func(b *testing.B) {
			ping, pong, done := make(chan bool), make(chan bool), make(chan bool)
			go func() {
				for i := 0; i < b.N; i++ {
					work(delay + longer)
					ping <- true
					work(delay)
					<-pong
				}
				done <- true
			}()
			go func() {
				for i := 0; i < b.N; i++ {
					work(delay)
					<-ping
					work(delay + longer)
					pong <- true
				}
				done <- true
			}()
			<-done
			<-done
		})
	}
}

func BenchmarkWakeupParallelSpinning(b *testing.B) {
	benchmarkWakeupParallel(b, func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
		}
	})
}

// In a system call the P may be taken away meanwhile.
func BenchmarkWakeupParallelSyscall(b *testing.B) {
	benchmarkWakeupParallel(b, func(d time.Duration) {
		if d != 0 {
			left := syscall.NsecToTimespec(int64(d))
			for syscall.Nanosleep(&left, &left) == syscall.EINTR {
			}
		}
	})
}

// One request after the other, client and server in this process.
func BenchmarkHTTPLoopback(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello")
	}))
	defer server.Close()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		response, err := http.Get(server.URL)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(ioutil.Discard, response.Body)
		response.Body.Close()
	}
}

const sleepers = 100000

// Starts the goroutines, which sleep until `end`.
func startSleepers(end time.Time) *sync.WaitGroup {
	var all sync.WaitGroup
	all.Add(sleepers)
	for i := 0; i < sleepers; i++ {
		go func() {
			time.Sleep(time.Until(end))
			all.Done()
		}()
	}
	return &all
}

// An op is all of them: started, asleep, due at once, ended.
func BenchmarkSleepingGoroutines(b *testing.B) {
	for i := 0; i < b.N; i++ {
		startSleepers(time.Now().Add(10 * time.Millisecond)).Wait()
	}
}

const measureSleepers = "BENCH_MEASURE_SLEEPERS"

// What the system gives for each of them, in a process that has done nothing before.
func BenchmarkSleepingGoroutinesMemory(b *testing.B) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), measureSleepers+"=1")
	output, err := child.Output()
	if err != nil {
		b.Fatal(err)
	}
	bytes, err := strconv.ParseFloat(string(output), 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(bytes, "bytes/goroutine")
}

func residentBytes() int {
	status, err := ioutil.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(status))[1])
	if err != nil {
		panic(err)
	}
	return pages * os.Getpagesize()
}

func TestMain(m *testing.M) {
	if os.Getenv(measureSleepers) != "" {
		before := residentBytes()
		startSleepers(time.Now().Add(time.Hour))
		time.Sleep(500 * time.Millisecond)
		fmt.Print((residentBytes() - before) / sleepers)
		return
	}
	os.Exit(m.Run())
}
