package importer

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/published"
)

// servers takes the servers of a file; false where mail can't be received by any.
func (c *compiler) servers(f File, d *published.Document, p *profiles.Profile) bool {
	usable := c.usable(f, d, p)
	order := []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}
	slices.SortStableFunc(usable, func(a, b published.Server) int {
		return cmp.Compare(slices.Index(order, a.Protocol), slices.Index(order, b.Protocol))
	})
	if !slices.ContainsFunc(usable, func(s published.Server) bool { return s.Protocol.Receives() }) {
		c.report.add(Skipped, f.Base(), 0, "there is no server to receive mail with")
		return false
	}
	receiving, sending := first(d, usable, true), first(d, usable, false)
	if sending < 0 {
		c.report.add(Odd, f.Base(), 0, "there is no server to send mail with")
	}
	p.UserForm = formOf(usable[receiving].User)
	for i, s := range usable {
		e := profiles.Endpoint{Endpoint: s.Endpoint, Source: p.Source}
		e.Host = strings.ReplaceAll(s.Host, "%EMAILDOMAIN%", "{domain}")
		e.Optional = i != receiving && i != sending
		if form := formOf(s.User); form != p.UserForm {
			e.UserForm = form
		}
		if e.Security == stage.None {
			e.Note = stage.NoteCleartextOnly
		}
		p.Endpoints = append(p.Endpoints, e)
	}
	c.notes(p, usable)
	return true
}

// usable are the servers that a profile can hold, each once: those of one protocol that
// are encrypted or, where none is, those in the clear.
func (c *compiler) usable(f File, d *published.Document, p *profiles.Profile) []published.Server {
	var out []published.Server
	skip := func(s published.Server, why string) {
		c.report.add(Skipped, f.Base(), s.Line, "%s on %s: %s", s.Protocol, s.Address(), why)
	}
	for _, s := range d.Servers {
		encrypted := func(o published.Server) bool { return o.Protocol == s.Protocol && o.Security != stage.None }
		twice := func(o published.Server) bool {
			return o.Protocol == s.Protocol && o.Host == s.Host && o.Port == s.Port
		}
		switch {
		case !template(s.Host, p):
			skip(s, "its name can't be formed from a domain alone")
		case s.FromNetwork || onlyBy(s, published.ClientIPAddress) || onlyBy(s, published.NoAuthentication):
			skip(s, "it takes no password and is for the provider's own network")
		case s.Security == stage.None && slices.ContainsFunc(d.Servers, encrypted):
			skip(s, "it is in the clear, and there are encrypted ones")
		case slices.ContainsFunc(out, twice):
			skip(s, "it stands there a second time")
		default:
			out = append(out, s)
		}
	}
	return out
}

// template reports a host that a profile can hold: a name, or one that ends in the
// address's domain.
func template(host string, p *profiles.Profile) bool {
	prefix, ends := strings.CutSuffix(host, "%EMAILDOMAIN%")
	if !ends {
		return !strings.Contains(host, "%")
	}
	return !strings.Contains(prefix, "%") && len(p.Domains) > 0
}

// onlyBy reports whether a server takes one kind of login and no other.
func onlyBy(s published.Server, m published.Method) bool {
	other := func(a published.Authentication) bool { return a.Method != m }
	return len(s.Authentication) > 0 && !slices.ContainsFunc(s.Authentication, other)
}

// first returns the server of a direction that is required, in the publisher's order: the
// first encrypted one, else the first; -1 for none.
func first(d *published.Document, usable []published.Server, receives bool) int {
	best := -1
	rank := func(s published.Server) (clear bool, line int) {
		return s.Security == stage.None, slices.IndexFunc(d.Servers, func(o published.Server) bool { return o.Endpoint == s.Endpoint })
	}
	for i, s := range usable {
		if s.Protocol.Receives() != receives {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		clear, at := rank(s)
		bestClear, bestAt := rank(usable[best])
		if bestClear && !clear || bestClear == clear && at < bestAt {
			best = i
		}
	}
	return best
}
