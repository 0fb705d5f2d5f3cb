package term

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// answers are follow-ups that came to the same, and what gave reason to make them.
type answers struct {
	first  report.FollowUp
	checks []string
	alike  bool // all have the question and the answer of the first, word for word
}

// followUps lists the questions that the run asked itself, below what gave reason
// to ask them. Those of one kind that came to the same share a line.
func followUps(p *page, r *report.Report) {
	if len(r.FollowUps) == 0 {
		return
	}
	p.head(say.HeadFollowUps(prose.Count(len(r.FollowUps))))
	all := together(r.FollowUps)
	var reasons []string
	for _, a := range all {
		if why := a.first.Because; !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	for _, why := range reasons {
		if why != "" {
			p.flow(line{{"  ", plain}}, 4, why, plain, p.column())
		}
		for _, a := range all {
			if a.first.Because == why {
				checks := p.text(prose.All(prose.Datas(a.checks)...))
				p.flow(line{{"    ", plain}, {p.clean(checks), strong}, {"  ", plain}}, 6, p.answers(a), plain, p.column())
			}
		}
	}
}

// together puts follow-ups into one line that differ in their place alone.
func together(all []report.FollowUp) []answers {
	var out []answers
	for _, f := range all {
		i := slices.IndexFunc(out, func(a answers) bool { return a.first.Because == f.Because && sameEnd(a.first, f) })
		if i < 0 {
			out = append(out, answers{f, []string{f.Check}, true})
			continue
		}
		out[i].checks = append(out[i].checks, f.Check)
		out[i].alike = out[i].alike && f.Question == out[i].first.Question && f.Answer == out[i].first.Answer
	}
	return out
}

// sameEnd reports whether two follow-ups of one kind failed alike, or have the
// same answer.
func sameEnd(a, b report.FollowUp) bool {
	return a.ID == b.ID && a.Answered == b.Answered && a.Fault == b.Fault && (a.Fault != "" || a.Answer == b.Answer)
}

// answers is what follow-ups came to that share a line.
func (p *page) answers(a answers) string {
	if a.alike {
		return a.first.Question + " " + a.first.Answer
	}
	first := p.l.Sentence(say.FollowUpsFirst(report.QuestionName(a.first.ID)))
	return strings.Join([]string{first, a.first.Answer, p.l.Sentence(say.FollowUpsOthers())}, " ")
}
