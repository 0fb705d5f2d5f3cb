package imap_test

import (
	"net"
	"sync"
	"testing"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// single is a listener with a single connection.
type single struct {
	conns chan net.Conn
	once  sync.Once
}

func (l *single) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l *single) Close() error { l.once.Do(func() { close(l.conns) }); return nil }

func (*single) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 143} }

// serve runs go-imap's server, with a mailbox for jane, on one connection.
func serve(t *testing.T, secret string) net.Conn {
	t.Helper()
	user := imapmemserver.NewUser("jane", secret)
	for _, name := range []string{"INBOX", "Sent"} {
		if err := user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         goimap.CapSet{goimap.CapIMAP4rev1: {}, goimap.CapIMAP4rev2: {}},
		InsecureAuth: true,
	})
	client, server := probetest.Pipe(0)
	l := &single{conns: make(chan net.Conn, 1)}
	l.conns <- server
	done := make(chan struct{})
	go func() {
		srv.Serve(l)
		close(done)
	}()
	t.Cleanup(func() {
		srv.Close()
		l.Close()
		<-done
	})
	return client
}

// The healthy path with a server that isn't ours, with passwords that need quoting or
// literals.
func TestRealServer(t *testing.T) {
	for _, secret := range []string{"simple", `q"uo\te d`, "pässwörd ✓"} {
		for _, force := range []string{"", "IMAP LOGIN"} {
			t.Run(secret+force, func(t *testing.T) {
				talk := dialoguetest.NewTalk(t, serve(t, secret))
				defer talk.Conn.Close()
				s := imap.New(talk.Conn)
				ctx := talk.Ctx
				if _, err := s.Greeting(ctx); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Capabilities(ctx); err != nil {
					t.Fatal(err)
				}
				req := request("jane", secret)
				req.Force = "PLAIN"
				if force != "" {
					req.Force = "IMAP LOGIN"
				}
				if _, err := s.Login(ctx, req); err != nil {
					t.Fatalf("%v\n%s", err, talk)
				}
				facts, err := s.Mailbox(ctx)
				dialoguetest.WantFault(t, err, "")
				want := &stage.MailboxFacts{Messages: new(int64), ReadOnly: true}
				if diff := cmp.Diff(want, facts); diff != "" {
					t.Errorf("facts (-want +got):\n%s\n%s", diff, talk)
				}
			})
		}
	}
}

func TestRealServerWrongPassword(t *testing.T) {
	talk := dialoguetest.NewTalk(t, serve(t, "right"))
	defer talk.Conn.Close()
	s := imap.New(talk.Conn)
	ctx := talk.Ctx
	s.Greeting(ctx)
	s.Capabilities(ctx)
	facts, err := s.Login(ctx, request("jane", "wrong"))
	dialoguetest.WantFault(t, err, stage.Rejected)
	if facts.Reply == nil || facts.Reply.ResponseCode != "AUTHENTICATIONFAILED" {
		t.Errorf("reply: %+v", facts.Reply)
	}
	s.Quit(ctx)
}
