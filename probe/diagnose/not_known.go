package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
)

// NotKnown returns what a run could not decide, each once: for the leading
// finding, and for others of which something is known. Causes that are merely
// possible beside the leading one are what it leaves open already.
func NotKnown(l *prose.Language, d Diagnosis) []string {
	var lines []string
	for i, f := range d.Findings {
		if f.SuppressedBy != "" || f.Confidence == cause.Proven || i > 0 && f.Confidence == cause.Possible {
			continue
		}
		if p, ok := cause.PageOf(f.Cause); ok {
			for _, line := range p.Unknown(l, f.Args) {
				lines = chart.AppendNew(lines, line)
			}
		}
	}
	return lines
}
