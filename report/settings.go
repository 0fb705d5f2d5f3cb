package report

import (
	"cmp"
	"slices"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// Settings is what to type into a mail program for one subject. Servers lists only
// what passed in this run, unless Untested says that nothing could be tried.
type Settings struct {
	Subject  string // the argument that they belong to
	Servers  []Server
	UserName string // the user name itself, or how it is formed
	SignIn   bool   // the outgoing server accepted the same name and password, or the same token
	SignedIn string // how the outgoing server accepted a login; empty if none was seen
	Copies   string // advice on leaving mail on the server
	Limits   string // of the mailbox and of one message
	Untested bool   // taken from the profile; nothing could be tested
	OneLine  Hint   // replaces everything else if nothing is to be changed
	Source   Hint   // where the settings come from, or who else has them; may be empty

	// InProgram has a sentence for each server in the labels of the mail program that
	// the report is for: the way to its dialog, and what to type there.
	InProgram []string

	MailboxBytes int64 // the profile's limits, 0 if it has none
	MessageBytes int64
}

// Server is one incoming or outgoing server to type in.
type Server struct {
	stage.Endpoint
	Confirmed bool            // passed every requested stage
	Found     bool            // found by trying; not in the profile
	Instead   *stage.Endpoint // the failed settings that it replaces
	Planned   bool            // with Instead: the plan has both
	Unchanged bool            // it failed for a reason that no setting changes: its settings are right
	Missing   bool            // nothing that was tried works; Endpoint has only the protocol
	Answers   *stage.Endpoint // with Missing: an endpoint that answers, though no login was tried there
	Namesake  bool            // with Answers: its name is in the certificate of the failed server
	Optional  bool            // it replaces a required server that failed
}

// Differs describes the failed server that this one replaces: only fields whose
// value changes, except that a port is named with its encryption.
func (s Server) Differs() prose.Value {
	was := s.Instead
	if was == nil {
		return prose.Value{}
	}
	var fields []prose.Value
	if !strings.EqualFold(was.Host, s.Host) {
		fields = append(fields, prose.Data(was.Host))
	}
	if was.Port != s.Port {
		fields = append(fields, prose.Figure(int(was.Port)))
	}
	if was.Port != s.Port || was.Security != s.Security {
		fields = append(fields, Security(was.Security))
	}
	return prose.All(fields...)
}

// Label returns the name of the server's field in mail programs.
func (s Server) Label() prose.Value {
	if s.Protocol.Receives() {
		return say.SettingsIncoming(prose.Data(chart.ProtocolName(s.Protocol)))
	}
	return say.SettingsOutgoing()
}

// settings returns the settings of every subject that has a profile.
func settings(l *prose.Language, rec *stage.Record, w weighed, d diagnose.Diagnosis, p *dialogs.Program) []Settings {
	var out []Settings
	for i := range rec.Header.Plan.Subjects {
		s := &rec.Header.Plan.Subjects[i]
		if s.Profile == nil {
			continue
		}
		if own := w.book.ofSubject[i]; len(own) > 0 {
			of := settingsOf(l, rec, s, own, w, d)
			of.InProgram = typed(l, p, of, s)
			out = append(out, of)
		}
	}
	return out
}

func settingsOf(l *prose.Language, rec *stage.Record, s *stage.Subject, own []*stage.CheckRecord, w weighed, d diagnose.Diagnosis) Settings {
	out := Settings{
		Subject:      stage.Visible(s.Argument),
		UserName:     l.Text(userName(s)),
		MailboxBytes: s.Profile.MailboxBytes,
		MessageBytes: s.Profile.MessageBytes,
	}
	if w.noNetwork {
		return untestedSettings(l, out, s, own)
	}
	out.Servers = servers(own, w)
	if !slices.ContainsFunc(out.Servers, func(v Server) bool { return !v.Missing && !v.Unchanged }) {
		out.Servers = nil
		out.OneLine = oneLine(l, rec, s, own, d)
		return out
	}
	var how prose.Value
	out.SignIn, how = signsIn(rec, w, own)
	out.SignedIn = l.Text(how)
	extras(l, rec, &out, s)
	return out
}

// server returns what to type in for one check; ok is false if it isn't to be shown.
func server(c *stage.CheckRecord, b backing, w weighed) (Server, bool) {
	// People are not directed to an optional endpoint if there is another, unless
	// that one fails.
	spare := c.Check.Optional && b.required
	if spare && !b.failed {
		return Server{}, false
	}
	e := c.Check.Endpoint
	v, round := w.ways[c.Check.ID]
	switch ending := w.endings[c.Check.ID]; {
	case v.Works: // also if the check stopped because a password would be readable
	case ending == chart.Worked:
		return Server{Endpoint: e, Confirmed: true, Optional: spare}, true
	case ending == chart.Unfinished:
		if c.Check.Optional || !chart.Reached(c) {
			return Server{}, false
		}
		return Server{Endpoint: e}, true
	}
	if round {
		if v.Works {
			return Server{Endpoint: v.Endpoint, Confirmed: true, Found: !v.Named, Instead: new(e), Planned: v.Planned}, true
		}
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true, Answers: new(v.Endpoint), Namesake: v.Certificate}, !c.Check.Optional
	}
	switch {
	case c.Check.Optional:
		return Server{}, false
	case w.rightAsItStands(c):
		return Server{Endpoint: e, Unchanged: true}, true
	default:
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true}, true
	}
}

