package installed

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/stage"
)

// seen is what a program did on a connection.
type seen struct {
	tls, startTLS, login bool
	user                 string
}

// watch answers one connection as a server that may offer STARTTLS and refuses it. The
// context ends shortly after all has been seen.
func watch(t *testing.T, p stage.Protocol, offers bool) (ctx context.Context, port int, done func() seen) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan seen, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	go func() {
		defer l.Close()
		defer time.AfterFunc(100*time.Millisecond, cancel)
		conn, err := l.Accept()
		if err != nil {
			result <- seen{}
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		result <- answer(conn, p, offers)
	}()
	return ctx, l.Addr().(*net.TCPAddr).Port, func() seen {
		l.(*net.TCPListener).SetDeadline(time.Now())
		return <-result
	}
}

func answer(conn net.Conn, p stage.Protocol, offers bool) (s seen) {
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	first := make(chan byte, 1)
	in := bufio.NewReader(conn)
	go func() { // a client of TLS speaks first
		b, err := in.Peek(1)
		if err != nil {
			b = []byte{0}
		}
		first <- b[0]
	}()
	select {
	case b := <-first:
		return seen{tls: b == 0x16}
	case <-time.After(100 * time.Millisecond):
		say("%s", map[stage.Protocol]string{stage.IMAP: "* OK hi", stage.POP3: "+OK hi", stage.SMTP: "220 localhost hi"}[p])
	}
	if b := <-first; b == 0x16 {
		return seen{tls: true}
	}
	for !s.login && !s.startTLS {
		line, err := in.ReadString('\n')
		if err != nil {
			break
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		switch p {
		case stage.IMAP:
			s.imap(words, offers, say)
		case stage.POP3:
			s.pop3(words, offers, say)
		default:
			s.smtp(words, offers, say)
		}
	}
	return s
}

func (s *seen) imap(w []string, offers bool, say func(string, ...any)) {
	if len(w) == 1 { // of AUTHENTICATE PLAIN
		s.login, s.user = true, plainName(w[0])
		return
	}
	switch strings.ToUpper(w[1]) {
	case "CAPABILITY":
		say("* CAPABILITY IMAP4rev1 AUTH=PLAIN %s", map[bool]string{true: "STARTTLS"}[offers])
		say("%s OK", w[0])
	case "STARTTLS":
		s.startTLS = true
		say("%s NO", w[0])
	case "AUTHENTICATE":
		if w[2] == "PLAIN" {
			say("+ ")
			return
		}
		say("%s NO", w[0])
	case "LOGIN":
		s.login, s.user = true, strings.ReplaceAll(strings.Trim(w[2], `"`), `\`, "")
		say("%s NO", w[0])
	case "LOGOUT":
		say("* BYE")
		say("%s OK", w[0])
	default:
		say("%s OK", w[0])
	}
}

func (s *seen) pop3(w []string, offers bool, say func(string, ...any)) {
	switch strings.ToUpper(w[0]) {
	case "CAPA":
		say("+OK\r\nUSER%s\r\n.", map[bool]string{true: "\r\nSTLS"}[offers])
	case "STLS":
		s.startTLS = true
		say("-ERR")
	case "USER":
		s.login, s.user = true, w[1]
		say("-ERR")
	default:
		say("+OK")
	}
}

// plainName is the name in an answer of the mechanism PLAIN.
func plainName(answer string) string {
	plain, _ := base64.StdEncoding.DecodeString(answer)
	return strings.Split(string(plain)+"\x00\x00", "\x00")[1]
}

func (s *seen) smtp(w []string, offers bool, say func(string, ...any)) {
	switch strings.ToUpper(w[0]) {
	case "EHLO":
		if offers {
			say("250-STARTTLS")
		}
		say("250 AUTH PLAIN LOGIN")
	case "STARTTLS":
		s.startTLS = true
		say("454 no")
	case "AUTH":
		s.login = true
		if len(w) > 2 {
			s.user = plainName(w[2])
		}
		say("535 no")
	case "MAIL":
		s.login = true
		say("550 no")
	default:
		say("221 bye")
	}
}

// observed is the encryption that two connections show: one to a server that offers
// STARTTLS, one to another that doesn't.
func observed(with, without seen) stage.Security {
	switch {
	case with.tls:
		return stage.TLS
	case with.startTLS && without.login:
		return stage.StartTLSIfOffered
	case with.startTLS:
		return stage.StartTLS
	case with.login:
		return stage.None
	}
	return "no connection"
}

const channel = "\n\nIMAPStore r\nAccount a\n\nMaildirStore l\nPath HOME/\nInbox HOME/INBOX\n\nChannel c\nFar :r:\nNear :l:\n"

// connections are configurations, in which PORT is that of a server on this machine.
var connections = []struct {
	format   string
	protocol stage.Protocol
	text     string
	program  []string
}{
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x\nAuthMechs LOGIN\nSSLType STARTTLS" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser \"ja\\\"ne\"\nPass x\nAuthMechs LOGIN\nSSLType None" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x\nSSLType IMAPS" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x\nUseIMAPS yes" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost imaps:127.0.0.1\nPort PORT\nUser jane\nPass x" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount a\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x\nRequireSSL no" + channel, mbsync},
	{"isync", stage.IMAP, "IMAPAccount b\nHost 127.0.0.1\nPort 1\n\nIMAPStore r\nHost 127.0.0.1\nPort PORT\nUser jane\nPass x\nSSLType None\nAuthMechs LOGIN\n\n" + strings.SplitN(channel, "\n\n", 3)[2], mbsync},

	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x", fetchmail},
	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x no sslcertck", fetchmail},
	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x sslproto 'auto' no sslcertck", fetchmail},
	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x sslproto 'tls1.2+' no sslcertck", fetchmail},
	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x sslproto ''", fetchmail},
	{"fetchmail", stage.IMAP, "poll 127.0.0.1 proto imap port PORT auth password user jane pass x sslproto '' no sslcertck", fetchmail},
	{"fetchmail", stage.IMAP, "poll x via 127.0.0.1 proto imap port PORT user jane pass x ssl sslproto ''", fetchmail},
	{"fetchmail", stage.POP3, "poll 127.0.0.1 proto pop3 port PORT auth password user jane pass x no sslcertck sslproto ''", fetchmail},
	{"fetchmail", stage.POP3, "poll 127.0.0.1 proto pop3 port PORT auth password user jane pass x no sslcertck", fetchmail},

	{"msmtp", stage.SMTP, "account a\nhost 127.0.0.1\nport PORT\nfrom j@x.example\nauth plain\nuser jane\npassword x\ntls off", msmtp},
	{"msmtp", stage.SMTP, "account a\nhost 127.0.0.1\nport PORT\nfrom j@x.example\nauth plain\nuser jane\npassword x\ntls on", msmtp},
	{"msmtp", stage.SMTP, "account a\nhost 127.0.0.1\nport PORT\nfrom j@x.example\ntls on\ntls_starttls off", msmtp},

	{"neomutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/", neomutt},
	{"neomutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/ nossl_force_tls", neomutt},
	{"neomutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/ nossl_force_tls ssl_starttls=no", neomutt},
	{"neomutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/ ssl_starttls=no", neomutt},
	{"neomutt", stage.SMTP, muttSends + "set smtp_url=smtps://jane@127.0.0.1:PORT/", neomutt},
	{"mutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/", mutt},
	{"mutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/ nossl_force_tls", mutt},
	{"mutt", stage.SMTP, muttSends + "set smtp_url=smtp://jane@127.0.0.1:PORT/ nossl_force_tls ssl_starttls=no", mutt},
	{"mutt", stage.SMTP, muttSends + "set smtp_url=smtps://jane@127.0.0.1:PORT/", mutt},

	{"neomutt", stage.IMAP, muttReads + "set imap_user=other spoolfile=imap://jane@127.0.0.1:PORT/INBOX", neomuttReads},
	{"neomutt", stage.IMAP, muttReads + "set imap_user=jane spoolfile=imap://127.0.0.1:PORT/INBOX nossl_force_tls", neomuttReads},
	{"mutt", stage.IMAP, muttReads + "set imap_authenticators=plain imap_user=other imap_login=jane spoolfile=imap://127.0.0.1:PORT/ nossl_force_tls ssl_starttls=no", muttReading},
	{"neomutt", stage.IMAP, muttReads + "set spoolfile=imaps://127.0.0.1:PORT/", neomuttReads},
	{"neomutt", stage.IMAP, muttReads + "set nossl_force_tls ssl_starttls=no imap_user=other\naccount-hook ^imap://127.*/INBOX$ 'set imap_user=jane'\nset spoolfile=imap://127.0.0.1:PORT/INBOX", neomuttReads},
	{"neomutt", stage.IMAP, muttReads + "set nossl_force_tls ssl_starttls=no imap_user=other folder=imap://127.0.0.1:PORT/ spoolfile=+INBOX\nfolder-hook . 'set imap_user=jane'\n", neomuttReads},
	{"mutt", stage.IMAP, muttReads + "set imap_user=jane spoolfile=imap://127.0.0.1:PORT/INBOX", muttReading},
	{"mutt", stage.IMAP, muttReads + "set nossl_force_tls imap_user=other\naccount-hook '^imap://127.*/$' 'set imap_user=jane'\nset spoolfile=imap://127.0.0.1:PORT/INBOX", muttReading},
	{"mutt", stage.POP3, muttReads + "set nossl_force_tls pop_user=jane spoolfile=pop://127.0.0.1:PORT/", muttReading},
	{"mutt", stage.POP3, muttReads + "set spoolfile=pops://jane@127.0.0.1:PORT/", muttReading},
}

const muttReads = "set hostname=localhost header_cache='' folder=HOME imap_pass=x pop_pass=x imap_authenticators=login pop_authenticators=user\n"

const muttSends = "set hostname=localhost from=j@x.example copy=no smtp_authenticators=plain smtp_pass=x folder=HOME\n"

var (
	mbsync    = []string{"mbsync", "-c", "FILE", "-l", "c"}
	fetchmail = []string{"fetchmail", "-f", "FILE", "--nodetach", "--nosyslog", "--check", "--pidfile", "HOME/pid"}
	msmtp     = []string{"msmtp", "--file=FILE", "--account=a", "to@x.example"}
	neomutt   = []string{"neomutt", "-n", "-F", "FILE", "-s", "s", "to@x.example"}
	// They want a terminal, and stay when nobody lets them in. Without the limit NeoMutt
	// would outlive the test: it doesn't end when its terminal is gone.
	neomuttReads = []string{"script", "-qec", "exec timeout --foreground -s KILL 20 neomutt -n -F FILE", "/dev/null"}
	muttReading  = []string{"script", "-qec", "exec timeout --foreground -s KILL 20 mutt -n -F FILE", "/dev/null"}

	mutt = []string{"mutt", "-n", "-F", "FILE", "-s", "s", "to@x.example"}
)

// TestConnect: programs connect with what is read of their files.
func TestConnect(t *testing.T) {
	for i, tt := range connections {
		t.Run(fmt.Sprint(tt.format, i), func(t *testing.T) {
			t.Parallel()
			need(t, tt.program[0])
			var found Found
			did := func(offers bool) seen {
				ctx, port, done := watch(t, tt.protocol, offers)
				h := newHome(t, "rc", "")
				fill := strings.NewReplacer("PORT", fmt.Sprint(port), "HOME", h.dir, "FILE", h.path)
				h.write("rc", fill.Replace(tt.text)+"\n")
				h.write("INBOX/keep", "")
				var args []string
				for _, a := range tt.program[1:] {
					args = append(args, fill.Replace(a))
				}
				_, _ = h.runUntil(ctx, tt.program[0], args...) // it fails: nobody is let in
				found, _ = ReadFile(tt.format, h.path)
				return done()
			}
			with, without := did(true), did(false)
			if len(found.Accounts) == 0 || len(found.Problems) != 0 {
				t.Fatalf("read: %s", told(found))
			}
			a := found.Accounts[len(found.Accounts)-1]
			s := a.Servers[len(a.Servers)-1]
			if want := observed(with, without); s.Security != want {
				t.Errorf("read as %s; %s: %+v %+v of\n%s", s.Security, want, with, without, tt.text)
			}
			if user := with.user + without.user; user != "" && !strings.Contains(user, s.User) {
				t.Errorf("read as user %q, and it is %q", s.User, user)
			}
		})
	}
}
