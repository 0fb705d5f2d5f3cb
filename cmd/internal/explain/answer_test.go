package explain

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

func of(t *testing.T, text string, p stage.Protocol) *Answer {
	t.Helper()
	a, err := Of(text, p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A provider that takes no password from mail programs, or only app passwords, refuses
// them in the words for a wrong one.
func TestProviderIsKnown(t *testing.T) {
	for text, want := range map[string][]cause.ID{
		"535 5.7.8 authentication failed at smtp.mail.yahoo.com":            {cause.AppPasswordRequired, cause.WrongPassword},
		"imap.gmail.com: NO [AUTHENTICATIONFAILED] Invalid credentials":     {cause.AppPasswordRequired, cause.WrongPassword},
		"outlook.office365.com: A1 NO LOGIN failed.":                        {cause.BasicAuthDisabled, cause.WrongPassword},
		"imap.example.com: NO [AUTHENTICATIONFAILED] Invalid credentials":   {cause.WrongPassword},
		"imap.gmail.com: certificate has expired":                           {cause.CertExpired},
		"imap.gmail.com: NO [ALERT] Application-specific password required": {cause.AppPasswordRequired},
	} {
		got := of(t, text, "").Guesses
		for i, c := range want {
			if i >= len(got) || got[i].Cause != c {
				t.Errorf("%q: %v, want %v", text, got, want)
				break
			}
		}
	}
}

// Nothing lies between a computer and itself, and a bridge program is known by its port.
func TestAtHome(t *testing.T) {
	for text, want := range map[string]cause.ID{
		"Could not connect to SMTP host: localhost, port: 25":                                        cause.ServiceNotListening,
		"cannot connect to IMAP server 127.0.0.1:1143: cannot receive greeting: Stream was closed":   cause.LocalBridgeProblem,
		"dial tcp 127.0.0.1:1025: connect: connection refused":                                       cause.LocalBridgeProblem,
		"dial tcp 127.0.0.1:587: connect: connection refused":                                        cause.ServiceNotListening,
		"127.0.0.1:1143: NO [AUTHENTICATIONFAILED] no such user":                                     cause.WrongPassword,
		"imap.gmail.com: error:1409442E:SSL routines:SSL3_READ_BYTES:tlsv1 alert protocol version":   cause.TLSClientTooOld,
		"imap.example.com: error:1409442E:SSL routines:SSL3_READ_BYTES:tlsv1 alert protocol version": cause.TLSServerTooOld,
	} {
		if got := of(t, text, "").Lead(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// The command to run next is filled with what the text names, and with nothing secret.
func TestNext(t *testing.T) {
	for text, want := range map[string]string{
		"535 5.7.8 Error: authentication failed":                                            "maildoctor check ADDRESS",
		"jane@example.net: 535 5.7.8 Error: authentication failed":                          "maildoctor check jane@example.net",
		"mail.example.net:587: 535 5.7.8 Error: authentication failed for jane@example.net": "maildoctor check smtp://mail.example.net --user jane@example.net",
		"smtp://jane:hunter22@mail.example.net:2525: 535 authentication failed":             "maildoctor check smtp://mail.example.net:2525",
		"smtp://ghp_abcdefghijklmnopqrstuvwxyz0123456789@mail.example.net 535 no":           "maildoctor check smtp://mail.example.net",
		"550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown":             "maildoctor check ADDRESS --to bob@example.org",
		"Outlook keeps asking jane@example.net for the password, every time":                "maildoctor check jane@example.net",
		"Which server and port do I have to enter for jane@example.net?":                    "maildoctor settings jane@example.net",
		"the printer is out of paper":                                                       "maildoctor check ADDRESS",
		"mail.example.net:143: NO [PRIVACYREQUIRED] Plaintext authentication disabled.":     "maildoctor check imap://mail.example.net",
		"ssl://mail.example.net:993 timed out":                                              "maildoctor check imaps://mail.example.net",
	} {
		a := of(t, text, "")
		if got := strings.Join(a.next().words, " "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := strings.Join(of(t, "mail.example.net: authentication failed", stage.POP3).next().words, " "); got != "maildoctor check pop3s://mail.example.net" {
		t.Errorf("%s: the protocol that was given counts", got)
	}
}

func TestDocument(t *testing.T) {
	d := of(t, "SERVER -> CLIENT: 220 mail.example.net ESMTP\nCLIENT -> SERVER: AUTH PLAIN AGphbmUAaHVudGVyMjI=\nSERVER -> CLIENT: 535 5.7.8 Error: authentication failed\nSMTP Error: Could not authenticate.", "").Document(nil)
	if d.Causes[0].Cause != cause.WrongPassword || d.Writer.Name != "PHPMailer" || d.Server.Host != "mail.example.net" || len(d.Secrets) != 1 {
		t.Errorf("%+v", d)
	}
	if len(d.Statements) != 3 || !d.Statements[1].Leads || d.Statements[2].Follows != 3 || d.Statements[0].Fact != "greeting" {
		t.Errorf("%+v", d.Statements)
	}
	if d := of(t, "it rains", "").Document(nil); d.Causes == nil || d.Statements == nil || d.Secrets == nil || d.Server != nil || len(d.Next) == 0 {
		t.Errorf("%+v", d)
	}
}
