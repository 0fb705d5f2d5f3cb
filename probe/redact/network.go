package redact

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// serverNames returns the hosts to keep, in lower case: those in the plan, in profiles,
// in certificates that were followed up, and the third parties that were contacted.
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
		for _, a := range subject.Configured {
			for _, server := range a.Servers {
				add(server.Host)
			}
		}
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

// strangersAsked returns the ids of follow-ups that contact something other than a mail
// server. What a public name resolves to in a local network identifies that network.
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

// fetched returns the facts of an HTTP follow-up, or nil for other events.
func fetched(e stage.Event) *stage.FetchFacts {
	if e.Result == nil {
		return nil
	}
	f, _ := e.Result.Facts.(*stage.FetchFacts)
	return f
}

// hostOf returns the host of a URL, with the port if there is one. It returns "" if
// there is no host.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// local adds the name of a host in the local network, such as its proxy or its captive
// portal. Addresses are replaced anyway.
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

// withoutPath reduces a URL to scheme and host. A captive portal adds to its own URL
// what identifies the user: hardware address, room, session.
func withoutPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "..."
	}
	return u.Scheme + "://" + u.Host + "/..."
}

// ownAddresses returns this machine's addresses, and the local addresses of its
// connections.
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
