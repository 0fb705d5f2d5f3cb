package chart

import (
	"strings"

	"maildoctor/probe/stage"
)

// view is a certificate as one check saw it, whether of the plan or a follow-up.
type view struct {
	*stage.CheckRecord
	TLS *stage.TLSFacts
}

// ShownBy returns the certificate that a check received; ok is false if there was
// none.
func ShownBy(r *stage.CheckRecord) (v view, ok bool) {
	if r == nil {
		return view{}, false
	}
	tls := stage.FactsOf[*stage.TLSFacts](r)
	return view{r, tls}, tls != nil && len(tls.Chain) > 0
}

// WrongElsewhere reports whether the servers at the addresses that independent name
// servers give present the same certificate. Until that was tried, a wrong
// certificate of a known provider may come from a wrong machine.
func (c *Case) WrongElsewhere(k *Exam) bool {
	leaf, ok := k.Leaf()
	v, shown := ShownBy(c.FollowUp(k, stage.AskCertificateElsewhere))
	return ok && shown && v.Leaf().SHA256 == leaf.SHA256
}

// Leaf returns the server's own certificate.
func (v view) Leaf() stage.Certificate { return v.TLS.Chain[0] }

// has reports whether the certificate has any of these faults.
func (v view) has(ids ...stage.CertFaultID) bool { return certHas(v.TLS, ids...) }

func certHas(f *stage.TLSFacts, ids ...stage.CertFaultID) bool {
	_, ok := certFaultOf(f, ids...)
	return ok
}

// certFaultOf returns the first fault of any of these kinds, in the order of ids.
func certFaultOf(f *stage.TLSFacts, ids ...stage.CertFaultID) (stage.CertFault, bool) {
	for _, id := range ids {
		for _, fault := range f.Faults {
			if fault.ID == id {
				return fault, true
			}
		}
	}
	return stage.CertFault{}, false
}

// CertificatesBeside returns what other ports of the same host present to a client
// that connects normally.
func (c *Case) CertificatesBeside(k *Exam) []view {
	var all []view
	for _, v := range c.notice().shown.get(c.shownAtHosts)[k.Host()] {
		if v.Check.Endpoint.Port != k.Check.Endpoint.Port {
			all = append(all, v)
		}
	}
	return all
}

// shownAtHosts returns what the ports of each host present to a client that connects
// normally. For a host with many ports it keeps each certificate twice, so that
// every port finds one at another port.
func (c *Case) shownAtHosts() map[string][]view {
	type shown struct {
		host, leaf string
		vouched    int
	}
	all := make(map[string][]view)
	times := make(map[shown]int)
	for i := range c.Record.Checks {
		r := &c.Record.Checks[i]
		m := r.Check.Manner
		v, ok := ShownBy(r)
		if !ok || m.Address != "" || m.Resolvers != nil || m.Hello != stage.HelloUsual {
			continue
		}
		host := strings.ToLower(r.Check.Endpoint.Host)
		s := shown{host, v.Leaf().SHA256, Vouched(v.TLS)}
		if times[s]++; len(all[host]) < compared || times[s] <= 2 {
			all[host] = append(all[host], v)
		}
	}
	return all
}

// UsedAddress returns the IP address with which a check held its dialogue; empty if
// that isn't known.
func UsedAddress(r *stage.CheckRecord) string {
	if f := stage.FactsOf[*stage.ConnectFacts](r); f != nil {
		return IPOf(f.Address)
	}
	return ""
}

// Vouched ranks a certificate by who vouches for it on this machine: nobody (0),
// only a root of this machine or a file of the user's (1), a public authority (2).
func Vouched(f *stage.TLSFacts) int {
	switch {
	case !f.Verified:
		return 0
	case f.Public == stage.Trusted:
		return 2
	}
	return 1
}

// authority returns the distinguished name of the issuer: the root if it is known,
// else the issuer named in the last certificate.
func authority(f *stage.TLSFacts) string {
	if f.Root != nil {
		return f.Root.Subject
	}
	if n := len(f.Chain); n > 0 {
		return f.Chain[n-1].Issuer
	}
	return ""
}

// trustedBeside returns another port of the host that presents a certificate for the
// same name from another issuer that is trusted more; see [Vouched].
func (c *Case) trustedBeside(k *Exam) (view, bool) {
	own, ok := k.Leaf()
	if !ok {
		return view{}, false
	}
	for _, v := range c.CertificatesBeside(k) {
		if Vouched(v.TLS) > Vouched(k.TLS) && v.Leaf().Issuer != own.Issuer && v.Leaf().SHA256 != own.SHA256 {
			return v, true
		}
	}
	return view{}, false
}

// LinkSeen finds the issuer missing from k's chain in the chain of another check,
// where that chain leads to a root that is trusted here.
func (c *Case) LinkSeen(k *Exam) (view, bool) {
	n := len(k.TLS.Chain)
	if n == 0 || k.TLS.Chain[n-1].SelfSigned {
		return view{}, false
	}
	last := k.TLS.Chain[n-1]
	for _, l := range c.notice().links.get(c.trustedLinks)[last.Issuer] {
		if signed(l.link, last) {
			return l.view, true
		}
	}
	return view{}, false
}

// link is a certificate after the first in a chain that leads to a trusted root.
type link struct {
	view
	link stage.Certificate
}

// trustedLinks returns the links by subject, each once.
func (c *Case) trustedLinks() map[string][]link {
	all := make(map[string][]link)
	known := make(map[string]bool)
	for i := range c.Record.Checks {
		v, ok := ShownBy(&c.Record.Checks[i])
		if !ok || v.TLS.System != stage.Trusted && v.TLS.System != stage.TrustLocal && v.TLS.CAFile != stage.Trusted {
			continue
		}
		for _, l := range v.TLS.Chain[1:] {
			if !known[l.SHA256] {
				known[l.SHA256] = true
				all[l.Subject] = append(all[l.Subject], link{v, l})
			}
		}
	}
	return all
}

// signed reports whether a certificate is signed with the key of issuer. Matching
// names alone prove nothing.
func signed(issuer, by stage.Certificate) bool {
	parent, err := issuer.Parse()
	if err != nil {
		return false
	}
	child, err := by.Parse()
	return err == nil && child.CheckSignatureFrom(parent) == nil
}
