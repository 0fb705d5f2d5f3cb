// Package dialoguetest holds what the tests of the dialogues of probe/imap,
// probe/pop3 and probe/smtp share: a dialogue in memory ([Serve], [Talk]), what
// hostile servers do ([Floods], [Fuzz]), a password that is searched for wherever
// something is kept ([Canary], [Leaks]), and the count of round trips
// ([RoundTrips]).
package dialoguetest

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Timeout is what each test gives its whole dialogue.
const Timeout = 30 * time.Second

// Transcript keeps what a connection recorded, of which a library may read and
// write in goroutines of its own.
type Transcript struct {
	mu    sync.Mutex
	lines []stage.Line
}

// Record adds a line.
func (tr *Transcript) Record(l stage.Line) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lines = append(tr.lines, l)
}

// Lines returns what was recorded so far.
func (tr *Transcript) Lines() []stage.Line {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.lines[:len(tr.lines):len(tr.lines)]
}

// String returns a line of text a line, "C: " or "S: " before it.
func (tr *Transcript) String() string {
	var b strings.Builder
	for _, l := range tr.Lines() {
		b.WriteString(string(l.From) + ": " + l.Text + "\n")
	}
	return b.String()
}

// Talk is the client's end of a dialogue: the connection, what it recorded, and
// the time that the dialogue has.
type Talk struct {
	Ctx  context.Context
	Conn *wire.Conn
	Transcript
}

// NewTalk returns a Talk on a connection. The end of the test ends its time.
func NewTalk(t *testing.T, nc net.Conn) *Talk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Timeout)
	t.Cleanup(cancel)
	talk := &Talk{Ctx: ctx}
	talk.Conn = wire.New(nc, wire.Limits{}, talk.Record)
	return talk
}

// Serve runs server against use, inside a bubble of time, each a millisecond
// from the other.
func Serve(t *testing.T, server func(net.Conn), use func(*testing.T, *Talk)) {
	t.Helper()
	ServeFrom(t, time.Millisecond, server, use)
}

// ServeFrom is [Serve] with a one-way delay.
func ServeFrom(t *testing.T, way time.Duration, server func(net.Conn), use func(*testing.T, *Talk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := probetest.Pipe(way)
		done := make(chan struct{})
		go func() { defer close(done); server(far) }()
		defer func() {
			near.Close()
			<-done
		}()
		use(t, NewTalk(t, near))
	})
}

// Script returns a server that plays a script. It fails the test if the client
// says something else than the script expects.
func Script(t *testing.T, script string) func(net.Conn) {
	return func(conn net.Conn) {
		if err := probetest.Play(conn, script); err != nil {
			t.Errorf("server: %v", err)
		}
	}
}

// ScriptTLS is [Script] for a script that starts TLS, by a server of this name;
// inside a bubble, where its certificate is valid.
func ScriptTLS(t *testing.T, name, script string) func(net.Conn) {
	return func(conn net.Conn) {
		if err := probetest.PlayTLS(conn, script, ServerTLS(t, name)); err != nil {
			t.Errorf("server: %v", err)
		}
	}
}

// Dial connects to a server on this machine. The end of the test closes the
// connection.
func Dial(t *testing.T, server *probetest.Server) *Talk {
	t.Helper()
	nc, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	talk := NewTalk(t, nc)
	t.Cleanup(func() { talk.Conn.Close() })
	return talk
}

// Upgrade makes the handshake after STARTTLS.
func (talk *Talk) Upgrade(t *testing.T) {
	t.Helper()
	conn := tls.Client(talk.Conn.Underlying(), &tls.Config{InsecureSkipVerify: true}) // whose it is doesn't matter here
	if err := conn.HandshakeContext(talk.Ctx); err != nil {
		t.Fatal(err)
	}
	talk.Conn.Upgrade(conn)
}

// ServerTLS returns a configuration for a server with a certificate of its own.
func ServerTLS(t *testing.T, name string) *tls.Config {
	t.Helper()
	ca, err := probetest.NewCA("Test Root")
	if err != nil {
		t.Error(err)
		return nil
	}
	cert, err := ca.Issue(probetest.Leaf{Names: []string{name}})
	if err != nil {
		t.Error(err)
		return nil
	}
	return probetest.TLS(cert)
}
