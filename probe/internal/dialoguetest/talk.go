// Package dialoguetest contains what the tests of probe/imap, probe/pop3 and probe/smtp
// share: a dialogue in memory ([Serve], [Talk]), hostile servers ([Floods], [Fuzz]), a
// password to search for in everything that is kept ([Canary], [Leaks]), and a count of
// round trips ([RoundTrips]).
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

// Timeout is the time that each test gives its dialogue.
const Timeout = 30 * time.Second

// Transcript stores what a connection recorded. It is safe for concurrent use, because
// a library may read and write in separate goroutines.
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

// String returns one line of text per line of the transcript, preceded by "C: " or "S:
// ".
func (tr *Transcript) String() string {
	var b strings.Builder
	for _, l := range tr.Lines() {
		b.WriteString(string(l.From) + ": " + l.Text + "\n")
	}
	return b.String()
}

// Talk is the client's end of a dialogue: the connection, its transcript, and a context
// with its deadline.
type Talk struct {
	Ctx  context.Context
	Conn *wire.Conn
	Transcript
}

// NewTalk returns a Talk on a connection. Its context ends with the test.
func NewTalk(t *testing.T, nc net.Conn) *Talk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Timeout)
	t.Cleanup(cancel)
	talk := &Talk{Ctx: ctx}
	talk.Conn = wire.New(nc, wire.Limits{}, talk.Record)
	return talk
}

// Serve runs server and use against each other in a synctest bubble, with a one-way
// delay of a millisecond.
func Serve(t *testing.T, server func(net.Conn), use func(*testing.T, *Talk)) {
	t.Helper()
	ServeFrom(t, time.Millisecond, server, use)
}

// ServeFrom is like [Serve], with the given one-way delay.
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

// Script returns a server that plays a script. It fails the test if the client doesn't
// follow the script.
func Script(t *testing.T, script string) func(net.Conn) {
	return func(conn net.Conn) {
		if err := probetest.Play(conn, script); err != nil {
			t.Errorf("server: %v", err)
		}
	}
}

// ScriptTLS is like [Script], for a script that starts TLS as a server of this name. It
// must be called in a bubble, in which its certificate is valid.
func ScriptTLS(t *testing.T, name, script string) func(net.Conn) {
	return func(conn net.Conn) {
		if err := probetest.PlayTLS(conn, script, ServerTLS(t, name)); err != nil {
			t.Errorf("server: %v", err)
		}
	}
}

// Dial connects to a server on this machine. The connection is closed when the test
// ends.
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
	conn := tls.Client(talk.Conn.Underlying(), &tls.Config{InsecureSkipVerify: true}) // the certificate doesn't matter here
	if err := conn.HandshakeContext(talk.Ctx); err != nil {
		t.Fatal(err)
	}
	talk.Conn.Upgrade(conn)
}

// ServerTLS returns the configuration of a server with its own certificate.
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
