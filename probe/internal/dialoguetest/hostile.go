package dialoguetest

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Step is a stage of a dialogue.
type Step func(context.Context) (stage.Facts, error)

// As makes a Step from a method of a session.
func As[F stage.Facts](method func(context.Context) (F, error)) Step {
	return func(ctx context.Context) (stage.Facts, error) { return method(ctx) }
}

// Login makes a Step from a session's Login method.
func Login(method func(context.Context, auth.Request) (*stage.LoginFacts, error), req auth.Request) Step {
	return func(ctx context.Context) (stage.Facts, error) { return method(ctx, req) }
}

// Outcome is the result of one stage.
type Outcome struct {
	Facts stage.Facts
	Err   error
}

// Through goes through the stages up to the first fault, and then ends the session.
// Each stage has its own [Timeout].
func Through(goodbye func(context.Context), steps ...Step) (out []Outcome) {
	in := func(do func(context.Context)) {
		ctx, cancel := context.WithTimeout(context.Background(), Timeout)
		defer cancel()
		do(ctx)
	}
	defer in(goodbye)
	for _, step := range steps {
		var o Outcome
		in(func(ctx context.Context) { o.Facts, o.Err = step(ctx) })
		out = append(out, o)
		if o.Err != nil {
			break
		}
	}
	return out
}

// Flood is a server that sends Start, and then Forever repeatedly until the client
// closes the connection, whatever the client sends.
type Flood struct {
	Name, Start, Forever string
	Most                 int64 // maximum number of bytes read; 0: the limit of one connection
}

// Floods runs dialogue against each flood. A server that never stops may make a check
// fail, but not hang, and it may cost only a limited number of bytes.
func Floods(t *testing.T, floods []Flood, dialogue func(*wire.Conn) []Outcome) {
	for _, f := range floods {
		t.Run(f.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := probetest.Pipe(0)
				go f.serve(far)
				c := wire.New(near, wire.Limits{}, nil)
				start := time.Now()
				all := dialogue(c)
				c.Close()
				if all[len(all)-1].Err == nil {
					t.Error("the check passed")
				}
				most := f.Most
				if most == 0 {
					most = 1 << 20
				}
				if c.Read() > most {
					t.Errorf("read %d bytes, at most %d expected", c.Read(), most)
				}
				if d := time.Since(start); d > 5*Timeout {
					t.Errorf("took %v", d)
				}
				synctest.Wait()
			})
		})
	}
}

func (f *Flood) serve(conn net.Conn) {
	defer conn.Close()
	go io.Copy(io.Discard, conn)
	if _, err := io.WriteString(conn, f.Start); err != nil {
		return
	}
	chunk := strings.Repeat(f.Forever, 1+8192/len(f.Forever))
	for {
		if _, err := io.WriteString(conn, chunk); err != nil {
			return
		}
	}
}

// Drip returns a server that sends the S lines of a script, with a pause of a minute
// after each line "wait", whatever the client sends.
func Drip(script string) func(net.Conn) {
	return func(conn net.Conn) {
		defer conn.Close()
		for step := range strings.Lines(script) {
			step = strings.TrimSpace(step)
			if text, ok := strings.CutPrefix(step, "S: "); ok {
				if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
					return
				}
			}
			if step == "wait" {
				time.Sleep(time.Minute)
			}
		}
	}
}

// Replay is a connection to a server that sends a fixed text, whatever the client
// sends.
type Replay struct {
	io.Reader
	Sent bytes.Buffer // what the client sent
}

// NewReplay returns a connection to a server that sends said and closes the connection.
func NewReplay(said string) *Replay { return &Replay{Reader: strings.NewReader(said)} }

func (r *Replay) Write(p []byte) (int, error)    { return r.Sent.Write(p) }
func (*Replay) Close() error                     { return nil }
func (*Replay) LocalAddr() net.Addr              { return nil }
func (*Replay) RemoteAddr() net.Addr             { return nil }
func (*Replay) SetDeadline(time.Time) error      { return nil }
func (*Replay) SetReadDeadline(time.Time) error  { return nil }
func (*Replay) SetWriteDeadline(time.Time) error { return nil }

// Fuzz runs dialogue against a server that sends what a fuzzer chose. It checks that
// there is no panic or hang, that reading and writing is limited, that faults are in
// the vocabulary, and that facts and transcript survive JSON. It returns the outcomes,
// and what was sent.
func Fuzz(t *testing.T, said string, dialogue func(*wire.Conn) []Outcome) (all []Outcome, sent string) {
	t.Helper()
	conn := NewReplay(said)
	c := wire.New(conn, wire.Limits{Total: 64 << 10}, func(l stage.Line) { Visible(t, l) })
	all = dialogue(c)
	for _, o := range all {
		o.Saved(t, said)
	}
	sent = conn.Sent.String()
	if n := strings.Count(sent, "\r\n"); n > 30 {
		t.Errorf("%d lines sent: %q", n, sent)
	}
	return all, sent
}

// Visible fails the test if a line of a transcript is not safe to show.
func Visible(t *testing.T, l stage.Line) {
	t.Helper()
	if !utf8.ValidString(l.Text) || l.Text != stage.Visible(l.Text) {
		t.Errorf("recorded %q", l.Text)
	}
}

// Saved fails the test if an outcome is not safe to save. said is what the server sent.
func (o Outcome) Saved(t *testing.T, said string) {
	t.Helper()
	Fault(t, o.Err)
	text := Encode(t, o.Facts)
	if !utf8.ValidString(text) || strings.Contains(text, `\ufffd`) && !strings.Contains(said, "\uFFFD") {
		t.Errorf("facts that are not UTF-8: %s", text)
	}
}
