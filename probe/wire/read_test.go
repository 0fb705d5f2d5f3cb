package wire

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

func TestReadLine(t *testing.T) {
	cases := []struct {
		name, sent, raw, text string
		want                  stage.Fault
	}{
		{"CRLF", "a b\r\nc", "a b", "a b", ""},
		{"LF", "a b\nc", "a b", "a b", ""},
		{"empty", "\r\n", "", "", ""},
		{"bare LF", "\n", "", "", ""},
		{"CR alone is no ending", "a\rb\r\n", "a\rb", `a\x0db`, ""},
		{"two CRs", "a\r\r\n", "a\r", `a\x0d`, ""},
		{"NULs", "a\x00\x00b\r\n", "a\x00\x00b", `a\x00\x00b`, ""},
		{"escape sequence", "\x1b[2Jx\r\n", "\x1b[2Jx", `\x1b[2Jx`, ""},
		{"not UTF-8", "caf\xe9\r\n", "caf\xe9", `caf\xe9`, ""},
		{"as long as allowed, CRLF", "12345678\r\n", "12345678", "12345678", ""},
		{"as long as allowed, LF", "12345678\n", "12345678", "12345678", ""},
		{"one too long, CRLF", "123456789\r\n", "", "", stage.TooLong},
		{"one too long, LF", "123456789\n", "", "", stage.TooLong},
		{"much too long", strings.Repeat("1", 9000), "", "", stage.TooLong},
		{"ends in the line", "-ERR no", "-ERR no", "-ERR no", stage.Closed},
		{"ends before the line", "", "", "", stage.Closed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conn, tape := dialogue(t, Limits{Line: 8}, saysAndCloses(c.sent))
			within(t, conn, time.Minute)
			l, err := conn.ReadLine()
			if got := faultOf(err); got != c.want {
				t.Errorf("fault %q, want %q", got, c.want)
			}
			if l.Raw() != c.raw || l.Text() != c.text {
				t.Errorf("got %q, shown as %q; want %q, shown as %q", l.Raw(), l.Text(), c.raw, c.text)
			}
			if got := tape.text(); c.text != "" && got != "S: "+c.text+"\n" {
				t.Errorf("recorded %q", got)
			}
		})
	}
}

func TestPeekAndEarly(t *testing.T) {
	c, _ := dialogue(t, Limits{}, says("220 go\r\n\x16\x03injected"))
	within(t, c, time.Minute)
	for range 2 {
		if got, err := c.Peek(4); err != nil || got != "220 " {
			t.Fatalf("Peek: %q, %v", got, err)
		}
	}
	if l, err := c.ReadLine(); err != nil || l.Raw() != "220 go" {
		t.Fatalf("%q, %v", l.Raw(), err)
	}
	if n, text := c.Early(); n != 10 || text != `\x16\x03injected` {
		t.Errorf("Early: %d, %q", n, text)
	}
	c.Upgrade(c.Underlying())
	if n, text := c.Early(); n != 0 || text != "" {
		t.Errorf("Early after Upgrade: %d, %q", n, text)
	}
}

// chunks is a connection that returns data in pieces of random length, sometimes empty.
type chunks struct {
	net.Conn
	data []byte
	rand *rand.Rand
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.rand.IntN(7))], c.data)
	c.data = c.data[n:]
	return n, nil
}

func (*chunks) SetDeadline(time.Time) error { return nil }

// FuzzReadLine checks that lines are complete however the network splits them, within
// the limit, and safe to show.
func FuzzReadLine(f *testing.F) {
	f.Add([]byte("* OK hello\r\na1 NO\n\r\n\x00\r\r\n"), uint64(1), uint16(8))
	f.Add(bytes.Repeat([]byte("x"), 9000), uint64(2), uint16(8190))
	f.Add([]byte("\xff\xfe\x1b[2J\u202e\r\nrest"), uint64(3), uint16(100))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, limit uint16) {
		line := int(limit)%20000 + 1
		conn := New(&chunks{data: data, rand: rand.New(rand.NewPCG(seed, 0))}, Limits{Line: line}, func(l stage.Line) {
			if !utf8.ValidString(l.Text) || strings.ContainsAny(l.Text, "\r\n\x00\x1b") {
				t.Errorf("recorded %q", l.Text)
			}
		})
		rest := data
		for {
			l, err := conn.ReadLine()
			want, after, whole := bytes.Cut(rest, []byte("\n"))
			if whole {
				want = bytes.TrimSuffix(want, []byte("\r"))
			}
			if faultOf(err) == stage.TooLong {
				if len(want) <= line && whole {
					t.Fatalf("a line of %d bytes is too long for a limit of %d", len(want), line)
				}
				return
			}
			if whole != (err == nil) || l.Raw() != string(want) || len(l.Raw()) > line+2 {
				t.Fatalf("got %q, %v; want %q, %v", l.Raw(), err, want, whole)
			}
			if err != nil {
				return
			}
			rest = after
		}
	})
}
