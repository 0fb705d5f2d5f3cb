package imap_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maildoctor/probe/auth"
	"maildoctor/probe/imap"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// transcript keeps what a connection recorded. The library reads and writes in
// goroutines of its own.
type transcript struct {
	mu    sync.Mutex
	lines []stage.Line
}

func (tr *transcript) record(l stage.Line) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lines = append(tr.lines, l)
}

// String returns a line of text a line: side, stage, text.
func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var b strings.Builder
	for _, l := range tr.lines {
		b.WriteString(string(l.From) + " " + string(l.Stage) + " " + l.Text + "\n")
	}
	return b.String()
}

// talk is a session with a scripted server.
type talk struct {
	*imap.Session
	conn *wire.Conn
	nc   net.Conn
	tr   *transcript
	done chan error // how the script ended
}

// play starts a server that follows script and returns a session with it. The
// test fails if the script isn't followed to its end.
func play(t *testing.T, script string) *talk {
	t.Helper()
	tk := start(script, 0)
	t.Cleanup(func() {
		tk.conn.Close()
		if err := <-tk.done; err != nil {
			t.Errorf("script: %v\ntranscript:\n%s", err, tk.tr)
		}
	})
	return tk
}

func start(script string, delay time.Duration) *talk {
	client, server := probetest.Pipe(delay)
	tk := &talk{nc: client, tr: new(transcript), done: make(chan error, 1)}
	tk.conn = wire.New(client, wire.Limits{}, tk.tr.record)
	tk.Session = imap.New(tk.conn)
	go func() { tk.done <- probetest.Play(server, script) }()
	return tk
}

// limited returns a context that keeps a failing test from hanging.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// faultOf returns the fault of an error, empty for nil. Every error must be a
// *stage.Error.
func faultOf(t *testing.T, err error) stage.Fault {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*stage.Error](err)
	if !ok {
		t.Fatalf("error is %T, not *stage.Error: %v", err, err)
	}
	return e.Fault
}

// wantFault fails the test unless err has the fault, which is empty for none.
func wantFault(t *testing.T, err error, want stage.Fault) {
	t.Helper()
	if got := faultOf(t, err); got != want {
		t.Fatalf("fault %q, want %q (error: %v)", got, want, err)
	}
}

// enter takes a session up to the login.
func (tk *talk) enter(t *testing.T) {
	t.Helper()
	ctx := limited(t)
	if _, err := tk.Greeting(ctx); err != nil {
		t.Fatalf("greeting: %v", err)
	}
	if _, err := tk.Capabilities(ctx); err != nil {
		t.Fatalf("capabilities: %v", err)
	}
}

const password = "s3cret pass"

func request(user, secret string) auth.Request {
	return auth.Request{User: user, Secret: auth.NewSecret(secret), Encrypted: true, Host: "imap.example.test", Port: 993}
}

// in is a script up to a login that succeeded, by PLAIN in one step, with the
// capabilities behind it.
func in(after string) string {
	return `
		S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
		C: a1 AUTHENTICATE PLAIN *
		S: a1 OK [CAPABILITY IMAP4rev1 ` + after + `] Logged in
	`
}

// login logs in with PLAIN, as the script of in expects.
func (tk *talk) login(t *testing.T) {
	t.Helper()
	tk.enter(t)
	if _, err := tk.Login(limited(t), request("jane", password)); err != nil {
		t.Fatalf("login: %v", err)
	}
}
