package chart

import (
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Prefixes parses a literal table. It panics on a mistake, which the tests would
// show.
func Prefixes(list ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// InternalRanges are address ranges that are valid within one network only (RFC
// 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 2.5.6).
var InternalRanges = Prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10",
)

// AllWithin reports whether there is at least one address, and each is in one of the
// ranges.
func AllWithin(addresses []string, ranges []netip.Prefix) bool {
	for _, a := range addresses {
		ip, err := netip.ParseAddr(a)
		if err != nil || !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) }) {
			return false
		}
	}
	return len(addresses) > 0
}

// inbound lists services that accept mail for a domain from other servers (MX), but
// no logins, by the suffix of their host names. The names are those that the
// services tell their customers to enter as MX.
var inbound = []struct{ suffix, name string }{
	{".pphosted.com", "Proofpoint"},
	{".ppe-hosted.com", "Proofpoint Essentials"},
	{".mail.protection.outlook.com", "Microsoft 365"},
	{".mx.microsoft", "Microsoft 365"},
	{"-smtp-inbound-1.mimecast.com", "Mimecast"},
	{"-smtp-inbound-2.mimecast.com", "Mimecast"},
	{"-smtp-inbound-1.mimecast.co.za", "Mimecast"},
	{".messagelabs.com", "Symantec Email Security.cloud"},
	{".ess.barracudanetworks.com", "Barracuda"},
	{".iphmx.com", "Cisco Secure Email"},
	{"aspmx.l.google.com", "Google"},
	{".aspmx.l.google.com", "Google"},
	{"smtp.google.com", "Google"},
	{".mx.cloudflare.net", "Cloudflare Email Routing"},
	{".trendmicro.com", "Trend Micro"},
	{".hornetsecurity.com", "Hornetsecurity"},
}

// inboundService names the service that a host name belongs to; empty if there is
// none.
func inboundService(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, s := range inbound {
		if strings.HasSuffix(host, s.suffix) {
			return s.name
		}
	}
	return ""
}

var Unreachable = []stage.Fault{stage.NetworkUnreachable, stage.HostUnreachable}

// wayOut reports whether the run dialled more than one host, counting those of
// unrelated providers, and whether a follow-up got an answer. Silence does not prove
// that there is no route.
func (c *Case) wayOut(followUps bool) (several, reached bool) {
	addresses := make(map[string]bool)
	for i := range c.Record.Checks {
		k := &c.Record.Checks[i]
		if k.Check.FollowUp() && !followUps {
			continue
		}
		for _, a := range OrEmpty(stage.FactsOf[*stage.ConnectFacts](k)).Attempts {
			addresses[IPOf(a.Address)] = true
		}
		if !k.Check.FollowUp() {
			continue
		}
		r := k.Result(stage.Connect)
		dialled := r != nil && r.Status != stage.Skip
		if dialled && (r.Status != stage.Fail || !slices.Contains(Unreachable, r.Fault)) || OrEmpty(stage.FactsOf[*stage.FetchFacts](k)).Status != 0 {
			return false, true
		}
		r = k.Result(stage.Resolve)
		several = several || k.Check.Question == stage.AskOtherProvider && r != nil && r.Status == stage.Fail && r.Fault == stage.DNSUnreached
	}
	return several || len(addresses) > 1, false
}

// elsewhere reports whether ip:port is on another machine.
func (c *Case) elsewhere(address string) bool {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	ip := ap.Addr().Unmap().WithZone("")
	return !ip.IsLoopback() && !slices.Contains(c.Record.Header.System.Addresses, ip.String())
}

// askedNobody reports whether name servers are configured and there is no route to
// any of them. A name server that refuses was reached, and is a problem of its own.
func (k *Exam) askedNobody() bool {
	for _, l := range k.Resolve.Lookups {
		if l.Outcome != stage.LookupUnreachable || strings.Contains(l.Error, "refused") {
			return false
		}
	}
	return len(k.Resolve.Lookups) > 0
}

// TriedIPv4 reports whether an IPv4 address was dialled.
func (k *Exam) TriedIPv4() bool {
	for _, a := range k.Connect.Attempts {
		if !IsIPv6(a.Address) {
			return true
		}
	}
	return false
}

// IsIPv6 reports whether ip:port is an IPv6 address.
func IsIPv6(address string) bool {
	ap, err := netip.ParseAddrPort(address)
	return err == nil && ap.Addr().Unmap().Is6()
}

// HasIPv6 reports whether this machine has an IPv6 address whose scope extends
// beyond its own site.
func (c *Case) HasIPv6() bool {
	for _, s := range c.Record.Header.System.Addresses {
		a, err := netip.ParseAddr(s)
		if err != nil {
			p, err := netip.ParsePrefix(s)
			if err != nil {
				continue
			}
			a = p.Addr()
		}
		if a = a.Unmap(); a.Is6() && a.IsGlobalUnicast() && !a.IsPrivate() {
			return true
		}
	}
	return false
}

// lossy is the number of retransmitted segments on one connection from which the
// path loses packets. A single one happens on every path, and a path that requires
// smaller segments than the first ones costs two (RFC 1191 6).
const lossy = 3

// Loses reports whether the path loses packets.
func (k *Exam) Loses() bool { return k.Connect.Retransmits != nil && *k.Connect.Retransmits >= lossy }

// Answers reports whether a name server answered anything in this run.
func (c *Case) Answers(server string) bool { return c.index().answered[server] }

// heardFromBeyond reports whether anything answered from beyond the local network: a
// name server or a server of another kind, asked by the plan's checks or by
// follow-ups.
func (c *Case) heardFromBeyond() bool {
	for i := range c.Record.Checks {
		k := &c.Record.Checks[i]
		if OrEmpty(stage.FactsOf[*stage.FetchFacts](k)).Status != 0 || OrEmpty(stage.FactsOf[*stage.ClockFacts](k)).Offset != nil {
			return true
		}
		for _, l := range OrEmpty(stage.FactsOf[*stage.ResolveFacts](k)).Lookups {
			if l.Outcome == stage.LookupUnreachable || l.Outcome == stage.LookupTimeout || !c.elsewhere(l.Server) {
				continue
			}
			ip := IPOf(l.Server)
			if a, err := netip.ParseAddr(ip); err != nil || !a.IsLinkLocalUnicast() && !c.Beside([]string{ip}) {
				return true
			}
		}
	}
	return false
}
