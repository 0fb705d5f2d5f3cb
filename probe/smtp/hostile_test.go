package smtp_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// A server that never stops costs a bounded number of bytes, in each stage.
func TestEndless(t *testing.T) {
	line := "250-" + strings.Repeat("X", 1000) + "\r\n"
	tests := []struct {
		name, start, forever string
		most                 int64 // bytes read
	}{
		{"line", "220 ", "a", 32 << 10},
		{"greeting", "", "220-mx\r\n", 32 << 10},
		{"extensions", "220 mx\r\n", line, 1 << 20},
		{"challenges", "220 mx\r\n250-mx\r\n250 AUTH LOGIN\r\n", "334 YQ==\r\n", 32 << 10},
		{"NULs", "220 mx\r\n250-", "\x00", 32 << 10},
		{"refusal", "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n", "535-no\r\n", 32 << 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := &replay{Reader: io.MultiReader(strings.NewReader(tt.start), &endless{text: tt.forever})}
			c := wire.New(conn, wire.Limits{}, nil)
			errs := runAll(smtp.New(c, smtp.Options{Sender: "jane@example.test"}))
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
	script := "S: 220 mx\nC: EHLO*\n" + strings.Repeat("S: 250-XSLOW\nwait 1m\n", 3)
	serve(t, func(conn net.Conn) { drip(conn, script) }, smtp.Options{}, func(t *testing.T, c *client) {
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
func runAll(s *smtp.Session) []outcome {
	all := everyStage(s)
	if last := all[len(all)-1]; last.err != nil {
		return []outcome{last}
	}
	return nil
}

func everyStage(s *smtp.Session) (out []outcome) {
	ctx := context.Background()
	defer s.Quit(ctx)
	steps := []func() (stage.Facts, error){
		func() (stage.Facts, error) { return s.Greeting(ctx) },
		func() (stage.Facts, error) { return s.Capabilities(ctx) },
		func() (stage.Facts, error) { return s.Login(ctx, request()) },
		func() (stage.Facts, error) { return s.Submit(ctx) },
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
// vocabulary, facts that survive JSON, and no login without 235.
func FuzzSession(f *testing.F) {
	for _, s := range []string{
		"220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n221 bye\r\n",
		"220 mx\r\n250-mx\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n535 5.7.8 no\r\n",
		"220 mx\r\n250-mx\r\n250 AUTH SCRAM-SHA-1\r\n334 cj1hLHM9YixpPTE=\r\n501 no\r\n",
		"220 mx\n502 what\n250 mx\n",
		"220-mx\r\n250 mx\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
		"* OK hello\r\n", "+OK\r\n", "220 \xff\x00\x1b[2J\r\n", "220\r\n250\r\n", "421 busy\r\n",
		"220 (vsFTPd 3)\r\n", "200 news\r\n",
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
		for _, o := range everyStage(smtp.New(c, smtp.Options{Sender: "jane@example.test"})) {
			if o.err != nil {
				faultOf(t, o.err)
			}
			text := encode(t, o.facts)
			if strings.Contains(text, `\ufffd`) && !strings.Contains(said, "\uFFFD") {
				t.Errorf("facts that are not UTF-8: %s", text)
			}
			if _, login := o.facts.(*stage.LoginFacts); login && o.err == nil && !strings.Contains(said, "235") {
				t.Error("logged in without 235")
			}
		}
		if n := strings.Count(conn.sent.String(), "\r\n"); n > 30 {
			t.Errorf("%d lines sent", n)
		}
	})
}
