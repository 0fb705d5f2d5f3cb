package probetest_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"maildoctor/probe/probetest"
)

const (
	host     = "mail.example.test"
	user     = "jane@example.test"
	password = `pä"ss \word`
)

// pki is created once: a certificate for host, and the roots that trust it.
var pki = sync.OnceValues(func() (server, client *tls.Config) {
	root, err := probetest.NewCA("Test Root")
	if err != nil {
		panic(err)
	}
	cert, err := root.Issue(probetest.Leaf{Names: []string{host}})
	if err != nil {
		panic(err)
	}
	return probetest.TLS(cert), &tls.Config{RootCAs: root.Pool(), ServerName: host}
})

// config returns the configuration of a healthy server.
func config(p probetest.Protocol, s probetest.Security, faults ...probetest.Fault) probetest.Config {
	server, _ := pki()
	return probetest.Config{
		Protocol: p, Security: s, TLS: server, Faults: faults,
		Users: map[string]string{user: password},
	}
}

// start runs a server until the test ends.
func start(t *testing.T, c probetest.Config) *probetest.Server {
	t.Helper()
	s, err := probetest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// giveUp is when a test that receives nothing fails.
const giveUp = 5 * time.Second

// client is a raw client: lines, and TLS on request.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func dial(t *testing.T, s *probetest.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(giveUp))
	c := &client{t, conn, bufio.NewReader(conn)}
	t.Cleanup(func() { c.conn.Close() })
	return c
}

func (c *client) startTLS() {
	c.t.Helper()
	_, config := pki()
	tc := tls.Client(c.conn, config)
	if err := tc.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn, c.r = tc, bufio.NewReader(tc)
}

func (c *client) send(lines ...string) {
	io.WriteString(c.conn, strings.Join(lines, "\r\n")+"\r\n")
}

// line returns the next line, or "EOF" or the error at the end.
func (c *client) line() string {
	s, err := c.r.ReadString('\n')
	if err != nil {
		return s + err.Error()
	}
	return strings.TrimSuffix(s, "\r\n")
}

// expect reads lines, each of which must have this prefix.
func (c *client) expect(starts ...string) (last string) {
	c.t.Helper()
	for _, want := range starts {
		if last = c.line(); !strings.HasPrefix(last, want) {
			c.t.Fatalf("got %q, want %q", last, want)
		}
	}
	return last
}

// until reads lines up to one with this prefix, and returns them all.
func (c *client) until(start string) []string {
	c.t.Helper()
	var all []string
	for range 100 {
		l := c.line()
		all = append(all, l)
		if strings.HasPrefix(l, start) {
			return all
		}
		if l == "EOF" {
			break
		}
	}
	c.t.Fatalf("no line begins with %q: %q", start, all)
	return nil
}

// Independent clients can use each kind of server, the library's and this package's
// own, with each security.
func TestIMAPClient(t *testing.T) {
	for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
		for _, security := range []probetest.Security{probetest.ImplicitTLS, probetest.StartTLS, probetest.Cleartext} {
			for _, mechanism := range []string{"IMAP LOGIN", "PLAIN"} {
				t.Run(fmt.Sprintf("%s/%s/%s", security, library, mechanism), func(t *testing.T) {
					c := config(probetest.IMAP, security)
					c.Library = library
					s := start(t, c)
					lookAround(t, imapDial(t, s, security), mechanism)
					if got, want := s.Logins(), []probetest.Login{{User: user, Mechanism: mechanism, OK: true}}; !slices.Equal(got, want) {
						t.Errorf("logins %v, want %v", got, want)
					}
				})
			}
		}
	}
}

