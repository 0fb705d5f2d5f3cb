package report

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Settings is what to type into a mail program for one subject. Servers lists
// only what passed in this run, unless Untested says that nothing could be
// tried.
type Settings struct {
	Subject  string // the argument that it belongs to
	Servers  []Server
	UserName string // the user name itself, or how it is formed
	SignIn   bool   // the outgoing server took the same name and password
	Copies   string // advice on leaving mail on the server
	Limits   string // of the mailbox and of one message
	Untested bool   // taken from the profile; nothing could be tested
	OneLine  Advice // stands in the place of all else, where nothing is to be changed
	Source   Advice // where the settings were taken from, or who else has them; may be empty

	MailboxBytes int64 // the profile's limits, 0 where it has none
	MessageBytes int64
}

// Server is one incoming or outgoing server to type in.
type Server struct {
	stage.Endpoint
	Confirmed bool            // passed every stage that was asked for
	Found     bool            // found by trying; the profile doesn't have it
	Instead   *stage.Endpoint // what failed in its place
	Planned   bool            // with Instead: the plan has both
	Missing   bool            // nothing that was tried works; Endpoint has only the protocol
	Answers   *stage.Endpoint // with Missing: what answers, though no login was tried there
	Optional  bool            // it serves in the place of a required one that failed
}

// Differs lists what failed in the place of this server, field by field: only what is
// to be typed in otherwise, except that a port is named with its encryption.
func (s Server) Differs() []string {
	was := s.Instead
	if was == nil {
		return nil
	}
	var out []string
	if !strings.EqualFold(was.Host, s.Host) {
		out = append(out, stage.Visible(was.Host))
	}
	if was.Port != s.Port {
		out = append(out, strconv.Itoa(int(was.Port)))
	}
	if was.Port != s.Port || was.Security != s.Security {
		out = append(out, SecurityWords(was.Security))
	}
	return out
}

// Label is how mail programs call the place where a server is typed in.
func (s Server) Label() string {
	if s.Protocol.Receives() {
		return "Incoming (" + protocolWords[s.Protocol] + ")"
	}
	return "Outgoing (SMTP)"
}

// Words of the settings.
const (
	wordsUnchanged  = "No change. Tried as {source}."
	wordsOnlySecret = "No change but the password."
	wordsFullList   = " The full list:"
	wordsFromPage   = "From {source}. None of it could be tested now."
	wordsSameOther  = "The same for {n} other domains:"
	wordsFound      = "{name}'s page gives {was} and does not name {is}, which was found by trying."
	wordsNamed      = "{name}'s page names {is} as well as {was}."
	wordsFullUser   = "your full e-mail address"
	wordsLocalUser  = "the part of your e-mail address before the @"
	wordsKeepCopies = "leave them on the server ({name}'s advice)"
)

// settings returns the settings of every subject that has a profile.
func settings(rec *stage.Record, w weighed, d diagnose.Diagnosis) []Settings {
	var out []Settings
	for i := range rec.Header.Plan.Subjects {
		s := &rec.Header.Plan.Subjects[i]
		if s.Profile == nil {
			continue
		}
		if own := w.book.ofSubject[i]; len(own) > 0 {
			out = append(out, settingsOf(rec, s, own, w, d))
		}
	}
	return out
}

func settingsOf(rec *stage.Record, s *stage.Subject, own []*stage.CheckRecord, w weighed, d diagnose.Diagnosis) Settings {
	out := Settings{
		Subject:      stage.Visible(s.Argument),
		UserName:     userName(s),
		MailboxBytes: s.Profile.MailboxBytes,
		MessageBytes: s.Profile.MessageBytes,
	}
	if w.noNetwork {
		return untestedSettings(out, s, own)
	}
	out.Servers = servers(own, w)
	if !slices.ContainsFunc(out.Servers, func(v Server) bool { return !v.Missing }) {
		out.Servers = nil
		out.OneLine = oneLine(rec, s, own, d)
		return out
	}
	out.SignIn = signsIn(w, own)
	extras(&out, s)
	return out
}

// server returns what to type in for one check; ok is false for one that isn't
// to be shown.
func server(c *stage.CheckRecord, b backing, w weighed) (Server, bool) {
	// People are not sent to an optional endpoint where there is another, unless that
	// one fails.
	spare := c.Check.Optional && b.required
	if spare && !b.failed {
		return Server{}, false
	}
	e := c.Check.Endpoint
	switch w.endings[c.Check.ID] {
	case chart.Worked:
		return Server{Endpoint: e, Confirmed: true, Optional: spare}, true
	case chart.Unfinished:
		if c.Check.Optional || !chart.Reached(c) {
			return Server{}, false
		}
		return Server{Endpoint: e}, true
	}
	if v, ok := w.ways[c.Check.ID]; ok {
		if v.Works {
			return Server{Endpoint: v.Endpoint, Confirmed: true, Found: !v.Named, Instead: new(e), Planned: v.Planned}, true
		}
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true, Answers: new(v.Endpoint)}, !c.Check.Optional
	}
	if !c.Check.Optional {
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true}, true
	}
	return Server{}, false
}

