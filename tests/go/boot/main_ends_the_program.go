// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

// When main returns, goroutines that still run do not matter.
func main() {
	started := make(chan bool)
	go func() {
		started <- true
		for {
		}
	}()
	go func() {
		started <- true
		select {}
	}()
	<-started
	<-started
	fmt.Println("end")
}
