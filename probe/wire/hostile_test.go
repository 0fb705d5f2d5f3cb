package wire

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

// endless writes text until the other end closes the connection.
func endless(text string, pause time.Duration) func(net.Conn) {
	return func(nc net.Conn) {
		for {
			if _, err := nc.Write([]byte(text)); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

// Whatever a server does, reading ends within the stage's deadline, with the right
// fault, and within the limits.
func TestHostileServers(t *testing.T) {
	const second = 30
	cases := []struct {
		name   string
		server func(net.Conn)
		want   stage.Fault
		after  time.Duration // when the error is returned
		lines  int           // lines read before
		most   int64         // bytes read
	}{
		{"silent", says(""), stage.Silent, second * time.Second, 0, 0},
		{"half a line, then silence", says("* OK hel"), stage.Stalled, second * time.Second, 0, 8},
		{"a line, then silence", says("* OK hello\r\n"), stage.Silent, second * time.Second, 1, 12},
		{"a byte a second", endless("x", time.Second), stage.Stalled, second * time.Second, 0, 31},
		{"a line every 7 seconds", endless("x\r\n", 7*time.Second), stage.Silent, second * time.Second, 5, 15},
		{"endless line", endless(strings.Repeat("x", 999), 0), stage.TooLong, 0, 0, 16<<10 + 4096},
		{"endless NULs", endless(strings.Repeat("\x00", 999), 0), stage.TooLong, 0, 0, 16<<10 + 4096},
		{"endless lines", endless(strings.Repeat("250-x\r\n", 99), 0), stage.TooLong, 0, 1 << 20 / 7, 1 << 20},
		{"endless empty lines", endless(strings.Repeat("\n", 999), 0), stage.TooLong, 0, 1 << 20, 1 << 20},
		{"closes at once", saysAndCloses(""), stage.Closed, 0, 0, 0},
		{"closes in a line", saysAndCloses("-ERR go aw"), stage.Closed, 0, 0, 10},
		{"resets", func(nc net.Conn) { nc.Close() }, stage.Reset, 0, 0, 0},
	}
	for _, c := range cases {
		synctest.Test(t, func(t *testing.T) {
			conn, _ := dialogue(t, Limits{}, c.server)
			if c.want == stage.Reset {
				conn.Upgrade(resetting{conn.Underlying()})
			}
			within(t, conn, second*time.Second)
			start, lines := time.Now(), 0
			var err error
			for err == nil {
				if _, err = conn.ReadLine(); err == nil {
					lines++
				}
			}
			if got := faultOf(err); got != c.want {
				t.Errorf("%s: fault %q, want %q (%v)", c.name, got, c.want, err)
			}
			if got := time.Since(start); got != c.after {
				t.Errorf("%s: after %v, want %v", c.name, got, c.after)
			}
			if lines != c.lines {
				t.Errorf("%s: %d lines, want %d", c.name, lines, c.lines)
			}
			if conn.Read() > c.most {
				t.Errorf("%s: %d bytes read, want at most %d", c.name, conn.Read(), c.most)
			}
		})
	}
}

// resetting reports a reset after its connection is closed.
type resetting struct{ net.Conn }

func (r resetting) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	if err != nil {
		err = &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	}
	return n, err
}

// The limit on the total covers all layers of a connection together.
func TestTotalSurvivesUpgrade(t *testing.T) {
	conn, tape := dialogue(t, Limits{Total: 20}, endless("0123456\r\n", 0))
	within(t, conn, time.Minute)
	if _, err := conn.ReadLine(); err != nil {
		t.Fatal(err)
	}
	conn.Upgrade(conn.Underlying())
	if _, err := conn.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ReadLine(); faultOf(err) != stage.TooLong {
		t.Errorf("beyond the total: %v, want too-long", err)
	}
	if want := "- more bytes than the limit"; !strings.Contains(strings.ReplaceAll(tape.text(), "-:", "-"), want) {
		t.Errorf("no remark in\n%s", tape.text())
	}
}
