package term

import (
	"slices"
	"strconv"
	"strings"

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
	why      string
	checks   []string
	alike    bool // all have the question and the answer of the first, word for word
}

// maxReasons is how many troubles are told that gave reason to ask one question.
const maxReasons = 3

// followUps lists the questions that the run asked itself, below what gave reason
// to ask them. Those of one kind that came to the same share a line.
func followUps(p *page, r *report.Report) {
	if len(r.FollowUps) == 0 {
		return
	}
	p.head("FOLLOW-UPS (" + strconv.Itoa(len(r.FollowUps)) + ")")
	all := together(r.FollowUps)
	var reasons []string
	for _, a := range all {
		if !slices.Contains(reasons, a.why) {
			reasons = append(reasons, a.why)
		}
	}
	for _, why := range reasons {
		if why != "" {
			p.flow(line{{"  because of ", faint}}, 4, why, plain, p.prose())
		}
		for _, a := range all {
			if a.why == why {
				p.flow(line{{"    ", plain}, {p.clean(strings.Join(a.checks, ", ")), strong}, {"  ", plain}}, 6, a.text(), plain, p.prose())
			}
		}
	}
}

// end is what two follow-ups have in common that share a line: both failed alike,
// or have the same answer.
type end struct {
	why      string
	question stage.QuestionID
	answered bool
	fault    stage.Fault
	answer   string // where nothing failed
}

// together puts follow-ups into one line that differ in their place alone.
func together(all []report.FollowUp) []answers {
	var out []answers
	place := make(map[end]int)
	for _, f := range all {
		one := answers{
			first: f, question: prose.English().Text(f.Question), answer: prose.English().Text(f.Answer), why: reason(f.Why),
			checks: []string{f.Check}, alike: true,
		}
		e := end{why: one.why, question: f.ID, answered: f.Answered, fault: f.Fault}
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

func reason(why []string) string {
	if n := len(why); n > maxReasons {
		why = append(slices.Clone(why[:maxReasons]), strconv.Itoa(n-maxReasons)+" more")
	}
	return strings.Join(why, "; ")
}

func (a answers) text() string {
	said := prose.Sentences(a.first.Question, a.first.Answer)
	if !a.alike {
		said = prose.Sentences(say.FirstOfSeveral(a.first.Topic, a.first.Answer), say.OthersEndedAlike())
	}
	return prose.English().Title(said)
}
