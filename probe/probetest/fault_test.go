package probetest_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildoctor/probe/probetest"
)

// talk follows a script of the client's side:
//
//	> text   sends a line
//	< text   reads a line that begins so
//	.. text  reads lines up to one that begins so
//	has text the lines read by .. have it, hasnot text: they don't
//	tls      makes the handshake; notls: it must fail
//	end      the server closes; reset: it resets; silent: it says nothing
func (c *client) talk(script string) {
	c.t.Helper()
	var block string
	for step := range strings.Lines(script) {
		step = strings.TrimLeft(strings.TrimRight(step, "\n"), "\t ")
		word, rest, _ := strings.Cut(step, " ")
		switch word {
		case "":
		case ">":
			c.send(rest)
		case "<":
			c.expect(rest)
		case "..":
			block = strings.Join(c.until(rest), "\n")
		case "has", "hasnot":
			if strings.Contains(block, rest) != (word == "has") {
				c.t.Errorf("%s: %s", step, block)
			}
		case "tls":
			c.startTLS()
		case "end", "reset", "silent":
			c.ends(word)
		default:
			c.t.Fatalf("no such step: %q", step)
		}
	}
}

// ends checks the state of the connection.
func (c *client) ends(how string) {
	c.t.Helper()
	if how == "silent" {
		c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		defer c.conn.SetReadDeadline(time.Now().Add(giveUp))
	}
	line, err := c.r.ReadString('\n')
	is := map[string]bool{
		"end":    err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, syscall.ECONNRESET),
		"reset":  errors.Is(err, syscall.ECONNRESET),
		"silent": errors.Is(err, os.ErrDeadlineExceeded),
	}[how]
	if line != "" || !is {
		c.t.Fatalf("got %q and %v, want %s", line, err, how)
	}
}

const (
	onIMAP, onPOP3, onSMTP         = probetest.IMAP, probetest.POP3, probetest.SMTP
	inClear, withStartTLS, withTLS = probetest.Cleartext, probetest.StartTLS, probetest.ImplicitTLS
)

// The dialogues of a login, up to its reply.
const (
	imapLogin = "> a LOGIN jane@example.test {12+}\n> pä\"ss \\word\n"
	popLogin  = "> USER jane@example.test\n< +OK\n> PASS pä\"ss \\word\n"
	smtpLogin = "> EHLO x\n.. 250 \n> AUTH PLAIN AGphbmVAZXhhbXBsZS50ZXN0AHDDpCJzcyBcd29yZA==\n"
)

