package wire

import (
	"net"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// On a real TCP connection, too, a reset is distinguished from EOF.
func TestOverTCP(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*net.TCPConn)
		want stage.Fault
	}{
		{"closed", func(nc *net.TCPConn) { nc.CloseWrite() }, stage.Closed},
		{"reset", func(nc *net.TCPConn) { nc.SetLinger(0); nc.Close() }, stage.Reset},
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		far := make(chan net.Conn, 1)
		go func() {
			nc, err := listener.Accept()
			if err != nil {
				t.Error(err)
			}
			far <- nc
		}()
		near, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn := New(near, Limits{}, nil)
		within(t, conn, time.Minute)
		if got := conn.LocalIP(); !got.IsLoopback() {
			t.Errorf("%s: LocalIP %v", c.name, got)
		}
		if conn.TLS() != nil {
			t.Errorf("%s: TLS state on a connection without", c.name)
		}
		server := <-far
		c.end(server.(*net.TCPConn))
		if _, err := conn.ReadLine(); faultOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		server.Close()
		conn.Close()
		listener.Close()
	}
}
