package imap_test

import (
	"context"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maildoctor/probe/auth"
	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/probetest"
	"maildoctor/probe/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// talk is a session with a scripted server.
type talk struct {
	*imap.Session
	*dialoguetest.Talk
	nc   net.Conn
	done chan error // the script's error
}

// play starts a server that follows script, and returns a session with it. The test
// fails if the script isn't completed.
func play(t *testing.T, script string) *talk {
	t.Helper()
	tk := start(t, script)
	t.Cleanup(func() {
		tk.Conn.Close()
		if err := <-tk.done; err != nil {
			t.Errorf("script: %v\ntranscript:\n%s", err, tk)
		}
	})
	return tk
}

func start(t *testing.T, script string) *talk {
	t.Helper()
	client, server := probetest.Pipe(0)
	tk := &talk{nc: client, Talk: dialoguetest.NewTalk(t, client), done: make(chan error, 1)}
	tk.Session = imap.New(tk.Conn)
	go func() { tk.done <- probetest.Play(server, script) }()
	return tk
}

func open(c *wire.Conn) dialoguetest.Session { return imap.New(c) }

// limited returns a context that keeps a failing test from hanging.
func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
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

// in returns a script up to a successful login by PLAIN in one step, with the given
// capabilities after it.
func in(after string) string {
	return `
		S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
		C: a1 AUTHENTICATE PLAIN *
		S: a1 OK [CAPABILITY IMAP4rev1 ` + after + `] Logged in
	`
}

// login logs in with PLAIN, as the script from in expects.
func (tk *talk) login(t *testing.T) {
	t.Helper()
	tk.enter(t)
	if _, err := tk.Login(limited(t), request("jane", password)); err != nil {
		t.Fatalf("login: %v", err)
	}
}
