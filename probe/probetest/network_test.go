package probetest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
)

func TestNetworkDial(t *testing.T) {
	tests := []struct {
		name, address string
		want          error
		after         time.Duration
	}{
		{"served", "10.1.0.1:993", nil, 100 * time.Millisecond},
		{"by name, second address", "mail.example.test:993", nil, 200 * time.Millisecond},
		{"nothing serves", "10.1.0.1:143", syscall.ECONNREFUSED, 100 * time.Millisecond},
		{"dropped", "10.1.0.1:587", context.DeadlineExceeded, 10 * time.Second},
		{"all ports dropped", "10.1.0.2:1", context.DeadlineExceeded, 10 * time.Second},
		{"served where the rest is dropped", "10.1.0.2:25", nil, 100 * time.Millisecond},
		{"unreachable host", "10.1.0.3:993", syscall.EHOSTUNREACH, 100 * time.Millisecond},
		{"prohibited", "[fd00::1]:993", syscall.EACCES, 0},
		{"unknown address", "10.9.9.9:993", syscall.ENETUNREACH, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &probetest.Network{Delay: 50 * time.Millisecond}
				defer n.Close()
				hello := func(c net.Conn) { io.WriteString(c, "hello") }
				n.Host("Mail.example.test.", "10.1.0.4", "10.1.0.1")
				n.Handle("10.1.0.1:993", hello)
				n.Handle("10.1.0.2:25", hello)
				n.Fail("10.1.0.1:587", probetest.Drop)
				n.Fail("10.1.0.2", probetest.Drop)
				n.Fail("10.1.0.3", probetest.HostUnreachable)
				n.Fail("10.1.0.4", probetest.Refuse)
				n.Fail("fd00::1", probetest.Prohibit)

				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				c, err := n.Dial(ctx, "tcp", test.address)
				if !errors.Is(err, test.want) || time.Since(start) != test.after {
					t.Fatalf("got %v after %v, want %v after %v", err, time.Since(start), test.want, test.after)
				}
				if err != nil {
					checkDialError(t, err, test.address)
					return
				}
				defer c.Close()
				if got := read(t, c); got != "hello" || time.Since(start) != test.after+100*time.Millisecond {
					t.Errorf("%q came after %v: the greeting takes a round trip", got, time.Since(start))
				}
			})
		})
	}
}

// checkDialError compares err with what net.Dialer would return.
func checkDialError(t *testing.T, err error, address string) {
	t.Helper()
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "dial" || op.Net != "tcp" || op.Addr.String() != address {
		t.Errorf("not the shape of a dial error: %#v", err)
		return
	}
	if call, ok := errors.AsType[*os.SyscallError](err); !op.Timeout() && (!ok || call.Syscall != "connect") {
		t.Errorf("no system call in %#v", err)
	}
}

// The error of a refused port equals the kernel's, including its text.
func TestNetworkErrorIsTheKernels(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	_, kernel := net.Dial("tcp", address)
	var n probetest.Network
	n.Fail(address, probetest.Refuse)
	_, ours := n.Dial(t.Context(), "tcp", address)
	if ours.Error() != kernel.Error() {
		t.Errorf("got %q, want %q", ours, kernel)
	}
}

func TestNetworkCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n probetest.Network
		n.Fail("10.1.0.1", probetest.Drop)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := n.Dial(ctx, "tcp", "10.1.0.1:25"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if _, err := n.Dial(ctx, "tcp", "10.1.0.1:25"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNetworkLookup(t *testing.T) {
	var n probetest.Network
	n.Host("both.example.test", "10.1.0.1", "fd00::1")
	n.Host("none.example.test")
	tests := []struct {
		network, host string
		want          []string
	}{
		{"ip", "BOTH.example.test.", []string{"10.1.0.1", "fd00::1"}},
		{"ip4", "both.example.test", []string{"10.1.0.1"}},
		{"ip6", "both.example.test", []string{"fd00::1"}},
		{"ip", "10.7.7.7", []string{"10.7.7.7"}},
		{"ip", "none.example.test", nil},
		{"ip", "other.example.test", nil},
	}
	for _, test := range tests {
		got, err := n.LookupNetIP(t.Context(), test.network, test.host)
		var want []netip.Addr
		for _, a := range test.want {
			want = append(want, netip.MustParseAddr(a))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %s: got %v, %v", test.network, test.host, got, err)
		}
		if e, ok := errors.AsType[*net.DNSError](err); (err != nil) != (want == nil) || err != nil && (!ok || !e.IsNotFound) {
			t.Errorf("%s %s: %v", test.network, test.host, err)
		}
	}
}

func TestNetworkClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n probetest.Network
		ended := false
		n.Handle("10.1.0.1:25", func(c net.Conn) { io.Copy(io.Discard, c); ended = true })
		c, err := n.Dial(t.Context(), "tcp", "10.1.0.1:25")
		if err != nil {
			t.Fatal(err)
		}
		if n.Open() != 1 {
			t.Errorf("%d open", n.Open())
		}
		n.Close()
		if !ended {
			t.Error("Close did not wait for the handler")
		}
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("Read: %v", err)
		}
		c.Close()
		c.Close()
		if n.Open() != 0 {
			t.Errorf("%d open", n.Open())
		}
		if _, err := n.Dial(t.Context(), "tcp", "10.1.0.1:25"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after Close: %v", err)
		}
		if got := n.Dials(); len(got) != 2 {
			t.Errorf("dials: %v", got)
		}
	})
}
