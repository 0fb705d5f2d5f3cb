package imap_test

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/imap"
	"maildoctor/probe/internal/dialoguetest"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

const everything = "ID QUOTA NAMESPACE SPECIAL-USE LIST-EXTENDED"

// flight is the commands sent if everything is offered.
const flight = `
	C: T1 ID ("name" "maildoctor")
	C: T2 EXAMINE INBOX
	C: T3 GETQUOTAROOT INBOX
	C: T4 NAMESPACE
	C: T5 LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)
	C: T6 LOGOUT
`

func TestMailbox(t *testing.T) {
	refused := func(status, code, line string) *stage.Reply {
		return &stage.Reply{Command: "EXAMINE", Status: status, ResponseCode: code, Lines: []string{line}}
	}
	const exists = `
		S: * 3 EXISTS
		S: T1 OK [READ-ONLY] done
		S: * BYE
		S: T2 OK bye`
	tests := []struct {
		name, script string
		want         stage.MailboxFacts
		fault        stage.Fault
	}{
		{
			name: "everything, between responses that nobody asked for",
			script: in(everything) + flight + `
				S: * ID ("name" "Dovecot" "version" NIL "os" "A NIL \" B" "remote-host" NIL)
				S: T1 OK done
				S: * FLAGS (\Seen ODD[FLAG])
				S: * 7 EXISTS
				S: * 0 RECENT
				S: * OK [UIDNEXT x] broken
				S: * X-VENDOR {5}
				R: 1 2\r\n) "
				S: more
				S: * VANISHED (EARLIER) 1:5
				S: T2 OK [READ-ONLY] done
				S: * QUOTAROOT INBOX a b
				S: * QUOTA a (MESSAGE 5 10 STORAGE 1 100)
				S: * QUOTA b (STORAGE 512 1024)
				S: T3 OK done
				S: * NAMESPACE (("INBOX." ".")) NIL NIL
				S: T4 OK done
				S: * LIST (\HasNoChildren \Sent) "." {4}
				S: Sent
				S: * LIST (\trash) "." "Deleted Messages"
				S: * LIST (\Sent) "." "Older"
				S: T5 OK done
				S: * BYE see you
				S: T6 OK bye
				hang`,
			want: stage.MailboxFacts{
				Messages: new(int64(7)), ReadOnly: true,
				QuotaUsed: new(int64(512 * 1024)), QuotaLimit: new(int64(1024 * 1024)),
				SpecialUse: map[string]string{`\Sent`: "Sent", `\Trash`: "Deleted Messages"},
				Namespace:  "INBOX.",
				ServerID:   map[string]string{"name": "Dovecot", "os": `A NIL " B`},
			},
		},
		{
			name: "nothing offered",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT` + exists,
			want: stage.MailboxFacts{Messages: new(int64(3)), ReadOnly: true},
		},
		{
			name: "special use without LIST-EXTENDED",
			script: in("SPECIAL-USE") + `
				C: T1 EXAMINE INBOX
				C: T2 LIST "" "%"
				C: T3 LOGOUT
				S: * 0 EXISTS
				S: T1 OK done
				S: * LIST (\Junk) "/" Spam
				S: * LIST () "/" INBOX
				S: T2 OK done
				S: * BYE
				S: T3 OK bye`,
			want: stage.MailboxFacts{
				Messages: new(int64(0)), ReadOnly: true,
				SpecialUse: map[string]string{`\Junk`: "Spam"},
			},
		},
		{
			name: "capabilities asked for after login",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN QUOTA] ready
				C: a1 AUTHENTICATE PLAIN *
				S: a1 OK Logged in
				C: a2 CAPABILITY
				S: * CAPABILITY IMAP4rev1
				S: a2 OK done
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT` + exists,
			want: stage.MailboxFacts{Messages: new(int64(3)), ReadOnly: true},
		},
		{
			name: "capabilities refused after login",
			script: `
				S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
				C: a1 AUTHENTICATE PLAIN *
				S: a1 OK Logged in
				C: a2 CAPABILITY
				S: a2 BAD not now
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT` + exists,
			want: stage.MailboxFacts{Messages: new(int64(3)), ReadOnly: true},
		},
		{
			name: "refused",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				S: T1 NO [nonexistent] There is no INBOX here
				S: * BYE
				S: T2 OK bye`,
			want:  stage.MailboxFacts{Reply: refused("NO", "NONEXISTENT", "NO [nonexistent] There is no INBOX here")},
			fault: stage.Rejected,
		},
		{
			name: "refused for now",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				S: T1 NO [INUSE] Locked
				S: * BYE
				S: T2 OK bye`,
			want:  stage.MailboxFacts{Reply: refused("NO", "INUSE", "NO [INUSE] Locked")},
			fault: stage.TemporarilyOut,
		},
		{
			name: "a goodbye in the place of the mailbox, and more words",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				S: * BYE Internal error occurred
				S: T1 CLOSE
				close`,
			want:  stage.MailboxFacts{Reply: refused("BYE", "", "* BYE Internal error occurred")},
			fault: stage.Bye,
		},
		{
			name: "an answer that nobody can read, and then the goodbye",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				S: T1 CLOSE
				S: * BYE
				S: T2 OK bye
				close`,
			want:  stage.MailboxFacts{Unparsed: []string{"EXAMINE"}},
			fault: stage.Unparsed,
		},
		{
			name: "what else is asked may be refused",
			script: in("QUOTA NAMESPACE") + `
				C: T1 EXAMINE INBOX
				C: T2 GETQUOTAROOT INBOX
				C: T3 NAMESPACE
				C: T4 LOGOUT
				S: * 1 EXISTS
				S: T1 OK done
				S: T2 NO no quota for you
				S: T3 BAD what?
				S: * BYE
				S: T4 OK bye`,
			want: stage.MailboxFacts{Messages: new(int64(1)), ReadOnly: true},
		},
		{
			name: "an answer that the library can't read",
			script: in("QUOTA NAMESPACE") + `
				C: T1 EXAMINE INBOX
				C: T2 GETQUOTAROOT INBOX
				C: T3 NAMESPACE
				C: T4 LOGOUT
				S: * 1 EXISTS
				S: T1 OK done
				S: * QUOTAROOT INBOX ""
				S: * QUOTA "" (STORAGE many more)
				S: T2 OK done
				hang`,
			want: stage.MailboxFacts{
				Messages: new(int64(1)), ReadOnly: true, Unparsed: []string{"GETQUOTAROOT", "NAMESPACE"},
			},
			fault: stage.Unparsed,
		},
		{
			name: "a goodbye in the place of the mailbox",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				S: * BYE [UNAVAILABLE] Backend is down
				close`,
			want:  stage.MailboxFacts{Reply: refused("BYE", "UNAVAILABLE", "* BYE [UNAVAILABLE] Backend is down")},
			fault: stage.TemporarilyOut,
		},
		{
			name: "a server that leaves as soon as it reads LOGOUT",
			script: in("NAMESPACE") + `
				C: T1 EXAMINE INBOX
				C: T2 NAMESPACE
				C: T3 LOGOUT
				S: * 1 EXISTS
				S: T1 OK done
				S: * BYE
				S: T3 OK bye
				close`,
			want: stage.MailboxFacts{Messages: new(int64(1)), ReadOnly: true},
		},
		{
			name: "closed without a word",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				close`,
			fault: stage.Closed,
		},
		{
			name: "reset",
			script: in("") + `
				C: T1 EXAMINE INBOX
				C: T2 LOGOUT
				reset`,
			fault: stage.Reset,
		},
		{
			name: "a huge literal",
			script: in("SPECIAL-USE") + `
				C: T1 EXAMINE INBOX
				C: T2 LIST "" "%"
				C: T3 LOGOUT
				S: * 1 EXISTS
				S: T1 OK done
				S: * LIST () "/" {2147483648}
				hang`,
			want:  stage.MailboxFacts{Messages: new(int64(1)), ReadOnly: true},
			fault: stage.TooLong,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tk := play(t, tt.script)
			tk.login(t)
			facts, err := tk.Mailbox(limited(t))
			dialoguetest.WantFault(t, err, tt.fault)
			if diff := cmp.Diff(&tt.want, facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s\n%s", diff, tk)
			}
			before := tk.String()
			tk.Quit(limited(t))
			if after := tk.String(); after != before {
				t.Errorf("said after the goodbye: %s", after[len(before):])
			}
		})
	}
}

