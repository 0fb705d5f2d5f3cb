package diagnose

import (
	"slices"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/remedy"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// hit is a [Hit] with its context.
type hit struct {
	Hit
	rule  int // index in the table; the fallback comes after all rules
	cause cause.ID
	check *chart.Exam
	stage stage.Stage
	by    cause.ID // the cause that it follows from
}

// Diagnose returns the findings of a run and the questions that are still open. It
// is pure: the same record gives the same diagnosis, and rec is not changed.
func Diagnose(rec *stage.Record) Diagnosis {
	c := chart.New(rec)
	rules := allRules()
	all := make([][]hit, len(c.Checks))
	for i, k := range c.Checks {
		all[i] = judge(c, k, rules)
		suppress(all[i], rules)
	}
	findings := merge(c, all)
	slices.SortStableFunc(findings, compare)
	d := Diagnosis{Questions: open(c), Findings: unserved(rec), Ways: c.Ways()}
	checks := make([][]*chart.Exam, len(d.Findings))
	for _, f := range findings {
		d.Findings, checks = append(d.Findings, f.Finding), append(checks, f.checks)
	}
	d.dropNamesakes()
	d.remedies(c, checks)
	return d
}

// dropNamesakes removes unconfirmed alternative names found in a certificate, if
// another finding explains that certificate: whoever answers for all servers
// presents a certificate of its own.
func (d *Diagnosis) dropNamesakes() {
	open := make(map[string]bool)
	for _, f := range d.Findings {
		if f.SuppressedBy == "" && (f.Cause == cause.CertNameMismatchHosting || f.Cause == cause.CertNameMismatchNoSNI) {
			for _, id := range f.Checks {
				open[id] = true
			}
		}
	}
	d.Ways = slices.DeleteFunc(d.Ways, func(w chart.Way) bool { return w.Certificate && !w.Works && !open[w.Round] })
}

// remedies adds the actions for each finding, and the checks that only need waiting.
// checks are those of each finding.
func (d *Diagnosis) remedies(c *chart.Case, checks [][]*chart.Exam) {
	run := remedy.New(c, d.Ways, d.NothingLearnt())
	waits := make(map[string]time.Duration)
	for i := range d.Findings {
		f := &d.Findings[i]
		p, ok := cause.PageOf(f.Cause)
		if !ok {
			continue
		}
		f.Actions = run.Choose(checks[i], p.Actions(f.Args))
		if f.SuppressedBy != "" || len(f.Actions) == 0 || f.Actions[0].Kind != cause.Wait {
			continue
		}
		for _, k := range checks[i] {
			if _, ok := waits[k.Check.ID]; !ok {
				waits[k.Check.ID] = f.Actions[0].After
			}
		}
	}
	d.Ways = append(d.Ways, c.Later(waits)...)
}

// unserved returns a finding for each provider of the run that has no server for
// mail programs. It has no check that a rule could examine.
func unserved(rec *stage.Record) (out []Finding) {
	examined := make(map[int]bool)
	for i := range rec.Checks {
		examined[rec.Checks[i].Check.Subject] = true
	}
	for i, s := range rec.Header.Plan.Subjects {
		_, ok := s.Profile.Note(stage.NoteNoMailPrograms)
		if !ok || examined[i] {
			continue
		}
		out = append(out, Finding{
			Cause: cause.ProviderHasNoIMAP, Severity: cause.Fail, Confidence: cause.Proven, Who: cause.You, Required: true,
			Args: named(fill(nil, cause.SlotProvider, prose.Data(s.Profile.Name))),
		})
	}
	return out
}

// judge applies all rules to one check. A failed stage that none of them explains
// gets the nearest general cause. So does sending that ended with a warning, because
// an interrupted submission must not be reported as working.
func judge(c *chart.Case, k *chart.Exam, rules []Rule) []hit {
	var hits []hit
	for i := range k.Results {
		r := &k.Results[i]
		before := len(hits)
		var shown prose.Value // what the result shows by itself, the same for all rules
		for n, rule := range rules {
			if !slices.ContainsFunc(rule.Needs, func(need chart.Need) bool { return need.Fits(r) }) {
				continue
			}
			if h := rule.Judge(c, k, r); h != nil {
				hits = append(hits, complete(c, k, r, *h, rule.Cause, n, &shown))
			}
		}
		broke := r.Status == stage.Fail || r.Stage == stage.Submit && r.Status == stage.Warn
		if broke && !slices.ContainsFunc(hits[before:], explainsFailure) {
			h := possible()
			if r.Stage == stage.Submit {
				withoutLogin(k, h, r.Stage)
			}
			hits = append(hits, complete(c, k, r, *h, nearest(r.Stage, r.Fault), len(rules), &shown))
		}
	}
	return hits
}

// explainsFailure reports whether a hit says why a stage failed, rather than being a
// remark.
func explainsFailure(h hit) bool {
	p, ok := cause.PageOf(h.cause)
	return h.Severity == cause.Fail || h.refusal || ok && p.Severity == cause.Fail && h.Severity != cause.Info
}

// complete adds to a hit what every hit has.
func complete(c *chart.Case, k *chart.Exam, r *stage.Result, h Hit, id cause.ID, rule int, shown *prose.Value) hit {
	if h.Said.Empty() {
		if shown.Empty() {
			*shown = chart.Shows(k, r)
		}
		h.Said = *shown
	}
	if r.Status == stage.Fail {
		h.Said = prose.Then(h.Said, chart.ShowsTries(k.CheckRecord))
	}
	if h.Severity == "" {
		h.Severity = severityOf(c, k, r, id)
	}
	return hit{Hit: h, rule: rule, cause: id, check: k, stage: r.Stage}
}

// severityOf returns the severity of a cause, given where it was found.
func severityOf(c *chart.Case, k *chart.Exam, r *stage.Result, id cause.ID) cause.Severity {
	s := cause.Fail
	if p, ok := cause.PageOf(id); ok {
		s = p.Severity
	}
	return weigh(c, k, r, s)
}

// weigh reduces a failure to a warning if the stage went on, or if the endpoint is
// optional and another one works. A refused login at an optional endpoint stays a
// failure if it stands in for that of a required one; see [chart.Case.StandsIn].
func weigh(c *chart.Case, k *chart.Exam, r *stage.Result, s cause.Severity) cause.Severity {
	if s == cause.Fail && (r.Status != stage.Fail || k.Check.Optional && c.OtherWorks(k) && !c.StandsIn(k, r.Stage)) {
		return cause.Warn
	}
	return s
}

// suppress marks the hits of one check that follow from others with the cause at the
// end of the chain. A cause that is only possible explains nothing.
func suppress(hits []hit, rules []Rule) {
	reason := make([]int, len(hits)) // the hit that explains this one, or -1
	for i := range hits {
		reason[i] = slices.IndexFunc(hits, func(h hit) bool {
			return h.rule < len(rules) && h.cause != hits[i].cause && h.Confidence != cause.Possible &&
				slices.Contains(rules[h.rule].Explains, hits[i].cause)
		})
	}
	for i := range hits {
		if reason[i] < 0 {
			continue
		}
		end := reason[i]
		// The bound stops a table with a cycle from looping forever.
		for steps := 0; reason[end] >= 0 && steps < len(hits); steps++ {
			end = reason[end]
		}
		hits[i].by = hits[end].cause
	}
}
