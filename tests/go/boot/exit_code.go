// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"os"
)

// os.Exit ends the program with its code and runs no deferred call.
func main() {
	defer fmt.Println("not printed")
	fmt.Println("before")
	os.Exit(7)
}
