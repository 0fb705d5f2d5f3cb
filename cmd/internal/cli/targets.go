package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe"
	registered "maildoctor/probe/account"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/report"
)

// targets turns the arguments of a command into targets, each once. user replaces
// the user name that the profile forms. A URL has no other user name.
//
// An address or domain that no profile knows becomes a target without endpoints,
// which unknown contains by its index. But one that is similar to a known one is an
// error: somebody else may own it to collect passwords.
func targets(args []string, user string, catalogue *profiles.Catalogue, flags ...stage.Flag) (out []probe.Target, unknown map[int]profiles.Match, err error) {
	unknown = make(map[int]profiles.Match)
	known := make(map[targetKey]bool)
	for i, arg := range args {
		if i > 0 && catalogue.Unlike(arg) {
			return nil, nil, fault.Usage("argument %d: expected an address, a domain, the id of a profile or a URL; no argument takes a password", i+1)
		}
		t, m, err := target(profiles.Narrow(arg), catalogue, flags...)
		if err != nil {
			return nil, nil, err
		}
		if known[keyOf(t)] {
			continue
		}
		known[keyOf(t)] = true
		setUser(&t, user, catalogue)
		if m.Domain != "" && m.Profile == nil {
			unknown[len(out)] = m
		}
		t.Subject.Servers = knownServers(t, catalogue)
		out = append(out, t)
	}
	return out, unknown, nil
}

// setUser replaces the user name that the profile forms, unless user is empty.
func setUser(t *probe.Target, user string, catalogue *profiles.Catalogue) {
	if user == "" {
		return
	}
	t.Subject.User = user
	for i := range t.Endpoints {
		t.Endpoints[i].User = ""
	}
	t.Subject.Own = ownServers(*t, catalogue)
}

// targetKey is the same for arguments that mean the same.
type targetKey struct {
	kind     stage.SubjectKind
	endpoint stage.Endpoint // of a URL
	address  string
	domain   string
	profile  string
}

// keyOf returns the key of a target. No provider has two mailboxes whose addresses differ
// only in case.
func keyOf(t probe.Target) targetKey {
	s := t.Subject
	if s.Kind == stage.SubjectURL {
		return targetKey{kind: s.Kind, endpoint: t.Endpoints[0].Endpoint}
	}
	k := targetKey{kind: s.Kind, address: strings.ToLower(s.Address), domain: s.Domain}
	if s.Profile != nil {
		k.profile = s.Profile.ID
	}
	return k
}

// askable reports whether published settings may be searched for an argument that no
// profile knows: a domain that is neither similar to a known one nor the name of a
// file.
func askable(arg string, m profiles.Match, err error) bool {
	if _, e := os.Stat(arg); e == nil {
		return false
	}
	e, ok := errors.AsType[*profiles.FindError](err)
	return ok && errors.Is(err, profiles.ErrUnknown) && m.Domain != "" && len(e.Near) == 0
}

// typedFlag reports whether a flag was typed.
func typedFlag(flags []stage.Flag, name string) bool {
	return slices.ContainsFunc(flags, func(f stage.Flag) bool { return f.Name == name })
}

// target returns the target of one argument. The match is empty for a URL.
func target(arg string, catalogue *profiles.Catalogue, flags ...stage.Flag) (probe.Target, profiles.Match, error) {
	if mailurl.Is(arg) {
		e, err := mailurl.Parse(arg)
		if err != nil {
			return probe.Target{}, profiles.Match{}, fault.Usage("%w", err)
		}
		subject := stage.Subject{Argument: stage.Visible(arg), Kind: stage.SubjectURL}
		if !profiles.Public(e.Host) {
			subject.Near = catalogue.NearServers(e.Protocol, e.Host)
		}
		return probe.Target{
			Subject:   subject,
			Endpoints: []probe.PlannedEndpoint{{Endpoint: e, Public: profiles.Public(e.Host)}},
		}, profiles.Match{}, nil
	}
	m, err := catalogue.Find(arg)
	if askable(arg, m, err) || errors.Is(err, profiles.ErrUnknown) && m.Domain != "" && typedFlag(flags, "--source") {
		return probe.Target{Subject: m.Subject(stage.Visible(arg))}, m, nil
	}
	if err != nil {
		return probe.Target{}, m, notFound(arg, err, flags)
	}
	return knownTarget(arg, m, catalogue), m, nil
}

// knownTarget returns the target of an argument that a profile knows.
func knownTarget(arg string, m profiles.Match, catalogue *profiles.Catalogue) probe.Target {
	t := profileTarget(arg, m)
	t.Subject.Near = nearOwn(m.Profile, catalogue)
	return t
}

// knownServers returns the catalogue's profiles of a target's servers, unless its
// own profile is in the catalogue.
func knownServers(t probe.Target, catalogue *profiles.Catalogue) []*stage.Profile {
	if p := t.Subject.Profile; p != nil && p.Builtin {
		return nil
	}
	var known []*stage.Profile
	for _, e := range t.Endpoints {
		p := catalogue.Serving(e.Host, domainOf(cmp.Or(t.Subject.Address, t.Subject.User)))
		has := func(k *stage.Profile) bool { return k.ID == p.ID }
		if p != nil && !slices.ContainsFunc(known, has) {
			known = append(known, withoutDomains(p))
		}
	}
	return known
}

// withoutDomains returns the part of a profile that concerns its servers.
func withoutDomains(p *profiles.Profile) *stage.Profile {
	s := p.ForRules()
	s.Domains, s.Patterns = nil, nil
	return s
}

