package report

import (
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/expect"
	"maildoctor/probe/stage"
)

// Verdict is the outcome of a run, or of one direction of it.
type Verdict string

const (
	Works             Verdict = "works"
	WorksWithWarnings Verdict = "works-with-warnings"
	DoesNotWork       Verdict = "does-not-work"
	Unknown           Verdict = "unknown" // could not tell
)

// weight orders verdicts: the worst of several has the highest weight.
var weight = map[Verdict]int{Works: 1, WorksWithWarnings: 2, Unknown: 3, DoesNotWork: 4}

// worst returns the worst of several verdicts. Empty ones, for what wasn't examined,
// don't count.
func worst(verdicts ...Verdict) Verdict {
	var w Verdict
	for _, v := range verdicts {
		if weight[v] > weight[w] {
			w = v
		}
	}
	return w
}

// ExitCode returns the exit code of a run: 0 if everything works, 1 for problems and
// if the result is unknown. Warnings give 0, or 1 if strict. It is the same for
// every output format. If the run was to compare what mail programs have, it is 0 only
// if that agrees. An expectation that is unmet gives 1, unless it is a mere warning; if
// strict, so does a warning, and an expectation that could not be judged. With
// Report.NewsOnly it is 0 if all of that was so in the older run.
func (r *Report) ExitCode(strict bool) int {
	if r.RunStood(strict) {
		return 0
	}
	for i := range r.Expectations {
		if r.Expectations[i].failsBy(strict) {
			return 1
		}
	}
	if r.Options.Compare && !agrees(r.Configured) {
		return 1
	}
	switch r.Verdict {
	case Works:
		return 0
	case WorksWithWarnings:
		if !strict {
			return 0
		}
	}
	return 1
}

// weighed is the verdict and its basis.
type weighed struct {
	receiving, sending Verdict
	noNetwork          bool // nothing was learnt: this machine has no route to the Internet
	unfound            bool // no server is known for one of the subjects
	inVain             bool // only guesses were tested, and none of them is a server for mail programs
	unserved           bool // a provider has no server for mail programs
	partly             bool // no login was requested
	endings            map[string]chart.Ending
	ways               map[string]chart.Way // see endpointWays
	book               book
	outcomes           []Outcome
	judged             []expect.Judgement
}

// overall returns the verdict of the whole run.
func (w weighed) overall() Verdict {
	v := worst(w.receiving, w.sending)
	switch {
	case w.unserved:
		return DoesNotWork
	case w.inVain:
		return Unknown
	case w.unfound:
		return worst(v, Unknown)
	case v == "":
		return Unknown // nothing was examined
	case v == Works && counts(w.judged, expect.Unmet) > 0:
		return WorksWithWarnings
	}
	return v
}

func weigh(rec *stage.Record, d diagnose.Diagnosis) weighed {
	w := weighed{endings: make(map[string]chart.Ending), ways: endpointWays(d), book: newBook(rec, d)}
	w.judged = expect.Judge(rec, d)
	w.noNetwork, w.unserved = d.NothingLearnt(), d.Unserved()
	w.unfound, w.inVain = len(unfound(rec)) > 0, inVain(rec) && !d.NothingLearnt()
	leading := leadingFindings(d)
	verdicts := make(map[string]Verdict)
	for _, c := range endpointChecks(rec) {
		o, s := w.outcome(rec, c, leading)
		w.partly = w.partly || !chart.LoginAsked(rec, c)
		w.endings[c.Check.ID], verdicts[c.Check.ID] = s, o.Verdict
		w.outcomes = append(w.outcomes, o)
	}
	w.spare()
	w.receiving = w.direction(true, verdicts)
	w.sending = w.direction(false, verdicts)
	return w
}

// direction judges the checks of one direction, subject by subject: one person's
// working mail doesn't make up for another's.
func (w weighed) direction(receives bool, of map[string]Verdict) Verdict {
	var v Verdict
	warned := false
	for _, checks := range w.book.ofSubject {
		var own []*stage.CheckRecord
		for _, c := range checks {
			if c.Check.Endpoint.Protocol.Receives() == receives {
				own = append(own, c)
				warned = warned || of[c.Check.ID] == WorksWithWarnings
			}
		}
		v = worst(v, w.subject(own))
	}
	if v == Works && warned {
		return WorksWithWarnings
	}
	return v
}

// subject judges the checks of one direction and one subject. Endpoints are required
// unless optional; if all are optional, one has to work.
func (w weighed) subject(checks []*stage.CheckRecord) Verdict {
	if len(checks) == 0 {
		return ""
	}
	if w.noNetwork || w.inVain {
		return Unknown
	}
	var required, optional [3]int // counts by ending
	for _, c := range checks {
		if c.Check.Optional {
			optional[w.endings[c.Check.ID]]++
		} else {
			required[w.endings[c.Check.ID]]++
		}
	}
	if required == [3]int{} {
		if optional[chart.Worked] == 0 {
			required, optional = optional, required
		}
	}
	switch {
	case required[chart.Broke] > 0:
		return DoesNotWork
	case required[chart.Unfinished] > 0:
		return Unknown
	case optional[chart.Broke]+optional[chart.Unfinished] > 0:
		return WorksWithWarnings
	}
	return Works
}

// endpointChecks returns the checks that count: those of the plan.
func endpointChecks(rec *stage.Record) []*stage.CheckRecord {
	var out []*stage.CheckRecord
	for i := range rec.Checks {
		if !rec.Checks[i].Check.FollowUp() {
			out = append(out, &rec.Checks[i])
		}
	}
	return out
}

// testedUpTo returns the last stage requested of every check. Submit stands for the
// last stage of each protocol.
func testedUpTo(rec *stage.Record) stage.Stage {
	last := stage.Mailbox
	checks := endpointChecks(rec)
	for _, c := range checks {
		if !chart.LoginAsked(rec, c) {
			return stage.Capabilities
		}
		if !c.Check.Endpoint.Protocol.Receives() {
			last = stage.Submit
		}
	}
	if len(checks) == 0 {
		return stage.Resolve
	}
	return last
}
