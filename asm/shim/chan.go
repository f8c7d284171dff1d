// SPDX-License-Identifier: BSD-3-Clause

// Channels and select. A buffered or non-blocking operation that can finish at once does so in the
// leaf; the twin of kind park takes the channel lock, hands over to a waiter or queues the
// goroutine and leaves for the scheduler.
//
// Before: map.go  After: string.go
package runtime

import "unsafe"

type hchan struct {
	qcount   uint // elements in the buffer: len()
	dataqsiz uint // size of the buffer: cap()
	buf      unsafe.Pointer
	elemsize uint16
	closed   uint32
	elemtype *_type
	sendx    uint
	recvx    uint
	recvq    waitq
	sendq    waitq
	lock     mutex
}

type scase struct {
	c           *hchan
	elem        unsafe.Pointer
	kind        uint16 // 0 nil, 1 receive, 2 send, 3 default
	pc          uintptr
	releasetime int64
}

// runtimeSelect is reflect's view of a case.
//gort:layout
type runtimeSelect struct {
	dir int // 1 send, 2 receive, 3 default
	typ unsafe.Pointer
	ch  *hchan
	val unsafe.Pointer
}

//gort:system
func makechan(t *chantype, size int) *hchan

//gort:system
func makechan64(t *chantype, size int64) *hchan

//gort:leaf
func chansend1(c *hchan, elem unsafe.Pointer)

//gort:park
//gort:at chan.go:143
func chansend1_slow(c *hchan, elem unsafe.Pointer)

//gort:leaf
func chanrecv1(c *hchan, elem unsafe.Pointer)

//gort:park
//gort:at chan.go:439
func chanrecv1_slow(c *hchan, elem unsafe.Pointer)

//gort:leaf
func chanrecv2(c *hchan, elem unsafe.Pointer) (received bool)

//gort:park
//gort:at chan.go:444
func chanrecv2_slow(c *hchan, elem unsafe.Pointer) (received bool)

//gort:leaf
func selectnbsend(c *hchan, elem unsafe.Pointer) (selected bool)

//gort:system
func selectnbsend_slow(c *hchan, elem unsafe.Pointer) (selected bool)

//gort:leaf
func selectnbrecv(elem unsafe.Pointer, c *hchan) (selected bool)

//gort:system
func selectnbrecv_slow(elem unsafe.Pointer, c *hchan) (selected bool)

//gort:leaf
func selectnbrecv2(elem unsafe.Pointer, received *bool, c *hchan) (selected bool)

//gort:system
func selectnbrecv2_slow(elem unsafe.Pointer, received *bool, c *hchan) (selected bool)

//gort:system
func closechan(c *hchan)

//gort:park
//gort:at select.go:511
func selectgo(cas0 *scase, order0 *uint16, ncases int) (chosen int, received bool)

//gort:leaf
func selectsetpc(cas *scase)

//gort:park
func block()

//go:linkname reflect_makechan reflect.makechan
//gort:system
func reflect_makechan(t *chantype, size int) *hchan

//go:linkname reflect_chansend reflect.chansend
//gort:park
//gort:at chan.go:739
func reflect_chansend(c *hchan, elem unsafe.Pointer, nb bool) (selected bool)

//go:linkname reflect_chanrecv reflect.chanrecv
//gort:park
//gort:at chan.go:744
func reflect_chanrecv(c *hchan, nb bool, elem unsafe.Pointer) (selected bool, received bool)

//go:linkname reflect_chanlen reflect.chanlen
//gort:leaf
func reflect_chanlen(c *hchan) int

//go:linkname reflectlite_chanlen internal/reflectlite.chanlen
//gort:leaf
func reflectlite_chanlen(c *hchan) int

//go:linkname reflect_chancap reflect.chancap
//gort:leaf
func reflect_chancap(c *hchan) int

//go:linkname reflect_chanclose reflect.chanclose
//gort:system
func reflect_chanclose(c *hchan)

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (chosen int, received bool) {
	if len(cases) == 0 {
		block()
	}
	sel := make([]scase, len(cases))
	order := make([]uint16, 2*len(cases))
	rselectCases(cases, sel)
	return selectgo(&sel[0], &order[0], len(cases))
}

//go:noescape
//gort:system
func rselectCases(cases []runtimeSelect, sel []scase)
