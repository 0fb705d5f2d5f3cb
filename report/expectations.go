package report

import (
	"strconv"

	"maildoctor/probe/expect"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// expectations puts into words what came of the expectations of a smoke file.
func expectations(l *prose.Language, rec *stage.Record, judged []expect.Judgement) []Expectation {
	var out []Expectation
	for _, j := range judged {
		e := Expectation{
			Expectation: j.Expectation, Check: j.Check.Check.ID, Place: urlOf(j.Check.Check.Endpoint),
			Outcome:  ExpectationOutcome(j.Outcome),
			Expected: l.Text(j.Expected), Seen: l.Text(j.Seen), Why: l.Text(j.Why), Cause: j.Cause,
			said: say.ExpectationSeen(j.Expected, j.Seen),
		}
		if s := rec.Subject(j.Check); s != nil {
			e.At = s.Line
		}
		out = append(out, e)
	}
	return out
}

// urlOf returns an endpoint as a URL, such as "smtps://smtp2.example.com:465".
func urlOf(e stage.Endpoint) string { return e.Scheme() + "://" + e.Address() }

// Counted counts the expectations by outcome.
func (r *Report) Counted(o ExpectationOutcome) (n int) {
	for i := range r.Expectations {
		if r.Expectations[i].Outcome == o {
			n++
		}
	}
	return n
}

// failsBy reports whether an expectation makes the run fail: one that is unmet and is no
// mere warning or, if strict, any that is not met.
func (e *Expectation) failsBy(strict bool) bool {
	switch e.Outcome {
	case ExpectationUnmet:
		return strict || e.Severity != stage.ExpectWarn
	case ExpectationNotJudged:
		return strict
	}
	return false
}

// counts counts judgements of one outcome.
func counts(judged []expect.Judgement, o expect.Outcome) (n int) {
	for i := range judged {
		if judged[i].Outcome == o {
			n++
		}
	}
	return n
}

// fileTitle says what was examined by a smoke file, and how many of its expectations were
// met.
func fileTitle(rec *stage.Record, judged []expect.Judgement) prose.Value {
	file, n := prose.Data(rec.Header.Plan.File.Path), prose.Count(len(endpointChecks(rec)))
	var of prose.Value
	all := prose.Count(len(judged))
	unmet, open := counts(judged, expect.Unmet), counts(judged, expect.NotJudged)
	switch {
	case len(judged) == 0:
	case unmet > 0:
		of = say.TitleUnmet(prose.Count(unmet), all)
	case open == len(judged):
	default:
		of = say.TitleMet(prose.Count(len(judged)-open), all)
	}
	var left prose.Value
	if open > 0 {
		left = say.TitleNotJudged(prose.Count(open))
	}
	return prose.All(say.TitleFile(file, n), of, left)
}

// SeenText says what was expected and what was seen, in one clause.
func (r *Report) SeenText(e *Expectation) string {
	return r.Language.Text(e.said)
}

// AskedText says where the plan's file expects something, and where it has the endpoint.
func (r *Report) AskedText(e *Expectation) string {
	if r.File == nil {
		return ""
	}
	at := func(line int) prose.Value {
		if line <= 0 {
			return prose.Value{}
		}
		return prose.Data(r.File.Path + ":" + strconv.Itoa(line))
	}
	var words []prose.Value
	if place := at(e.Line); !place.Empty() {
		words = append(words, say.ExpectationAsked(place))
	}
	if place := at(e.At); !place.Empty() && e.At != e.Line {
		words = append(words, say.ExpectationEndpoint(place))
	}
	if e.Severity == stage.ExpectWarn {
		words = append(words, say.ExpectationWarning())
	}
	if r.ExpectationStood(e) {
		words = append(words, say.StoodOne(prose.Data(r.Against.Old.Name)))
	}
	return r.Language.Text(prose.All(words...))
}

// FileText names the plan's file and its contents; empty without one.
func (r *Report) FileText() string {
	if r.File == nil {
		return ""
	}
	return r.Language.Text(say.FileSum(prose.Data(r.File.Path), prose.Data(r.File.SHA256)))
}

// Unjudged is a group of expectations that can't be judged for one reason.
type Unjudged struct {
	ID     stage.ExpectationID
	Why    string
	Places []string // of the endpoints
}

// Unjudged returns the expectations that can't be judged, by what is expected and the
// reason, in the order of the file.
func (r *Report) Unjudged() (all []Unjudged) {
	type key struct {
		id  stage.ExpectationID
		why string
	}
	at := make(map[key]int)
	for i := range r.Expectations {
		e := &r.Expectations[i]
		if e.Outcome != ExpectationNotJudged {
			continue
		}
		k := key{e.ID, e.Why}
		n, ok := at[k]
		if !ok {
			n = len(all)
			at[k], all = n, append(all, Unjudged{ID: e.ID, Why: e.Why})
		}
		all[n].Places = append(all[n].Places, e.Place)
	}
	return all
}
