package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// overrideRules are about addresses that this machine has of its own, and about
// names whose addresses are not all alive.
var overrideRules = []Rule{
	{
		Cause: StaleOrOverriddenDNS,
		Needs: []Need{seen(stage.Resolve)},
		// What the wrong machine answers, or doesn't, says nothing about the right one.
		Explains: []CauseID{
			HostHasNoAddressRecord, DNSFilterBlocksHost, ServiceNotListening, PortFiltered, ServerUnreachable, MailPortsBlockedOnThisNetwork,
			ClientIPBannedByServer, ISPPort25Filtered, LocalFirewallOrAppPermission, ConnectionResetAfterAccept, AcceptNoGreeting, ImplicitTLSPortSpokenPlain,
			TLSSpokenToPlaintextPort, WrongProtocolOnPort, CertNameMismatchHosting, CertSelfSigned, CertMissingIntermediate, CertPrivateCA,
			AntivirusTLSInterception, CorporateTLSInspection, MITMUnknownIssuer, TLSHandshakeInterrupted, MTUBlackhole, TLSPQClientHelloIntolerant,
		},
		Judge: overridden,
	},
	{
		Cause: LBNodeInconsistent,
		Needs: []Need{seen(stage.Connect)},
		Judge: deadAddress,
	},
	{
		Cause:    IPv6BrokenPath,
		Needs:    unlikeNodes,
		Explains: ofOneNode,
		Judge:    stalledIPv6,
	},
	{
		Cause:    LBNodeInconsistent,
		Needs:    unlikeNodes,
		Explains: ofOneNode,
		Judge:    unlikeNode,
	},
}

// overridden: the hosts file decides where a name leads, and the check fails, or
// name servers give other addresses.
func overridden(c *Case, k *Check, r *stage.Result) *Hit {
	f := k.resolve
	if !f.HostsFile || !k.publicName() {
		return nil
	}
	var known []string // by the name servers
	for _, l := range f.Lookups {
		for _, a := range l.Addresses {
			known = appendNew(known, a)
		}
	}
	used := strings.Join(f.Addresses, ", ")
	if used == "" {
		used = "nothing usable"
	}
	text := "the hosts file of this computer gives " + used + " for " + f.Host
	if known != nil {
		text += ", name servers give " + strings.Join(known, ", ")
	}
	differs := slices.ContainsFunc(f.Addresses, func(a string) bool { return !slices.Contains(known, a) })
	h := likely().with("used", used).with("known", list(known)).says(text)
	switch {
	case k.Failed() == nil && known != nil && differs:
		return h.as(Info)
	case k.Failed() == nil || known != nil && !differs:
		return nil
	case r.Status != stage.Fail:
		// The lookup itself went well, to the wrong place.
		return h.as(c.weigh(k, k.Failed(), Fail))
	}
	return h
}

// deadAddress: of several addresses, one takes no connection and another does. A
// family that fails as a whole is the network's matter for IPv6, see
// ipv6-broken-path. IPv4 works elsewhere in nearly every network, so that it counts
// as the server's, unless there was no way from here.
func deadAddress(_ *Case, k *Check, _ *stage.Result) *Hit {
	var alive [2]bool // IPv4, IPv6
	for _, a := range k.connect.Attempts {
		if a.Outcome == stage.DialConnected {
			alive[truth(ipv6(a.Address))] = true
		}
	}
	var dead []string
	said := false
	for _, a := range k.connect.Attempts {
		if a.Outcome == stage.DialConnected || a.Outcome == stage.DialInterrupted {
			continue
		}
		if family := truth(ipv6(a.Address)); !alive[family] && (!alive[1] || a.Outcome == stage.DialNetworkUnreachable) {
			continue
		}
		dead = append(dead, stage.Visible(ipOf(a.Address)))
		said = said || a.Outcome == stage.DialRefused || a.Outcome == stage.DialReset
	}
	if dead == nil {
		return nil
	}
	h := possible()
	if said {
		h.Confidence = Likely // the machine itself answered
	}
	return h.with("dead", list(dead)).says(short(stage.Visible(describeAttempts(k.connect)))).as(Warn)
}
