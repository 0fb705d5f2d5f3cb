package wire

import (
	"bufio"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
)

func TestSend(t *testing.T) {
	got := make(chan string, 1)
	c, tape := dialogue(t, Limits{}, func(nc net.Conn) {
		b := make([]byte, 100)
		n, _ := nc.Read(b) // all in one read
		got <- string(b[:n])
	})
	within(t, c, time.Minute)
	if err := c.Send("CAPA", "QUIT\x1b"); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "CAPA\r\nQUIT\x1b\r\n" {
		t.Errorf("sent %q", s)
	}
	if want := "C: CAPA\nC: QUIT\\x1b\n"; tape.text() != want {
		t.Errorf("recorded %q, want %q", tape.text(), want)
	}
}

// A name that contains a line break must not become a separate command.
func TestSendRefusesSmuggling(t *testing.T) {
	for _, line := range []string{"USER jane\r\nDELE 1", "USER jane\nDELE 1", "USER jane\rDELE 1", "USER jane\x00"} {
		c, tape := dialogue(t, Limits{}, func(nc net.Conn) {
			if got, _ := io.ReadAll(nc); len(got) > 0 {
				t.Errorf("sent %q", got)
			}
		})
		within(t, c, time.Minute)
		if err := c.Send("NOOP", line); faultOf(err) != stage.InternalProblem {
			t.Errorf("Send(%q): %v, want internal-problem", line, err)
		}
		if tape.text() != "" {
			t.Errorf("recorded %q", tape.text())
		}
		c.Close()
	}
}

func TestSendToOneWhoTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := dialogue(t, Limits{}, says(""))
		within(t, c, 30*time.Second)
		start := time.Now()
		if err := c.Send("NOOP"); faultOf(err) != stage.WriteFailed || time.Since(start) != 30*time.Second {
			t.Errorf("%v after %v, want write-failed after 30 s", err, time.Since(start))
		}
	})
}

// deaf is a peer that has closed the connection, with its last lines still unread.
type deaf struct {
	net.Conn
	words io.Reader
}

func (d deaf) Read(p []byte) (int, error)  { return d.words.Read(p) }
func (d deaf) Write(p []byte) (int, error) { return 0, &net.OpError{Op: "write", Err: syscall.EPIPE} }
func (deaf) SetDeadline(time.Time) error   { return nil }
func (deaf) Close() error                  { return nil }

// The last lines of a server that closes the connection are read first, then comes the
// error.
func TestLastWords(t *testing.T) {
	c := New(deaf{words: strings.NewReader("421 4.7.0 too many connections\r\n")}, Limits{}, nil)
	if err := c.Send("EHLO x"); err != nil {
		t.Fatalf("Send: %v, want the failure with the next read", err)
	}
	if l, err := c.ReadLine(); err != nil || !strings.HasPrefix(l.Raw(), "421 ") {
		t.Errorf("%q, %v; want the last words", l.Raw(), err)
	}
	if _, err := c.ReadLine(); faultOf(err) != stage.Reset {
		t.Errorf("%v, want reset", err)
	}
	if err := c.Send("QUIT"); faultOf(err) != stage.Reset {
		t.Errorf("second Send: %v, want reset", err)
	}
}

func TestSendProtected(t *testing.T) {
	got := make(chan string, 1)
	c, tape := dialogue(t, Limits{}, func(nc net.Conn) {
		line, _ := bufio.NewReader(nc).ReadString('\n')
		got <- line
	})
	within(t, c, time.Minute)
	if err := c.SendProtected("PASS (withheld)", "PASS secret99\r\n"); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "PASS secret99\r\n" {
		t.Errorf("sent %q", s)
	}
	if l := tape.lines[0]; l.Text != "PASS (withheld)" || l.Withheld != 15 || l.From != stage.Client {
		t.Errorf("recorded %+v", l)
	}
}
