package term

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/report"
)

// answers are follow-ups that came to the same, and what gave reason to make them.
type answers struct {
	first  report.FollowUp
	why    string
	checks []string
	alike  bool // all have the question and the answer of the first, word for word
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

// together puts follow-ups into one line that differ in their place alone.
func together(all []report.FollowUp) []answers {
	var out []answers
	for _, f := range all {
		why := reason(f.Why)
		i := slices.IndexFunc(out, func(a answers) bool { return a.why == why && sameEnd(a.first, f) })
		if i < 0 {
			out = append(out, answers{f, why, []string{f.Check}, true})
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

func reason(why []string) string {
	if n := len(why); n > maxReasons {
		why = append(slices.Clone(why[:maxReasons]), strconv.Itoa(n-maxReasons)+" more")
	}
	return strings.Join(why, "; ")
}

func (a answers) text() string {
	if a.alike {
		return a.first.Question + " " + a.first.Answer
	}
	words := report.QuestionWords(a.first.ID)
	words = strings.ToUpper(words[:1]) + words[1:] + ", the first of them: " + a.first.Answer
	return words + " The others ended alike."
}
