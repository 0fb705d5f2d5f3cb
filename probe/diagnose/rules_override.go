package diagnose

import (
	"cmp"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// overrideRules are about addresses configured on this machine, and about names
// whose addresses do not all work.
var overrideRules = []Rule{
	{
		Cause: cause.StaleOrOverriddenDNS,
		Needs: []chart.Need{chart.Seen(stage.Resolve)},
		// What the wrong machine answers, or doesn't, says nothing about the right
		// one.
		Explains: []cause.ID{
			cause.HostHasNoAddressRecord, cause.DNSFilterBlocksHost, cause.ServiceNotListening, cause.PortFiltered, cause.ServerUnreachable, cause.MailPortsBlockedOnThisNetwork,
			cause.ClientIPBannedByServer, cause.ISPPort25Filtered, cause.LocalFirewallOrAppPermission, cause.ConnectionResetAfterAccept, cause.AcceptNoGreeting, cause.ImplicitTLSPortSpokenPlain,
			cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort, cause.CertNameMismatchHosting, cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertPrivateCA,
			cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer, cause.TLSHandshakeInterrupted, cause.TLSServerInternalError, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant,
			cause.WrongPassword, cause.WrongUsernameFormat, cause.SASLDialectIncompatible, cause.SMTPAndIMAPCredentialsDiffer,
		},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			return cmp.Or(overridden(c, k, r), ledAstray(c, k, r))
		},
	},
	{
		Cause: cause.LBNodeInconsistent,
		Needs: []chart.Need{chart.Seen(stage.Connect)},
		Judge: deadAddress,
	},
	{
		Cause:    cause.IPv6BrokenPath,
		Needs:    unlikeNodes,
		Explains: ofOneNode,
		Judge:    stalledIPv6,
	},
	{
		Cause:    cause.LBNodeInconsistent,
		Needs:    unlikeNodes,
		Explains: ofOneNode,
		Judge:    unlikeNode,
	},
}

// overridden: the hosts file sets a name's address, and the check fails or name
// servers give other addresses. If no name server contradicts it, that line is what
// makes the name exist, and not the first thing to suspect, unless its address can't
// be a server's.
func overridden(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	f := k.Resolve
	if !f.HostsFile || !k.PublicName() {
		return nil
	}
	o := c.Outside(k)
	known := slices.Clone(o.Addresses) // by name servers
	for _, l := range f.Lookups {
		for _, a := range l.Addresses {
			known = chart.AppendNew(known, a)
		}
	}
	used := list(f.Addresses)
	if used.Empty() {
		used = say.NothingUsable()
	}
	said := say.HostsFileGives(used, prose.Data(f.Host), list(known))
	if o.Mail == chart.Yes {
		said = say.HostsFileMisleads(said)
	}
	differs := slices.ContainsFunc(f.Addresses, func(a string) bool { return !slices.Contains(known, a) })
	h := likely().with(cause.SlotUsed, used).with(cause.SlotKnown, list(known)).says(said)
	failed := k.Failed()
	switch {
	case failed == nil && known != nil && differs:
		return h.as(cause.Info)
	case failed == nil || known != nil && !differs:
		return nil
	case known == nil && r.Status != stage.Fail && !k.LeadsToLoopback(), o.Mail == chart.No && failed.Stage == stage.Connect:
		h.Confidence = cause.Possible // as far as is known, it is the same there
		return h.as(cause.Info)
	case o.Mail == chart.Yes && failed.Stage.Rank() < stage.Login.Rank():
		h.Confidence = cause.Proven
	}
	if r.Status != stage.Fail {
		// The lookup itself succeeded, but gave the wrong address.
		h.as(weigh(c, k, failed, cause.Fail))
	}
	return h
}

// ledAstray: the name servers of this machine give an address that fails, and others
// give one where a mail server answers.
func ledAstray(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	f, o := k.Failed(), c.Outside(k)
	here := k.Resolve.Addresses
	if f == nil || r.Status == stage.Fail || k.Resolve.HostsFile || k.Resolve.Literal || !o.Knows() || o.Mail == chart.No || chart.AnyShared(here, o.Addresses) {
		return nil
	}
	sibling, strange := c.Invented(k)
	switch {
	case k.LeadsToLoopback(), sibling == chart.Yes, strange == chart.Yes:
		return nil // dns-filter-blocks-host, dns-nxdomain-hijack
	case chart.AllWithin(here, chart.InternalRanges) && c.PublicElsewhere(k) != nil && slices.Contains(lostOnTheWay, f.Fault):
		return nil // split-horizon-private-address
	}
	h := possible().with(cause.SlotLed, prose.Set(true)).with(cause.SlotUsed, list(here)).with(cause.SlotKnown, list(o.Addresses)).
		says(prose.Then(say.LeadsAndFails(k.LeadsTo(), chart.Shows(k, f)), elsewhere(o)))
	if o.Mail == chart.Yes && (f.Stage != stage.Handshake || o.Verified) {
		h.Confidence = cause.Likely
	}
	return h.as(weigh(c, k, f, cause.Fail))
}

// deadAddress: of several addresses, one accepts no connection and another does. If
// all of IPv6 fails, the network is the reason, see ipv6-broken-path. IPv4 works
// elsewhere in nearly every network, so a failure counts as the server's unless
// there was no route from here.
func deadAddress(_ *chart.Case, k *chart.Exam, _ *stage.Result) *Hit {
	var alive [2]bool // IPv4, IPv6
	for _, a := range k.Connect.Attempts {
		if a.Outcome == stage.DialConnected {
			alive[chart.Truth(chart.IsIPv6(a.Address))] = true
		}
	}
	var dead []string
	said := false
	for _, a := range k.Connect.Attempts {
		if a.Outcome == stage.DialConnected || a.Outcome == stage.DialInterrupted {
			continue
		}
		if family := chart.Truth(chart.IsIPv6(a.Address)); !alive[family] && (!alive[1] || a.Outcome == stage.DialNetworkUnreachable) {
			continue
		}
		dead = append(dead, chart.IPOf(a.Address))
		said = said || a.Outcome == stage.DialRefused || a.Outcome == stage.DialReset
	}
	if dead == nil {
		return nil
	}
	h := possible()
	if said {
		h.Confidence = cause.Likely // the machine itself answered
	}
	return h.with(cause.SlotDead, list(dead)).says(chart.ShowsAttempts(k.Connect)).as(cause.Warn)
}
