// SPDX-License-Identifier: BSD-3-Clause

// Runtime errors as values: the types that a recover sees. Texts are made in C++
// (runtime/panic/errors.cc).
//
// Before: panic.go  After: debug.go
package runtime

// The Error interface identifies a run time error.
type Error interface {
	error

	// RuntimeError has no effect: it tells run time errors from ordinary ones.
	RuntimeError()
}

// A TypeAssertionError explains a failed type assertion.
//gort:layout
type TypeAssertionError struct {
	_interface    *_type
	concrete      *_type
	asserted      *_type
	missingMethod string // one method needed by the interface and missing from concrete
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	return typeAssertionText(e._interface, e.concrete, e.asserted, e.missingMethod)
}

//gort:system
func typeAssertionText(iface, concrete, asserted *_type, missingMethod string) string

// errorString is an error whose text is prefixed with "runtime error: ".
type errorString string

func (e errorString) RuntimeError() {}

func (e errorString) Error() string { return "runtime error: " + string(e) }

// plainError is an error without the prefix.
type plainError string

func (e plainError) RuntimeError() {}

func (e plainError) Error() string { return string(e) }

// boundsError is a failed check of an index or slice expression.
//gort:layout
type boundsError struct {
	x      int64 // the offending value
	y      int   // the length or capacity it was compared with
	signed bool
	code   boundsErrorCode // 0 to 7, in the order of the goPanic functions
}

type boundsErrorCode uint8

func (e boundsError) RuntimeError() {}

func (e boundsError) Error() string { return boundsErrorText(e.x, e.y, e.signed, uint8(e.code)) }

//gort:system
func boundsErrorText(x int64, y int, signed bool, code uint8) string

var (
	shiftError    = error(errorString("negative shift amount"))
	divideError   = error(errorString("integer divide by zero"))
	overflowError = error(errorString("integer overflow"))
	floatError    = error(errorString("floating point error"))
	memoryError   = error(errorString("invalid memory address or nil pointer dereference"))
)

type stringer interface {
	String() string
}

// preprintpanics replaces every value of the chain that has a text of its own by that text. It runs
// as Go code on the goroutine, because the methods do; a panic in one of them ends the program
// here.
func preprintpanics(p *_panic) {
	defer preprintFailed()
	for ; p != nil; p = p.link {
		if v, ok := p.arg.(error); ok {
			p.arg = v.Error()
		} else if v, ok := p.arg.(stringer); ok {
			p.arg = v.String()
		}
	}
}

func preprintFailed() {
	if recover() != nil {
		throw("panic while printing panic value")
	}
}
