package report

import (
	"cmp"
	"slices"
	"strconv"

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
	OneLine  string // stands in the place of all else, where nothing is to be changed
	Source   string // where the settings were taken from, or who else has them; may be empty

	MailboxBytes int64 // the profile's limits, 0 where it has none
	MessageBytes int64
}

// Server is one incoming or outgoing server to type in.
type Server struct {
	stage.Endpoint
	Confirmed bool            // passed every stage that was asked for
	Found     bool            // found by trying; the profile doesn't have it
	Instead   *stage.Endpoint // what the profile has and what failed
	Missing   bool            // nothing that was tried works; Endpoint has only the protocol
	Answers   *stage.Endpoint // with Missing: what answers, though no login was tried there
	Optional  bool            // it serves in the place of a required one that failed
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
	wordsFullList   = " The full list: maildoctor settings {address}"
	wordsFromPage   = "From {source}. None of it could be tested now."
	wordsSameOther  = "The same for {n} other domains: maildoctor profiles show {domain}"
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
		var own []*stage.CheckRecord
		for _, c := range endpointChecks(rec) {
			if c.Check.Subject == i {
				own = append(own, c)
			}
		}
		if len(own) > 0 {
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
	for _, c := range own {
		if srv, ok := server(rec, c, own, w); ok && !hasServer(out.Servers, srv) {
			out.Servers = append(out.Servers, srv)
		}
	}
	// That one server is gone is no news to somebody who types in its like.
	confirmed := slices.Clone(out.Servers)
	out.Servers = slices.DeleteFunc(out.Servers, func(v Server) bool {
		return v.Missing && v.Answers == nil && slices.ContainsFunc(confirmed, func(o Server) bool { return o.Confirmed && o.Protocol == v.Protocol })
	})
	if !slices.ContainsFunc(out.Servers, func(v Server) bool { return !v.Missing }) {
		out.Servers = nil
		out.OneLine = oneLine(rec, s, own, d)
		return out
	}
	out.SignIn = signsIn(rec, own)
	extras(&out, s)
	return out
}

// server returns what to type in for one check; ok is false for one that isn't
// to be shown.
func server(rec *stage.Record, c *stage.CheckRecord, own []*stage.CheckRecord, w weighed) (Server, bool) {
	spare := c.Check.Optional && requiredSibling(c, own)
	if spare && !requiredFailed(c, own, w) {
		return Server{}, false
	}
	e := c.Check.Endpoint
	switch w.states[c.Check.ID] {
	case worked:
		return Server{Endpoint: e, Confirmed: true, Optional: spare}, true
	case unknown:
		if c.Check.Optional || !reached(c) {
			return Server{}, false
		}
		return Server{Endpoint: e}, true
	}
	if v, ok := bestWay(rec, c); ok {
		found := v.found.Check.Endpoint
		if v.works {
			return Server{Endpoint: found, Confirmed: true, Found: !v.named, Instead: new(e)}, true
		}
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true, Answers: new(found)}, !c.Check.Optional
	}
	if !c.Check.Optional {
		return Server{Endpoint: stage.Endpoint{Protocol: e.Protocol}, Missing: true}, true
	}
	return Server{}, false
}

// hasServer reports whether a server has its line already: several ports that fail may
// have one in their place.
func hasServer(all []Server, s Server) bool {
	return !s.Missing && slices.ContainsFunc(all, func(o Server) bool { return !o.Missing && o.Endpoint == s.Endpoint })
}

// reached reports whether the server at least answered, so that its name and
// port are worth typing in.
func reached(c *stage.CheckRecord) bool {
	r := c.Result(stage.Greeting)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}

// requiredSibling reports whether the same direction has an endpoint that the
// provider stands by. People are not sent to an optional one then.
func requiredSibling(c *stage.CheckRecord, own []*stage.CheckRecord) bool {
	return slices.ContainsFunc(own, func(o *stage.CheckRecord) bool {
		return !o.Check.Optional && o.Check.Endpoint.Protocol.Receives() == c.Check.Endpoint.Protocol.Receives()
	})
}

// requiredFailed reports whether an endpoint of the same direction failed that
// the provider stands by; an optional one that works is worth knowing then.
func requiredFailed(c *stage.CheckRecord, own []*stage.CheckRecord, w weighed) bool {
	return slices.ContainsFunc(own, func(o *stage.CheckRecord) bool {
		return !o.Check.Optional && w.states[o.Check.ID] == failed &&
			o.Check.Endpoint.Protocol.Receives() == c.Check.Endpoint.Protocol.Receives()
	})
}

// untestedSettings are the profile's own, where nothing could be tried.
func untestedSettings(out Settings, s *stage.Subject, own []*stage.CheckRecord) Settings {
	for _, c := range own {
		if !c.Check.Optional || !requiredSibling(c, own) {
			out.Servers = append(out.Servers, Server{Endpoint: c.Check.Endpoint})
		}
	}
	out.Untested = true
	out.Source = say(wordsFromPage, "source", source(s))
	return out
}

// oneLine says that the settings themselves are not at fault, or at least were
// those of the profile.
func oneLine(rec *stage.Record, s *stage.Subject, own []*stage.CheckRecord, d diagnose.Diagnosis) string {
	line := say(wordsUnchanged, "source", "on "+source(s))
	if allRefusedLogin(rec, own) && leads(d, cause.WrongPassword) {
		line = wordsOnlySecret
	}
	if s.Address != "" {
		line += say(wordsFullList, "address", s.Address)
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
func signsIn(rec *stage.Record, own []*stage.CheckRecord) bool {
	for _, c := range own {
		if c.Check.Endpoint.Protocol != stage.SMTP {
			continue
		}
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Pass {
			return true
		}
		if v, ok := bestWay(rec, c); ok && v.loggedIn {
			return true
		}
	}
	return false
}

// extras adds what belongs to the settings besides servers.
func extras(out *Settings, s *stage.Subject) {
	p := s.Profile
	i := slices.IndexFunc(out.Servers, func(v Server) bool { return v.Instead != nil })
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
		out.Source = say(words, "name", p.Name, "was", was, "is", is)
	case s.Kind == stage.SubjectDomain && otherDomains(s) > 0:
		out.Source = say(wordsSameOther, "n", strconv.Itoa(otherDomains(s)), "domain", s.Domain)
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

// otherDomains counts the profile's domains besides the subject's own, which may be
// one of a pattern.
func otherDomains(s *stage.Subject) int {
	n := len(s.Profile.Domains)
	if slices.Contains(s.Profile.Domains, s.Domain) {
		n--
	}
	return n
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
	if date := cmp.Or(s.Profile.Checked, s.Profile.Date); date != "" {
		out += " of " + stage.Visible(date)
	}
	return out
}