// domainOf returns the domain of a mail address; empty for anything else.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// nearOwn returns the servers that may have been meant instead of those of the
// user's own profile. The servers of embedded profiles are right, or out of date.
func nearOwn(p *profiles.Profile, catalogue *profiles.Catalogue) []stage.Endpoint {
	var near []stage.Endpoint
	if p.Builtin {
		return nil
	}
	for _, e := range p.Endpoints {
		for _, n := range catalogue.NearServers(e.Protocol, e.Host) {
			if !slices.Contains(near, n) {
				near = append(near, n)
			}
		}
	}
	return near
}

// ownServers returns the servers that a profile has for the domain of the user name,
// if a URL names a server of another profile (another region or provider), or one of
// the same provider that no profile has.
func ownServers(t probe.Target, catalogue *profiles.Catalogue) []stage.Endpoint {
	if t.Subject.Kind != stage.SubjectURL || !strings.Contains(t.Subject.User, "@") {
		return nil
	}
	m, err := catalogue.Find(t.Subject.User)
	if err != nil || !profiles.Public(t.Endpoints[0].Host) && !beside(t.Endpoints[0].Host, m.Profile) {
		return nil
	}
	var own []stage.Endpoint
	for _, e := range m.Profile.Endpoints {
		switch {
		case strings.EqualFold(e.Host, t.Endpoints[0].Host):
			return nil
		case e.Protocol == t.Endpoints[0].Protocol:
			own = append(own, e.Endpoint)
		}
	}
	return own
}

// beside reports whether a host is in the registered domain of a profile's servers.
func beside(host string, p *profiles.Profile) bool {
	domain := registered.Domain(host)
	return domain != "" && slices.ContainsFunc(p.Endpoints, func(e profiles.Endpoint) bool { return registered.Domain(e.Host) == domain })
}

// profileTarget returns the target that a profile describes.
func profileTarget(arg string, m profiles.Match) probe.Target {
	t := probe.Target{Subject: m.Subject(stage.Visible(arg))}
	for _, e := range m.Profile.Endpoints {
		p := probe.PlannedEndpoint{Endpoint: e.Endpoint, Optional: e.Optional, Note: e.Note, Public: profiles.Public(e.Host)}
		if user := m.Profile.UserNameFor(e, m.Address); user != t.Subject.User {
			p.User = user
		}
		if e.UserForm != m.Profile.UserForm {
			p.UserForm = e.UserForm
		}
		t.Endpoints = append(t.Endpoints, p)
	}
	return t
}

// offersMail reports whether any of the targets has a server for mail programs. If
// none has, there is nothing to test, and that is the answer.
func offersMail(ts []probe.Target) bool {
	return slices.ContainsFunc(ts, func(t probe.Target) bool { return len(t.Endpoints) > 0 })
}

// notFound says what to do about an argument that no source knows. flags are those
// of the command.
func notFound(arg string, err error, flags []stage.Flag) error {
	if !errors.Is(err, profiles.ErrUnknown) {
		return fault.Usage("%w", err)
	}
	if _, e := os.Stat(arg); e == nil {
		return fault.Usage("%w\n  There is a file of that name. To show a saved run:\n    %s", err, report.Command(runtime.GOOS, "maildoctor", "report", arg))
	}
	if e, ok := errors.AsType[*profiles.FindError](err); ok && len(e.Near) > 0 && strings.Contains(e.Name, ".") {
		err = fmt.Errorf("%w\n  If it is right as it stands, --source all asks what is published for it", err)
	}
	domain := visibleDomain(arg[strings.LastIndexByte(arg, '@')+1:])
	check := console.WithFlags(flags, "maildoctor", "check", "imaps://imap."+domain, "smtps://smtp."+domain)
	return fault.Usage("%w"+
		"\n  With the server's name from your provider's help page, a connection can be tested without a profile:"+
		"\n    %s"+
		"\n  For all domains that are known: maildoctor profiles list", err, report.Command(runtime.GOOS, check...))
}

// visibleDomain returns a domain that is safe to show in an example, or a
// placeholder.
func visibleDomain(d string) string {
	if h, err := mailurl.Host(d); err == nil && strings.Contains(h, ".") {
		return h
	}
	return "example.net"
}

// account returns the account that a target logs in as; empty if there is none. A
// URL has no user name except that of --user, which makes all URLs one account. It
// is the account of an address beside them if they are servers of the same provider.
func account(t probe.Target, all []probe.Target) string {
	if t.Subject.User == "" {
		return ""
	}
	if p := t.Subject.Profile; p != nil {
		return p.ID + " " + t.Subject.User
	}
	for i := range all {
		o := &all[i] // a copy of each would cost a list of thousands seconds
		if o.Subject.Profile == nil {
			continue
		}
		elsewhere := func(e probe.PlannedEndpoint) bool { return !o.Subject.Profile.Serves(e.Host) }
		if o.Subject.User == t.Subject.User && !slices.ContainsFunc(t.Endpoints, elsewhere) {
			return account(*o, nil)
		}
	}
	return t.Subject.User
}

// accounts returns the different accounts of the targets, in their order.
func accounts(ts []probe.Target) []string {
	var out []string
	for _, t := range ts {
		if a := account(t, ts); a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// checkable reports whether check may accept a word: an address, a domain, a URL, or
// the id of a profile.
func checkable(word string) bool {
	if word = profiles.Narrow(word); strings.ContainsAny(word, "@.:") {
		return true
	}
	c, err := profiles.Load(profiles.DefaultDirs()...)
	return err == nil && c.Profile(strings.ToLower(word)) != nil
}
