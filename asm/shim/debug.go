// SPDX-License-Identifier: BSD-3-Clause

// The exported API of package runtime: callers and functions, statistics, profiles, tracing, knobs.
// Functions without a body are C++ (runtime/api, runtime/unwind). Methods must be Go text, as type
// descriptors point to them by offset.
//
// Before: errors.go  After: print.go
package runtime

import (
	"runtime/internal/sys"
	"unsafe"
)

const Compiler = "gc"
const GOOS = sys.GOOS
const GOARCH = sys.GOARCH

//gort:system
func Caller(skip int) (pc uintptr, file string, line int, ok bool)

//gort:system
func Callers(skip int, pc []uintptr) int

//gort:system
func callers(skip int, pcbuf []uintptr) int

//gort:system
func Stack(buf []byte, all bool) int

// Frames turns the PCs that Callers returned into function, file and line information.
//gort:goonly
type Frames struct {
	callers    []uintptr
	frames     []Frame
	frameStore [2]Frame
}

// Frame is the information that Frames returns for each call frame.
//gort:goonly
type Frame struct {
	PC       uintptr // of the call, not of the return, for a frame that calls another
	Func     *Func   // nil for inlined functions
	Function string  // with the import path
	File     string
	Line     int
	Entry    uintptr

	funcInfo funcInfo
}

func CallersFrames(callers []uintptr) *Frames { return &Frames{callers: callers} }

// Next returns the next call frame and whether there are more after it.
func (ci *Frames) Next() (frame Frame, more bool) {
	more = framesNext(ci, &frame)
	return
}

//go:noescape
//gort:system
func framesNext(ci *Frames, frame *Frame) (more bool)

// A Func represents a Go function in the running binary.
//gort:goonly
type Func struct {
	opaque struct{} // keeps other packages from converting to it
}

//gort:system
func FuncForPC(pc uintptr) *Func

func (f *Func) Name() string { return funcName(f) }

func (f *Func) Entry() uintptr { return funcEntry(f) }

func (f *Func) FileLine(pc uintptr) (file string, line int) { return funcFileLine(f, pc) }

//gort:system
func funcName(f *Func) string

//gort:system
func funcEntry(f *Func) uintptr

//gort:system
func funcFileLine(f *Func, pc uintptr) (file string, line int)

//gort:system
func GOROOT() string

//gort:system
func Version() string

//gort:system
func NumCPU() int

//gort:system
func NumCgoCall() int64

//gort:system
func NumGoroutine() int

//gort:system
func gcount() int32

//gort:system
func GOMAXPROCS(n int) int

//gort:system
func gogetenv(key string) string

//gort:system
func Breakpoint()

//gort:asm
func breakpoint()

//gort:asm
func abort()

//gort:system
func SetCgoTraceback(version int, traceback, context, symbolizer unsafe.Pointer)

// Memory.

// MemStats records statistics about the memory allocator.
type MemStats struct {
	Alloc      uint64
	TotalAlloc uint64
	Sys        uint64
	Lookups    uint64
	Mallocs    uint64
	Frees      uint64

	HeapAlloc    uint64
	HeapSys      uint64
	HeapIdle     uint64
	HeapInuse    uint64
	HeapReleased uint64
	HeapObjects  uint64

	StackInuse  uint64
	StackSys    uint64
	MSpanInuse  uint64
	MSpanSys    uint64
	MCacheInuse uint64
	MCacheSys   uint64
	BuckHashSys uint64
	GCSys       uint64
	OtherSys    uint64

	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	PauseEnd      [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
	DebugGC       bool

	BySize [61]struct {
		Size    uint32
		Mallocs uint64
		Frees   uint64
	}
}

//gort:park
//gort:at mgc.go:1092
func GC()

//gort:system
func ReadMemStats(m *MemStats)

//gort:system
func SetFinalizer(obj interface{}, finalizer interface{})

//go:linkname setGCPercent runtime/debug.setGCPercent
//gort:system
func setGCPercent(in int32) (out int32)

//go:linkname setMaxStack runtime/debug.setMaxStack
//gort:system
func setMaxStack(in int) (out int)

//go:linkname setMaxThreads runtime/debug.setMaxThreads
//gort:system
func setMaxThreads(in int) (out int)

//go:linkname setPanicOnFault runtime/debug.setPanicOnFault
//gort:system
func setPanicOnFault(enabled bool) (old bool)

//go:linkname setTraceback runtime/debug.SetTraceback
//gort:system
func setTraceback(level string)

//go:linkname readGCStats runtime/debug.readGCStats
//gort:system
func readGCStats(pauses *[]uint64)

//go:linkname runtime_debug_freeOSMemory runtime/debug.freeOSMemory
//gort:park
func runtime_debug_freeOSMemory()

//go:linkname runtime_debug_WriteHeapDump runtime/debug.WriteHeapDump
//gort:system
func runtime_debug_WriteHeapDump(fd uintptr)

//go:linkname debug_modinfo runtime/debug.modinfo
//gort:system
func debug_modinfo() string

// KeepAlive marks its argument as reachable up to the call. The compiler replaces calls; this is
// its func value.
//go:noinline
func KeepAlive(x interface{}) {}

// Profiles.

// A StackRecord describes a single execution stack.
//gort:layout
type StackRecord struct {
	Stack0 [32]uintptr // ends at the first 0
}

// Stack returns the stack trace of the record, a prefix of r.Stack0.
func (r *StackRecord) Stack() []uintptr { return r.Stack0[:recordLen(&r.Stack0)] }

// A MemProfileRecord describes the live and total objects that one call stack allocated.
//gort:layout
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64
	AllocObjects, FreeObjects int64
	Stack0                    [32]uintptr // ends at the first 0
}

