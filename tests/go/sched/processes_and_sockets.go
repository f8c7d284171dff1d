// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Children, pipes, sockets with deadlines: what the poller and fork are for.
func main() {
	out, err := exec.Command("sh", "-c", "cat; exit 3").CombinedOutput()
	fmt.Printf("%q %v\n", out, err)
	cmd := exec.Command("cat")
	in, _ := cmd.StdinPipe()
	pipe, _ := cmd.StdoutPipe()
	cmd.Start()
	go func() {
		io.WriteString(in, "through a child")
		in.Close()
	}()
	text, _ := ioutil.ReadAll(pipe)
	fmt.Printf("%s %v\n", text, cmd.Wait())

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				fmt.Println(err)
				return
			}
			for j := 0; j < 20; j++ {
				b := []byte(fmt.Sprintf("%04d%04d", i, j))
				c.Write(b)
				got := make([]byte, len(b))
				if _, err := io.ReadFull(c, got); err != nil || string(got) != string(b) {
					fmt.Println("wrong", string(got), err)
				}
			}
			c.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
			_, err = c.Read(make([]byte, 1))
			if e, ok := err.(net.Error); !ok || !e.Timeout() {
				fmt.Println("no time-out:", err)
			}
			c.SetReadDeadline(time.Time{})
			c.(*net.TCPConn).CloseWrite()
			if _, err := c.Read(make([]byte, 1)); err != io.EOF {
				fmt.Println("no end:", err)
			}
		}(i)
	}
	wg.Wait()
	accepted := make(chan error)
	other, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		_, err := other.Accept()
		accepted <- err
	}()
	time.Sleep(time.Millisecond)
	other.Close()
	fmt.Println((<-accepted) != nil)
}
