package probe

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/netip"

	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// complete says whether the certificate that a follow-up fetched, from the
// address that the last one of a chain gives (RFC 5280 4.2.2.1), completes the
// chain that its first parent was shown.
func (r *run) complete(c stage.Check, body []byte, facts *stage.FetchFacts) error {
	if facts.Status != http.StatusOK {
		return fmt.Errorf("HTTP status %d", facts.Status)
	}
	parent := r.log.record().Check(c.Parents[0])
	if parent == nil {
		return fmt.Errorf("no check %s", c.Parents[0])
	}
	var chain []*x509.Certificate
	if seen := stage.FactsOf[*stage.TLSFacts](parent); seen != nil {
		for _, link := range seen.Chain {
			if cert, err := link.Parse(); err == nil {
				chain = append(chain, cert)
			}
		}
	}
	var err error
	facts.Found, facts.Issued, facts.Completes, err = tlsinspect.Complete(
		chain, body, r.opt.Roots, parent.Check.Endpoint.Host, r.log.stream.Header.Started)
	return err
}

// connectedTo returns the address that a check's dialogue used.
func (r *run) connectedTo(id string) netip.Addr {
	if parent := r.log.record().Check(id); parent != nil {
		if f := stage.FactsOf[*stage.ConnectFacts](parent); f != nil {
			a, _ := netip.ParseAddrPort(f.Address)
			return a.Addr()
		}
	}
	return netip.Addr{}
}
