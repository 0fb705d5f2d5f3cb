package report

import (
	"maps"
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// maxSentences limits the summary.
const maxSentences = 4

// summary says in two to four sentences what works, what does not, and at which
// stage it fails.
func summary(rec *stage.Record, w weighed, d diagnose.Diagnosis) []prose.Value {
	checks := endpointChecks(rec)
	var out []prose.Value
	switch {
	case len(checks) == 0 && w.unserved:
		return causeSentences(tellingFindings(d, w, maxSentences))
	case len(checks) == 0:
		if out = nothingFound(rec); len(out) == 0 {
			out = []prose.Value{say.NothingExamined()}
		}
		return out
	case w.noNetwork:
		if out = causeSentences(tellingFindings(d, w, 1)); len(out) == 0 {
			out = []prose.Value{say.NothingLearnt()}
		}
		return out
	case w.inVain:
		return vain(rec)
	case len(rec.Header.Plan.Subjects) > 1:
		out = manySubjects(checks, w, owners(rec))
	case all(checks, w, chart.Worked) && w.partly:
		out = []prose.Value{answers(checks), untested(checks)}
	case all(checks, w, chart.Worked):
		out = []prose.Value{allWork(rec, checks)}
	default:
		out = mixed(parts(checks, w), d)
		if w.partly && !has(checks, w, chart.Broke) {
			out = append(out, untested(checks))
		}
	}
	out = append(out, nothingFound(rec)...)
	if from := settingsFrom(rec); !from.Empty() && !has(checks, w, chart.Broke) {
		out = append(out, from)
	}
	if left, _ := aboutLogins(rec); !left.Empty() {
		out = append(out, left)
	}
	round := waySentence(d, len(rec.Header.Plan.Subjects) == 1)
	if !round.Empty() {
		d = withoutOpen(d)
	}
	telling := tellingFindings(d, w, maxSentences-len(out))
	if n := len(out); n > 0 && len(telling) > 0 && covers(rec, d, w, checks) {
		p, _ := cause.PageOf(telling[0].Cause)
		out[n-1] = say.Because(out[n-1], p.Said(telling[0].Args))
		telling = telling[1:]
	}
	out = append(append(out, causeSentences(telling)...), round)
	if slices.ContainsFunc(checks, senderUntested) {
		out = append(out, say.NoSenderTried())
	}
	if to := relayed(checks); len(to) > 0 {
		out = append(out, say.WithoutLogin(prose.And(to...)))
	}
	return out
}

// withoutOpen omits from the sentences that other ports of a server answer, because
// the summary has a separate sentence on the one that works.
func withoutOpen(d diagnose.Diagnosis) diagnose.Diagnosis {
	d.Findings = slices.Clone(d.Findings)
	for i := range d.Findings {
		args := maps.Clone(d.Findings[i].Args)
		delete(args, "open")
		d.Findings[i].Args = args
	}
	return d
}

// covers reports whether the leading finding explains every endpoint that failed or
// was not tested. Then its sentence may follow the one that names those endpoints,
// after a colon.
func covers(rec *stage.Record, d diagnose.Diagnosis, w weighed, checks []*stage.CheckRecord) bool {
	lead := d.Leading()
	if lead == nil || len(rec.Header.Plan.Subjects) > 1 {
		return false
	}
	required, told := false, make(map[string]bool)
	for _, id := range lead.Checks {
		told[id] = true
	}
	for _, c := range checks {
		if w.endings[c.Check.ID] == chart.Worked {
			continue
		}
		refused := chart.RefusedFor(rec, c)
		if !told[c.Check.ID] && (refused == nil || !told[refused.Check.ID]) {
			return false
		}
		required = required || !c.Check.Optional
	}
	return required
}

// causeSentences returns the sentences on the pages of findings.
func causeSentences(findings []diagnose.Finding) []prose.Value {
	var out []prose.Value
	for _, f := range findings {
		if p, ok := cause.PageOf(f.Cause); ok {
			out = append(out, p.Said(f.Args))
		}
	}
	return out
}

// tellingFindings returns the most important findings that have a sentence: those as
// severe as the verdict, and at most two, since the rest is listed below. If several
// causes are merely possible, only the first is included.
func tellingFindings(d diagnose.Diagnosis, w weighed, room int) []diagnose.Finding {
	var out []diagnose.Finding
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
		if hasSentence(f) {
			out = append(out, f)
		}
	}
	return out
}

func all(checks []*stage.CheckRecord, w weighed, s chart.Ending) bool {
	for _, c := range checks {
		if w.endings[c.Check.ID] != s {
			return false
		}
	}
	return true
}

func has(checks []*stage.CheckRecord, w weighed, s chart.Ending) bool {
	for _, c := range checks {
		if w.endings[c.Check.ID] == s {
			return true
		}
	}
	return false
}