// servers returns what to type in for the checks of one subject, in each direction
// what this run has proven first. If one server replaces several failing ports, it
// has one line.
func servers(own []*stage.CheckRecord, w weighed) []Server {
	var all []Server
	place := make(map[stage.Endpoint]int)
	confirmed := make(map[stage.Protocol]bool)
	backing := backings(own, w)
	for _, c := range own {
		s, ok := server(c, backing[c.Check.Endpoint.Protocol.Receives()], w)
		if !ok {
			continue
		}
		i, known := place[s.Endpoint]
		switch {
		case !known || s.Missing:
			place[s.Endpoint] = len(all)
			all = append(all, s)
		case all[i].Instead == nil:
			all[i].Instead, all[i].Planned = s.Instead, s.Planned
		}
		confirmed[s.Protocol] = confirmed[s.Protocol] || s.Confirmed
	}
	// A dead server is no news to somebody who types in another like it.
	all = slices.DeleteFunc(all, func(v Server) bool {
		return (v.Missing || v.Unchanged) && v.Answers == nil && confirmed[v.Protocol]
	})
	for _, receives := range []bool{true, false} {
		provenFirst(all, receives)
	}
	return all
}

// backing says which endpoints a provider supports in one direction.
type backing struct {
	required bool // an endpoint is required
	failed   bool // a required endpoint failed
}

// backings returns those of receiving and sending, by [stage.Protocol.Receives].
func backings(own []*stage.CheckRecord, w weighed) map[bool]backing {
	out := make(map[bool]backing)
	for _, c := range own {
		if c.Check.Optional {
			continue
		}
		receives := c.Check.Endpoint.Protocol.Receives()
		out[receives] = backing{true, out[receives].failed || w.endings[c.Check.ID] == chart.Broke}
	}
	return out
}

// provenFirst moves the confirmed servers of one direction before the others of that
// direction.
func provenFirst(all []Server, receives bool) {
	var places []int
	var confirmed, others []Server
	for i, s := range all {
		if s.Protocol.Receives() != receives {
			continue
		}
		if places = append(places, i); s.Confirmed {
			confirmed = append(confirmed, s)
		} else {
			others = append(others, s)
		}
	}
	for i, s := range append(confirmed, others...) {
		all[places[i]] = s
	}
}

// untestedSettings returns the profile's own settings, if nothing could be tried.
func untestedSettings(l *prose.Language, out Settings, s *stage.Subject, own []*stage.CheckRecord) Settings {
	backing := backings(own, weighed{})
	for _, c := range own {
		if !c.Check.Optional || !backing[c.Check.Endpoint.Protocol.Receives()].required {
			out.Servers = append(out.Servers, Server{Endpoint: c.Check.Endpoint})
		}
	}
	out.Untested = true
	out.Source = hint(l, []prose.Value{say.SettingsUntested(source(s))}, "")
	return out
}

// oneLine says that the settings themselves are not at fault, or at least are those
// of the profile.
func oneLine(l *prose.Language, rec *stage.Record, s *stage.Subject, own []*stage.CheckRecord, d diagnose.Diagnosis) Hint {
	said := say.SettingsUnchanged(source(s))
	if s.Profile.By != "" {
		said = say.SettingsUnchangedIn(source(s))
	}
	if slices.Equal(s.Profile.Published, []stage.SourceID{stage.SourceGuess}) && !slices.ContainsFunc(own, chart.Reached) {
		return hint(l, []prose.Value{say.SettingsNoneKnown()}, "")
	}
	if allRefusedLogin(rec, own) && leads(d, cause.WrongPassword) {
		said = say.SettingsOnlySecret()
	}
	if s.Address == "" || rec.Header.Options.Demo != "" { // a demonstration's settings are nobody's
		return hint(l, []prose.Value{said}, "")
	}
	return hint(l, []prose.Value{said, say.SettingsFullList()}, lookUp(rec, "maildoctor", "settings", s.Address))
}

