package diagnose

import (
	"net/netip"
	"slices"

	"maildoctor/probe/stage"
)

// outside is what name servers other than those that decided for this machine say
// of a name, and what stands at the addresses that they give. The zero value:
// nobody was asked, or nobody answered.
type outside struct {
	fault     stage.Fault // what the lookup came to; empty where addresses were found
	addresses []string
	mail      answer // a server of the protocol answers there
	verified  bool   // and shows a certificate that holds
}

// outside reads the follow-up that asked other name servers about k's host.
func (c *Case) outside(k *Check) outside {
	if f := c.followUp(k, stage.AskOtherResolvers); f != nil {
		return readOutside(f)
	}
	return readOutside(c.followUp(k, stage.AskCertificateElsewhere))
}

func readOutside(f *stage.CheckRecord) outside {
	if f == nil {
		return outside{}
	}
	r := f.Result(stage.Resolve)
	if r == nil || r.Status == stage.Skip {
		return outside{}
	}
	if r.Status == stage.Fail {
		switch r.Fault {
		case stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.ServFail, stage.DNSLoop:
			return outside{fault: r.Fault}
		}
		return outside{} // a name server that is not reached, or that serves others, says nothing
	}
	o := outside{addresses: orEmpty(stage.FactsOf[*stage.ResolveFacts](f)).Addresses, mail: mailAnswers(f)}
	h := f.Result(stage.Handshake)
	o.verified = h != nil && (h.Status == stage.Pass || h.Status == stage.Warn)
	return o
}

// knows reports whether they lead the name somewhere.
func (o outside) knows() bool { return len(o.addresses) > 0 }

// mailAnswers reports whether a follow-up found a server of its protocol. A
// refusal in the greeting is a server's, and so is a certificate of this name,
// whatever else may be wrong with it.
func mailAnswers(f *stage.CheckRecord) answer {
	if h := f.Result(stage.Handshake); h != nil && h.Fault == stage.BadCertificate {
		other := slices.ContainsFunc(orEmpty(stage.FactsOf[*stage.TLSFacts](f)).Faults, func(c stage.CertFault) bool {
			return c.ID == stage.CertNameMismatch
		})
		if other {
			return no
		}
		return yes
	}
	if g := f.Result(stage.Greeting); g != nil {
		switch {
		case g.Status == stage.Pass, g.Status == stage.Warn:
			return yes
		case g.Status == stage.Fail && slices.Contains([]stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye}, g.Fault):
			return yes
		}
	}
	if r := f.Failed(); r != nil && r.Stage != stage.Resolve {
		return no
	}
	return unknown
}

// mailAt reports whether a mail server spoke, in any check or follow-up of the
// run, at one of the addresses that k's name leads to.
func (c *Case) mailAt(k *Check) bool {
	for i := range c.Record.Checks {
		f := &c.Record.Checks[i]
		ip := ipOf(orEmpty(stage.FactsOf[*stage.ConnectFacts](f)).Address)
		if ip == "" || !slices.Contains(k.resolve.Addresses, ip) {
			continue
		}
		if g := f.Result(stage.Greeting); g != nil && (g.Status == stage.Pass || g.Status == stage.Warn) {
			return true
		}
	}
	return false
}

// controlName reads the follow-up that looked up a name that is always there:
// no where that failed as k's did.
func (c *Case) controlName(k *Check) answer {
	return nameExists(c.followUp(k, stage.AskControlName), false)
}

// nameExists reads a follow-up that looked a name up. A name server that fails
// says no where that is the question, and nothing where only a denial counts.
func nameExists(f *stage.CheckRecord, denial bool) answer {
	if f == nil {
		return unknown
	}
	r := f.Result(stage.Resolve)
	switch {
	case r == nil || r.Status == stage.Skip:
		return unknown
	case r.Status != stage.Fail:
		return yes
	case r.Fault == stage.NameNotFound, r.Fault == stage.NoAddress:
		if denial {
			return no
		}
		return unknown // whoever denies a name that is there is no control
	case denial:
		return unknown
	}
	return no
}

// publicElsewhere returns the public addresses that name servers elsewhere give
// for a name that leads to internal ones here; nil where nobody gave any.
func (c *Case) publicElsewhere(k *Check) []string {
	o := c.outside(k)
	if !o.knows() || slices.ContainsFunc(o.addresses, internalOrLoopback) {
		return nil
	}
	return o.addresses
}

// internalOrLoopback reports whether an address means something in one network or
// on one machine alone.
func internalOrLoopback(a string) bool {
	ip, err := netip.ParseAddr(a)
	return err != nil || ip.Unmap().IsLoopback() || allWithin([]string{a}, internalRanges)
}

// nobodys are addresses that the public Internet does not have: for examples (RFC
// 5737, RFC 3849) and for measurements in laboratories (RFC 2544).
var nobodys = prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")

// stranger reports whether ip:port is of somebody out in the public Internet.
func stranger(address string) bool {
	ip := ipOf(address)
	return !internalOrLoopback(ip) && !allWithin([]string{ip}, nobodys)
}

// anyShared reports whether two lists of addresses have one in common.
func anyShared(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
