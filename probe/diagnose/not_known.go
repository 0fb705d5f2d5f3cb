package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
)

// NotKnown returns what a run could not decide, each once, in whichever words causes
// ask it: for the leading
// finding, and for others of which something is known. Causes that are merely
// possible beside the leading one are what it leaves open already.
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
