// SPDX-License-Identifier: BSD-3-Clause

// A call by reflection goes through a frame of the next power of two; arguments and results arrive
// whole, and results that hold pointers survive a collection.
package main

import (
	"fmt"
	"reflect"
	"runtime"
)

func check(size int) {
	block := reflect.ArrayOf(size, reflect.TypeOf(byte(0)))
	params := []reflect.Type{block, reflect.TypeOf(0)}
	results := []reflect.Type{reflect.TypeOf(""), block}
	typ := reflect.FuncOf(params, results, false)
	fn := reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
		out := reflect.New(block).Elem()
		reflect.Copy(out, args[0])
		for i := 0; i < size; i += 97 {
			out.Index(i).SetUint(out.Index(i).Uint() + 1)
		}
		runtime.GC()
		return []reflect.Value{reflect.ValueOf(fmt.Sprint(args[1].Int())), out}
	})
	in := reflect.New(block).Elem()
	for i := 0; i < size; i++ {
		in.Index(i).SetUint(uint64(i*7) & 0x7f)
	}
	out := fn.Call([]reflect.Value{in, reflect.ValueOf(size)})
	if out[0].String() != fmt.Sprint(size) {
		fmt.Println(size, "string", out[0])
	}
	for i := 0; i < size; i++ {
		want := uint64(i*7) & 0x7f
		if i%97 == 0 {
			want++
		}
		if out[1].Index(i).Uint() != want {
			fmt.Println(size, "byte", i)
			return
		}
	}
}

func main() {
	for size := 1; size <= 1<<16; size *= 2 {
		check(size - 1)
		check(size)
		check(size + 1)
	}
	fmt.Println("done")
}
