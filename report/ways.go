package report

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// way is a way to a server that a follow-up found where the settings' own
// failed: another port, or the same one secured otherwise.
type way struct {
	failed, found *stage.CheckRecord
	named         bool // the profile has it
	loggedIn      bool
	// works is set where every stage was passed that was asked for. Where nobody
	// stands by it but the run itself, the login is one of them.
	works bool
}

// ways returns the best way round each check that failed, in the order of the
// plan.
func ways(rec *stage.Record, w weighed) []way {
	var out []way
	for _, c := range endpointChecks(rec) {
		if w.states[c.Check.ID] != failed {
			continue
		}
		if v, ok := bestWay(rec, c); ok {
			out = append(out, v)
		}
	}
	return out
}

// bestWay returns the way round one check that is to be named before the others.
func bestWay(rec *stage.Record, c *stage.CheckRecord) (best way, ok bool) {
	for i := range rec.Checks {
		v, leads := wayRound(rec, c, &rec.Checks[i])
		if leads && (!ok || v.before(best)) {
			best, ok = v, true
		}
	}
	return best, ok
}

// wayRound says whether a follow-up is a way round a check: the same host and
// protocol, encrypted, and a server that answers. A certificate that does not hold
// has failed its check.
func wayRound(rec *stage.Record, c, f *stage.CheckRecord) (way, bool) {
	e, was := f.Check.Endpoint, c.Check.Endpoint
	examined := f.Check.Kind == stage.KindEndpoint || f.Check.Kind == stage.KindTLS
	switch {
	case !f.Check.FollowUp() || !examined || !usual(f.Check.Manner) || !slices.Contains(f.Check.Parents, c.Check.ID):
	case e == was || e.Protocol != was.Protocol || !strings.EqualFold(e.Host, was.Host) || e.Security == stage.None:
	case f.Failed() == nil && reached(f):
		v := way{failed: c, found: f, named: names(subjectOf(rec, f), e)}
		login := f.Result(stage.Login)
		v.loggedIn = login != nil && login.Status == stage.Pass
		through := f.Check.Kind == stage.KindEndpoint && stateOf(f, loginAsked(rec, f)) == worked
		v.works = through && (v.loggedIn || v.named)
		return v, true
	}
	return way{}, false
}

// usual reports whether a follow-up connects as a mail program does.
func usual(m stage.Manner) bool {
	return m.Address == "" && len(m.Resolvers) == 0 && m.MaxSegment == 0 && m.Hello == "" && !m.Insist && m.Mechanism == ""
}

// names reports whether the provider's page has an endpoint, also where this run
// left it out.
func names(s *stage.Subject, e stage.Endpoint) bool {
	return s != nil && s.Profile != nil && slices.Contains(s.Profile.Endpoints, e)
}

// before orders ways: those that work, then encryption from the first byte (RFC
// 8314 3.3), then what the provider names.
func (v way) before(o way) bool {
	if v.works != o.works {
		return v.works
	}
	atOnce := func(w way) bool { return w.found.Check.Endpoint.Security == stage.TLS }
	if atOnce(v) != atOnce(o) {
		return atOnce(v)
	}
	return v.named && !o.named
}

// samePort reports whether only the encryption differs.
func (v way) samePort() bool { return v.found.Check.Endpoint.Port == v.failed.Check.Endpoint.Port }

// Sentences about ways.
const (
	wordsWayWorks   = "{port} of {host} works{how}, and took your login."
	wordsWayAnswers = "{port} of {host} answers; login was not tried there."
	wordsWaysWork   = "{places} work, and took your login."

	wordsChangeWay = "in your mail program, under {server}, change {what} to what is marked <- below. Leave the rest as it is."
	wordsTypeWay   = "in your mail program, under {server}, use {port} and {encryption}. It works from here."
)

