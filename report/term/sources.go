package term

import (
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// sources says what each source of settings answered.
func sources(p *page, r *report.Report) {
	rows := report.SourceRows(r.Language, r.Sources)
	if len(rows) == 0 {
		return
	}
	p.head(say.DiscoverySources())
	id, outcome, took := 0, 0, 0
	for _, s := range rows {
		id, outcome, took = max(id, p.widest(s.ID)), max(outcome, p.widest(s.Outcome)), max(took, p.widest(s.Time))
	}
	for _, s := range rows {
		if p.linear {
			p.flow(nil, 0, s.ID+": "+s.Outcome+", "+s.Time+". "+s.Says, plain, p.column())
			continue
		}
		head := "  " + p.pad(s.ID, id) + "  " + p.pad(s.Outcome, outcome) + "  " + p.pad(s.Time, took) + "  "
		p.flow(line{{head, plain}}, p.size(head), s.Says, plain, p.column())
	}
}
