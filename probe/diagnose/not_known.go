package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
)

// NotKnown returns what a run could not decide, each question once, however causes
// word it. It covers the leading finding and any others that are likely. What is
// merely possible beside the leading finding is among what that leaves open already.
func NotKnown(l *prose.Language, d Diagnosis) []string {
	var lines []string
	asked := make(map[string]bool)
	for i, f := range d.Findings {
		if f.SuppressedBy != "" || f.Confidence == cause.Proven || i > 0 && f.Confidence == cause.Possible {
			continue
		}
		if p, ok := cause.PageOf(f.Cause); ok {
			for _, q := range p.Open(f.Args) {
				if q.ID == "" || !asked[q.ID] {
					lines = chart.AppendNew(lines, l.Text(q.Said))
				}
				asked[q.ID] = true
			}
		}
	}
	return lines
}
