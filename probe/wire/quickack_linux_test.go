package wire

import (
	"crypto/tls"
	"net"
	"syscall"
	"testing"
)

// layered is a layer on a connection, like the one for a TLS handshake.
type layered struct{ net.Conn }

func (l layered) NetConn() net.Conn { return l.Conn }

// quickAck returns, or sets, the socket option for immediate acknowledgement.
func quickAck(t *testing.T, c syscall.RawConn, set ...int) (v int) {
	t.Helper()
	var err error
	c.Control(func(fd uintptr) {
		for _, s := range set {
			err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, s)
		}
		if err == nil {
			v, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Before each read that waits, immediate acknowledgement is set on the socket, even
// with TLS. A read of buffered data doesn't set it.
func TestAcknowledgeAtOnce(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c := New(nc, Limits{}, nil)
	defer c.Close()
	socket := socketOf(tls.Client(layered{nc}, &tls.Config{}))
	if socket == nil {
		t.Fatal("the socket beneath TLS is not found")
	}
	if pipe, _ := net.Pipe(); socketOf(tls.Client(pipe, &tls.Config{})) != nil {
		t.Error("a pipe has a socket")
	}
	for _, step := range []struct {
		says string
		want int
	}{{"one\r\ntwo\r\n", 1}, {"", 0}, {"three\r\n", 1}} {
		if _, err := server.Write([]byte(step.says)); err != nil {
			t.Fatal(err)
		}
		if v := quickAck(t, socket, 0); v != 0 {
			t.Fatalf("set to 0 and is %d", v)
		}
		if _, err := c.ReadLine(); err != nil {
			t.Fatal(err)
		}
		if got := quickAck(t, socket); got != step.want {
			t.Errorf("after %q: %d, want %d", step.says, got, step.want)
		}
	}
}
