// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"reflect"
)

// reflect.Select over thousands of channels, and every kind of case.
func main() {
	const n = 3000
	chans := make([]chan int, n)
	cases := make([]reflect.SelectCase, n)
	for i := range chans {
		chans[i] = make(chan int)
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(chans[i])}
	}
	for _, i := range []int{0, 1, 1500, n - 1} {
		go func() { chans[i] <- i * 10 }()
		chosen, v, ok := reflect.Select(cases)
		fmt.Println(chosen, v.Int(), ok)
	}
	close(chans[77])
	chosen, _, ok := reflect.Select(cases)
	fmt.Println(chosen, ok)
	cases[77].Chan = reflect.ValueOf(make(chan int))
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	chosen, _, ok = reflect.Select(cases)
	fmt.Println(chosen, ok)
	buffered := make(chan string, 1)
	value := reflect.ValueOf("sent")
	send := []reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: reflect.ValueOf(buffered), Send: value},
	}
	chosen, _, ok = reflect.Select(send)
	fmt.Println(chosen, ok, <-buffered)
}
