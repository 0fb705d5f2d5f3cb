package laboratory

import (
	"fmt"
	"net"
	"strings"

	"maildoctor/probe/probetest"
)

// server is one server of a provider whose settings are in the catalogue.
type server struct {
	address string // "imap.gmail.com:993"
	refusal string // of every login, without IMAP's tag; empty: the right password is accepted
	config  probetest.Config
}

// brand sets up a provider of the catalogue: the names of its servers resolve to
// addresses of this world, and their certificates are valid. The port determines the
// protocol of a server. The arguments check the account.
func (w *world) brand(account string, servers ...server) []string {
	w.t.Helper()
	ips := make(map[string]string)
	for _, s := range servers {
		host, port, err := net.SplitHostPort(s.address)
		if err != nil {
			w.t.Fatal(err)
		}
		if ips[host] == "" {
			ips[host] = fmt.Sprintf("203.0.113.%d", 20+len(ips)) // from the free ones
			w.names[host] = []string{"A " + ips[host]}
		}
		c := s.config
		c.Protocol, c.Security = spoken[port].protocol, spoken[port].security
		c.LoginReply, c.Hello = s.refusal, host
		c.TLS = w.tls(probetest.Leaf{Names: []string{host}})
		if c.Users == nil {
			c.Users = map[string]string{account: right}
		}
		w.mail(net.JoinHostPort(ips[host], port), c)
	}
	return []string{account}
}

// spoken gives the protocol of a port (RFC 6409, RFC 8314).
var spoken = map[string]struct {
	protocol probetest.Protocol
	security probetest.Security
}{
	"110": {probetest.POP3, probetest.StartTLS},
	"143": {probetest.IMAP, probetest.StartTLS},
	"465": {probetest.SMTP, probetest.ImplicitTLS},
	"587": {probetest.SMTP, probetest.StartTLS},
	"993": {probetest.IMAP, probetest.ImplicitTLS},
	"995": {probetest.POP3, probetest.ImplicitTLS},
}

// refuses sets up a provider whose servers each refuse every login in these words;
// one with an empty refusal accepts the account. The arguments check it.
func (w *world) refuses(imap, pop, smtp string) []string {
	w.t.Helper()
	w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, LoginReply: imap})
	w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, LoginReply: pop})
	w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, LoginReply: smtp})
	w.profile(usual...)
	return customer
}

// gmail sets up an account at Google's servers, which refuse it in these words.
func (w *world) gmail(imap, pop, smtp string) []string {
	w.t.Helper()
	offers := probetest.Config{Mechanisms: []string{"PLAIN", "XOAUTH2", "PLAIN-CLIENTTOKEN", "OAUTHBEARER"}}
	return w.brand("jane@gmail.com",
		server{"imap.gmail.com:993", imap, offers}, server{"pop.gmail.com:995", pop, offers},
		server{"smtp.gmail.com:465", smtp, offers}, server{"smtp.gmail.com:587", smtp, offers})
}

// outlook sets up an account at Microsoft's servers for private users.
func (w *world) outlook(imap, pop, smtp string) []string {
	w.t.Helper()
	offers := probetest.Config{Mechanisms: []string{"PLAIN", "XOAUTH2"}}
	login := probetest.Config{Mechanisms: []string{"LOGIN", "XOAUTH2"}}
	return w.brand("jane@outlook.com",
		server{"outlook.office365.com:993", imap, offers}, server{"outlook.office365.com:995", pop, offers},
		server{"smtp-mail.outlook.com:587", smtp, login}, server{"smtp.office365.com:587", smtp, login})
}

// inLines joins the lines of an SMTP reply.
func inLines(reply ...string) string { return strings.Join(reply, "\r\n") }
