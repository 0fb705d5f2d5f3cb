package probetest_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
)

// read calls Read once and returns the data.
func read(t *testing.T, c net.Conn) string {
	t.Helper()
	b := make([]byte, 1024)
	n, err := c.Read(b)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return string(b[:n])
}

func TestPipeDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := probetest.Pipe(50 * time.Millisecond)
		defer client.Close()
		defer server.Close()
		start := time.Now()
		io.WriteString(client, "one")
		time.Sleep(10 * time.Millisecond)
		io.WriteString(client, "two")
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("writing took %v", took)
		}
		for _, want := range []struct {
			text string
			at   time.Duration
		}{{"one", 50 * time.Millisecond}, {"two", 60 * time.Millisecond}} {
			if got := read(t, server); got != want.text || time.Since(start) != want.at {
				t.Errorf("got %q at %v, want %q at %v", got, time.Since(start), want.text, want.at)
			}
		}
		io.WriteString(server, "back")
		if got := read(t, client); got != "back" || time.Since(start) != 110*time.Millisecond {
			t.Errorf("got %q at %v", got, time.Since(start))
		}
	})
}

// Data that arrived together is read together, as from a kernel's buffer.
func TestPipeCollects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := probetest.Pipe(time.Millisecond)
		defer client.Close()
		defer server.Close()
		io.WriteString(client, "one")
		io.WriteString(client, "two")
		time.Sleep(time.Millisecond)
		if got := read(t, server); got != "onetwo" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPipeEnd(t *testing.T) {
	tests := []struct {
		name string
		end  func(net.Conn) error
		want error
	}{
		{"close", net.Conn.Close, io.EOF},
		{"reset", probetest.Reset, syscall.ECONNRESET},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := probetest.Pipe(20 * time.Millisecond)
				start := time.Now()
				io.WriteString(server, "last words")
				if err := test.end(server); err != nil {
					t.Fatal(err)
				}
				if _, err := server.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
					t.Errorf("Read of one's own closed end: %v", err)
				}
				if _, err := server.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
					t.Errorf("Write into one's own closed end: %v", err)
				}
				if err := server.Close(); !errors.Is(err, net.ErrClosed) {
					t.Errorf("second Close: %v", err)
				}
				if got := read(t, client); got != "last words" {
					t.Errorf("got %q", got)
				}
				for range 2 { // the error persists
					if _, err := client.Read(make([]byte, 1)); !errors.Is(err, test.want) {
						t.Errorf("got %v, want %v", err, test.want)
					}
				}
				if took := time.Since(start); took != 20*time.Millisecond {
					t.Errorf("the end came after %v", took)
				}
				if _, err := client.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
					t.Errorf("Write to nobody: %v", err)
				}
				client.Close()
			})
		})
	}
}

// io.EOF must not be wrapped, because readers compare it.
func TestPipeEOFIsBare(t *testing.T) {
	client, server := probetest.Pipe(0)
	server.Close()
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %#v", err)
	}
	client.Close()
}

func TestPipeDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := probetest.Pipe(0)
		defer client.Close()
		defer server.Close()
		start := time.Now()

		client.SetReadDeadline(start.Add(3 * time.Second))
		_, err := client.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
			t.Errorf("%v is no timeout", err)
		}

		// A deadline in the past ends a Read in progress.
		client.SetDeadline(time.Time{})
		time.AfterFunc(time.Second, func() { client.SetDeadline(time.Unix(1, 0)) })
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 4*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: %v", err)
		}

		// Without the deadline everything works again.
		client.SetDeadline(time.Time{})
		io.WriteString(server, "again")
		if got := read(t, client); got != "again" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPipeCloseEndsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := probetest.Pipe(0)
		defer server.Close()
		time.AfterFunc(time.Second, func() { client.Close() })
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}

// A writer without a reader blocks, so that memory stays limited.
func TestPipeWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := probetest.Pipe(0)
		defer client.Close()
		defer server.Close()
		much := bytes.Repeat([]byte("0123456789"), 100_000)
		server.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := server.Write(much)
		if !errors.Is(err, os.ErrDeadlineExceeded) || n >= len(much)/2 {
			t.Fatalf("wrote %d, %v", n, err)
		}
		server.SetWriteDeadline(time.Time{})
		go server.Write(much[n:])
		got := make([]byte, len(much))
		if _, err := io.ReadFull(client, got); err != nil || !bytes.Equal(got, much) {
			t.Errorf("the rest did not come through: %v", err)
		}
	})
}

func TestPipeAddresses(t *testing.T) {
	a := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 1}
	b := &net.TCPAddr{IP: net.IPv6loopback, Port: 993}
	client, server := probetest.PipeBetween(0, a, b)
	defer client.Close()
	defer server.Close()
	if client.LocalAddr() != a || client.RemoteAddr() != b || server.LocalAddr() != b || server.RemoteAddr() != a {
		t.Error("the ends have each other's addresses")
	}
}

func TestResetTCP(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			c.Read(make([]byte, 1)) // otherwise the client may not be connected yet
			probetest.Reset(c)
		}
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("x"))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}
