// SPDX-License-Identifier: BSD-3-Clause

package main

// Fatal, not a panic.
func main() {
	defer func() { recover() }()
	var f func()
	go f()
}
