package diagnose

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/stage"
)

// Questions returns those that a group of checks gives reason to ask and that its
// record doesn't answer: what [Diagnosis] has of a run of that group alone.
func Questions(group *stage.Record) []stage.Question { return question.Open(chart.New(group)) }

// Raised returns those and the ones that the record answers already.
func Raised(group *stage.Record) []stage.Check { return question.Raised(chart.New(group)) }

// Beside returns those that are worth asking while stages are waited for in which
// nothing has come, so that the record only supposes how they end
// ([stage.Record.Supposing]): their answers don't hang on that, and none costs a login.
func Beside(supposed *stage.Record) []stage.Check { return question.Beside(chart.New(supposed)) }

// Settles reports whether a follow-up has found out that a port which says nothing
// waits for something else: a web server for a request. No greeting comes from it.
func Settles(c stage.CheckRecord) bool {
	f := stage.FactsOf[*stage.FetchFacts](&c)
	return c.Check.Question == stage.AskHTTP && f != nil && f.Status != 0
}

// Alike tells the follow-ups of one group apart: of two that are equal, one serves the
// parents of both.
func Alike(c stage.Check) string { return question.Alike(c) }

// Doing tells the follow-ups of different groups apart: one of two that are equal
// serves both.
func Doing(c stage.Check) string { return question.Doing(c) }

// Room is how many follow-ups a run of so many checks makes in a round.
func Room(checks int) int { return question.Room(checks) }

// open returns the questions of a whole run: those of each group, which follow from
// its own checks. What is the run's is counted by what has been made.
func open(c *chart.Case) []stage.Question {
	parts := c.Record.Parts()
	if len(parts) == 1 {
		return question.Open(c)
	}
	run := asked(c.Record)
	var all []stage.Question
	for i := range parts {
		if !parts[i].Troubled() {
			continue // a healthy group raises no question
		}
		part := parts[i].Record()
		for _, q := range Questions(part) {
			if run.admits(q.Check, part.Checks[0].Check.Group) {
				all = append(all, q)
			}
		}
	}
	return all
}

// inquired is what the groups of a run have asked.
type inquired struct {
	by    map[string]int // what was done, to the group that asked for it first
	made  map[int]int    // follow-ups, by round
	room  int            // for them
	login int            // the group that had the one login more; -1: none
}

// asked reads the follow-ups of a record. Each was ordered by the group of its first
// parent.
func asked(rec *stage.Record) inquired {
	run := inquired{by: make(map[string]int), made: make(map[int]int), login: -1}
	planned := 0
	for i := range rec.Checks {
		c := rec.Checks[i].Check
		if !c.FollowUp() {
			planned++
			continue
		}
		group := -1
		if len(c.Parents) > 0 {
			if parent := rec.Check(c.Parents[0]); parent != nil {
				group = parent.Check.Group
			}
		}
		run.note(c, group)
	}
	run.room = question.Room(planned)
	return run
}

// note counts a follow-up of a group.
func (r *inquired) note(c stage.Check, group int) {
	r.made[c.Round]++
	if _, ok := r.by[Doing(c)]; !ok {
		r.by[Doing(c)] = group
	}
	if c.Kind == stage.KindLogin && r.login < 0 {
		r.login = group
	}
}

// admits reports whether a question of a group is still open, and notes it.
func (r *inquired) admits(c stage.Check, group int) bool {
	by, done := r.by[Doing(c)]
	switch {
	case done && by != group, c.Kind == stage.KindLogin && r.login >= 0 && r.login != group, r.made[c.Round] >= r.room:
		return false
	}
	r.note(c, group)
	return true
}
