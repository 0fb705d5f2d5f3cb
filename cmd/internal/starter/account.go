package starter

import (
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// account is a user name of one argument.
type account struct {
	subject    int
	name, user string
}

// accountsOf returns the user names of a run. They are called by their arguments, because
// two providers may have the same user name.
func accountsOf(rec *stage.Record) []account {
	var out []account
	for i := range rec.Checks {
		c := &rec.Checks[i]
		subject := c.Check.Subject
		s := rec.Header.Plan.Subjects[subject]
		user := userOf(s, c)
		if user == "" || c.Check.FollowUp() || named(out, subject, user) != "" {
			continue
		}
		name := s.Argument
		if user != s.Argument && user != s.User {
			name += " " + user
		}
		out = append(out, account{subject, name, user})
	}
	return out
}

// userOf returns the user name at a server; empty if there is none.
func userOf(s stage.Subject, c *stage.CheckRecord) string {
	if c.Check.User != "" {
		return c.Check.User
	}
	return s.User
}

// named returns the name of an account; empty if there is none.
func named(as []account, subject int, user string) string {
	for _, a := range as {
		if a.subject == subject && a.user == user {
			return a.name
		}
	}
	return ""
}

// accounts writes the accounts, each without a source of its password.
func (w *writer) accounts(as []account) {
	if len(as) == 0 {
		return
	}
	w.line("")
	w.comment(w.l.Sentence(say.InitAccounts()))
	for i, a := range as {
		if i > 0 {
			w.line("")
		}
		w.line("[[account]]\nname = %s\nuser = %s", quoted(a.name), quoted(a.user))
		w.sources()
	}
}
