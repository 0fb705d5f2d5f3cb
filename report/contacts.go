package report

import (
	"net/netip"
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// thirdParties returns the contacts with anybody other than the provider and the
// system's resolver. A resolver on this computer is not a third party.
func thirdParties(rec *stage.Record) []stage.Contact {
	var out []stage.Contact
	for _, c := range rec.Contacts {
		own := c.Why == "endpoint" || c.Why == "resolver" && (rec.Header.Options.Resolver == "" || loopback(c.Address))
		if !own {
			out = append(out, c)
		}
	}
	return out
}

// loopback reports whether ip:port is on this computer.
func loopback(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// purposes are the reasons for contacting anybody other than the servers and name
// servers that a mail program would contact.
var purposes = []struct {
	why  string
	said prose.Value
}{
	{"other resolver", say.PurposeResolver()},
	{"control", say.PurposeControl()},
	{"similar name", say.PurposeSimilarName()},
	{"certificate", say.PurposeCertificate()},
	{"issuer", say.PurposeIssuer()},
	{"proxy", say.PurposeProxy()},
	{"time", say.PurposeTime()},
	{"settings", say.PurposeSettings()},
}

// asked names who was contacted: resolvers by address, hosts by name, and others
// grouped by the reason.
func asked(contacts []stage.Contact) []prose.Value {
	var out []prose.Value
	by := make(map[string][]prose.Value)
	known := make(map[[2]string]bool)
	var reasons []string
	for _, p := range purposes {
		reasons = append(reasons, p.why)
	}
	for _, c := range contacts {
		host := c.Host
		if host == "" || c.Why == "resolver" {
			host = hostOf(c.Address)
		}
		if c.Why != "resolver" && c.Why != "endpoint" && !slices.Contains(reasons, c.Why) {
			reasons = append(reasons, c.Why)
		}
		if host != "" && !known[[2]string{c.Why, host}] {
			known[[2]string{c.Why, host}] = true
			by[c.Why] = append(by[c.Why], prose.Data(host))
		}
	}
	for _, r := range by["resolver"] {
		out = append(out, say.AskedResolver(r))
	}
	out = append(out, by["endpoint"]...)
	for _, why := range reasons {
		if len(by[why]) > 0 {
			out = append(out, say.AskedFor(prose.And(by[why]...), purpose(why)))
		}
	}
	return out
}

func purpose(why string) prose.Value {
	for _, p := range purposes {
		if p.why == why {
			return p.said
		}
	}
	return prose.Data(why)
}