// waySentence says in the summary which way round the trouble there is. An
// optional endpoint's is left to its row, and another encryption of the same port to
// the cause, unless a login has proven it. near says that no other server has been
// spoken of.
func waySentence(all []way, near bool) string {
	var good, answering []way
	for _, v := range all {
		switch {
		case v.failed.Check.Optional:
		case v.works && v.loggedIn:
			good = append(good, v)
		case !v.samePort():
			answering = append(answering, v)
		}
	}
	near = near && len(all) == 1
	switch {
	case len(good) > 1:
		var places []string
		for _, v := range good {
			places = append(places, v.port()+" of "+stage.Visible(v.found.Check.Endpoint.Host)+v.how())
		}
		return fill(wordsWaysWork, "places", capital(listed(places)))
	case len(good) == 1:
		return good[0].sentence(wordsWayWorks, near)
	case len(answering) > 0:
		return answering[0].sentence(wordsWayAnswers, near)
	}
	return ""
}

func (v way) sentence(words string, near bool) string {
	host := v.found.Check.Endpoint.Host
	if near {
		host = "the same server"
	}
	return fill(words, "port", capital(v.port()), "host", host, "how", v.how())
}

func (v way) port() string { return "port " + strconv.Itoa(int(v.found.Check.Endpoint.Port)) }

// how names the encryption where that is what differs.
func (v way) how() string {
	if v.samePort() {
		return " with " + SecurityWords(v.found.Check.Endpoint.Security)
	}
	return ""
}

// wayActions say what to change in a mail program. Where only the encryption of a
// port is wrong, the cause's own page says it better.
func wayActions(rec *stage.Record, all []way) []Action {
	var out []Action
	marked := make(map[string][]string) // what is to be changed: of which servers
	var order []string
	for _, v := range all {
		if !v.replaces() {
			continue
		}
		e := v.found.Check.Endpoint
		server := serverWords(e.Protocol)
		if s := subjectOf(rec, v.found); s == nil || s.Profile == nil {
			// There is no table of settings to mark it in.
			out = append(out, you(fill(wordsTypeWay, "server", server, "port", v.port(), "encryption", SecurityWords(e.Security))))
			continue
		}
		what := "the port"
		if e.Security != v.failed.Check.Endpoint.Security {
			what = "the port and the encryption"
		}
		if marked[what] == nil {
			order = append(order, what)
		}
		if !slices.Contains(marked[what], server) {
			marked[what] = append(marked[what], server)
		}
	}
	for i, what := range order {
		out = slices.Insert(out, i, you(fill(wordsChangeWay, "server", list(marked[what]), "what", what)))
	}
	return out
}

// replaces reports whether people are told to use this way in the place of the
// one that failed.
func (v way) replaces() bool { return v.works && !v.samePort() && !v.failed.Check.Optional }

func serverWords(p stage.Protocol) string {
	if p.Receives() {
		return "incoming server"
	}
	return "outgoing server"
}

func you(text string) Action {
	return Action{Who: cause.You, Party: parties[cause.You], Text: text}
}

// ownWords are the beginnings of actions that say what to type in.
var ownWords = []string{"in your mail program, use ", "in your mail program, change the ", "in your mail program, set the encryption "}

// beside returns the actions of a page that still say something where ways have
// been found round all checks that a finding concerns: what else might be typed in
// is not for those who have settings that work.
func beside(actions []cause.Action, f diagnose.Finding, all []way) []cause.Action {
	for _, id := range f.Checks {
		if !slices.ContainsFunc(all, func(v way) bool { return v.failed.Check.ID == id && v.replaces() }) {
			return actions
		}
	}
	var out []cause.Action
	dropped := false
	for _, a := range actions {
		is := func(words string) bool { return strings.HasPrefix(a.Text, words) }
		dropped = a.Who == cause.You && (slices.ContainsFunc(ownWords, is) || dropped && is("or "))
		if !dropped {
			out = append(out, a)
		}
	}
	return out
}