// allWork returns the sentence for a run in which everything requested worked.
func allWork(rec *stage.Record, checks []*stage.CheckRecord) prose.Value {
	var in, out prose.Value
	for _, c := range checks {
		if c.Check.Endpoint.Protocol.Receives() {
			in = say.UnitReceiving()
		} else {
			out = sendingUnit(checks)
		}
	}
	units := prose.And(in, out)
	if slices.ContainsFunc(checks, senderUntested) {
		out = prose.Value{} // the sentence about messages stands alone
	}
	below := rec.Header.Plan.Subjects[0].Profile != nil
	switch {
	case below && !out.Empty():
		return say.AllWorkBelowUnsent(units)
	case below:
		return say.AllWorkBelow(units)
	case !out.Empty():
		return say.AllWorkUnsent(units)
	}
	return say.AllWork(units)
}

// sendingUnit returns the term for sending, or only for its login if no sender was
// tried.
func sendingUnit(checks []*stage.CheckRecord) prose.Value {
	if slices.ContainsFunc(checks, senderUntested) {
		return say.UnitSendingLogin()
	}
	return say.UnitSending()
}

// senderUntested reports whether a login for sending was made, but no sender was
// tried because there is no address.
func senderUntested(c *stage.CheckRecord) bool {
	r := c.Result(stage.Submit)
	return r != nil && r.Status == stage.Skip && r.Reason == stage.NoSender
}

// relayed returns the recipients for whom servers accept mail without a login.
func relayed(checks []*stage.CheckRecord) (to []prose.Value) {
	for _, c := range checks {
		f, r, login := stage.FactsOf[*stage.SubmitFacts](c), c.Result(stage.Submit), c.Result(stage.Login)
		if f != nil && f.Recipient != "" && r.Status == stage.Pass && (login == nil || login.Status == stage.Skip) {
			to = prose.AppendNew(to, prose.Data(f.Recipient))
		}
	}
	return to
}

// answers returns the sentence for servers that answered, if no login was requested.
func answers(checks []*stage.CheckRecord) prose.Value {
	verified := true
	for _, c := range checks {
		r := c.Result(stage.Handshake)
		verified = verified && r != nil && r.Status == stage.Pass
	}
	switch n := len(checks); {
	case n == 1 && verified:
		return say.OneAnswersInOrder()
	case n == 1:
		return say.OneAnswers()
	case n == 2 && verified:
		return say.BothAnswerInOrder()
	case n == 2:
		return say.BothAnswer()
	case verified:
		return say.AllAnswerInOrder(prose.InWords(n))
	default:
		return say.AllAnswer(prose.InWords(n))
	}
}

// untested says why no login was tried.
func untested(checks []*stage.CheckRecord) prose.Value {
	reasons := make(map[stage.Reason]bool)
	for _, c := range checks {
		if r := c.Result(stage.Login); r != nil && r.Status == stage.Skip && r.Reason != stage.Blocked {
			reasons[r.Reason] = true
		}
	}
	switch {
	case reasons[stage.NotAsked]:
		return say.UntestedNotAsked()
	case reasons[stage.NoUser]:
		return say.UntestedNoUser()
	case reasons[stage.NoPassword]:
		return say.UntestedNoSecret()
	}
	return say.Untested()
}

// manySubjects counts endpoints, because there is no common name for receiving and
// sending by several people.
func manySubjects(checks []*stage.CheckRecord, w weighed, whose map[string]prose.Value) []prose.Value {
	var not []prose.Value
	open := 0
	for _, c := range checks {
		switch w.endings[c.Check.ID] {
		case chart.Worked:
			continue
		case chart.Unfinished:
			open++
		}
		endpoint := prose.Data(c.Check.Endpoint.Address())
		if owner := whose[c.Check.ID]; !owner.Empty() {
			endpoint = say.CellOwned(endpoint, owner)
		}
		not = append(not, endpoint)
	}
	out := []prose.Value{counted(len(checks), len(not), open, not)}
	if w.partly && len(not) == 0 {
		out = append(out, untested(checks))
	}
	return out
}

// ofOne says whether the only endpoint works.
func ofOne(bad, open int) prose.Value {
	switch {
	case bad == 0:
		return say.EndpointsOne()
	case open > 0:
		return say.EndpointsOneOpen()
	}
	return say.EndpointsOneNot()
}

// counted says how many of n endpoints work: bad ones don't, and open ones were not
// tested to the end.
func counted(n, bad, open int, not []prose.Value) prose.Value {
	inWords := prose.InWords(n)
	switch {
	case n == 1:
		return ofOne(bad, open)
	case bad == 0 && n == 2:
		return say.EndpointsBoth()
	case bad == 0:
		return say.EndpointsAll(inWords)
	case bad < n:
		return say.EndpointsSome(prose.Count(n-bad), prose.Count(n), prose.And(not...))
	case open == n:
		return say.EndpointsUntried(inWords)
	case open > 0:
		return say.EndpointsOpen(prose.Count(n-open), prose.Count(n), prose.Count(open))
	case n == 2:
		return say.EndpointsNeither()
	}
	return say.EndpointsNone(inWords)
}
