package redact

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// serverNames are the hosts that a stream keeps: those of the plan, those that the
// profiles name, those in certificates that were tried, and the strangers that were
// asked. Lower case.
func serverNames(s *stage.Stream) map[string]bool {
	all := map[string]bool{"localhost": true}
	add := func(list ...string) {
		for _, host := range list {
			if host != "" {
				all[strings.ToLower(host)] = true
			}
		}
	}
	endpoints := func(list []stage.Endpoint) {
		for _, e := range list {
			add(e.Host)
		}
	}
	for _, c := range s.Header.Plan.Checks {
		add(c.Endpoint.Host)
	}
	for _, subject := range s.Header.Plan.Subjects {
		endpoints(subject.Near)
		endpoints(subject.Own)
		for _, p := range append(subject.Servers, subject.Profile) {
			if p != nil {
				endpoints(p.Endpoints)
			}
		}
	}
	for _, e := range s.Events {
		if e.Ordered != nil && e.Ordered.Question == stage.AskCertificateName {
			add(e.Ordered.Endpoint.Host)
		}
	}
	c := s.Header.Options.Controls
	add(c.Hosts...)
	add(c.Name, c.Time, hostOf(c.Portal))
	return all
}

// strangersAsked are the follow-ups that ask what is no mail server: by the id of
// the check. What a name of the wide world leads to on somebody's network tells
// whose it is.
func strangersAsked(s *stage.Stream) map[string]bool {
	all := make(map[string]bool)
	for _, e := range s.Events {
		if e.Ordered == nil {
			continue
		}
		switch e.Ordered.Question {
		case stage.AskControlName, stage.AskNonsenseName, stage.AskPortal, stage.AskTime, stage.AskProxy:
			all[e.Ordered.ID] = true
		}
	}
	return all
}

// fetched returns what an HTTP follow-up brought; nil for other events.
func fetched(e stage.Event) *stage.FetchFacts {
	if e.Result == nil {
		return nil
	}
	f, _ := e.Result.Facts.(*stage.FetchFacts)
	return f
}

// hostOf returns the host of a URL, with its port where it has one; empty where
// there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// local notes the name of something that stands in the network here, such as its
// proxy or the page that it leads everybody to. Addresses are replaced anyway.
func (n *names) local(hosts map[string]bool, place string) {
	name := place
	if host, _, err := net.SplitHostPort(place); err == nil {
		name = host
	}
	name = strings.Trim(name, "[]")
	if _, err := netip.ParseAddr(name); err != nil && !hosts[strings.ToLower(strings.TrimSuffix(name, "."))] {
		n.machine(name)
	}
}

// withoutPath leaves the scheme and the host of a URL. What a network adds to the
// address of its own page tells whom it has sent there: hardware address, room,
// session.
func withoutPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "..."
	}
	return u.Scheme + "://" + u.Host + "/..."
}

// ownAddresses are those of this machine, and those that its connections began at.
func ownAddresses(s *stage.Stream) []string {
	all := slices.Clone(s.Header.System.Addresses)
	for _, e := range s.Events {
		if e.Result == nil {
			continue
		}
		if f, ok := e.Result.Facts.(*stage.ConnectFacts); ok {
			if a, err := netip.ParseAddrPort(f.Local); err == nil {
				all = append(all, a.Addr().String())
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
