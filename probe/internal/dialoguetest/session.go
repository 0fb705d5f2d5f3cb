package dialoguetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// Session is the common interface of the three protocols' sessions.
type Session interface {
	Greeting(context.Context) (*stage.GreetingFacts, error)
	StartTLS(context.Context) (*stage.StartTLSFacts, error)
	Capabilities(context.Context) (*stage.CapabilityFacts, error)
	Login(context.Context, auth.Request) (*stage.LoginFacts, error)
	Quit(context.Context)
	Insist()
}

// Open starts a session of one protocol.
type Open func(*wire.Conn) Session

// Greet reads the greeting, so that scripts begin with the client's first command.
func Greet(t *testing.T, s Session, talk *Talk) {
	t.Helper()
	if _, err := s.Greeting(talk.Ctx); err != nil {
		t.Fatal(err)
	}
}

// logIn reads the greeting, asks for the capabilities, and logs in.
func logIn(t *testing.T, s Session, talk *Talk, req auth.Request) (*stage.LoginFacts, error) {
	t.Helper()
	Greet(t, s, talk)
	if _, err := s.Capabilities(talk.Ctx); err != nil {
		t.Fatal(err)
	}
	return s.Login(talk.Ctx, req)
}

// LogIn takes a session with a server that was not written for this dialogue through
// STARTTLS up to a login with a mechanism. The login must succeed.
func LogIn(t *testing.T, server *probetest.Server, m auth.Mechanism, open Open) (Session, *Talk, *stage.CapabilityFacts) {
	t.Helper()
	talk := Dial(t, server)
	s := open(talk.Conn)
	Greet(t, s, talk)
	if _, err := s.StartTLS(talk.Ctx); err != nil {
		t.Fatal(err)
	}
	talk.Upgrade(t)
	caps, err := s.Capabilities(talk.Ctx)
	if err != nil || caps.StartTLS {
		t.Fatalf("%s, %v", Encode(t, caps), err)
	}
	req := Request()
	req.Force, req.TLS = m, talk.Conn.TLS()
	login, err := s.Login(talk.Ctx, req)
	if err != nil || login.Mechanism != string(m) {
		t.Fatalf("%s, %v\n%s", Encode(t, login), err, talk)
	}
	return s, talk, caps
}

// Goodbye quits, and fails the test unless the server's last line begins with reply.
func (talk *Talk) Goodbye(t *testing.T, s Session, reply string) {
	t.Helper()
	s.Quit(talk.Ctx)
	lines := talk.Lines()
	if last := lines[len(lines)-1]; last.From != stage.Server || !strings.HasPrefix(last.Text, reply) {
		t.Errorf("the last line is %+v", last)
	}
}

// StartTLS reads the greeting and negotiates TLS. It fails the test unless that has
// this fault and these early bytes, or if the client sends anything in cleartext where
// it must not.
func StartTLS(t *testing.T, s Session, talk *Talk, fault stage.Fault, early string) *stage.StartTLSFacts {
	t.Helper()
	Greet(t, s, talk)
	f, err := s.StartTLS(talk.Ctx)
	WantFault(t, err, fault)
	if f.EarlyText != early || (f.EarlyBytes > 0) != (early != "") {
		t.Errorf("early %d bytes, %q", f.EarlyBytes, f.EarlyText)
	}
	if fault == "" || fault == stage.EarlyData {
		before := talk.String()
		s.Quit(talk.Ctx) // nothing may be sent now
		if after := talk.String(); after != before {
			t.Errorf("said in clear, after STARTTLS:\n%s", after[len(before):])
		}
	}
	return f
}

// LineAMinute fails the test unless a session gives up when the time for its
// capabilities is up. The server follows a script for [Drip].
func LineAMinute(t *testing.T, script string, open Open) {
	Serve(t, Drip(script), func(t *testing.T, talk *Talk) {
		s := open(talk.Conn)
		Greet(t, s, talk)
		start := time.Now()
		_, err := s.Capabilities(talk.Ctx)
		WantFault(t, err, stage.Stalled)
		if took := time.Since(start); took > Timeout {
			t.Errorf("took %v", took)
		}
	})
}

// Insist tests TLS where it is not offered. Without insisting, nothing may be sent
// after the list; with it, the command is sent, and the server's reply decides. The
// script ends after the list, and command, yes and no continue it.
func Insist(t *testing.T, script, command, yes, no string, open Open) {
	tests := []struct {
		name, script string
		insist       bool
		fault        stage.Fault
		want         string
	}{
		{"not insisting", script + "hang", false, stage.NotOffered, "offered false, accepted false, insisted false"},
		{"taken", script + command + yes + "hang", true, "", "offered false, accepted true, insisted true"},
		{"refused", script + command + no + "hang", true, stage.NotOffered, "offered false, accepted false, insisted true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			Serve(t, Script(t, tt.script), func(t *testing.T, talk *Talk) {
				s := open(talk.Conn)
				Greet(t, s, talk)
				if tt.insist {
					s.Insist()
				}
				f, err := s.StartTLS(talk.Ctx)
				WantFault(t, err, tt.fault)
				got := fmt.Sprintf("offered %v, accepted %v, insisted %v", f.Offered, f.Accepted, f.Insisted)
				if got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				if tt.insist != (f.Reply != nil) {
					t.Errorf("reply %+v", f.Reply)
				}
			})
		})
	}
}
