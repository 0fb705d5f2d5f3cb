package term

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// Limits for connections in groups.
const (
	maxServers = 10 // servers of one cause
	maxRemarks = 3  // remarks on one server
)

// folded summarises very many connections: those with problems by cause and server,
// the others as a number.
func folded(p *page, r *report.Report) {
	p.head(say.HeadConnections())
	troubles, fine := r.Troubles()
	n := prose.Count(len(r.Outcomes))
	said := say.FoldedNone(n)
	if fine > 0 {
		var far prose.Value
		if r.AsFarAsTested {
			far = say.VerdictAsFar()
		}
		said = say.FoldedFine(prose.Count(fine), n, far)
	}
	p.flow(line{{"  ", plain}}, 2, p.l.Sentence(said), plain, p.column())
	for _, t := range troubles {
		trouble(p, t)
		p.paintMuch()
	}
}

// trouble names the servers that have a cause, and what was seen of them.
func trouble(p *page, t report.Trouble) {
	said, n := say.FoldedNoCause(prose.Count(t.Connections)), prose.Count(t.Connections)
	if t.Cause != "" {
		said = say.FoldedTrouble(prose.Data(string(t.Cause)), report.Confidences[t.Confidence], n)
	}
	st := warn
	if t.Verdict == report.DoesNotWork {
		st = fail
	}
	p.flow(line{{"  ", plain}}, 4, p.label(said), st, p.column())
	for i, s := range t.Servers {
		if i == maxServers {
			p.flow(line{{"    ", plain}}, 4, p.text(say.FoldedMore(prose.Count(len(t.Servers)-i))), plain, p.column())
			break
		}
		p.flow(line{{"    ", plain}, {p.lead(p.clean(p.data(s.Host))), strong}, {"  ", plain}}, 7, p.text(prose.All(s.Places...)), plain, p.column())
		for k, note := range s.Notes {
			if k == maxRemarks {
				p.flow(line{{"       ", plain}}, 7, p.text(say.FoldedMoreSaid(prose.Count(len(s.Notes)-k))), plain, p.column())
				break
			}
			p.flow(line{{"       ", plain}}, 7, p.text(note), plain, p.column())
		}
	}
}
