// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// A program gets its arguments and environment, and may change the latter.
func main() {
	fmt.Println(len(os.Args), filepath.Base(os.Args[0]) != "")
	fmt.Println(len(os.Environ()) > 0, os.Getenv("PATH") != "")
	os.Setenv("GORT_TEST_VARIABLE", "set")
	fmt.Println(os.Getenv("GORT_TEST_VARIABLE"))
	os.Unsetenv("GORT_TEST_VARIABLE")
	_, found := os.LookupEnv("GORT_TEST_VARIABLE")
	fmt.Println(found, os.Getpagesize() >= 4096)
}
