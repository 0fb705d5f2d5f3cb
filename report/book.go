package report

import (
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// book indexes the checks and evidence of each check or subject. Scanning all checks
// for each of them would be quadratic.
type book struct {
	ofSubject map[int][]*stage.CheckRecord    // those of the plan
	followUps map[string][]*stage.CheckRecord // by parent
	said      map[seenAt]prose.Value          // the first evidence at each place, of findings that count
}

// seenAt is a stage of a check.
type seenAt struct {
	check string
	stage stage.Stage
}

func newBook(rec *stage.Record, d diagnose.Diagnosis) book {
	b := book{
		ofSubject: make(map[int][]*stage.CheckRecord), followUps: make(map[string][]*stage.CheckRecord),
		said: make(map[seenAt]prose.Value),
	}
	for i := range rec.Checks {
		c := &rec.Checks[i]
		if !c.Check.FollowUp() {
			b.ofSubject[c.Check.Subject] = append(b.ofSubject[c.Check.Subject], c)
			continue
		}
		for _, parent := range c.Check.Parents {
			b.followUps[parent] = append(b.followUps[parent], c)
		}
	}
	for _, f := range d.Findings {
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		for _, e := range f.Evidence {
			at := seenAt{e.Check, e.Stage}
			if _, ok := b.said[at]; !ok {
				b.said[at] = e.Said
			}
		}
	}
	return b
}
