// Package expect judges what a smoke file expects of its endpoints
// ([stage.Check.Expects]).
//
// [Judge] takes a record and its diagnosis, and returns a [Judgement] for each
// expectation: met, unmet, or not judged because this machine can't tell. It is pure, so
// that a saved run gives the same judgements whenever it is read again. Expectations do
// not bear on the diagnosis: an endpoint that works doesn't stop working because more
// was expected of it.
//
// [Trials] returns the checks that have to be made in addition, because an ordinary
// check doesn't look at what is expected: a login with a wrong password, mail for a
// stranger without a login, and what the domain publishes.
package expect

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Outcome is what came of an expectation.
type Outcome string

// The outcomes, as in reports.
const (
	Met       Outcome = "met"
	Unmet     Outcome = "unmet"
	NotJudged Outcome = "not-judged" // this machine can't tell
)

// Judgement is what came of one expectation.
type Judgement struct {
	stage.Expectation
	Check    *stage.CheckRecord
	Outcome  Outcome
	Expected prose.Value // "at least 14"
	Seen     prose.Value // "5"; empty with NotJudged
	Why      prose.Value // with NotJudged: why this machine can't tell
	Cause    cause.ID    // the finding that explains why it is unmet, or can't be judged; empty: none does
}

// Judge returns a judgement for each expectation of the checks of the plan, in plan
// order and for each check in the order of its expectations. Those of a check that the
// run's end cut short are not judged, as far as the end is the reason.
func Judge(rec *stage.Record, d diagnose.Diagnosis) []Judgement {
	var out []Judgement
	run := newRun(rec, d)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if c.Check.FollowUp() {
			continue
		}
		for _, e := range c.Check.Expects {
			out = append(out, run.judge(c, e))
		}
	}
	return out
}

// run is a record, indexed for [Judge].
type run struct {
	rec      *stage.Record
	d        diagnose.Diagnosis
	findings map[string][]*diagnose.Finding // by Check.ID
	trials   map[trialKey]*stage.CheckRecord
}

// trialKey identifies a trial by a check that it serves.
type trialKey struct {
	kind  stage.Kind
	check string
}

func newRun(rec *stage.Record, d diagnose.Diagnosis) *run {
	r := &run{rec: rec, d: d, findings: make(map[string][]*diagnose.Finding), trials: make(map[trialKey]*stage.CheckRecord)}
	for i := range d.Findings {
		f := &d.Findings[i]
		for _, id := range f.Checks {
			r.findings[id] = append(r.findings[id], f)
		}
	}
	for i := range rec.Trials {
		t := &rec.Trials[i]
		for _, id := range t.Check.Parents {
			r.trials[trialKey{t.Check.Kind, id}] = t
		}
	}
	return r
}

// exam is one expectation of one check.
type exam struct {
	*run
	c *stage.CheckRecord
	e stage.Expectation
}

// ruling is the outcome of an exam.
type ruling struct {
	outcome Outcome
	seen    prose.Value
	why     prose.Value
	cause   cause.ID // with NotJudged
}

// is returns the ruling on something that was seen.
func is(met bool, seen prose.Value) ruling {
	if met {
		return ruling{outcome: Met, seen: seen}
	}
	return ruling{outcome: Unmet, seen: seen}
}

// open returns the ruling that this machine can't tell.
func open(why prose.Value) ruling { return ruling{outcome: NotJudged, why: why} }

// standard is how an expectation is put into words and judged.
type standard struct {
	expected func(stage.Expectation) prose.Value
	judge    func(*exam) ruling
}

// standards are those of all expectations.
var standards = map[stage.ExpectationID]standard{
	stage.ExpectReachable:         {families, reachable},
	stage.ExpectSecurity:          {securities, security},
	stage.ExpectTLSMin:            {leastVersion, tlsMin},
	stage.ExpectCertificateDays:   {least, certificateDays},
	stage.ExpectCertificateNames:  {all, certificateNames},
	stage.ExpectCertificateIssuer: {inIssuer, certificateIssuer},
	stage.ExpectCertificateKey:    {strength, certificateKey},
	stage.ExpectStartTLSOffered:   {offered, startTLSOffered},
	stage.ExpectLoginNeedsTLS:     {always(say.ExpectNoLoginYet), loginNeedsTLS},
	stage.ExpectMechanisms:        {listed, mechanismsOffered},
	stage.ExpectNoMechanisms:      {unlisted, mechanismsAbsent},
	stage.ExpectCapabilities:      {listed, capabilities},
	stage.ExpectLogin:             {always(say.ExpectAccepted), login},
	stage.ExpectWrongPassword:     {always(say.ExpectRefused), wrongPassword},
	stage.ExpectSender:            {sender, senderAccepted},
	stage.ExpectSize:              {leastSize, sizeAtLeast},
	stage.ExpectQuota:             {belowPercent, quotaBelow},
	stage.ExpectNoRelay:           {always(say.ExpectStranger), noOpenRelay},
	stage.ExpectGreeting:          {within, greetingWithin},
	stage.ExpectReady:             {within, readyWithin},
	stage.ExpectDiscovery:         {published, discoveryAgrees},
	stage.ExpectNoCause:           {without, causeAbsent},
}

// always returns the words of an expectation that has no values.
func always(words func() prose.Value) func(stage.Expectation) prose.Value {
	return func(stage.Expectation) prose.Value { return words() }
}

// all are the values of an expectation, which are data.
func all(e stage.Expectation) prose.Value { return prose.And(prose.Datas(e.Want)...) }

func (r *run) judge(c *stage.CheckRecord, e stage.Expectation) Judgement {
	j := Judgement{Expectation: e, Check: c}
	s, ok := standards[e.ID]
	if !ok { // of a newer version
		j.Outcome, j.Expected, j.Why = NotJudged, all(e), say.ExpectUnknown()
		return j
	}
	k := &exam{run: r, c: c, e: e}
	said := s.judge(k)
	j.Outcome, j.Expected, j.Seen, j.Why, j.Cause = said.outcome, s.expected(e), said.seen, said.why, said.cause
	switch {
	case j.Outcome == NotJudged:
		j.Seen = prose.Value{}
	case j.Seen.Empty():
		j.Seen = say.ExpectNothing()
	}
	switch j.Outcome {
	case Unmet:
		j.Cause = k.explanation()
	case Met:
		j.Seen = k.after(j.Seen, s)
	}
	return j
}

// after adds to what was seen, where an earlier try left the expectation unmet, what was
// seen then.
func (k *exam) after(seen prose.Value, s standard) prose.Value {
	for i := range k.c.Tries {
		t := k.c.Tries[i]
		t.Check, t.Tries = k.c.Check, nil
		if before := s.judge(&exam{run: k.run, c: &t, e: k.e}); before.outcome == Unmet {
			return say.ExpectSeenBefore(seen, before.seen)
		}
	}
	return seen
}

// want returns the first value of the expectation; empty if there is none.
func (k *exam) want() string {
	if len(k.e.Want) == 0 {
		return ""
	}
	return k.e.Want[0]
}

// trial returns the trial of a kind that serves the check, or nil.
func (k *exam) trial(kind stage.Kind) *stage.CheckRecord {
	return k.trials[trialKey{kind, k.c.Check.ID}]
}

// finding returns the first finding about the check that stands by itself and has one of
// these causes, or nil.
func (k *exam) finding(causes ...cause.ID) *diagnose.Finding {
	for _, f := range k.findings[k.c.Check.ID] {
		if f.SuppressedBy == "" && slices.Contains(causes, f.Cause) {
			return f
		}
	}
	return nil
}
