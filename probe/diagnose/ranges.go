package diagnose

import (
	"net/netip"
	"slices"
	"strings"
)

// prefixes parses a literal table; a mistake in it shows in the tests.
func prefixes(list ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// webNetworks are the published address ranges of networks that stand before web
// servers and pass on HTTP alone: https://www.cloudflare.com/ips/ (2023-09-28) and
// https://api.fastly.com/public-ip-list (2023-06-06).
var webNetworks = []struct {
	name   string
	ranges []netip.Prefix
}{
	{"Cloudflare", prefixes(
		"103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "104.16.0.0/13", "104.24.0.0/14", "108.162.192.0/18",
		"131.0.72.0/22", "141.101.64.0/18", "162.158.0.0/15", "172.64.0.0/13", "173.245.48.0/20", "188.114.96.0/20",
		"190.93.240.0/20", "197.234.240.0/22", "198.41.128.0/17",
		"2400:cb00::/32", "2405:8100::/32", "2405:b500::/32", "2606:4700::/32", "2803:f800::/32", "2a06:98c0::/29", "2c0f:f248::/32",
	)},
	{"Fastly", prefixes(
		"23.235.32.0/20", "43.249.72.0/22", "103.244.50.0/24", "103.245.222.0/23", "103.245.224.0/24", "104.156.80.0/20",
		"140.248.64.0/18", "140.248.128.0/17", "146.75.0.0/17", "151.101.0.0/16", "157.52.64.0/18", "167.82.0.0/17",
		"167.82.128.0/20", "167.82.160.0/20", "167.82.224.0/20", "172.111.64.0/18", "185.31.16.0/22", "199.27.72.0/21", "199.232.0.0/16",
		"2a04:4e40::/32", "2a04:4e42::/32",
	)},
}

// webNetwork names the web network that all of these addresses belong to; empty
// for none.
func webNetwork(addresses []string) string {
	for _, n := range webNetworks {
		if allWithin(addresses, n.ranges) {
			return n.name
		}
	}
	return ""
}

// internalRanges are addresses that mean something inside one network alone (RFC
// 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 2.5.6).
var internalRanges = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10",
)

// allWithin reports whether there are addresses, and each lies in one of the
// ranges.
func allWithin(addresses []string, ranges []netip.Prefix) bool {
	for _, a := range addresses {
		ip, err := netip.ParseAddr(a)
		if err != nil || !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) }) {
			return false
		}
	}
	return len(addresses) > 0
}

// inbound are services that take mail for a domain from other servers (MX), by
// the end of their host names, and no logins of people. The names are those that
// the services tell their customers to enter as MX.
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

// inboundService names the service that a host name belongs to; empty for none.
func inboundService(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, s := range inbound {
		if strings.HasSuffix(host, s.suffix) {
			return s.name
		}
	}
	return ""
}
