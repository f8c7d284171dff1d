// SPDX-License-Identifier: BSD-3-Clause

// Leak looks whether memory, threads and descriptors come back. Workers churn (churn.go) for a
// while; then they have ended, everything of theirs is garbage, and the process is measured:
//
//	peak        pages in memory, from /proc/self/statm
//	rss         the same when what is free was given back: debug.FreeOSMemory
//	heap        bytes of objects, after two collections: what is still alive
//	heapsys     HeapSys and so on: what the runtime asked the system for, by purpose
//	stacksys
//	gcsys       including what the program does not see: work buffers, pointer bits
//	bucksys     the memory profile's table of call stacks
//	othersys
//	threads     of the process
//	files       open descriptors
//	goroutines
//
// One such round takes a minute, less in runs of less than twelve minutes. After a third of the
// rounds, the warm-up, the numbers must stay where they are: the middle one of the last half of the
// rounds left may be above the middle one of the first half only by what the column allows.
//
// -plant makes every round leak, to see that the test can fail.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A column may grow by a part of itself and a fixed amount. How large the heap is when a cycle ends
// depends on what else the machine does; the runtime maps 64 MB at a time for it. An object that
// lives alone in a huge page is 2 MB of rss.
var columns = []struct {
	name   string
	factor float64
	add    float64
	value  func(*runtime.MemStats) uint64
}{
	{"peak", 0.50, 32 << 20, func(*runtime.MemStats) uint64 { return peak }},
	{"rss", 0.05, 8 << 20, func(*runtime.MemStats) uint64 { return residentBytes() }},
	{"heap", 0, 32 << 10, func(m *runtime.MemStats) uint64 { return m.HeapAlloc }},
	{"heapsys", 0, 66 << 20, func(m *runtime.MemStats) uint64 { return m.HeapSys + m.StackSys }},
	{"stacksys", 0.10, 2 << 20, func(m *runtime.MemStats) uint64 { return m.StackSys }},
	{"gcsys", 0.05, 256 << 10, func(m *runtime.MemStats) uint64 { return m.GCSys }},
	{"bucksys", 0.05, 128 << 10, func(m *runtime.MemStats) uint64 { return m.BuckHashSys }},
	{"othersys", 0.05, 512 << 10, func(m *runtime.MemStats) uint64 {
		return m.OtherSys + m.MSpanSys + m.MCacheSys
	}},
	{"threads", 0, 3, func(*runtime.MemStats) uint64 { return entries("/proc/self/task") }},
	{"files", 0, 0, func(*runtime.MemStats) uint64 { return entries("/proc/self/fd") }},
	{"goroutines", 0, 0, func(*runtime.MemStats) uint64 { return uint64(runtime.NumGoroutine()) }},
}

var peak uint64

func main() {
	length := flag.Duration("time", time.Minute, "how long")
	seed := flag.Uint64("seed", 1, "of the random numbers")
	planted := flag.String("plant", "", "leak in every round: "+strings.Join(plantNames(), ", "))
	flag.Parse()
	seeds = *seed * 0x632be59bd9b4e019
	plant, known := plants[*planted]
	if *planted != "" && !known {
		flag.Usage()
		os.Exit(2)
	}

	round := *length / 12
	if round > time.Minute {
		round = time.Minute
	}
	var rows [][]uint64
	fmt.Printf("%8s", "")
	for _, c := range columns {
		fmt.Printf(" %10s", c.name)
	}
	fmt.Println()
	for begun := time.Now(); time.Since(begun)+round/2 < *length; {
		churnFor(round)
		if plant != nil {
			plant()
		}
		row := measure()
		rows = append(rows, row)
		fmt.Printf("%7.0fs", time.Since(begun).Seconds())
		for _, v := range row {
			fmt.Printf(" %10d", v)
		}
		fmt.Println()
	}
	fmt.Printf("done:")
	for _, w := range workers {
		fmt.Printf(" %s %d", w.name, w.done)
	}
	fmt.Println()
	if problems := growth(rows); len(problems) != 0 {
		fmt.Printf("leak: %s\n", strings.Join(problems, "; "))
		os.Exit(1)
	}
	fmt.Println("flat")
}

// churnFor runs all workers at once, and returns when they have ended.
func churnFor(d time.Duration) {
	var all sync.WaitGroup
	atomic.StoreUint32(&stopping, 0)
	for _, w := range workers {
		w := w
		all.Add(1)
		go func() {
			defer all.Done()
			r := newRandom()
			for !isStopping() {
				w.turn(&r)
				w.done++
			}
		}()
	}
	// Ps come and go, too, with what they cache.
	r := newRandom()
	before := runtime.GOMAXPROCS(0)
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(d / 20)
		runtime.GOMAXPROCS(1 + r.below(8))
	}
	atomic.StoreUint32(&stopping, 1)
	all.Wait()
	runtime.GOMAXPROCS(before)
}

// measure waits until what may end late has ended, and gives the columns.
func measure() []uint64 {
	awaitFinalizers()
	time.Sleep(50 * time.Millisecond) // timers that nobody stopped
	for i := 0; i < 200 && runtime.NumGoroutine() > 1+planting; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	runtime.GC()
	peak = residentBytes()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	row := make([]uint64, len(columns))
	for i, c := range columns {
		row[i] = c.value(&m)
	}
	return row
}

// growth says which columns are not flat.
func growth(rows [][]uint64) (problems []string) {
	rows = rows[len(rows)/3:]
	half := len(rows) / 2
	for i, c := range columns {
		before, after := middle(rows[:half], i), middle(rows[half:], i)
		if allowed := float64(before)*(1+c.factor) + c.add; float64(after) > allowed {
			problems = append(problems, fmt.Sprintf("%s grew from %d to %d, %.0f are allowed",
				c.name, before, after, allowed))
		}
	}
	return problems
}

func middle(rows [][]uint64, column int) uint64 {
	var values []uint64
	for _, row := range rows {
		values = append(values, row[column])
	}
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	return values[len(values)/2]
}

func residentBytes() uint64 {
	text, err := ioutil.ReadFile("/proc/self/statm")
	check(err)
	var size, resident uint64
	_, err = fmt.Fscan(bytes.NewReader(text), &size, &resident)
	check(err)
	return resident * uint64(os.Getpagesize())
}

// entries counts the names in a directory.
func entries(directory string) uint64 {
	d, err := os.Open(directory)
	check(err)
	defer d.Close()
	names, err := d.Readdirnames(-1)
	check(err)
	return uint64(len(names))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "leak:", err)
		os.Exit(1)
	}
}
