package term

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// answers are follow-ups with the same result, and the reasons to make them.
type answers struct {
	first    report.FollowUp
	question string
	answer   string
	checks   []string
	alike    bool // all have the same question and answer, word for word
}

// followUps lists the questions that the run asked itself, each below its reason.
// Those of one kind with the same result share a line.
func followUps(p *page, r *report.Report) {
	if len(r.FollowUps) == 0 {
		return
	}
	p.head(say.HeadFollowUps(prose.Count(len(r.FollowUps))))
	var reasons []string
	by := make(map[string][]answers)
	for _, a := range together(p, r.FollowUps) {
		why := a.first.Because
		if by[why] == nil {
			reasons = append(reasons, why)
		}
		by[why] = append(by[why], a)
	}
	for _, why := range reasons {
		if why != "" {
			p.flow(line{{"  ", plain}}, 4, why, plain, p.column())
		}
		for _, a := range by[why] {
			checks := p.text(prose.All(prose.Datas(a.checks)...))
			p.flow(line{{"    ", plain}, {p.lead(p.clean(checks)), strong}, {"  ", plain}}, 6, p.answers(a), plain, p.column())
		}
	}
}

// end is what follow-ups on one line have in common: the same failure, or the same
// answer.
type end struct {
	because  string
	question stage.QuestionID
	answered bool
	fault    stage.Fault
	answer   string // if nothing failed
}

// together puts follow-ups that differ only in their place on one line.
func together(p *page, all []report.FollowUp) []answers {
	var out []answers
	place := make(map[end]int)
	for _, f := range all {
		one := answers{
			first: f, question: p.text(f.Question), answer: p.text(f.Answer),
			checks: []string{f.Check}, alike: true,
		}
		e := end{because: f.Because, question: f.ID, answered: f.Answered, fault: f.Fault}
		if f.Fault == "" {
			e.answer = one.answer
		}
		i, ok := place[e]
		if !ok {
			place[e] = len(out)
			out = append(out, one)
			continue
		}
		out[i].checks = append(out[i].checks, f.Check)
		out[i].alike = out[i].alike && one.question == out[i].question && one.answer == out[i].answer
	}
	return out
}

// answers describes the result of follow-ups that share a line.
func (p *page) answers(a answers) string {
	said := prose.Sentences(a.first.Question, a.first.Answer)
	if !a.alike {
		said = prose.Sentences(say.FirstOfSeveral(a.first.Topic, a.first.Answer), say.OthersEndedAlike())
	}
	return p.label(said)
}
