package report

import (
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// aboutLogins describes logins that were left out for a reason unrelated to any
// server: a sentence for the summary, and what to do. Both are empty if there are
// none.
func aboutLogins(rec *stage.Record) (sentence, action prose.Value) {
	for _, c := range endpointChecks(rec) {
		r := c.Result(stage.Login)
		if r == nil {
			continue
		}
		if e := passwordError(r); !e.Empty() {
			return say.LoginNoPassword(e), say.GetThePassword()
		}
		if r.Reason == stage.SettingsNotVerified {
			return keptBack(rec)
		}
		if s := chart.SparedFor(c); s != nil && s.Refused && !s.At.IsZero() {
			return say.LoginRefusedBefore(prose.Data(s.Host), clock(rec, s.At)), say.CorrectTheLogin()
		}
	}
	return sentence, action
}

// keptBack says that the password was not sent to servers that a forged DNS answer
// could have named, and how to confirm that they are the right ones.
func keptBack(rec *stage.Record) (sentence, action prose.Value) {
	var hosts []prose.Value
	domain := prose.Value{}
	for _, c := range endpointChecks(rec) {
		if r := c.Result(stage.Login); r != nil && r.Reason == stage.SettingsNotVerified {
			hosts = prose.AppendNew(hosts, prose.Data(c.Check.Endpoint.Host))
			domain = prose.Data(rec.Subject(c).Domain)
		}
	}
	n := prose.Count(len(hosts))
	names := prose.And(hosts...)
	return say.LoginKeptBack(names, domain, n), say.AskAboutServers(domain, names, n)
}

// clock formats a time as the clock of the computer showed it.
func clock(rec *stage.Record, t time.Time) prose.Value {
	return prose.Data(inZone(t, rec.Header.System.Zone).Format("2006-01-02 15:04 -07:00"))
}

// untried says why a login was not tried; words are the text for the reason alone.
func untried(rec *stage.Record, c *stage.CheckRecord, r *stage.Result, words prose.Value) prose.Value {
	if e := passwordError(r); !e.Empty() {
		return say.UntriedNoPassword(e)
	}
	if o := chart.RefusedFor(rec, c); o != nil {
		return say.UntriedRefusedThere(words, placeBeside(c, o))
	}
	s := chart.SparedFor(c)
	if s == nil {
		return words
	}
	switch o := rec.Check(s.Check); {
	case o != nil:
		return say.UntriedUnansweredThere(words, placeBeside(c, o))
	case s.At.IsZero():
		return words
	case s.Refused:
		return say.UntriedRefusedBefore(prose.Data(s.Host), clock(rec, s.At))
	}
	return say.UntriedUnansweredBefore(prose.Data(s.Host), clock(rec, s.At), clock(rec, s.Again))
}

// placeBeside names the server of o in a line about c: only its port if the host is
// the same.
func placeBeside(c, o *stage.CheckRecord) prose.Value {
	e := o.Check.Endpoint
	port := prose.Data(strconv.Itoa(int(e.Port)))
	if strings.EqualFold(e.Host, c.Check.Endpoint.Host) {
		return say.Port(port)
	}
	return say.PortsOf(port, prose.Data(e.Host))
}

// passwordError says why a stage had no password; empty if it had one.
func passwordError(r *stage.Result) prose.Value {
	if f, ok := r.Facts.(*stage.LoginFacts); ok && r.Reason == stage.PasswordUnavailable {
		return prose.Data(strings.TrimSuffix(f.PasswordError, "."))
	}
	return prose.Value{}
}

// logins says how many logins were made, and how the password was sent.
func logins(rec *stage.Record, w weighed) prose.Value {
	n := rec.Logins
	if n.Wrong > 0 {
		n.Wrong = 0
		rest := *rec
		rest.Logins = n
		return prose.Then(logins(&rest, w), say.LoginsWrong(prose.Count(rec.Logins.Wrong)))
	}
	if n.Tried == 0 {
		if !rec.Header.Options.Password && !rec.Header.System.LinkUp {
			return say.LoginsNotAsked()
		}
		return say.LoginsNone()
	}
	var readable, sent, silent, submitted bool
	for i := range rec.Checks {
		c := &rec.Checks[i]
		f := stage.FactsOf[*stage.LoginFacts](c)
		if f == nil {
			continue
		}
		sent = sent || f.Sent
		readable = readable || f.Sent && !f.Encrypted
		if r := c.Result(stage.Login); r.Status == stage.Fail && f.Reply == nil {
			silent = true
		}
		if r := c.Result(stage.Submit); r != nil && r.Status == stage.Pass {
			submitted = true
		}
	}
	counted := say.LoginsRefused(prose.Count(n.Tried), prose.Count(n.Failed))
	if silent {
		counted = say.LoginsFailed(prose.Count(n.Tried), prose.Count(n.Failed))
	}
	switch {
	case readable:
		return prose.Then(counted, say.LoginsReadable())
	case sent && n.Failed > 0:
		return prose.Then(counted, say.LoginsEncrypted())
	case submitted && w.overall() == DoesNotWork:
		return prose.Then(counted, say.LoginsNothingSent())
	}
	return counted
}