// counting counts writes.
type counting struct {
	net.Conn
	writes int
}

func (c *counting) Write(p []byte) (int, error) {
	c.writes++
	return c.Conn.Write(p)
}

// All commands are sent in one write, so that they take one round trip and one TLS
// record.
func TestMailboxIsOneFlight(t *testing.T) {
	tk := play(t, in(everything)+flight+`
		S: T1 OK
		S: T2 OK
		S: T3 OK
		S: T4 OK
		S: T5 OK
		S: T6 OK`)
	nc := &counting{Conn: tk.nc}
	tk.Conn = wire.New(nc, wire.Limits{}, tk.Record)
	tk.Session = imap.New(tk.Conn)
	tk.login(t)
	before := nc.writes
	if _, err := tk.Mailbox(limited(t)); err != nil {
		t.Fatal(err)
	}
	if n := nc.writes - before; n != 1 {
		t.Errorf("%d writes", n)
	}
}

// If a server sends something invalid before it is asked, the library fails before the
// commands are started. Even then the stage ends at once.
func TestMailboxAnsweredBeforeAsked(t *testing.T) {
	for range 50 {
		tk := play(t, in("")+`
			S: T7 OK nobody asked
			C: T1 EXAMINE INBOX
			hang`)
		tk.login(t)
		facts, err := tk.Mailbox(limited(t))
		dialoguetest.WantFault(t, err, stage.Unparsed)
		if diff := cmp.Diff([]string{"EXAMINE"}, facts.Unparsed); diff != "" {
			t.Errorf("unparsed (-want +got):\n%s", diff)
		}
	}
}
