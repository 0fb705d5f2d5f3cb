package chart

import (
	"net/netip"
	"slices"

	"maildoctor/probe/stage"
)

// Outside is what name servers say about a name, other than those that this machine
// uses, and what answers at the addresses that they give. The zero value means that
// none was asked, or that none answered.
type Outside struct {
	Fault     stage.Fault // why the lookup failed; empty if addresses were found
	Addresses []string
	Mail      Answer // a server of the protocol answers there
	Verified  bool   // and presents a valid certificate
}

// Outside returns what the follow-up that asked other name servers found about k's
// host.
func (c *Case) Outside(k *Exam) Outside {
	if f := c.FollowUp(k, stage.AskOtherResolvers); f != nil {
		return ReadOutside(f)
	}
	return ReadOutside(c.FollowUp(k, stage.AskCertificateElsewhere))
}

func ReadOutside(f *stage.CheckRecord) Outside {
	if f == nil {
		return Outside{}
	}
	r := f.Result(stage.Resolve)
	if r == nil || r.Status == stage.Skip {
		return Outside{}
	}
	if r.Status == stage.Fail {
		switch r.Fault {
		case stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.ServFail, stage.DNSLoop:
			return Outside{Fault: r.Fault}
		}
		return Outside{} // a name server that wasn't reached, or that serves other clients, is no evidence
	}
	o := Outside{Addresses: OrEmpty(stage.FactsOf[*stage.ResolveFacts](f)).Addresses, Mail: MailAnswers(f)}
	h := f.Result(stage.Handshake)
	o.Verified = h != nil && (h.Status == stage.Pass || h.Status == stage.Warn)
	return o
}

// Knows reports whether they resolve the name to any address.
func (o Outside) Knows() bool { return len(o.Addresses) > 0 }

// MailAnswers reports whether a follow-up found a server of its protocol. A greeting
// that refuses service counts, and so does a certificate for this name, whatever
// else may be wrong with it.
func MailAnswers(f *stage.CheckRecord) Answer {
	if h := f.Result(stage.Handshake); h != nil && h.Fault == stage.BadCertificate {
		other := slices.ContainsFunc(OrEmpty(stage.FactsOf[*stage.TLSFacts](f)).Faults, func(c stage.CertFault) bool {
			return c.ID == stage.CertNameMismatch
		})
		if other {
			return No
		}
		return Yes
	}
	if g := f.Result(stage.Greeting); g != nil {
		switch {
		case g.Status == stage.Pass, g.Status == stage.Warn:
			return Yes
		case g.Status == stage.Fail && slices.Contains([]stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye}, g.Fault):
			return Yes
		}
	}
	if r := f.Failed(); r != nil && r.Stage != stage.Resolve {
		return No
	}
	return Unknown
}

// MailAt reports whether a mail server answered any check or follow-up of the run at
// one of the addresses of k's name.
func (c *Case) MailAt(k *Exam) bool {
	return slices.ContainsFunc(k.Resolve.Addresses, func(ip string) bool { return c.index().mailAt[ip] })
}

// ControlName returns the outcome of looking up a name that always exists: no if
// that failed in the same way as k's lookup.
func (c *Case) ControlName(k *Exam) Answer {
	return NameExists(c.FollowUp(k, stage.AskControlName), false)
}

// NameExists returns the outcome of a follow-up that looked up a name. If denial is
// set, only a denial counts as no; otherwise a failing name server does too.
func NameExists(f *stage.CheckRecord, denial bool) Answer {
	if f == nil {
		return Unknown
	}
	r := f.Result(stage.Resolve)
	switch {
	case r == nil || r.Status == stage.Skip:
		return Unknown
	case r.Status != stage.Fail:
		return Yes
	case r.Fault == stage.NameNotFound, r.Fault == stage.NoAddress:
		if denial {
			return No
		}
		return Unknown // a name server that denies an existing name is no use as a control
	case denial:
		return Unknown
	}
	return No
}

// PublicElsewhere returns the public addresses that name servers elsewhere give for
// a name that resolves to internal ones here; nil if none did.
func (c *Case) PublicElsewhere(k *Exam) []string {
	o := c.Outside(k)
	if !o.Knows() || slices.ContainsFunc(o.Addresses, InternalOrLoopback) {
		return nil
	}
	return o.Addresses
}

// InternalOrLoopback reports whether an address is valid only within one network or
// on one machine.
func InternalOrLoopback(a string) bool {
	ip, err := netip.ParseAddr(a)
	return err != nil || ip.Unmap().IsLoopback() || AllWithin([]string{a}, InternalRanges)
}

// AnyShared reports whether two lists have an address in common.
func AnyShared(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
