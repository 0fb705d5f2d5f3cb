package pop3_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maildoctor/probe/pop3"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// A server that never stops costs a bounded number of bytes, in each stage.
func TestEndless(t *testing.T) {
	line := strings.Repeat("X", 1000) + "\r\n"
	tests := []struct {
		name, start, forever string
		most                 int64 // bytes read
	}{
		{"line", "+OK ", "a", 32 << 10},
		{"list", "+OK\r\n+OK\r\n", line, 1 << 20},
		{"challenges", "+OK\r\n+OK\r\nSASL LOGIN\r\n.\r\n", "+ YQ==\r\n", 32 << 10},
		{"NULs", "+OK\r\n+OK\r\n", "\x00", 32 << 10},
		{"success", "", "+OK\r\n", 32 << 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := &replay{Reader: io.MultiReader(strings.NewReader(tt.start), &endless{text: tt.forever})}
			c := wire.New(conn, wire.Limits{}, nil)
			errs := runAll(pop3.New(c))
			if len(errs) == 0 {
				t.Error("no fault")
			}
			if c.Read() > tt.most {
				t.Errorf("read %d bytes, at most %d expected", c.Read(), tt.most)
			}
		})
	}
}

// A line a minute never adds up to more than each stage's time.
func TestLineAMinute(t *testing.T) {
	script := "S: +OK\nS: +OK\n" + strings.Repeat("S: XSLOW\nwait 1m\n", 3)
	serve(t, func(conn net.Conn) { drip(conn, script) }, func(t *testing.T, c *client) {
		ready(t, c)
		start := time.Now()
		_, err := c.Capabilities(c.ctx)
		wantFault(t, err, stage.Stalled)
		if took := time.Since(start); took > timeout {
			t.Errorf("took %v", took)
		}
	})
}

// drip writes what the S lines of script say, and heeds nothing.
func drip(conn net.Conn, script string) {
	defer conn.Close()
	for step := range strings.Lines(script) {
		step = strings.TrimSpace(step)
		if text, ok := strings.CutPrefix(step, "S: "); ok {
			if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
				return
			}
		}
		if strings.HasPrefix(step, "wait") {
			time.Sleep(time.Minute)
		}
	}
}

// endless repeats a text.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}

// replay is a connection to a server that says what it says, whatever it hears.
type replay struct {
	io.Reader
	sent bytes.Buffer
}

func (r *replay) Write(p []byte) (int, error)    { return r.sent.Write(p) }
func (*replay) Close() error                     { return nil }
func (*replay) LocalAddr() net.Addr              { return nil }
func (*replay) RemoteAddr() net.Addr             { return nil }
func (*replay) SetDeadline(time.Time) error      { return nil }
func (*replay) SetReadDeadline(time.Time) error  { return nil }
func (*replay) SetWriteDeadline(time.Time) error { return nil }

// outcome is what one stage left.
type outcome struct {
	facts stage.Facts
	err   error
}

// runAll goes through all stages without TLS up to the first fault, and returns
// the outcomes of those that failed.
func runAll(s *pop3.Session) []outcome {
	all := everyStage(s)
	if last := all[len(all)-1]; last.err != nil {
		return []outcome{last}
	}
	return nil
}

func everyStage(s *pop3.Session) (out []outcome) {
	ctx := context.Background()
	defer s.Quit(ctx)
	steps := []func() (stage.Facts, error){
		func() (stage.Facts, error) { return s.Greeting(ctx) },
		func() (stage.Facts, error) { return s.Capabilities(ctx) },
		func() (stage.Facts, error) { return s.Login(ctx, request()) },
		func() (stage.Facts, error) { return s.Mailbox(ctx) },
	}
	for _, step := range steps {
		f, err := step()
		out = append(out, outcome{f, err})
		if err != nil {
			break
		}
	}
	return out
}

// Whatever a server says: no panic, no hang, bounded reading, faults of the
// vocabulary, facts that survive JSON, no login without +OK, and nothing deleted.
func FuzzSession(f *testing.F) {
	for _, s := range []string{
		"+OK <1.2@x>\r\n+OK\r\nUSER\r\nPIPELINING\r\nUIDL\r\n.\r\n+OK\r\n+OK\r\n+OK 2 320\r\n+OK\r\n",
		"+OK\r\n+OK\r\nSASL LOGIN\r\n.\r\n+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n-ERR [AUTH] no\r\n",
		"+OK\r\n+OK\r\nSASL SCRAM-SHA-1\r\n.\r\n+ cj1hLHM9YixpPTE=\r\n-ERR\r\n",
		"+OK\n-ERR\n+OK\n+OK\n+OK 1 2\n+OK 1 x\n",
		"+OK <1.2@x>\r\n+OK\r\nSTLS\r\n.\r\n+OK\r\n",
		"-ERR [SYS/TEMP] no\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
		"* OK hello\r\n", "220 mx\r\n", "+OK \xff\x00\x1b[2J <\xff@\x00>\r\n", "+OK\r\n+OK\r\n..\r\n. \r\n.\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		conn := &replay{Reader: strings.NewReader(said)}
		c := wire.New(conn, wire.Limits{Total: 64 << 10}, func(l stage.Line) {
			if !utf8.ValidString(l.Text) || l.Text != stage.Visible(l.Text) {
				t.Errorf("recorded %q", l.Text)
			}
		})
		for _, o := range everyStage(pop3.New(c)) {
			if o.err != nil {
				faultOf(t, o.err)
			}
			text := encode(t, o.facts)
			if strings.Contains(text, `\ufffd`) && !strings.Contains(said, "\uFFFD") {
				t.Errorf("facts that are not UTF-8: %s", text)
			}
			if _, login := o.facts.(*stage.LoginFacts); login && o.err == nil && strings.Count(said, "+OK") < 2 {
				t.Error("logged in without +OK")
			}
		}
		sent := conn.sent.String()
		if n := strings.Count(sent, "\r\n"); n > 30 || strings.Contains(sent, "DELE") {
			t.Errorf("%d lines sent: %q", n, sent)
		}
	})
}
