package chart

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Sinkhole returns the unspecified addresses, such as 0.0.0.0, that were given for
// the name; nil if any answer is an address that a host can have. Addresses that no
// server can have are not dialled.
func (k *Exam) Sinkhole() []string {
	answers := slices.Concat(k.Resolve.Addresses, k.Resolve.NotDialled)
	for _, a := range answers {
		ip, err := netip.ParseAddr(a)
		if err != nil || !ip.Unmap().IsUnspecified() {
			return nil
		}
	}
	return answers
}

// FindsOthers reports whether names other than k's resolve here.
func (c *Case) FindsOthers(k *Exam) bool {
	return Others(c.Resolved, k.Host()) > 0 || c.ControlName(k) == Yes
}

func IsLoopback(a string) bool {
	ip, err := netip.ParseAddr(a)
	return err == nil && ip.Unmap().IsLoopback()
}

// PublicName reports whether the name is not one of this machine (RFC 6761 6.3).
func (k *Exam) PublicName() bool {
	h := k.Host()
	return strings.Contains(h, ".") && !strings.HasSuffix(h, ".localhost")
}

// LeadsToLoopback reports whether every address found is a loopback address.
func (k *Exam) LeadsToLoopback() bool {
	other := func(a string) bool { return !IsLoopback(a) }
	return len(k.Resolve.Addresses) > 0 && !slices.ContainsFunc(k.Resolve.Addresses, other)
}

// Family names the address family that the user asked for.
func (c *Case) Family() prose.Value {
	switch c.Record.Header.Options.Family {
	case "4":
		return prose.Data("IPv4")
	case "6":
		return prose.Data("IPv6")
	}
	return say.GeneralFamily()
}

// Servers lists the name servers with this outcome, or all of them for "".
func Servers(f *stage.ResolveFacts, o stage.LookupOutcome) []string {
	var out []string
	for _, l := range f.Lookups {
		if o == "" || l.Outcome == o {
			out = AppendNew(out, stage.Visible(l.Server))
		}
	}
	return out
}

// NoTaker are the faults of an attempt to connect that nobody accepted.
var NoTaker = []stage.Fault{
	stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable, stage.Refused, stage.ConnectFailed, stage.Prohibited,
}

// LeadsTo says what a name resolves to: "mail.example.com leads to 192.0.2.1".
func (k *Exam) LeadsTo() prose.Value {
	return say.LeadsTo(prose.Data(k.Host()), prose.And(prose.Datas(k.Resolve.Addresses)...))
}

// localNames are suffixes of names that belong to one network (RFC 6761, RFC 6762,
// RFC 8375), and so rightly resolve to an address of that network.
var localNames = []string{"localhost", ".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa"}

// Inside reports whether an internal address accepted a connection.
func (c *Case) Inside() bool { return c.index().inside }

// WebName reports whether the host has the name of the domain's web site. Given a
// URL, the domain is what follows "www.", or that of the user's address.
func (k *Exam) WebName() bool {
	host, domain := k.Host(), strings.ToLower(k.Subject.Domain)
	if domain == "" {
		_, domain, _ = strings.Cut(strings.ToLower(cmp.Or(k.Subject.Address, k.Subject.User)), "@")
	}
	return strings.HasPrefix(host, "www.") || domain != "" && host == domain
}

// ExchangerName reports whether the host's name begins as those of MX hosts do:
// "mx.", "mx2.", "mx-a.", "mxin.".
func (k *Exam) ExchangerName() bool {
	label, _, _ := strings.Cut(k.Host(), ".")
	rest, ok := strings.CutPrefix(label, "mx")
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "0123456789-") || rest == "in" || rest == "a" || rest == "b")
}

// OfProfile reports whether the provider's own settings name the host.
func (k *Exam) OfProfile() bool {
	p := k.Subject.Profile
	return k.Builtin() || p != nil && slices.ContainsFunc(p.Endpoints, func(e stage.Endpoint) bool { return strings.EqualFold(e.Host, k.Check.Endpoint.Host) })
}

// Inbound names the service for incoming mail that a server belongs to, judging by
// its host name, its greeting or its certificate.
func (k *Exam) Inbound() string {
	if name := inboundService(k.Host()); name != "" {
		return name
	}
	if name := inboundService(k.Banner()); name != "" && k.Check.Endpoint.Port == 25 {
		return name
	}
	leaf, _ := k.Leaf()
	if k.Check.Endpoint.Port == 25 && len(leaf.Names) > 0 {
		return inboundService(leaf.Names[0])
	}
	return ""
}

// LocalName reports whether the name's suffix belongs to one network. Such a name
// must not be looked up elsewhere.
func (k *Exam) LocalName() bool {
	return slices.ContainsFunc(localNames, func(end string) bool { return strings.HasSuffix(k.Host(), end) })
}
