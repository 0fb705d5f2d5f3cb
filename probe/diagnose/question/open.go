package question

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// inquiry is one question that tells causes apart.
type inquiry struct {
	id stage.QuestionID

	// after says that the answer depends on how an unfinished stage ends, or that it
	// costs a login: it isn't asked while that stage is waiting.
	after bool

	// raise returns the follow-ups that would answer it, if the run gives reason to
	// ask. The Round of each is 1 unless raise sets it.
	raise func(*chart.Case) []stage.Check

	topic  prose.Value                     // the question as part of a list, "small packets"
	ask    func(stage.Check) prose.Value   // the question
	answer func(*stage.CheckRecord) Answer // the answer; not called if nothing was done
}

// allInquiries returns every question, topic by topic.
var allInquiries = sync.OnceValue(func() []inquiry {
	return slices.Concat(
		reachInquiries, nameInquiries, handshakeInquiries, certificateInquiries, namesakeInquiries, publishedInquiries, configuredInquiries, startTLSInquiries, egressInquiries, loginInquiries,
	)
})

// maxQuestions bounds the follow-ups of a group's round, so that a group of dozens
// of failing endpoints doesn't multiply its checks. For hundreds of checks the bound
// is higher; see [Room].
const maxQuestions = 96

// Room returns the number of follow-ups per round for a run with this number of
// checks, whatever its groups ask: for thousands of failing checks, about a quarter
// of their number.
func Room(checks int) int { return maxQuestions + checks/4 }

// Open returns the follow-ups that would tell causes apart and that the record
// doesn't hold yet, in the order of the questions and then of the plan. A question
// that several checks raise is asked once. The record is that of one group of
// checks.
func Open(c *chart.Case) []stage.Question {
	made := make(map[string]bool)
	for i := range c.Record.Checks {
		if f := &c.Record.Checks[i].Check; f.FollowUp() {
			made[sameDoing(*f)] = true
		}
	}
	var open []stage.Question
	for _, check := range Raised(c) {
		if c.Record.Check(check.ID) == nil && !made[sameDoing(check)] {
			open = append(open, stage.Question{Check: check})
		}
	}
	return open
}

// Raised returns those of [Open] and those that the record holds already.
func Raised(c *chart.Case) []stage.Check { return raised(c, func(inquiry) bool { return true }) }

// Beside returns the follow-ups that can be made while a stage is waiting and the
// record only supposes how it ends: their answers don't depend on that.
func Beside(c *chart.Case) []stage.Check { return raised(c, func(q inquiry) bool { return !q.after }) }

func raised(c *chart.Case, wanted func(inquiry) bool) []stage.Check {
	all := collector{bound: max(maxQuestions, len(c.Checks)/4)}
	for _, q := range allInquiries() {
		if !wanted(q) {
			continue
		}
		raised := q.raise(c)
		for i := range raised {
			if settled(c, raised[i].Parents) {
				continue
			}
			raised[i].Question = q.id
			all.add(raised[i])
		}
	}
	kept := fair(all.checks, all.bound)
	out := make([]stage.Check, len(kept))
	for i, check := range kept {
		out[i] = *check
	}
	return out
}

// settled reports whether nothing is left to ask about checks: the system has no
// roots at all, and the public ones find no fault in the servers' certificates.
func settled(c *chart.Case, ids []string) bool {
	if !c.Record.Header.System.NoRoots {
		return false
	}
	return !slices.ContainsFunc(ids, func(id string) bool {
		i := slices.IndexFunc(c.Checks, func(k *chart.Exam) bool { return k.Check.ID == id })
		return i < 0 || !vouchedFor(c.Checks[i])
	})
}

// vouchedFor reports whether public roots trust a certificate that this system
// doesn't, and it has no other fault except warnings.
func vouchedFor(k *chart.Exam) bool {
	return badCertificate(k) && k.TLS.Public == stage.Trusted && !slices.ContainsFunc(k.TLS.Faults, func(f stage.CertFault) bool {
		return !f.Warning && f.ID != stage.CertUnknownAuthority
	})
}

