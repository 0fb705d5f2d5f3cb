package question

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// inquiry is one question that tells causes apart.
type inquiry struct {
	id stage.QuestionID

	// raise returns the follow-ups that would answer it, where the run gives reason
	// to ask. Of each, Round is 1 unless raise sets it.
	raise func(*chart.Case) []stage.Check

	topic  prose.Value                     // the question as part of a list, "small packets"
	ask    func(stage.Check) prose.Value   // the question
	answer func(*stage.CheckRecord) Answer // what came of it; not asked where nothing was done
}

// allInquiries returns every question, topic by topic.
func allInquiries() []inquiry {
	return slices.Concat(
		reachInquiries, nameInquiries, handshakeInquiries, certificateInquiries, startTLSInquiries, egressInquiries, loginInquiries,
	)
}

// maxQuestions bounds the follow-ups of a round: a run of hundreds of endpoints
// that all fail is not doubled tenfold.
const maxQuestions = 96

// Open returns the follow-ups that would tell causes apart and that the
// record doesn't hold yet, in the order of the questions and then of the plan.
// What several checks give reason to ask is asked once.
func Open(c *chart.Case) []stage.Question {
	var all collector
	for _, q := range allInquiries() {
		for _, check := range q.raise(c) {
			check.Question = q.id
			all.add(check)
		}
	}
	var open []stage.Question
	for _, check := range fair(all.checks) {
		if c.Record.Check(check.ID) == nil {
			open = append(open, stage.Question{Check: check})
		}
	}
	return open
}

// fair keeps the bound of each round. Where there are more, each question gets its
// turn in its order, so that one that many endpoints raise doesn't crowd out the
// others. What is answered already counts: otherwise a second round would make up
// for what was left out of the first.
func fair(checks []stage.Check) []stage.Check {
	turn := make(map[stage.QuestionID]int)
	turns := make([]int, len(checks))
	order := make([]int, len(checks))
	for i, c := range checks {
		turns[i], order[i] = turn[c.Question], i
		turn[c.Question]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return turns[a] - turns[b] })
	kept := make([]bool, len(checks))
	rounds := make(map[int]int)
	for _, i := range order {
		n := checks[i].Round
		kept[i] = rounds[n] < maxQuestions
		rounds[n]++
	}
	var out []stage.Check
	for i, c := range checks {
		if kept[i] {
			out = append(out, c)
		}
	}
	return out
}

// collector gathers follow-ups.
type collector struct {
	checks []stage.Check
	place  map[string]int  // by what is done
	taken  map[string]bool // ids
}

// add takes a follow-up in, or the parents of one that would do the same.
func (l *collector) add(check stage.Check) {
	if check.Round == 0 {
		check.Round = 1
	}
	if l.place == nil {
		l.place, l.taken = make(map[string]int), make(map[string]bool)
	}
	key := sameDoing(check)
	if i, ok := l.place[key]; ok {
		for _, p := range check.Parents {
			l.checks[i].Parents = chart.AppendNew(slices.Clone(l.checks[i].Parents), p)
		}
		return
	}
	l.place[key] = len(l.checks)
	for n, id := 2, check.ID; l.taken[check.ID]; n++ {
		check.ID = fmt.Sprintf("%s#%d", id, n) // two questions chose the same word
	}
	l.taken[check.ID] = true
	l.checks = append(l.checks, check)
}

// sameDoing tells follow-ups apart by what is done and why. Who logs in matters
// where somebody does.
func sameDoing(c stage.Check) string {
	e, m := c.Endpoint, c.Manner
	key := []string{
		string(c.Question), string(c.Kind), string(e.Protocol), strings.ToLower(e.Address()), string(e.Security), c.URL,
		m.Address, strings.Join(m.Resolvers, " "), string(m.Hello), m.Mechanism, m.Encoding, c.User,
	}
	if c.Kind == stage.KindEndpoint || c.Kind == stage.KindLogin {
		key = append(key, string(rune(c.Subject)))
	}
	return strings.Join(key, "\x00")
}

// after returns a follow-up of k: the same endpoint, looked at in another way.
// word ends its id.
func after(k *chart.Exam, kind stage.Kind, word string) stage.Check {
	return stage.Check{
		ID: k.Check.ID + "/" + word, Kind: kind, Subject: k.Check.Subject, Endpoint: k.Check.Endpoint,
		User: k.Check.User, Public: k.Check.Public, Parents: []string{k.Check.ID},
	}
}
