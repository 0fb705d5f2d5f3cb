package term

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// answers are follow-ups that came to the same, and what gave reason to make them.
type answers struct {
	first    report.FollowUp
	question string
	answer   string
	checks   []string
	alike    bool // all have the question and the answer of the first, word for word
}

// followUps lists the questions that the run asked itself, below what gave reason
// to ask them. Those of one kind that came to the same share a line.
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

// end is what two follow-ups have in common that share a line: both failed alike,
// or have the same answer.
type end struct {
	because  string
	question stage.QuestionID
	answered bool
	fault    stage.Fault
	answer   string // where nothing failed
}

// together puts follow-ups into one line that differ in their place alone.
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

// answers is what follow-ups came to that share a line.
func (p *page) answers(a answers) string {
	said := prose.Sentences(a.first.Question, a.first.Answer)
	if !a.alike {
		said = prose.Sentences(say.FirstOfSeveral(a.first.Topic, a.first.Answer), say.OthersEndedAlike())
	}
	return p.label(said)
}
