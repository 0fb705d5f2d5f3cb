package installed

import (
	"strings"

	"maildoctor/probe/stage"
)

// source is one file of Evolution's: evolution-data-server, src/libedataserver/
// e-source-*.c. Its name is its id.
type source struct {
	id     string
	r      *reader
	groups []group
}

func (s source) group(name string) map[string]setting { return in(s.groups, name) }

// evolutionKinds are Camel's providers for accounts (BackendName).
var evolutionKinds = map[string]stage.Protocol{"imapx": stage.IMAP, "imap": stage.IMAP, "pop": stage.POP3, "smtp": stage.SMTP}

// cipherMethods are CamelNetworkSecurityMethod (src/camel/camel-enums.h); any other word
// is none.
var cipherMethods = map[string]stage.Security{"ssl-on-alternate-port": stage.TLS, "starttls-on-standard-port": stage.StartTLS}

// keepEvolution puts accounts together of their parts: an account names its identity, and
// that names its transport. Passwords are in the key ring, and not read.
func keepEvolution(sources []source) {
	byID := make(map[string]source)
	for _, s := range sources {
		byID[s.id] = s
	}
	for _, s := range sources {
		account := s.group("Mail Account")
		if account == nil || s.group("Data Source")["Enabled"].value == "false" {
			continue
		}
		identity := byID[account["IdentityUid"].value]
		a := s.r.account(unescaped(s.group("Data Source")["DisplayName"]).value, unescaped(identity.group("Mail Identity")["Address"]).value)
		s.serve(a, account["BackendName"].value)
		transport := byID[identity.group("Mail Submission")["TransportUid"].value]
		transport.serve(a, transport.group("Mail Transport")["BackendName"].value)
		s.r.keep(a)
	}
}

// serve adds the server of a source to an account.
func (s source) serve(a *Account, kind string) {
	protocol, ok := evolutionKinds[kind]
	if !ok {
		return
	}
	login, security := s.group("Authentication"), s.group("Security")["Method"]
	e := entry{
		protocol: protocol, host: unescaped(login["Host"]), port: login["Port"], user: unescaped(login["User"]),
		mechanism: login["Method"].value, security: stage.None,
	}
	if c, ok := cipherMethods[security.value]; ok {
		e.security = c
	}
	if !security.given {
		e.defaults = []string{defaultSecurity}
	}
	if e.port.value == "0" {
		e.port = setting{}
	}
	e.at = e.host.position
	e.at.place = s.r.place
	e.usual = usualPort(protocol, e.security, 25) // src/camel/providers/smtp/camel-smtp-transport.c
	s.r.serve(a, e)
}

// readSource reads one file.
func readSource(r *reader, name, s string) source {
	return source{strings.TrimSuffix(name, ".source"), r, readGroups(r, s)}
}
