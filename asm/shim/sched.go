// SPDX-License-Identifier: BSD-3-Clause

// Goroutines, threads, system calls and what is linked by name from outside: gopark and its kin
// keep their names and argument lists, as public packages use them.
//
// Before: print.go  After: sync.go
package runtime

import "unsafe"

//gort:system
func newproc(siz int32, fn *funcval)

//gort:asm
func goexit()

//gort:park
func goexit1()

//gort:park
//gort:at proc.go:271
func Gosched()

//gort:park
func goschedguarded()

//gort:system
func gosched_m(gp *g)

//gort:park
func gopark(unlockf func(*g, unsafe.Pointer) bool, lock unsafe.Pointer, reason waitReason,
	traceEv byte, traceskip int)

//gort:park
func goparkunlock(lock *mutex, reason waitReason, traceEv byte, traceskip int)

//gort:system
func goready(gp *g, traceskip int)

//gort:system
func wakep()

//gort:asm
func mcall(fn func(*g))

//gort:asm
func systemstack(fn func())

//gort:asm
func morestack()

//gort:asm
func morestack_noctxt()

//gort:asm
func morestackc()

//gort:asm
func asyncPreempt()

//gort:park
func asyncPreempt2()

//gort:system
func LockOSThread()

//gort:system
func UnlockOSThread()

//gort:system
func dounlockOSThread()

//gort:system
func lock(l *mutex)

//gort:system
func unlock(l *mutex)

//gort:leaf
func entersyscall()

//gort:leaf
func exitsyscall()

//gort:system
func entersyscall_slow()

//gort:park
func exitsyscall_slow()

//gort:park
func entersyscallblock()

//go:linkname syscall_runtime_BeforeFork syscall.runtime_BeforeFork
//gort:system
func syscall_runtime_BeforeFork()

//go:linkname syscall_runtime_AfterFork syscall.runtime_AfterFork
//gort:system
func syscall_runtime_AfterFork()

//go:linkname syscall_runtime_AfterForkInChild syscall.runtime_AfterForkInChild
//gort:system
func syscall_runtime_AfterForkInChild()

//go:linkname syscall_runtime_BeforeExec syscall.runtime_BeforeExec
//gort:system
func syscall_runtime_BeforeExec()

//go:linkname syscall_runtime_AfterExec syscall.runtime_AfterExec
//gort:system
func syscall_runtime_AfterExec()

//go:linkname syscall_runtime_envs syscall.runtime_envs
//gort:system
func syscall_runtime_envs() []string

//go:linkname syscall_Getpagesize syscall.Getpagesize
//gort:system
func syscall_Getpagesize() int

//go:linkname syscall_Exit syscall.Exit
//gort:system
func syscall_Exit(code int)

//go:linkname syscall_setenv_c syscall.setenv_c
//gort:system
func syscall_setenv_c(k string, v string)

//go:linkname syscall_unsetenv_c syscall.unsetenv_c
//gort:system
func syscall_unsetenv_c(k string)

//go:linkname os_runtime_args os.runtime_args
//gort:system
func os_runtime_args() []string

//go:linkname os_beforeExit os.runtime_beforeExit
//gort:system
func os_beforeExit()

//go:linkname os_sigpipe os.sigpipe
//gort:system
func os_sigpipe()

//go:linkname signal_recv os/signal.signal_recv
//gort:system
//gort:at sigqueue.go:147
func signal_recv() uint32

//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() {
	for !signalIdle() {
		Gosched()
	}
}

// signalIdle reports whether every signal that arrived has been received.
//gort:system
func signalIdle() bool

//go:linkname signal_enable os/signal.signal_enable
//gort:system
func signal_enable(s uint32)

//go:linkname signal_disable os/signal.signal_disable
//gort:system
func signal_disable(s uint32)

//go:linkname signal_ignore os/signal.signal_ignore
//gort:system
func signal_ignore(s uint32)

//go:linkname signal_ignored os/signal.signal_ignored
//gort:system
func signal_ignored(s uint32) bool
