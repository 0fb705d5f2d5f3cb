package chart

import (
	"slices"

	"maildoctor/probe/stage"
)

// Ending is how a check ended, as far as it was asked to go.
type Ending int

const (
	Worked     Ending = iota // all that was asked for was passed
	Broke                    // a stage failed, or its login had been refused by another server already
	Unfinished               // nothing failed, and not all that was asked for was looked at
)

// EndingOf returns how a check ended. Stages that weren't requested are ignored, and
// so are internal errors, which say nothing about the server.
func EndingOf(rec *stage.Record, c *stage.CheckRecord) Ending {
	if f := c.Failed(); f != nil {
		switch {
		case f.Fault == stage.InternalProblem:
			return Unfinished
		case f.Stage == stage.Login && TakenOtherwise(rec, c) != nil:
			return Worked
		}
		return Broke
	}
	for _, r := range c.Results {
		if r.Status == stage.Skip && leavesOpen(rec, c, r.Reason) {
			if RefusedFor(rec, c) != nil {
				return Broke
			}
			return Unfinished
		}
	}
	return Worked
}

// TakenOtherwise returns the follow-up that logged in at the same endpoint with
// another mechanism and the same name and password, and then reached the mailbox;
// nil if there is none. If there is one, the settings are right.
func TakenOtherwise(rec *stage.Record, c *stage.CheckRecord) *stage.CheckRecord {
	for i := range rec.Checks {
		f := &rec.Checks[i]
		if f.Check.Kind == stage.KindLogin && f.Check.Manner.Mechanism != "" && f.Check.Endpoint == c.Check.Endpoint &&
			slices.Contains(f.Check.Parents, c.Check.ID) && LoginWorks(f) == Yes && f.Failed() == nil {
			return f
		}
	}
	return nil
}

// leavesOpen reports whether a stage skipped for this reason had been requested.
func leavesOpen(rec *stage.Record, c *stage.CheckRecord, why stage.Reason) bool {
	switch why {
	case stage.NotApplicable, stage.NoPassword, stage.NoUser, stage.NoSender, stage.NotAsked:
		return false
	case stage.CleartextNotAllowed, stage.SettingsNotVerified, stage.LoginBudget:
		return LoginAsked(rec, c)
	}
	return true
}

// LoginAsked reports whether a check was meant to log in: a password was given, and
// there is an account that it belongs to.
func LoginAsked(rec *stage.Record, c *stage.CheckRecord) bool {
	s := rec.Subject(c)
	return rec.Header.Options.Login && rec.Header.Options.Password && s != nil && s.User != ""
}

// Reached reports whether the server got at least as far as its greeting, so that
// its name and port are worth typing in.
func Reached(c *stage.CheckRecord) bool {
	r := c.Result(stage.Greeting)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}