func imapDial(t *testing.T, s *probetest.Server, security probetest.Security) *imapclient.Client {
	t.Helper()
	_, config := pki()
	options := &imapclient.Options{TLSConfig: config}
	open := map[probetest.Security]func(string, *imapclient.Options) (*imapclient.Client, error){
		probetest.ImplicitTLS: imapclient.DialTLS, probetest.StartTLS: imapclient.DialStartTLS, probetest.Cleartext: imapclient.DialInsecure,
	}[security]
	c, err := open(s.Addr().String(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func lookAround(t *testing.T, c *imapclient.Client, mechanism string) {
	t.Helper()
	var err error
	if mechanism == "PLAIN" {
		err = c.Authenticate(sasl.NewPlainClient("", user, password))
	} else {
		err = c.Login(user, password).Wait()
	}
	if err != nil {
		t.Fatal(err)
	}
	inbox, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || inbox.NumMessages != 3 {
		t.Errorf("EXAMINE: %+v, %v", inbox, err)
	}
	status, err := c.Status("INBOX", &imap.StatusOptions{NumMessages: true, Size: true}).Wait()
	if err != nil || *status.NumMessages != 3 || *status.Size != 44717 {
		t.Errorf("STATUS: %+v, %v", status, err)
	}
	folders, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil || len(folders) != 5 {
		t.Errorf("LIST: %v, %v", folders, err)
	}
	sent := slices.ContainsFunc(folders, func(f *imap.ListData) bool {
		return f.Mailbox == "Sent" && slices.Contains(f.Attrs, imap.MailboxAttrSent)
	})
	if !sent {
		t.Errorf("no folder for sent mail: %v", folders)
	}
	if ns, err := c.Namespace().Wait(); err != nil || len(ns.Personal) != 1 {
		t.Errorf("NAMESPACE: %v, %v", ns, err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Errorf("LOGOUT: %v", err)
	}
}

func TestIMAPQuotaAndID(t *testing.T) {
	c := config(probetest.IMAP, probetest.ImplicitTLS)
	c.Quota = &probetest.Quota{Used: 10, Limit: 1000}
	c.ID = map[string]string{"name": `a "server"`}
	client := imapDial(t, start(t, c), probetest.ImplicitTLS)
	if err := client.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	quota, err := client.GetQuotaRoot("INBOX").Wait()
	if err != nil || len(quota) != 1 || quota[0].Resources[imap.QuotaResourceStorage] != (imapclient.QuotaResourceData{Usage: 10, Limit: 1000}) {
		t.Errorf("quota: %+v, %v", quota, err)
	}
	id, err := client.ID(nil).Wait()
	if err != nil || id.Name != `a "server"` {
		t.Errorf("ID: %+v, %v", id, err)
	}
}

func TestSMTPClient(t *testing.T) {
	for _, library := range []probetest.Library{probetest.LibraryIfPossible, probetest.LibraryNever} {
		for _, security := range []probetest.Security{probetest.ImplicitTLS, probetest.StartTLS, probetest.Cleartext} {
			t.Run(fmt.Sprintf("%s/%s", security, library), func(t *testing.T) {
				c := config(probetest.SMTP, security)
				c.Library = library
				c.Hello = "127.0.0.1" // net/smtp sends PLAIN in cleartext only to there
				s := start(t, c)
				conn := dial(t, s)
				if security == probetest.ImplicitTLS {
					conn.startTLS()
				}
				send(t, conn.conn, security)
				if got, want := s.Logins(), []probetest.Login{{User: user, Mechanism: "PLAIN", OK: true}}; !slices.Equal(got, want) {
					t.Errorf("logins %v, want %v", got, want)
				}
			})
		}
	}
}

// send submits a message with the standard library's client.
func send(t *testing.T, conn net.Conn, security probetest.Security) {
	t.Helper()
	name := host
	if security == probetest.Cleartext {
		name = "127.0.0.1"
	}
	c, err := smtp.NewClient(conn, name)
	if err != nil {
		t.Fatal(err)
	}
	if security == probetest.StartTLS {
		_, config := pki()
		if err := c.StartTLS(config); err != nil {
			t.Fatal(err)
		}
	}
	if ok, size := c.Extension("SIZE"); !ok || size != "10485760" {
		t.Errorf("SIZE %q", size)
	}
	if err := c.Mail(user); err == nil || !strings.HasPrefix(err.Error(), "530") {
		t.Errorf("MAIL before the login: %v", err)
	}
	steps := []func() error{
		func() error { return c.Auth(smtp.PlainAuth("", user, password, name)) },
		func() error { return c.Mail(user) },
		func() error { return c.Rcpt(user) },
		func() error {
			w, err := c.Data()
			if err == nil {
				io.WriteString(w, "Subject: x\r\n\r\n.dot\r\n")
				err = w.Close()
			}
			return err
		},
		c.Reset, c.Quit,
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

func TestPOP3(t *testing.T) {
	for _, security := range []probetest.Security{probetest.ImplicitTLS, probetest.StartTLS, probetest.Cleartext} {
		t.Run(string(security), func(t *testing.T) {
			s := start(t, config(probetest.POP3, security))
			c := dial(t, s)
			if security == probetest.ImplicitTLS {
				c.startTLS()
			}
			c.expect("+OK mail.example.test ready")
			if security == probetest.StartTLS {
				c.send("USER x")
				c.expect("-ERR [SYS/PERM] TLS first")
				c.send("CAPA")
				if caps := c.until("."); !slices.Contains(caps, "STLS") || slices.Contains(caps, "USER") {
					t.Errorf("before TLS: %q", caps)
				}
				c.send("STLS")
				c.expect("+OK Begin TLS")
				c.startTLS()
			}
			c.send("CAPA")
			caps := c.until(".")
			for _, want := range []string{"UIDL", "USER", "SASL PLAIN LOGIN", "PIPELINING", "RESP-CODES"} {
				if !slices.Contains(caps, want) {
					t.Errorf("%q is not among %q", want, caps)
				}
			}
			if slices.Contains(caps, "STLS") {
				t.Error("STLS is offered")
			}
			c.send("USER "+user, "PASS "+password, "STAT", "UIDL", "UIDL 2", "LIST", "LIST 9", "DELE 1", "RSET", "QUIT")
			c.expect("+OK", "+OK Logged in", "+OK 3 44717", "+OK", "1 ", "2 ", "3 ", ".", "+OK 2 ", "+OK", "1 1200", "2 43000", "3 517",
				".", "-ERR No such", "-ERR This mailbox is read-only", "+OK", "+OK Bye", "EOF")
			if got, want := s.Commands()[len(s.Commands())-2:], []string{"RSET", "QUIT"}; !slices.Equal(got, want) {
				t.Errorf("commands end in %v, want %v", got, want)
			}
		})
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []probetest.Config{
		{},
		{Protocol: "nntp"},
		{Protocol: probetest.IMAP, Security: probetest.StartTLS},
	} {
		if s, err := probetest.Start(c); err == nil {
			s.Close()
			t.Errorf("%+v was started", c)
		}
	}
}

// Close ends waiting sessions, and can be called again.
func TestClose(t *testing.T) {
	for _, p := range []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP} {
		s := start(t, config(p, probetest.Cleartext))
		c := dial(t, s)
		c.line()
		s.Close()
		s.Close()
		if got := c.line(); !strings.Contains(got, "EOF") && !strings.Contains(got, "reset") {
			t.Errorf("%s: got %q", p, got)
		}
		if s.Sessions() != 1 {
			t.Errorf("%s: %d sessions", p, s.Sessions())
		}
	}
}