// fair applies the bound of each round. If there are more follow-ups, the questions
// take turns in their order, so that one that many endpoints raise doesn't crowd out
// the others. Answered follow-ups count too: otherwise a second round would make up
// for what was left out of the first.
func fair(checks []*stage.Check, bound int) []*stage.Check {
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
		kept[i] = rounds[n] < bound
		rounds[n]++
	}
	var out []*stage.Check
	for i, c := range checks {
		if kept[i] {
			out = append(out, c)
		}
	}
	return out
}

// collector gathers follow-ups. For each question it keeps no more per round than
// the bound for all questions.
type collector struct {
	bound   int
	raised  map[ofRound]int
	checks  []*stage.Check
	place   map[string]int  // by what is done
	taken   map[string]bool // ids
	parents map[[2]string]bool
}

// ofRound are the follow-ups of a question that belong to a round.
type ofRound struct {
	question stage.QuestionID
	round    int
}

// add adds a follow-up, or adds its parents to one that would do the same.
func (l *collector) add(check stage.Check) {
	if check.Round == 0 {
		check.Round = 1
	}
	if l.place == nil {
		l.raised = make(map[ofRound]int)
		l.place, l.taken, l.parents = make(map[string]int), make(map[string]bool), make(map[[2]string]bool)
	}
	parents := check.Parents
	check.Parents = nil
	key, kind := sameDoing(check), ofRound{check.Question, check.Round}
	i, ok := l.place[key]
	if !ok && l.raised[kind] == l.bound {
		return
	}
	if !ok {
		l.raised[kind]++
		for n, id := 2, check.ID; l.taken[check.ID]; n++ {
			check.ID = fmt.Sprintf("%s#%d", id, n) // two questions chose the same word
		}
		i = len(l.checks)
		l.place[key], l.taken[check.ID] = i, true
		kept := check
		l.checks = append(l.checks, &kept)
	}
	for _, p := range parents {
		if !l.parents[[2]string{key, p}] {
			l.parents[[2]string{key, p}] = true
			l.checks[i].Parents = append(l.checks[i].Parents, p)
		}
	}
}

// Alike returns a key for the follow-ups of one group: of two with the same key, one
// serves all the checks that raised either.
func Alike(c stage.Check) string { return sameDoing(c) }

// sameDoing returns a key for what a follow-up does and why. The account matters
// only if it logs in, or what is published for it is asked.
func sameDoing(c stage.Check) string {
	e, m := c.Endpoint, c.Manner
	key := []string{
		string(c.Question), string(c.Kind), string(e.Protocol), strings.ToLower(e.Address()), string(e.Security), c.URL,
		m.Address, strings.Join(m.Resolvers, " "), string(m.Hello), m.Mechanism, m.Encoding, c.User,
	}
	if c.Kind == stage.KindEndpoint || c.Kind == stage.KindLogin || c.Kind == stage.KindSearch {
		key = append(key, strconv.Itoa(c.Subject))
	}
	return strings.Join(key, "\x00")
}

// Doing returns a key for the follow-ups of different groups: two with the same key
// find out the same for both. For an unassigned address, or a proxy's connection to
// a port, the host that raised the question makes no difference.
func Doing(c stage.Check) string {
	switch c.Question {
	case stage.AskNobody, stage.AskProxy:
		c.Endpoint.Host = ""
	}
	return sameDoing(c)
}

// after returns a follow-up of k: the same endpoint, examined in another way. word
// ends its id.
func after(k *chart.Exam, kind stage.Kind, word string) stage.Check {
	return stage.Check{
		ID: k.Check.ID + "/" + word, Kind: kind, Subject: k.Check.Subject, Endpoint: k.Check.Endpoint,
		User: k.Check.User, Public: k.Check.Public, Forgeable: k.Check.Forgeable, Parents: []string{k.Check.ID},
	}
}
