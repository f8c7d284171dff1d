// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"fmt"
	"io/ioutil"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Goroutines that wait: woken onto another processor, in the network, asleep in great numbers.

// Two goroutines that work and give each other turns, in opposite phases: while one works after it
// sent, the other works after it received. An operation takes twice the delay if whoever is woken
// starts at once on another P, and more when it has to wait for that.
func benchmarkWakeup(b *testing.B, work func(time.Duration)) {
	for _, delay := range []time.Duration{0, 1, 5, 20, 100} {
		delay *= time.Microsecond
		b.Run(delay.String(), func(b *testing.B) {
			ping, pong := make(chan bool), make(chan bool)
			var both sync.WaitGroup
			both.Add(2)
			go func() {
				defer both.Done()
				for i := 0; i < b.N; i++ {
					work(delay)
					ping <- true
					work(delay)
					<-pong
				}
			}()
			go func() {
				defer both.Done()
				for i := 0; i < b.N; i++ {
					work(delay)
					<-ping
					work(delay)
					pong <- true
				}
			}()
			both.Wait()
		})
	}
}

func BenchmarkWakeupParallelSpinning(b *testing.B) {
	benchmarkWakeup(b, func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
		}
	})
}

func BenchmarkWakeupParallelSyscall(b *testing.B) {
	benchmarkWakeup(b, func(d time.Duration) {
		t := syscall.NsecToTimespec(int64(d))
		syscall.Nanosleep(&t, nil)
	})
}

// How much later than it asked for a sleeper goes on, in the middle and in the worst of a hundred
// cases: while nothing else happens, and while every P has a goroutine that never stops by itself.
func BenchmarkTimerLateness(b *testing.B) {
	for _, load := range []string{"Idle", "Busy"} {
		for _, d := range []time.Duration{50, 200, 1000, 5000} {
			d *= time.Microsecond
			b.Run(load+"/"+d.String(), func(b *testing.B) {
				stop := int32(0)
				for i := 0; load == "Busy" && i < runtime.GOMAXPROCS(0); i++ {
					go func() {
						for atomic.LoadInt32(&stop) == 0 {
						}
					}()
				}
				late := make([]int, b.N)
				for i := range late {
					begin := time.Now()
					time.Sleep(d)
					late[i] = int(time.Since(begin) - d)
				}
				atomic.StoreInt32(&stop, 1)
				sort.Ints(late)
				b.ReportMetric(float64(late[b.N/2]), "ns/op")
				b.ReportMetric(float64(late[b.N*99/100]), "p99-ns")
			})
		}
	}
}

// Requests over loopback: server and clients in one process.
func BenchmarkHTTPLoopback(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello", r.URL.Path)
	}))
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 100
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			response, err := client.Get(server.URL + "/you")
			if err != nil {
				b.Error(err)
				return
			}
			text, err := ioutil.ReadAll(response.Body)
			response.Body.Close()
			if string(text) != "hello /you\n" || err != nil {
				b.Error(string(text), err)
				return
			}
		}
	})
}

const sleepers = 100000

// They end when it is time.
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

// One operation: 100,000 goroutines go to sleep, and end when they are woken.
func BenchmarkSleeping100000(b *testing.B) {
	for i := 0; i < b.N; i++ {
		startSleepers(time.Now().Add(300 * time.Millisecond)).Wait()
	}
}

func init() {
	children["sleepers"] = func() metrics {
		before := residentBytes()
		startSleepers(time.Now().Add(time.Hour))
		time.Sleep(500 * time.Millisecond)
		return metrics{"bytes/goroutine": float64(residentBytes()-before) / sleepers}
	}
}

// What the system gives for each of them, in a process that has done nothing before.
func BenchmarkSleeping100000Memory(b *testing.B) { inChild(b, "sleepers") }
