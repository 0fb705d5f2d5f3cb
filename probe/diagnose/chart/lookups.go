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

// Sinkhole returns what was given in the place of an address; nil where it was
// anything that a host can have. Addresses that no server can have are not dialled.
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

// FindsOthers reports whether names other than k's can be looked up here.
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

// LeadsToLoopback reports whether every address found is this machine's own.
func (k *Exam) LeadsToLoopback() bool {
	other := func(a string) bool { return !IsLoopback(a) }
	return len(k.Resolve.Addresses) > 0 && !slices.ContainsFunc(k.Resolve.Addresses, other)
}

// Family names the kind of address that the user asked for.
func (c *Case) Family() prose.Value {
	switch c.Record.Header.Options.Family {
	case "4":
		return prose.Data("IPv4")
	case "6":
		return prose.Data("IPv6")
	}
	return say.GeneralFamily()
}

// Servers lists the name servers with this outcome, all of them for "".
func Servers(f *stage.ResolveFacts, o stage.LookupOutcome) []string {
	var out []string
	for _, l := range f.Lookups {
		if o == "" || l.Outcome == o {
			out = AppendNew(out, stage.Visible(l.Server))
		}
	}
	return out
}

// NoTaker are the faults of a connection that came to nothing.
var NoTaker = []stage.Fault{
	stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable, stage.Refused, stage.ConnectFailed, stage.Prohibited,
}

// LeadsTo tells where a name leads: "mail.example.com leads to 192.0.2.1".
func (k *Exam) LeadsTo() prose.Value {
	return say.LeadsTo(prose.Data(k.Host()), prose.And(prose.Datas(k.Resolve.Addresses)...))
}

// localNames are the ends of names that belong to one network (RFC 6761, RFC
// 6762, RFC 8375): an address of that network is theirs by right.
var localNames = []string{"localhost", ".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa"}

// Inside reports whether an internal address took a connection.
func (c *Case) Inside() bool { return c.index().inside }

// WebName reports whether the host has the name of the domain's web site. For a
// URL, the domain is what follows "www.", or that of the user's address.
func (k *Exam) WebName() bool {
	host, domain := k.Host(), strings.ToLower(k.Subject.Domain)
	if domain == "" {
		_, domain, _ = strings.Cut(strings.ToLower(cmp.Or(k.Subject.Address, k.Subject.User)), "@")
	}
	return strings.HasPrefix(host, "www.") || domain != "" && host == domain
}

// ExchangerName reports whether the host's name begins as those of MX do: "mx.",
// "mx2.", "mx-a.", "mxin.".
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

// Inbound names the service for incoming mail that a server is: by its own name,
// by the one in its greeting, or by the certificate's.
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

// LocalName reports whether the name belongs to one network by its end, and is no
// stranger's business.
func (k *Exam) LocalName() bool {
	return slices.ContainsFunc(localNames, func(end string) bool { return strings.HasSuffix(k.Host(), end) })
}
