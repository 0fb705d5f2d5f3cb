package diagnose

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/stage"
)

// Questions returns the questions that a group of checks raises and its record
// doesn't answer: the same as [Diagnosis] has for a run of that group alone.
func Questions(group *stage.Record) []stage.Question { return question.Open(chart.New(group)) }

// Raised returns those questions and the ones that the record answers already.
func Raised(group *stage.Record) []stage.Check { return question.Raised(chart.New(group)) }

// Beside returns the questions worth asking while stages are still waiting for data,
// so that the record only supposes how they end ([stage.Record.Supposing]). Their
// answers don't depend on that, and none of them costs a login.
func Beside(supposed *stage.Record) []stage.Check { return question.Beside(chart.New(supposed)) }

// Settles reports whether a follow-up has found that a silent port waits for
// something other than mail: a web server for a request. It will never send a
// greeting.
func Settles(c stage.CheckRecord) bool {
	f := stage.FactsOf[*stage.FetchFacts](&c)
	return c.Check.Question == stage.AskHTTP && f != nil && f.Status != 0
}

// Alike returns a key for the follow-ups of one group: of two with the same key, one
// serves the parents of both.
func Alike(c stage.Check) string { return question.Alike(c) }

// Doing returns a key for the follow-ups of different groups: one of two with the
// same key serves both.
func Doing(c stage.Check) string { return question.Doing(c) }

// Room returns the number of follow-ups per round for a run with this number of
// checks.
func Room(checks int) int { return question.Room(checks) }

// open returns the questions of a whole run: those of each group, which follow from
// its own checks. Limits of the run as a whole count the follow-ups already made.
func open(c *chart.Case) []stage.Question {
	parts := c.Record.Parts()
	if len(parts) == 1 {
		return question.Open(c)
	}
	run := asked(c.Record)
	var all []stage.Question
	for i := range parts {
		if !parts[i].Asks() {
			continue
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

// inquired records what the groups of a run have asked.
type inquired struct {
	by    map[string]int // what was done, and the first group that asked for it
	made  map[int]int    // follow-ups, by round
	room  int            // the number allowed
	login int            // the group that had the one extra login; -1: none
}

// asked reads the follow-ups of a record. Each belongs to the group of its first
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

// admits reports whether a question of a group is still open, and records it.
func (r *inquired) admits(c stage.Check, group int) bool {
	by, done := r.by[Doing(c)]
	switch {
	case done && by != group, c.Kind == stage.KindLogin && r.login >= 0 && r.login != group, r.made[c.Round] >= r.room:
		return false
	}
	r.note(c, group)
	return true
}
