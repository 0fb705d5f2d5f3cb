package probe

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/probe/web"
)

// unvouched reports whether only a certificate names the server. The password is sent
// to such a name only if it is in the registered domain of the mail address or is a
// server of the catalogue. Otherwise anyone on the network path could present a valid
// certificate for a name of their own.
func (s *session) unvouched() bool {
	if s.check.Question != stage.AskCertificateName {
		return false
	}
	_, domain, _ := strings.Cut(cmp.Or(s.subject.Address, s.user()), "@")
	domain = account.Domain(domain)
	own := strings.Contains(domain, ".") && domain == account.Domain(s.check.Endpoint.Host)
	return !own && !s.ofCatalogue()
}

// ofCatalogue reports whether the host is a server in the embedded catalogue.
func (s *session) ofCatalogue() bool {
	return s.opt.Catalogue != nil && s.opt.Catalogue(strings.ToLower(s.check.Endpoint.Host))
}

// public reports whether the certificate must chain to a public root.
func (s *session) public() bool {
	return s.check.Public || s.check.Question == stage.AskCertificateName && s.ofCatalogue()
}

// leadsInside reports whether a name from a certificate resolves to a private network
// that the mail server itself is not in, such as the user's router. Whoever answers on
// the mail port chose the name.
func (s *session) leadsInside(addresses []string) bool {
	if s.check.Question != stage.AskCertificateName {
		return false
	}
	server := s.connectedTo(s.check.Parents[0])
	return slices.ContainsFunc(addresses, func(a string) bool {
		ip, err := netip.ParseAddr(a)
		return err != nil || !web.Public(ip) && !web.SameKind(ip, server)
	})
}

// accountAt returns the addresses of the server that has the account. The name from a
// certificate and the name that was typed stand for the same account.
func (s *session) accountAt() []string {
	if s.check.Question != stage.AskCertificateName {
		return s.addresses
	}
	all := slices.Clone(s.addresses)
	for _, c := range s.plan.Checks {
		if found, ok := s.known.Load(strings.ToLower(c.Endpoint.Host)); ok && slices.Contains(s.check.Parents, c.ID) {
			all = append(all, found.([]string)...)
		}
	}
	return all
}
