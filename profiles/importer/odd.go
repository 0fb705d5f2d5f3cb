package importer

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/slip"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/published"
)

// usual are the ports of each protocol by the mode in which they are used (RFC 8314
// section 3, RFC 9051 section 11.1, RFC 6409 section 3.1). Port 25 is for mail between
// servers, and many networks close it.
var usual = map[stage.Protocol]map[stage.Security][]uint16{
	stage.IMAP: {stage.TLS: {993}, stage.StartTLS: {143}, stage.None: {143}},
	stage.POP3: {stage.TLS: {995}, stage.StartTLS: {110}, stage.None: {110}},
	stage.SMTP: {stage.TLS: {465}, stage.StartTLS: {587}, stage.None: {587}},
}

// odd reports what was taken and may be a mistake.
func (c *compiler) odd(f File, d *published.Document, p *profiles.Profile) {
	for _, s := range d.Servers {
		if !slices.Contains(usual[s.Protocol][s.Security], s.Port) {
			c.report.add(Odd, f.Base(), s.Line, "%s on %s: port %d is not usual for %s with security %s", s.Protocol, s.Address(), s.Port, s.Protocol, s.Security)
		}
		if formOf(s.User) == stage.AssignedName {
			c.report.add(Odd, f.Base(), s.Line, "%s on %s: the user name is %s, which a profile can't form", s.Protocol, s.Address(), cmp.Or(s.User, "not told"))
		}
		if like := mistyped(s.Host, d); like != "" {
			c.report.add(Odd, f.Base(), s.Line, "%s is nearly %s: it may be mistyped", s.Host, like)
		}
	}
	c.oddNames(f, d, p)
}

// oddNames reports the names that no suffix of the DNS fits, each once: those below one
// that was reported say nothing more.
func (c *compiler) oddNames(f File, d *published.Document, p *profiles.Profile) {
	var reported []string
	report := func(name string, line int) {
		below := func(n string) bool { return n == name || strings.HasSuffix(name, "."+n) }
		if !strings.Contains(name, "%") && !inPublic(name) && !slices.ContainsFunc(reported, below) {
			reported = append(reported, name)
			c.report.add(Odd, f.Base(), line, "%s ends in no public suffix: it may be mistyped", name)
		}
	}
	for _, domain := range p.Domains {
		report(domain, d.Lines[domain])
	}
	for _, s := range d.Servers {
		report(s.Host, s.Line)
	}
}

// inPublic reports a name below a suffix that exists.
func inPublic(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true // an address ends in none
	}
	suffix, official := publicsuffix.PublicSuffix(name)
	return official || strings.Contains(suffix, ".")
}

// mistyped returns what the registered domain of a host is nearly, among those of the
// file's domains and other servers; empty where it is one of them, or like none.
func mistyped(host string, d *published.Document) string {
	own, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	var known []string
	for _, s := range d.Servers {
		if s.Host != host {
			known = append(known, s.Host)
		}
	}
	like := ""
	for _, name := range append(known, d.Domains...) {
		registered, err := publicsuffix.EffectiveTLDPlusOne(name)
		if err != nil {
			continue
		}
		if registered == own {
			return "" // twice the same slip is none
		}
		if n, ok := slip.Word(own, registered); ok && n > 0 {
			like = registered
		}
	}
	return like
}
