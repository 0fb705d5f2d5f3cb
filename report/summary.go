package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// maxSentences bounds the summary.
const maxSentences = 4

// summary says in two to four sentences what works, what does not, and where
// it stops.
func summary(rec *stage.Record, w weighed, d diagnose.Diagnosis, found []way) []string {
	checks := endpointChecks(rec)
	var out []string
	switch {
	case len(checks) == 0 && w.unserved:
		return causeSentences(d, w, maxSentences)
	case len(checks) == 0:
		out = []string{wordsNoChecks}
	case w.noNetwork:
		if out = causeSentences(d, w, 1); len(out) == 0 {
			out = []string{wordsNothingLearnt}
		}
		return out
	case len(rec.Header.Plan.Subjects) > 1:
		out = manySubjects(checks, w, owners(rec))
	case all(checks, w, worked) && w.partly:
		out = []string{answers(checks), untested(checks)}
	case all(checks, w, worked):
		out = []string{allWork(rec, checks)}
	default:
		out = mixed(units(checks, w), d)
		if w.partly && !has(checks, w, failed) {
			out = append(out, untested(checks))
		}
	}
	round := waySentence(found, len(rec.Header.Plan.Subjects) == 1)
	if round != "" {
		d = withoutOpen(d)
	}
	causes := causeSentences(d, w, maxSentences-len(out))
	if n := len(out); n > 0 && len(causes) > 0 && covers(rec, d, w, checks) {
		out[n-1] = strings.TrimSuffix(out[n-1], ".") + ": " + goesOn(causes[0])
		causes = causes[1:]
	}
	out = append(out, causes...)
	if round != "" {
		out = append(out, round)
	}
	if slices.ContainsFunc(checks, senderUntested) {
		out = append(out, wordsNoSender)
	}
	return out
}

// withoutOpen leaves out of sentences which other ports of a server answer: the
// summary has a sentence of its own on the one that works.
func withoutOpen(d diagnose.Diagnosis) diagnose.Diagnosis {
	d.Findings = slices.Clone(d.Findings)
	for i := range d.Findings {
		args := maps.Clone(d.Findings[i].Args)
		delete(args, "open")
		d.Findings[i].Args = args
	}
	return d
}

// covers reports whether the leading finding tells why every endpoint failed
// that did, or else stayed untested, so that its sentence may follow the last
// one, which names them, after a colon.
func covers(rec *stage.Record, d diagnose.Diagnosis, w weighed, checks []*stage.CheckRecord) bool {
	lead := d.Leading()
	if lead == nil || len(rec.Header.Plan.Subjects) > 1 {
		return false
	}
	required := false
	for _, c := range checks {
		if w.states[c.Check.ID] == worked {
			continue
		}
		refused := chart.RefusedFor(rec, c)
		if !slices.Contains(lead.Checks, c.Check.ID) && (refused == nil || !slices.Contains(lead.Checks, refused.Check.ID)) {
			return false
		}
		required = required || !c.Check.Optional
	}
	return required
}

