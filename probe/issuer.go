package probe

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// complete finds out whether a fetched certificate completes the chain that the
// follow-up's first parent received. The certificate was fetched from the caIssuers URL
// of the chain's last certificate (RFC 5280 4.2.2.1).
func (l *lone) complete(body []byte, facts *stage.FetchFacts) error {
	if facts.Status != http.StatusOK {
		return fmt.Errorf("HTTP status %d", facts.Status)
	}
	r := l.run
	parent, ok := r.planCheck(l.check.Parents[0])
	if !ok {
		return fmt.Errorf("no check %s", l.check.Parents[0])
	}
	var chain []*x509.Certificate
	if seen := stage.FactsOf[*stage.TLSFacts](&parent); seen != nil {
		for _, link := range seen.Chain {
			if cert, err := link.Parse(); err == nil {
				chain = append(chain, cert)
			}
		}
	}
	var err error
	facts.Found, facts.Issued, facts.Completes, err = tlsinspect.Complete(
		chain, body, r.opt.Roots, parent.Check.Endpoint.Host, r.log.header.Started)
	return err
}

// planCheck returns what is known of a check of the plan.
func (r *run) planCheck(id string) (k stage.CheckRecord, ok bool) {
	i, ok := r.ids()[id]
	if !ok {
		return k, false
	}
	return r.log.check(r.plan.Checks[i]), true
}

// connectedTo returns the address that a check's dialogue used.
func (r *run) connectedTo(id string) netip.Addr {
	if parent, ok := r.planCheck(id); ok {
		if f := stage.FactsOf[*stage.ConnectFacts](&parent); f != nil {
			a, _ := netip.ParseAddrPort(f.Address)
			return a.Addr()
		}
	}
	return netip.Addr{}
}

// indexIDs returns the index of each check of the plan, by id.
func (r *run) indexIDs() map[string]int {
	all := make(map[string]int, len(r.plan.Checks))
	for i := len(r.plan.Checks) - 1; i >= 0; i-- {
		all[r.plan.Checks[i].ID] = i
	}
	return all
}

// indexHosts returns the set of hosts in the plan.
func (r *run) indexHosts() map[string]bool {
	all := make(map[string]bool)
	for i := range r.plan.Checks {
		all[strings.ToLower(r.plan.Checks[i].Endpoint.Host)] = true
	}
	return all
}
