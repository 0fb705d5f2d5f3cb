package report

import (
	"strings"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Words on logins that were not tried.
const (
	wordsRefusedThere    = "; {place} refused the same name and password"
	wordsUnansweredThere = "; {place} gave no clear answer to the same name and password"
	wordsRefusedBefore   = "not tried: {host} refused this name and password on {time}, and nothing has changed since"
	wordsUnansweredOnce  = "not tried: {host} gave no clear answer to a login on {time}; the next try is after {again}"
	wordsPasswordError   = "not tried: could not get the password: {error}"

	wordsNoPassword   = "Login was not tried, because maildoctor could not get the password: {error}."
	wordsGivePassword = "Make sure that the source of the password works, and run the same command again."

	wordsLeftOut = "Login was left out: {host} refused this name and password on {time}, and nothing has changed since."
	wordsCorrect = "Correct the user name or the password where maildoctor takes them from. Until something changes, login is not tried again: that might lock the account."
)

// aboutLogins tells of logins that were left out for a reason that is no server's:
// a sentence for the summary, and what to do. Both are empty where there is none.
func aboutLogins(rec *stage.Record) (sentence, action string) {
	for _, c := range endpointChecks(rec) {
		r := c.Result(stage.Login)
		if r == nil {
			continue
		}
		if e := passwordError(r); e != "" {
			return say(wordsNoPassword, "error", e), wordsGivePassword
		}
		if s := chart.SparedFor(c); s != nil && s.Refused && !s.At.IsZero() {
			return say(wordsLeftOut, "host", s.Host, "time", clock(rec, s.At)), wordsCorrect
		}
	}
	return "", ""
}

// clock writes a time as the clock of the computer showed it.
func clock(rec *stage.Record, t time.Time) string {
	return inZone(t, rec.Header.System.Zone).Format("2006-01-02 15:04 -07:00")
}

// untried says why a login was not tried; words are what is said of its reason alone.
func untried(rec *stage.Record, c *stage.CheckRecord, r *stage.Result, words string) string {
	if e := passwordError(r); e != "" {
		return say(wordsPasswordError, "error", e)
	}
	if o := chart.RefusedFor(rec, c); o != nil {
		return words + say(wordsRefusedThere, "place", placeBeside(c, o))
	}
	s := chart.SparedFor(c)
	if s == nil {
		return words
	}
	switch o := rec.Check(s.Check); {
	case o != nil:
		return words + say(wordsUnansweredThere, "place", placeBeside(c, o))
	case s.At.IsZero():
		return words
	case s.Refused:
		return say(wordsRefusedBefore, "host", s.Host, "time", clock(rec, s.At))
	}
	return say(wordsUnansweredOnce, "host", s.Host, "time", clock(rec, s.At), "again", clock(rec, s.Again))
}

// passwordError says why a stage had no password; empty where that isn't so.
func passwordError(r *stage.Result) string {
	if f, ok := r.Facts.(*stage.LoginFacts); ok && r.Reason == stage.PasswordUnavailable {
		return strings.TrimSuffix(f.PasswordError, ".")
	}
	return ""
}