// causeSentences returns the sentences of the causes that matter most: those
// that are as grave as the verdict, and at most two, since the rest is listed
// below. Where several causes are merely possible, only the first speaks.
func causeSentences(d diagnose.Diagnosis, w weighed, room int) []string {
	var out []string
	severe := w.overall() == DoesNotWork
	for i, f := range d.Findings {
		if len(out) >= min(room, 2) {
			break
		}
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		if i > 0 && (f.Confidence == cause.Possible || severe && f.Severity != cause.Fail) {
			continue
		}
		if s := pageSentence(f); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func all(checks []*stage.CheckRecord, w weighed, s state) bool {
	for _, c := range checks {
		if w.states[c.Check.ID] != s {
			return false
		}
	}
	return true
}

func has(checks []*stage.CheckRecord, w weighed, s state) bool {
	for _, c := range checks {
		if w.states[c.Check.ID] == s {
			return true
		}
	}
	return false
}

// allWork is the sentence for a run in which everything asked for worked.
func allWork(rec *stage.Record, checks []*stage.CheckRecord) string {
	var in, out bool
	for _, c := range checks {
		in = in || c.Check.Endpoint.Protocol.Receives()
		out = out || !c.Check.Endpoint.Protocol.Receives()
	}
	var u []string
	if in {
		u = append(u, "receiving")
	}
	switch {
	case out && slices.ContainsFunc(checks, senderUntested):
		u, out = append(u, "the login for sending"), false
	case out:
		u = append(u, "sending")
	}
	sentence := wordsAllWork
	below := rec.Header.Plan.Subjects[0].Profile != nil
	switch {
	case below && out:
		sentence = wordsAllWorkUnsent
	case out:
		sentence = wordsPlainUnsent
	case !below:
		sentence = wordsPlainWork
	}
	return say(sentence, "units", capital(list(u)), "work", either(len(u), "works", "work"))
}

// senderUntested reports whether a login for sending was made, and no sender was
// tried for want of an address.
func senderUntested(c *stage.CheckRecord) bool {
	r := c.Result(stage.Submit)
	return r != nil && r.Status == stage.Skip && r.Reason == stage.NoSender
}

// answers is the sentence for servers that answered, where no login was asked
// for.
func answers(checks []*stage.CheckRecord) string {
	verified := true
	for _, c := range checks {
		r := c.Result(stage.Handshake)
		verified = verified && r != nil && r.Status == stage.Pass
	}
	n := number(len(checks))
	switch {
	case len(checks) == 1 && verified:
		return wordsOneInOrder
	case len(checks) == 1:
		return wordsOneAnswers
	case len(checks) == 2 && verified:
		return wordsBothInOrder
	case len(checks) == 2:
		return wordsBothAnswer
	case verified:
		return say(wordsAllInOrder, "n", n)
	}
	return say(wordsAllAnswer, "n", n)
}

// untested says why no login was tried.
func untested(checks []*stage.CheckRecord) string {
	reasons := make(map[stage.Reason]bool)
	for _, c := range checks {
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Skip && r.Reason != stage.Blocked {
			reasons[r.Reason] = true
		}
	}
	switch {
	case reasons[stage.NotAsked]:
		return wordsUntestedNotAsked
	case reasons[stage.NoUser]:
		return wordsUntestedNoUser
	case reasons[stage.NoPassword]:
		return wordsUntestedNoSecret
	}
	return wordsUntested
}

// manySubjects counts endpoints, since what is received and sent by several
// people has no common name.
func manySubjects(checks []*stage.CheckRecord, w weighed, whose map[string]string) []string {
	var not []string
	open := 0
	for _, c := range checks {
		switch w.states[c.Check.ID] {
		case worked:
			continue
		case unknown:
			open++
		}
		not = append(not, strings.TrimSpace(c.Check.Endpoint.Address()+" "+whose[c.Check.ID]))
	}
	n := len(checks)
	var out []string
	switch {
	case len(not) == 0 && n == 2:
		out = []string{wordsEndpointsBoth}
	case len(not) == 0:
		out = []string{say(wordsEndpointsAll, "n", number(n))}
	case len(not) < n:
		out = []string{say(wordsEndpointsSome, "k", strconv.Itoa(n-len(not)), "n", strconv.Itoa(n), "list", listed(not))}
	case open == n:
		out = []string{say(wordsEndpointsUntried, "n", number(n))}
	case open > 0:
		out = []string{say(wordsEndpointsOpen, "j", strconv.Itoa(n-open), "n", strconv.Itoa(n), "do", either(n-open, "does", "do"),
			"m", strconv.Itoa(open), "was", either(open, "was", "were"))}
	case n == 2:
		out = []string{wordsEndpointsNeither}
	default:
		out = []string{say(wordsEndpointsNone, "n", number(n))}
	}
	if w.partly && len(not) == 0 {
		out = append(out, untested(checks))
	}
	return out
}
