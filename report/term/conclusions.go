package term

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// conclusions lists every finding with its evidence.
func conclusions(p *page, r *report.Report) {
	if len(r.Findings) == 0 {
		return
	}
	p.head(say.HeadConclusions())
	for _, f := range r.Findings {
		how := []prose.Value{report.Severities[f.Severity], report.Confidences[f.Confidence]}
		if f.SuppressedBy != "" {
			how = append(how, say.FollowsFrom(prose.Data(string(f.SuppressedBy))))
		}
		p.flow(line{{"  ", plain}, {p.lead(p.clean(p.data(string(f.Cause)))), strong}, {"  ", plain}}, 4, p.text(prose.All(how...)), faint, p.width)
		p.flow(line{{"    ", plain}}, 4, f.Title, plain, p.width)
		for _, e := range f.Evidence {
			seen := say.EvidenceLine(prose.Data(e.Check), prose.Data(string(e.Stage)), e.Brief())
			p.flow(line{{p.dash(), faint}}, 6, p.text(seen), plain, p.width)
		}
	}
}
