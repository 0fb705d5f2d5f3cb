package term

import (
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// configured says what mail programs have, next to what works.
func configured(p *page, r *report.Report) {
	if len(r.Configured) == 0 && !r.Options.Compare {
		return
	}
	p.head(say.ConfiguredHead())
	if r.ConfiguredNone != "" {
		p.flow(line{{"  ", plain}}, 2, r.ConfiguredNone, plain, p.column())
	}
	for _, a := range r.Configured {
		p.flow(line{{"  ", plain}}, 2, a.Title, strong, p.column())
		for _, s := range a.Servers {
			p.flow(p.signed(s.Sign), 5, s.Said, plain, p.column())
			switch {
			case s.Where == "":
			case p.linear:
				p.flow(nil, 0, s.Spoken, plain, p.column())
			default:
				p.flow(line{{"     ", plain}}, 5, s.Where, plain, p.column())
			}
		}
	}
}