// allRefusedLogin reports whether every server was reached and refused only the
// login.
func allRefusedLogin(rec *stage.Record, own []*stage.CheckRecord) bool {
	for _, c := range own {
		if f := c.Failed(); !c.Check.Optional && (f == nil || f.Stage != stage.Login) && chart.RefusedFor(rec, c) == nil {
			return false
		}
	}
	return true
}

// leads reports whether a cause is the first of the findings.
func leads(d diagnose.Diagnosis, id cause.ID) bool {
	return len(d.Findings) > 0 && d.Findings[0].Cause == id
}

// extras adds what belongs to the settings besides servers.
func extras(l *prose.Language, rec *stage.Record, out *Settings, s *stage.Subject) {
	p := s.Profile
	name := prose.Data(p.Name)
	i := slices.IndexFunc(out.Servers, func(v Server) bool { return v.Instead != nil && !v.Planned })
	switch {
	case i >= 0 && len(p.Published) > 0:
		// The cause says which source is wrong, and which one is right.
	case i >= 0:
		out.Source = hint(l, []prose.Value{unlikePage(page(p), out.Servers[i])}, "")
	case s.Kind == stage.SubjectDomain && otherDomains(s) > 0:
		out.Source = hint(l, []prose.Value{say.SettingsSameOther(prose.Count(otherDomains(s)))}, lookUp(rec, "maildoctor", "profiles", "show", s.Domain))
	}
	pop := slices.ContainsFunc(out.Servers, func(v Server) bool { return v.Protocol == stage.POP3 && v.Confirmed })
	if _, ok := p.Note(stage.NoteLeaveCopyOnServer); ok && pop {
		out.Copies = l.Text(say.SettingsKeepCopies(name))
	}
	var limits []prose.Value
	if p.MailboxBytes > 0 {
		limits = append(limits, say.SettingsMailbox(prose.Size(p.MailboxBytes)))
	}
	if p.MessageBytes > 0 {
		limits = append(limits, say.SettingsMessage(prose.Size(p.MessageBytes)))
	}
	out.Limits = l.Text(prose.All(limits...))
}

// unlikePage says how a server differs from the one on the provider's page.
func unlikePage(page prose.Value, v Server) prose.Value {
	was, is := prose.Figure(int(v.Instead.Port)), prose.Figure(int(v.Port))
	switch {
	case !strings.EqualFold(v.Instead.Host, v.Host):
		was, is = prose.Data(v.Instead.Host), prose.Data(v.Host)
	case v.Instead.Port == v.Port:
		was, is = Security(v.Instead.Security), Security(v.Security)
	}
	if v.Found {
		return say.SettingsFound(page, was, is)
	}
	return say.SettingsNamed(page, is, was)
}

// otherDomains counts the profile's domains other than the subject's own, which may
// match a pattern.
func otherDomains(s *stage.Subject) int {
	n := len(s.Profile.Domains)
	if slices.Contains(s.Profile.Domains, s.Domain) {
		n--
	}
	return n
}

// userName returns what to type in as user name.
func userName(s *stage.Subject) prose.Value {
	if name := loginName(s); name.Name != "" {
		return prose.Data(name.Name)
	}
	return UserForm(s.Profile.UserName)
}

// loginName returns the same, and keeps the name apart from how it is formed.
func loginName(s *stage.Subject) LoginName {
	switch {
	case s.User != "":
		return LoginName{Name: s.User}
	case s.Profile.UserName == stage.FullAddress && s.Address != "":
		return LoginName{Name: s.Address}
	}
	return LoginName{Form: UserForm(s.Profile.UserName)}
}

// UserForm says how a user name is formed; nothing if it can't be derived from the
// address.
func UserForm(form stage.UserForm) (said prose.Value) {
	switch form {
	case stage.FullAddress:
		return say.SettingsFullAddress()
	case stage.LocalPart:
		return say.SettingsLocalPart()
	}
	return said
}

// SourceIDs returns the names of sources.
func SourceIDs(ids []stage.SourceID) prose.Value {
	var names []prose.Value
	for _, id := range ids {
		names = append(names, prose.Data(string(id)))
	}
	return prose.And(names...)
}

// source says where a profile's settings come from.
func source(s *stage.Subject) prose.Value {
	if ids := s.Profile.Published; len(ids) > 0 {
		return say.SettingsPublished(prose.Data(s.Domain), SourceIDs(ids))
	}
	if p := s.Profile; p.By != "" {
		return say.SettingsCompiled(prose.Data(p.By), prose.Data(p.Date), prose.Data(p.Checked))
	}
	return say.SettingsPage(prose.Data(s.Profile.Name), prose.Data(cmp.Or(s.Profile.Checked, s.Profile.Date)))
}

// page names the source of a profile's settings, in short.
func page(p *stage.Profile) prose.Value {
	if p.By != "" {
		return prose.Data(p.By)
	}
	return say.SettingsPageOf(prose.Data(p.Name))
}
