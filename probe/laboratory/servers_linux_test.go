package laboratory

import (
	"crypto/tls"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// authority issues certificates: a root that runs trust by --ca-file, and its
// intermediate.
type authority struct{ root, middle *probetest.CA }

var newAuthority = sync.OnceValues(func() (authority, error) {
	root, err := probetest.NewCA("Laboratory Root CA")
	if err != nil {
		return authority{}, err
	}
	middle, err := root.Intermediate("Laboratory Server CA 1")
	return authority{root, middle}, err
})

func (w *world) authority() authority {
	w.t.Helper()
	a, err := newAuthority()
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// goodLeaf is for all of the provider's names.
var goodLeaf = probetest.Leaf{Names: []string{imapHost, popHost, smtpHost, "mail.test", "mx.mail.test"}, Key: probetest.RSA2048}

// issue returns a certificate of the laboratory's own authority.
func (w *world) issue(leaf probetest.Leaf) tls.Certificate {
	w.t.Helper()
	c, err := w.authority().middle.Issue(leaf)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// tls returns a server's configuration with such a certificate.
func (w *world) tls(leaf probetest.Leaf) *tls.Config { return probetest.TLS(w.issue(leaf)) }

// at returns the provider's machine, for real servers that listen at these
// addresses.
func (w *world) at(addresses ...string) *realtest.Place {
	return &realtest.Place{Addresses: addresses, Command: w.server.command, Dial: w.server.dial}
}

// dovecot runs a real Dovecot. What c leaves unset is as at a healthy provider: the
// addresses of IMAP and POP3, and a good certificate.
func (w *world) dovecot(c realtest.DovecotConfig) {
	w.t.Helper()
	if c.Place == nil {
		c.Place = w.at(popIP, imapIP)
	}
	if c.Certificate == "" {
		c.Certificate, c.Key = realtest.WritePEM(w.t, w.issue(goodLeaf))
	}
	realtest.StartDovecot(w.t, c)
}

// dovecotAuth is the port of Dovecot's SASL service on the loopback interface of
// its machine.
const dovecotAuth = 12345

// postfix runs a real Postfix. It requires Dovecot, which checks its logins. What c
// leaves unset is as at a healthy provider.
func (w *world) postfix(c realtest.PostfixConfig) {
	w.t.Helper()
	if c.Place == nil {
		c.Place = w.at(smtpIP)
	}
	if c.Certificate == "" {
		c.Certificate, c.Key = realtest.WritePEM(w.t, w.issue(goodLeaf))
	}
	if c.Auth == 0 {
		c.Auth = dovecotAuth
	}
	// The client's host name doesn't matter here.
	c.Main = append([]string{"smtpd_peername_lookup = no"}, c.Main...)
	realtest.StartPostfix(w.t, c)
}

// exim runs a real Exim, which has the account itself.
func (w *world) exim(c realtest.EximConfig) {
	w.t.Helper()
	if c.Place == nil {
		c.Place = w.at(smtpIP)
	}
	if c.Certificate == "" {
		c.Certificate, c.Key = realtest.WritePEM(w.t, w.issue(goodLeaf))
	}
	realtest.StartExim(w.t, c)
}

// openssl runs "openssl s_server" at an address and port, with a good certificate.
func (w *world) openssl(address string, args ...string) {
	w.t.Helper()
	certificate, key := realtest.WritePEM(w.t, w.issue(goodLeaf))
	all := append([]string{"s_server", "-quiet", "-accept", address, "-cert", certificate, "-cert_chain", certificate, "-key", key}, args...)
	w.server.start(w.server.command("openssl", all...), address)
}

// mail runs one of probetest's servers at an address and port of the provider, with
// any of its faults. Unless c says otherwise, it has the account and a good
// certificate.
func (w *world) mail(address string, c probetest.Config) *probetest.Server {
	w.t.Helper()
	if c.TLS == nil && c.Security != probetest.Cleartext {
		c.TLS = w.tls(goodLeaf)
	}
	if c.Users == nil {
		c.Users = map[string]string{user: right}
	}
	s, err := probetest.StartOn(w.server.listen("tcp", address), c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s
}

// play runs a server at an address and port of the provider that follows a script of
// [probetest.PlayTLS] on each connection; config may be nil.
func (w *world) play(address, script string, config *tls.Config) {
	w.t.Helper()
	w.handle(w.server, address, func(c net.Conn) { probetest.PlayTLS(c, script, config) })
}

// handle serves an address and port of any machine of the world with a function,
// which gets each connection in a goroutine of its own.
func (w *world) handle(h *host, address string, serve func(net.Conn)) {
	w.t.Helper()
	l := h.listen("tcp", address)
	var open sync.Map
	w.t.Cleanup(func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			go func() {
				defer open.Delete(c)
				defer c.Close()
				serve(c)
			}()
		}
	}()
}

// profile writes the provider's profile, for the domain mail.test, with endpoints
// such as "imap imap.mail.test 993 tls"; a line that contains "=" is written as it
// is.
func (w *world) profile(endpoints ...string) {
	w.t.Helper()
	var top, parts strings.Builder
	top.WriteString("id = \"laboratory\"\nname = \"Laboratory Mail\"\ndomains = [\"mail.test\"]\nuser_name = \"full-address\"\n\n[source]\ntitle = \"Laboratory Mail, settings\"\nread = 2026-11-20\n")
	for _, e := range endpoints {
		if strings.Contains(e, "=") {
			parts.WriteString(e + "\n")
			continue
		}
		f := strings.Fields(e)
		parts.WriteString("\n[[endpoint]]\nprotocol = \"" + f[0] + "\"\nhost = \"" + f[1] + "\"\nport = " + f[2] + "\nsecurity = \"" + f[3] + "\"\n")
	}
	w.profiles = filepath.Join(w.dir, "profiles")
	write(w.t, filepath.Join(w.profiles, "laboratory.toml"), top.String()+parts.String())
}

// The usual settings of the provider.
var (
	usual    = []string{"pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "smtp smtp.mail.test 587 starttls"}
	upgraded = []string{"pop3 pop.mail.test 110 starttls", "imap imap.mail.test 143 starttls", "smtp smtp.mail.test 587 starttls"}
)

// provider runs a healthy provider with real servers, Dovecot and Postfix, and the
// usual settings.
func (w *world) provider() {
	w.t.Helper()
	w.dovecot(realtest.DovecotConfig{})
	w.postfix(realtest.PostfixConfig{})
	w.profile(usual...)
}

// login returns arguments that log in at URLs.
func login(urls ...string) []string { return append(urls, "--user", user) }

// installed reports whether a program is installed.
func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}