// InUseBytes returns the number of bytes in use (AllocBytes - FreeBytes).
func (r *MemProfileRecord) InUseBytes() int64 { return r.AllocBytes - r.FreeBytes }

// InUseObjects returns the number of objects in use (AllocObjects - FreeObjects).
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }

// Stack returns the stack trace of the record, a prefix of r.Stack0.
func (r *MemProfileRecord) Stack() []uintptr { return r.Stack0[:recordLen(&r.Stack0)] }

// BlockProfileRecord describes blocking events that began at one call stack.
//gort:layout
type BlockProfileRecord struct {
	Count  int64
	Cycles int64
	StackRecord
}

//go:noescape
//gort:leaf
func recordLen(stack *[32]uintptr) int

//gort:system
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool)

//gort:system
func BlockProfile(p []BlockProfileRecord) (n int, ok bool)

//gort:system
func MutexProfile(p []BlockProfileRecord) (n int, ok bool)

//gort:system
func ThreadCreateProfile(p []StackRecord) (n int, ok bool)

//gort:system
func GoroutineProfile(p []StackRecord) (n int, ok bool)

//gort:system
func goroutineProfileWithLabels(p []StackRecord, labels []unsafe.Pointer) (n int, ok bool)

//go:linkname runtime_goroutineProfileWithLabels runtime/pprof.runtime_goroutineProfileWithLabels
//gort:system
func runtime_goroutineProfileWithLabels(p []StackRecord, labels []unsafe.Pointer) (n int, ok bool)

//gort:system
func SetBlockProfileRate(rate int)

//gort:system
func SetMutexProfileFraction(rate int) int

//go:linkname mutexevent sync.event
//gort:system
func mutexevent(cycles int64, skip int)

//gort:system
func SetCPUProfileRate(hz int)

//gort:system
func CPUProfile() []byte

//go:linkname runtime_pprof_runtime_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
//gort:system
func runtime_pprof_runtime_cyclesPerSecond() int64

//go:linkname runtime_pprof_readProfile runtime/pprof.readProfile
//gort:system
//gort:at cpuprof.go:208
func runtime_pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool)

//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
//gort:system
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
//gort:leaf
func runtime_getProfLabel() unsafe.Pointer

//go:linkname runtime_setProfLabel runtime/pprof.runtime_setProfLabel
//gort:leaf
func runtime_setProfLabel(labels unsafe.Pointer)

//gort:system
func runtime_setProfLabel_slow(labels unsafe.Pointer)

// What a sample shows for time that belongs to no Go function. They are never called.

func _System()       { _System() }
func _ExternalCode() { _ExternalCode() }
func _GC()           { _GC() }

// newstack stands in a sample for the C++ that grows a stack.
func newstack() { newstack() }

// Frames that an execution trace shows in stock.

func startTheWorld()   { startTheWorld() }
func startTheWorldGC() { startTheWorldGC() }
func gcBgMarkWorker()  { gcBgMarkWorker() }

// Execution tracing.

//gort:system
func StartTrace() error

//gort:park
//gort:at trace.go:339
func StopTrace()

//gort:park
//gort:at trace.go:410
func ReadTrace() []byte

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
//gort:system
func trace_userTaskCreate(id, parentID uint64, taskType string)

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
//gort:system
func trace_userTaskEnd(id uint64)

//go:linkname trace_userRegion runtime/trace.userRegion
//gort:system
func trace_userRegion(id, mode uint64, name string)

//go:linkname trace_userLog runtime/trace.userLog
//gort:system
func trace_userLog(id uint64, category, message string)
