package pasted_test

import (
	"fmt"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/stage"
)

func TestAbout(t *testing.T) {
	for _, tt := range []struct{ text, server, account, recipient string }{
		{"Connection: opening to mail.example.com:587, timeout=300", "smtp mail.example.com:587 starttls", "", ""},
		{"smtps://jane%40example.com:***@smtp.example.com refused", "smtp smtp.example.com:465 tls", "", ""},
		{"imap_open(): Couldn't open stream {imap.example.com:993/imap/ssl/novalidate-cert}INBOX", "imap imap.example.com:993 tls", "", ""},
		{"{mail.example.com:143/imap/tls}", "imap mail.example.com:143 starttls", "", ""},
		{"Could not connect to SMTP host: smtp.example.com, port: 465, response: -1", "smtp smtp.example.com:465 tls", "", ""},
		{"connect to smtp.example.com[192.0.2.1]:25: Connection timed out", "smtp smtp.example.com:25 starttls", "", ""},
		{"dial tcp [2001:db8::1]:993: connect: connection refused", "imap 2001:db8::1:993 tls", "", ""},
		{"dial tcp 192.0.2.7:995: i/o timeout", "pop3 192.0.2.7:995 tls", "", ""},
		{`{ host: 'smtp.example.com', port: 587, secure: false }`, "smtp smtp.example.com:587 starttls", "", ""},
		{"The connection to the server imap.example.net timed out.", "imap imap.example.net:993 tls", "", ""},
		{"ssl://mail.example.net:993 failed", "imap mail.example.net:993 tls", "", ""},
		{"Login to server pop.example.net with username jane@example.net failed.", "pop3 pop.example.net:995 tls", "jane@example.net", ""},
		{"220 mx.example.net ESMTP Postfix\n535 5.7.8 Error: authentication failed", "smtp mx.example.net:587 starttls", "", ""},
		{"imap.a.example:993 ok\nsmtp.b.example:587 refused", "imap imap.a.example:993 tls", "", ""},
		{"550 5.1.1 <bob@example.org>: Recipient address rejected, sent by jane@example.net", "", "jane@example.net", "bob@example.org"},
		{"user=<jane@example.net>, rip=192.0.2.1", "", "jane@example.net", ""},
		{"Message-ID <20261101100000.GA1234567890abcdefabcdefabcdefabcdef0@mail.example.net>", "", "", ""},
		{"mail.example.com: see mailer-daemon@example.com", "", "", ""},
		{"version 1.2.3.4:587x of mail", "", "", ""},
		{"mail.example.com refuses IMAP", "imap mail.example.com:993 tls", "", ""},
		{"", "", "", ""},
	} {
		got := pasted.About(strings.Split(tt.text, "\n"), 1, "")
		server := ""
		if e := got.Server; e.Host != "" {
			server = fmt.Sprintf("%s %s:%d %s", e.Protocol, e.Host, e.Port, e.Security)
		}
		if server != tt.server || got.Account != tt.account || got.Recipient != tt.recipient {
			t.Errorf("%q:\n%q %q %q, want\n%q %q %q", tt.text, server, got.Account, got.Recipient, tt.server, tt.account, tt.recipient)
		}
	}
}

// The server closest to the line that says what went wrong counts.
func TestAboutIsNearest(t *testing.T) {
	lines := []string{"imap.a.example:993 works", "smtp.b.example:587", "535 refused", "pop.c.example:995"}
	for lead, host := range map[int]string{1: "imap.a.example", 3: "smtp.b.example", 4: "pop.c.example", 9: "pop.c.example", 0: "imap.a.example"} {
		if got := pasted.About(lines, lead, "").Server.Host; got != host {
			t.Errorf("line %d: %s, want %s", lead, got, host)
		}
	}
	if got := pasted.About([]string{"mail.example.com said no"}, 1, stage.POP3).Server; got.Port != 995 {
		t.Errorf("%+v: expected the port of the protocol that was given", got)
	}
}

// A line that programs add follows from the one that says why, and what a server has said
// rules out that it wasn't reached.
func TestChain(t *testing.T) {
	a := pasted.Read(`SERVER -> CLIENT: 220 c1.hoster.example ESMTP Exim
CLIENT -> SERVER: STARTTLS
SERVER -> CLIENT: 220 TLS go ahead
PHP Warning: stream_socket_enable_crypto(): Peer certificate CN='*.hoster.example' did not match expected CN='mail.example.com'
SMTP Error: Could not connect to SMTP host.
CLIENT -> SERVER: QUIT
SERVER -> CLIENT: 221 closing connection
SMTP connect() failed.`, "")
	var got []string
	for _, s := range a.Statements {
		got = append(got, strings.TrimRight(fmt.Sprintf("%d %s %v %d %s", s.Line, s.Who, s.Leads, s.Follows, s.Fact), " "))
	}
	want := "1 server false 0 greeting\n3 server false 0 encryption-accepted\n4 program true 0\n5 program false 4\n6 client false 4\n8 program false 4"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
	for _, g := range a.Guesses {
		if g.Cause == "server-unreachable" || g.Cause == "port-filtered" || g.Cause == "service-not-listening" {
			t.Errorf("%s, although the server has greeted", g.Cause)
		}
	}
	if a.Writer.Name != "PHPMailer" || a.Writer.End != pasted.OfClient {
		t.Errorf("%+v", a.Writer)
	}
}

func TestFacts(t *testing.T) {
	for line, want := range map[string]pasted.Fact{
		"220 mail.example.com ESMTP Postfix":         pasted.Greeted,
		"* OK [CAPABILITY IMAP4rev1] Dovecot ready.": pasted.Greeted,
		"+OK Dovecot ready.":                         pasted.Greeted,
		"220 2.0.0 Ready to start TLS":               pasted.Encrypted,
		"a1 OK Begin TLS negotiation now.":           pasted.Encrypted,
		"+OK Begin TLS negotiation now.":             pasted.Encrypted,
		"235 2.7.0 Authentication successful":        pasted.LoggedIn,
		"A0001 OK Logged in":                         pasted.LoggedIn,
		"+OK Logged in.":                             pasted.LoggedIn,
		"250 2.0.0 Ok: queued as 4ABC":               pasted.Accepted,
		"250 8BITMIME":                               "",
		"* OK [UNSEEN 3] First unseen.":              "",
		"the server said 220 something":              "",
	} {
		var got pasted.Fact
		for _, s := range pasted.Read("x\n"+line, "").Statements {
			got = s.Fact
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestWriters(t *testing.T) {
	for text, want := range map[string]pasted.Writer{
		"Nov 1 10:00:00 mx postfix/smtpd[123]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6": {Name: "Postfix", End: pasted.OfServer},
		"Nov 1 10:00:00 mx postfix/smtp[123]: to=<bob@example.org>, status=deferred":                                        {Name: "Postfix", End: pasted.OfClient},
		"2026-11-01 10:00:00 login authenticator failed for (host) [192.0.2.1]: 535 Incorrect authentication data":          {Name: "Exim", End: pasted.OfServer},
		"javax.mail.AuthenticationFailedException: 535 no":                                                                  {Name: "Jakarta Mail", End: pasted.OfClient},
		"535 no": {},
	} {
		if got := pasted.Read(text, "").Writer; got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
