package programs

import (
	"net/netip"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// ipv4 judges by the addresses that the run itself dialled.
func (e exam) ipv4(Kind) Judgement {
	r := e.own.Result(stage.Resolve)
	where := chart.OrEmpty(stage.FactsOf[*stage.ResolveFacts](e.own))
	if r == nil || r.Status == stage.Skip || r.Status == stage.Fail && r.Fault != stage.AddressFamily {
		return notKnown(BecauseNotTried, say.ProgramNotTried())
	}
	all := slices.Concat(where.Addresses, where.NotDialled)
	if !slices.ContainsFunc(all, isIPv4) {
		return fails(BecauseNoIPv4, say.ProgramNoIPv4())
	}
	var ended *stage.Attempt
	for _, a := range chart.OrEmpty(stage.FactsOf[*stage.ConnectFacts](e.own)).Attempts {
		switch {
		case !isIPv4(chart.IPOf(a.Address)), a.Outcome == stage.DialInterrupted:
		case a.Outcome == stage.DialConnected:
			return connects(say.ProgramHasIPv4())
		case ended == nil:
			ended = &a
		}
	}
	if ended == nil {
		return notKnown(BecauseNotTried, say.ProgramNotDialled())
	}
	return fails(BecauseUnreached, say.ProgramIPv4Fails(prose.Data(ended.Address), chart.Fault(stage.Connect, faultOfDial(ended.Outcome), prose.Value{})))
}

func isIPv4(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Unmap().Is4()
}

// faultOfDial returns the fault of a stage in which every attempt ended like this.
func faultOfDial(o stage.DialOutcome) stage.Fault {
	switch o {
	case stage.DialRefused:
		return stage.Refused
	case stage.DialTimeout:
		return stage.ConnectTimeout
	case stage.DialNetworkUnreachable:
		return stage.NetworkUnreachable
	case stage.DialHostUnreachable:
		return stage.HostUnreachable
	case stage.DialProhibited:
		return stage.Prohibited
	case stage.DialReset:
		return stage.Reset
	}
	return stage.ConnectFailed
}

// strict judges by what the run has seen of the certificate.
func (e exam) strict(Kind) Judgement {
	f, j := e.held()
	if j.Verdict != "" {
		return j
	}
	if faults := faultsOf(f, func(x stage.CertFault) bool { return slices.Contains(chart.StrictFaults, x.ID) }); !faults.Empty() {
		return fails(BecauseCertificate, say.ProgramStrictRefused(faults))
	}
	return connects(say.ProgramStrictPasses())
}

// held returns the facts of a certificate that is valid here, or why nothing can be
// said about other programs.
func (e exam) held() (*stage.TLSFacts, Judgement) {
	f := chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](e.own))
	switch j := e.unencrypted(); {
	case j.Verdict != "":
		return f, j
	case len(f.Chain) == 0:
		return f, notKnown(BecauseNoTLS, say.ProgramNoCertificate())
	case !f.Verified:
		return f, fails(BecauseCertificate, say.ProgramRefusedByAll())
	}
	return f, Judgement{}
}

// roots judges by the root at the end of the chain.
func (e exam) roots(Kind) Judgement {
	f, j := e.held()
	switch {
	case j.Verdict != "":
		return j
	case f.Public != stage.Trusted:
		return notKnown(BecauseRoot, say.ProgramPrivateRoot())
	case f.Root == nil:
		return notKnown(BecauseNoTLS, say.ProgramNoCertificate())
	}
	name := prose.Quoted(chart.CommonName(f.Root.Subject))
	i := slices.IndexFunc(lacked, func(r root) bool { return r.sha256 == f.Root.SHA256 })
	if i < 0 {
		return notKnown(BecauseUnlisted, say.ProgramRootNotListed(name))
	}
	var systems []prose.Value
	for _, s := range lacked[i].missing {
		systems = append(systems, say.ProgramSystem(prose.Data(s.name), prose.Data(s.before)))
	}
	for _, c := range f.Chain {
		if c.Subject == f.Root.Subject && c.Issuer != c.Subject {
			return notKnown(BecauseAnotherCA, say.ProgramCrossed(name, prose.All(systems...), prose.Quoted(chart.CommonName(c.Issuer))))
		}
	}
	return fails(BecauseRoot, say.ProgramLacksRoot(name, prose.All(systems...)))
}