var faultTests = []struct {
	fault    probetest.Fault
	protocol probetest.Protocol
	security probetest.Security
	script   string
}{
	{probetest.Silent, onIMAP, inClear, "silent"},
	{probetest.CloseAtOnce, onIMAP, inClear, "end"},
	{probetest.GreetingRefused, onIMAP, inClear, "< * BYE Access\nend"},
	{probetest.GreetingRefused, onPOP3, inClear, "< -ERR [SYS/PERM]\nend"},
	{probetest.GreetingRefused, onSMTP, inClear, "< 554 5.7.1\nend"},
	{probetest.GreetingBusy, onIMAP, inClear, "< * BYE [UNAVAILABLE]\nend"},
	{probetest.GreetingBusy, onPOP3, inClear, "< -ERR [SYS/TEMP]\nend"},
	{probetest.GreetingBusy, onSMTP, inClear, "< 421 4.3.2\nend"},
	{probetest.GreetingSSH, onSMTP, inClear, "< SSH-2.0\nsilent"},
	{probetest.GreetingHTTP, onIMAP, inClear, "< HTTP/1.1 400"},
	{probetest.GreetingFTP, onSMTP, inClear, "< 220 (vsFTPd"},
	{probetest.GreetingIMAP, onPOP3, inClear, "< * OK"},
	{probetest.GreetingPOP3, onIMAP, inClear, "< +OK"},
	{probetest.GreetingSMTP, onIMAP, withTLS, "tls\n< 220 mx"},
	{probetest.GreetingMangled, onIMAP, inClear, "< ??????"},
	{probetest.PreAuth, onIMAP, withStartTLS, "< * PREAUTH\n> a STARTTLS\n< a BAD\n> a EXAMINE INBOX\n.. a OK"},

	{probetest.EHLORefused, onSMTP, inClear, "< 220\n> EHLO x\n< 502\n> HELO x\n< 250 "},
	{probetest.StartTLSNotOffered, onIMAP, withStartTLS, "< * OK\n> a CAPABILITY\n.. a OK\nhasnot STARTTLS\nhas LOGINDISABLED\n> a STARTTLS\n< a NO"},
	{probetest.StartTLSNotOffered, onPOP3, withStartTLS, "< +OK\n> CAPA\n.. .\nhasnot STLS\n> STLS\n< -ERR"},
	{probetest.StartTLSNotOffered, onSMTP, withStartTLS, "< 220\n> EHLO x\n.. 250 \nhasnot STARTTLS\n> STARTTLS\n< 454"},
	{probetest.StartTLSRefused, onSMTP, withStartTLS, "< 220\n> EHLO x\n.. 250 \nhas STARTTLS\n> STARTTLS\n< 454"},
	{probetest.StartTLSRefused, onPOP3, withStartTLS, "< +OK\n> CAPA\n.. .\nhas STLS\n> STLS\n< -ERR [SYS/TEMP]"},
	{probetest.StartTLSDropped, onIMAP, withStartTLS, "< * OK\n> a STARTTLS\n< a OK\nend"},
	{probetest.StartTLSPlaintext, onSMTP, withStartTLS, "< 220\n> STARTTLS\n< 220\n> hello\n< 250 2.0.0 Injected\nsilent"},
	{probetest.StartTLSInjected, onPOP3, withStartTLS, "< +OK\n> STLS\n< +OK Begin\n< +OK Injected\ntls\n> CAPA\n.. .\nhas USER"},
	{probetest.StallHandshake, onSMTP, withStartTLS, "< 220\n> STARTTLS\n< 220\n> hello\nsilent"},
	{probetest.StallHandshake, onIMAP, withTLS, "> hello\nsilent"},
	{probetest.CloseInHandshake, onIMAP, withTLS, "> hello\nend"},
	{probetest.ResetInHandshake, onIMAP, withTLS, "> hello\nreset"},
	{probetest.CapabilitiesRefused, onIMAP, inClear, "< * OK\n> a CAPABILITY\n< a BAD"},
	{probetest.CapabilitiesRefused, onPOP3, inClear, "< +OK\n> CAPA\n< -ERR"},
	{probetest.CapabilitiesRefused, onSMTP, inClear, "< 220\n> EHLO x\n< 550\n> HELO x\n< 550"},
	{probetest.CapabilitiesTemporary, onIMAP, inClear, "< * OK\n> a CAPABILITY\n< a NO [UNAVAILABLE]"},
	{probetest.CapabilitiesTemporary, onPOP3, inClear, "< +OK\n> CAPA\n< -ERR [SYS/TEMP]"},
	{probetest.CapabilitiesTemporary, onSMTP, inClear, "< 220\n> EHLO x\n< 421\nend"},
	{probetest.DropAfterCapabilities, onIMAP, inClear, "< * OK\n> a CAPABILITY\n.. a OK\n> a NOOP\nend"},
	{probetest.DropAfterCapabilities, onSMTP, inClear, "< 220\n" + smtpLogin + "end"},

	{probetest.LoginNeedsTLS, onIMAP, inClear, "< * OK\n> a CAPABILITY\n.. a OK\nhas LOGINDISABLED\nhasnot AUTH=\n" + imapLogin + "< a NO [PRIVACYREQUIRED]"},
	{probetest.LoginNeedsTLS, onPOP3, inClear, "< +OK\n> CAPA\n.. .\nhasnot USER\n> USER x\n< -ERR"},
	{probetest.LoginNeedsTLS, onSMTP, inClear, "< 220\n" + smtpLogin + "< 538 5.7.11"},
	{probetest.AuthNotOffered, onIMAP, inClear, "< * OK\n> a CAPABILITY\n.. a OK\nhasnot AUTH=\n" + imapLogin + "< a NO"},
	{probetest.AuthNotOffered, onPOP3, inClear, "< +OK\n> CAPA\n.. .\nhasnot SASL\n> USER x\n< -ERR"},
	{probetest.AuthNotOffered, onSMTP, inClear, "< 220\n> EHLO x\n.. 250 \nhasnot AUTH\n> AUTH PLAIN\n< 502"},
	{probetest.WrongPassword, onIMAP, inClear, "< * OK\n" + imapLogin + "< a NO [AUTHENTICATIONFAILED]"},
	{probetest.WrongPassword, onPOP3, inClear, "< +OK\n" + popLogin + "< -ERR [AUTH]"},
	{probetest.WrongPassword, onSMTP, inClear, "< 220\n" + smtpLogin + "< 535 5.7.8"},
	{probetest.AuthTemporary, onIMAP, inClear, "< * OK\n" + imapLogin + "< a NO [UNAVAILABLE]"},
	{probetest.AuthTemporary, onPOP3, inClear, "< +OK\n" + popLogin + "< -ERR [SYS/TEMP]"},
	{probetest.AuthTemporary, onSMTP, inClear, "< 220\n" + smtpLogin + "< 454 4.7.0"},
	{probetest.MaildropLocked, onPOP3, inClear, "< +OK\n" + popLogin + "< -ERR [IN-USE]"},
	{probetest.MaildropLocked, onIMAP, inClear, "< * OK\n" + imapLogin + "< a NO [INUSE]"},
	{probetest.MaildropLocked, onSMTP, inClear, "< 220\n" + smtpLogin + "< 235"},
	{probetest.AccountSuspended, onIMAP, inClear, "< * OK\n" + imapLogin + "< a NO [CONTACTADMIN]"},
	{probetest.PasswordExpired, onIMAP, inClear, "< * OK\n" + imapLogin + "< a NO [EXPIRED]"},
	{probetest.TooManySessions, onSMTP, inClear, "< 220\n" + smtpLogin + "< 421 4.7.0\nend"},
	{probetest.LoginTooOften, onPOP3, inClear, "< +OK\n" + popLogin + "< -ERR [LOGIN-DELAY]"},
	{probetest.AppPassword, onSMTP, inClear, "< 220\n" + smtpLogin + "< 534 5.7.9"},
	{probetest.LoginSilent, onIMAP, inClear, "< * OK\n" + imapLogin + "silent"},
	{probetest.DropAtLogin, onPOP3, inClear, "< +OK\n" + popLogin + "end"},
	{probetest.DropAfterLogin, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\nend"},
	{probetest.DropAfterLogin, onPOP3, inClear, "< +OK\n" + popLogin + "< +OK\nend"},
	{probetest.DropAfterLogin, onSMTP, inClear, "< 220\n" + smtpLogin + "< 235\nend"},
	{probetest.RefuseInitialSASL, onSMTP, inClear, "< 220\n" + smtpLogin + "< 501 5.5.4"},
	{probetest.AnyPassword, onPOP3, inClear, "< +OK\n> USER jane\n< +OK\n> PASS anything\n< +OK"},
	{probetest.RefuseInitialSASL, onPOP3, inClear, "< +OK\n> AUTH PLAIN eA==\n< -ERR"},
	{probetest.RefuseInitialSASL, onIMAP, inClear, "< * OK\n> a AUTHENTICATE PLAIN eA==\n< a BAD"},

	{probetest.MailboxRefused, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> b EXAMINE INBOX\n< b NO [NOPERM]"},
	{probetest.MailboxRefused, onPOP3, inClear, "< +OK\n" + popLogin + "< +OK\n> STAT\n< -ERR [SYS/PERM]"},
	{probetest.MailboxBroken, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> b EXAMINE INBOX\n< b NO [SERVERBUG]"},
	{probetest.MailboxBroken, onPOP3, inClear, "< +OK\n" + popLogin + "< +OK\n> STAT\n< -ERR [SYS/TEMP]"},
	{probetest.AccountFull, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> b EXAMINE INBOX\n.. b OK\nhas * NO [OVERQUOTA]\n> c GETQUOTAROOT INBOX\n.. c OK\nhas 716900 716800"},
	{probetest.AccountFull, onSMTP, inClear, "< 220\n" + smtpLogin + "< 235\n> MAIL FROM:<a@b>\n< 452 4.2.2"},
	{probetest.QuotaNearlyFull, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> c GETQUOTA x\n.. c OK\nhas STORAGE 688128 716800"},
	{probetest.IDRequired, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> b EXAMINE INBOX\n< b NO EXAMINE Unsafe\n> c ID NIL\n.. c OK\nhas * ID (\n> b EXAMINE INBOX\n.. b OK [READ-ONLY]"},
	{probetest.SenderRefused, onSMTP, inClear, "< 220\n" + smtpLogin + "< 235\n> MAIL FROM:<a@b>\n< 550 5.7.1"},
	{probetest.SendingLimited, onSMTP, inClear, "< 220\n" + smtpLogin + "< 235\n> MAIL FROM:<a@b>\n< 450 4.7.1"},
	{probetest.SizeSmall, onSMTP, inClear, "< 220\n> EHLO x\n.. 250 \nhas SIZE 1000000\n" + smtpLogin + "< 235\n> MAIL FROM:<a@b> SIZE=1000001\n< 552 5.3.4\n> MAIL FROM:<a@b> SIZE=1000000\n< 250"},
	{probetest.OpenRelay, onSMTP, inClear, "< 220\n> EHLO x\n.. 250 \n> MAIL FROM:<a@b>\n< 250\n> RCPT TO:<c@d>\n< 250"},
	{probetest.NoUIDL, onPOP3, inClear, "< +OK\n> CAPA\n.. .\nhasnot UIDL\n" + popLogin + "< +OK\n> UIDL\n< -ERR"},
	{probetest.UnknownResponses, onIMAP, inClear, "< * OK\n" + imapLogin + "< a OK\n> b LIST \"\" *\n.. b OK\nhas * XNEWS"},
	{probetest.QuitIgnored, onIMAP, inClear, "< * OK\n> a LOGOUT\nsilent"},
	{probetest.QuitIgnored, onPOP3, inClear, "< +OK\n> QUIT\nsilent"},
	{probetest.QuitIgnored, onSMTP, inClear, "< 220\n> QUIT\nsilent"},
	{probetest.NULs, onPOP3, inClear, "< +OK mail.example.test ready\x00 \x00\x00"},
	{probetest.ControlCharacters, onSMTP, inClear, "< 220 mail.example.test ESMTP ready \x1b[2J"},
	{probetest.NotUTF8, onIMAP, inClear, "> x CAPABILITY\n.. x OK\nhas caf\xe9"},
}

func TestFaults(t *testing.T) {
	for _, test := range faultTests {
		t.Run(string(test.fault)+"/"+string(test.protocol), func(t *testing.T) {
			t.Parallel()
			dial(t, start(t, config(test.protocol, test.security, test.fault))).talk(test.script)
		})
	}
}

func TestResetAtOnce(t *testing.T) {
	var n probetest.Network
	defer n.Close()
	s, err := probetest.New(config(onIMAP, inClear, probetest.ResetAtOnce))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n.Handle("10.1.0.1:143", s.ServeConn)
	c, err := n.Dial(t.Context(), "tcp", "10.1.0.1:143")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}

// Further members of Config for which there are no faults.
func TestConfig(t *testing.T) {
	cfg := config(onIMAP, inClear)
	cfg.LoginReply = "NO [ALERT] Ask the operator"
	cfg.Capabilities = []string{"XODD"}
	cfg.Without = []string{"SASL-IR", "AUTH=LOGIN"}
	dial(t, start(t, cfg)).talk("< * OK\n> a CAPABILITY\n.. a OK\nhas XODD\nhasnot SASL-IR\nhasnot AUTH=LOGIN\nhas AUTH=PLAIN\n" +
		"> b LOGIN x y\n< b NO [ALERT] Ask the operator\n> c AUTHENTICATE PLAIN eA==\n< c BAD")

	cfg = config(onSMTP, inClear)
	cfg.Without = []string{"size", "PIPELINING"}
	dial(t, start(t, cfg)).talk("< 220\n> EHLO x\n.. 250 \nhasnot SIZE\nhasnot PIPELINING\nhas AUTH PLAIN")
}

// Commands that are not allowed in the current state are refused.
func TestOrder(t *testing.T) {
	never := func(p probetest.Protocol, s probetest.Security) probetest.Config {
		c := config(p, s)
		c.Library = probetest.LibraryNever
		return c
	}
	dial(t, start(t, never(onSMTP, withStartTLS))).talk(`< 220
		> MAIL FROM:<a@b>
		< 503
		> EHLO x
		.. 250 
		hasnot AUTH
		> AUTH PLAIN eA==
		< 530 5.7.0 Must issue
		> MAIL FROM:<a@b>
		< 530 5.7.0 Must issue
		> RCPT TO:<a@b>
		< 503
		> DATA
		< 503
		> FROBNICATE
		< 500
		> STARTTLS
		< 220
		tls
		> MAIL FROM:<a@b>
		< 503
		> STARTTLS
		< 454
		> EHLO x
		.. 250 
		has AUTH PLAIN LOGIN
		hasnot STARTTLS`)
	dial(t, start(t, never(onIMAP, inClear))).talk(`< * OK
		> a
		< * BAD
		> a "open
		< * BAD
		> a EXAMINE INBOX
		< a BAD
		> a LOGIN x
		< a BAD
		> a LOGIN x {99999999}
		< * BYE [TOOBIG]
		end`)
	dial(t, start(t, never(onPOP3, inClear))).talk(`< +OK
		> STAT
		< -ERR
		> PASS x
		< -ERR USER first
		> AUTH KERBEROS
		< -ERR Unsupported
		> AUTH PLAIN
		< + 
		> *
		< -ERR Authentication cancelled`)
}
