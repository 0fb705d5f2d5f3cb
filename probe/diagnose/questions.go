package diagnose

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/stage"
)

// Questions returns those that a group of checks gives reason to ask and that its
// record doesn't answer: what [Diagnosis] has of a run of that group alone.
func Questions(group *stage.Record) []stage.Question { return question.Open(chart.New(group)) }

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
	run := asked(c.Record, parts)
	var all []stage.Question
	for n, part := range parts {
		if !troubled(part) {
			continue // a healthy group raises no question
		}
		for _, q := range Questions(part) {
			if run.admits(q.Check, n) {
				all = append(all, q)
			}
		}
	}
	return all
}

func troubled(rec *stage.Record) bool {
	for i := range rec.Checks {
		if rec.Checks[i].Troubled() {
			return true
		}
	}
	return false
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
func asked(rec *stage.Record, parts []*stage.Record) inquired {
	group := make(map[string]int)
	run := inquired{by: make(map[string]int), made: make(map[int]int), login: -1}
	for n, p := range parts {
		for i := range p.Checks {
			if c := &p.Checks[i].Check; !c.FollowUp() {
				group[c.ID] = n
			}
		}
	}
	run.room = question.Room(len(group))
	for i := range rec.Checks {
		c := rec.Checks[i].Check
		if !c.FollowUp() {
			continue
		}
		n := -1
		if len(c.Parents) > 0 {
			n = group[c.Parents[0]]
		}
		run.note(c, n)
	}
	return run
}

// note counts a follow-up of the n-th group.
func (r *inquired) note(c stage.Check, n int) {
	r.made[c.Round]++
	if _, ok := r.by[Doing(c)]; !ok {
		r.by[Doing(c)] = n
	}
	if c.Kind == stage.KindLogin && r.login < 0 {
		r.login = n
	}
}

// admits reports whether a question of the n-th group is still open, and notes it.
func (r *inquired) admits(c stage.Check, n int) bool {
	by, done := r.by[Doing(c)]
	switch {
	case done && by != n, c.Kind == stage.KindLogin && r.login >= 0 && r.login != n, r.made[c.Round] >= r.room:
		return false
	}
	r.note(c, n)
	return true
}
