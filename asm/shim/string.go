// SPDX-License-Identifier: BSD-3-Clause

// Strings, runes, byte slices and complex division. A buf argument is the caller's 32-byte buffer
// for a result that does not escape, or nil.
//
// Before: chan.go  After: iface.go
package runtime

//gort:leaf
func concatstring2(buf *tmpBuf, a [2]string) string

//gort:system
func concatstring2_slow(buf *tmpBuf, a [2]string) string

//gort:leaf
func concatstring3(buf *tmpBuf, a [3]string) string

//gort:system
func concatstring3_slow(buf *tmpBuf, a [3]string) string

//gort:leaf
func concatstring4(buf *tmpBuf, a [4]string) string

//gort:system
func concatstring4_slow(buf *tmpBuf, a [4]string) string

//gort:leaf
func concatstring5(buf *tmpBuf, a [5]string) string

//gort:system
func concatstring5_slow(buf *tmpBuf, a [5]string) string

//gort:leaf
func concatstrings(buf *tmpBuf, a []string) string

//gort:system
func concatstrings_slow(buf *tmpBuf, a []string) string

//gort:leaf
func slicebytetostring(buf *tmpBuf, ptr *byte, n int) string

//gort:system
func slicebytetostring_slow(buf *tmpBuf, ptr *byte, n int) string

//gort:leaf
func slicebytetostringtmp(ptr *byte, n int) string

//gort:leaf
func stringtoslicebyte(buf *tmpBuf, s string) []byte

//gort:system
func stringtoslicebyte_slow(buf *tmpBuf, s string) []byte

//gort:leaf
func stringtoslicerune(buf *[32]rune, s string) []rune

//gort:system
func stringtoslicerune_slow(buf *[32]rune, s string) []rune

//gort:leaf
func slicerunetostring(buf *tmpBuf, a []rune) string

//gort:system
func slicerunetostring_slow(buf *tmpBuf, a []rune) string

//gort:leaf
func intstring(buf *[4]byte, v int64) string

//gort:system
func intstring_slow(buf *[4]byte, v int64) string

//gort:leaf
func decoderune(s string, k int) (r rune, pos int)

//gort:leaf
func countrunes(s string) int

//gort:leaf
func complex128div(n complex128, m complex128) complex128

//gort:system
func gostring(p *byte) string

//gort:system
func gostringn(p *byte, l int) string

//gort:system
func gobytes(p *byte, n int) []byte
