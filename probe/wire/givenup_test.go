package wire

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A server that has closed the connection, or announced it, is distinguished from one
// that waits. Its last lines can still be read, and the time that passed doesn't count.
func TestGivenUp(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server func(net.Conn)
		want   bool
		next   string // the next line to be read
	}{
		{"waits", func(c net.Conn) { time.Sleep(2 * time.Minute); says("a1 OK\r\n")(c) }, false, "a1 OK"},
		{"hung up", saysAndCloses(""), true, ""},
		{"IMAP says goodbye", saysAndCloses("* BYE Disconnected for inactivity.\r\n"), true, "* BYE Disconnected for inactivity."},
		{"SMTP", says("421 4.4.2 mx Error: timeout exceeded\r\n"), true, "421 4.4.2 mx Error: timeout exceeded"},
		{"POP3", says("-ERR Disconnected for inactivity.\r\n"), true, "-ERR Disconnected for inactivity."},
		{"says that it is there", says("* OK Still here\r\n"), false, "* OK Still here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := dialogue(t, Limits{}, tt.server)
				time.Sleep(time.Minute)
				for range 2 {
					if got := c.GivenUp(); got != tt.want {
						t.Errorf("given up: %v, want %v", got, tt.want)
					}
				}
				line, _ := c.ReadLine() // no deadline remains
				if line.Text() != tt.next {
					t.Errorf("then %q, want %q", line.Text(), tt.next)
				}
			})
		})
	}
}