// servers returns what to type in for the checks of one subject, what this run has
// proven first, in each direction. Several ports that fail may have one in their
// place, which has one line.
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
	// That one server is gone is no news to somebody who types in its like.
	all = slices.DeleteFunc(all, func(v Server) bool { return v.Missing && v.Answers == nil && confirmed[v.Protocol] })
	for _, receives := range []bool{true, false} {
		provenFirst(all, receives)
	}
	return all
}

// backing says what a provider stands by in one direction.
type backing struct {
	required bool // an endpoint is not optional
	failed   bool // and one of those failed
}

// backings are those of receiving and sending, by [stage.Protocol.Receives].
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

// provenFirst moves the servers of one direction that this run has confirmed before
// the others of that direction.
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

// untestedSettings are the profile's own, where nothing could be tried.
func untestedSettings(out Settings, s *stage.Subject, own []*stage.CheckRecord) Settings {
	backing := backings(own, weighed{})
	for _, c := range own {
		if !c.Check.Optional || !backing[c.Check.Endpoint.Protocol.Receives()].required {
			out.Servers = append(out.Servers, Server{Endpoint: c.Check.Endpoint})
		}
	}
	out.Untested = true
	out.Source = Advice{Text: say(wordsFromPage, "source", source(s))}
	return out
}

// oneLine says that the settings themselves are not at fault, or at least were
// those of the profile.
func oneLine(rec *stage.Record, s *stage.Subject, own []*stage.CheckRecord, d diagnose.Diagnosis) Advice {
	line := Advice{Text: say(wordsUnchanged, "source", "on "+source(s))}
	if allRefusedLogin(rec, own) && leads(d, cause.WrongPassword) {
		line.Text = wordsOnlySecret
	}
	if s.Address != "" {
		line.Text += wordsFullList
		line.Command = command("settings", s.Address)
	}
	return line
}

// allRefusedLogin reports whether every server was reached and refused the
// login alone.
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

// signsIn reports whether sending and receiving took the same name and
// password.
func signsIn(w weighed, own []*stage.CheckRecord) bool {
	for _, c := range own {
		if c.Check.Endpoint.Protocol != stage.SMTP {
			continue
		}
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Pass {
			return true
		}
		if w.ways[c.Check.ID].LoggedIn {
			return true
		}
	}
	return false
}

// extras adds what belongs to the settings besides servers.
func extras(out *Settings, s *stage.Subject) {
	p := s.Profile
	i := slices.IndexFunc(out.Servers, func(v Server) bool { return v.Instead != nil && !v.Planned })
	switch {
	case i >= 0:
		v := out.Servers[i]
		was, is := strconv.Itoa(int(v.Instead.Port)), strconv.Itoa(int(v.Port))
		if was == is {
			was, is = SecurityWords(v.Instead.Security), SecurityWords(v.Security)
		}
		words := wordsFound
		if !v.Found {
			words = wordsNamed
		}
		out.Source = Advice{Text: say(words, "name", p.Name, "was", was, "is", is)}
	case s.Kind == stage.SubjectDomain && len(p.Domains) > 1:
		out.Source = Advice{say(wordsSameOther, "n", strconv.Itoa(len(p.Domains)-1)), command("profiles", "show", s.Domain)}
	}
	pop := slices.ContainsFunc(out.Servers, func(v Server) bool { return v.Protocol == stage.POP3 && v.Confirmed })
	if _, ok := p.Note(stage.NoteLeaveCopyOnServer); ok && pop {
		out.Copies = say(wordsKeepCopies, "name", p.Name)
	}
	switch {
	case p.MailboxBytes > 0 && p.MessageBytes > 0:
		out.Limits = "mailbox " + Bytes(p.MailboxBytes) + ", one message " + Bytes(p.MessageBytes)
	case p.MailboxBytes > 0:
		out.Limits = "mailbox " + Bytes(p.MailboxBytes)
	case p.MessageBytes > 0:
		out.Limits = "one message " + Bytes(p.MessageBytes)
	}
}

// userName is what to type in as user name.
func userName(s *stage.Subject) string {
	switch {
	case s.User != "":
		return stage.Visible(s.User)
	case s.Profile.UserName == stage.FullAddress && s.Address != "":
		return stage.Visible(s.Address)
	}
	return UserNameWords(s.Profile.UserName)
}

// UserNameWords says how a user name is formed; empty for a
// name that the address doesn't tell.
func UserNameWords(form stage.UserForm) string {
	switch form {
	case stage.FullAddress:
		return wordsFullUser
	case stage.LocalPart:
		return wordsLocalUser
	}
	return ""
}

// source names where a profile's settings were taken from.
func source(s *stage.Subject) string {
	out := stage.Visible(s.Profile.Name) + "'s page"
	if s.Profile.Date != "" {
		out += " of " + stage.Visible(s.Profile.Date)
	}
	return out
}
