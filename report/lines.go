package report

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// title says what was examined.
func title(rec *stage.Record) string {
	subjects := rec.Header.Plan.Subjects
	n := len(endpointChecks(rec))
	endpoints := strconv.Itoa(n) + either(n, " endpoint", " endpoints")
	first := stage.Visible(first(subjects).Argument)
	switch len(subjects) {
	case 0:
		return endpoints
	case 1:
		return first
	case 2:
		return endpoints + " of " + first + " and " + stage.Visible(subjects[1].Argument)
	}
	return endpoints + " of " + first + " and " + strconv.Itoa(len(subjects)-1) + " more"
}

func first(subjects []stage.Subject) (s stage.Subject) {
	if len(subjects) > 0 {
		s = subjects[0]
	}
	return s
}

// notices are said before all else.
func notices(rec *stage.Record) []string {
	var out []string
	if rec.Header.Options.Demo != "" {
		out = append(out, say(wordsDemo, "case", rec.Header.Options.Demo))
	}
	switch rec.End.State {
	case stage.WasInterrupted:
		out = append(out, say(wordsInterrupted, "time", Seconds(rec.End.Time)))
	case stage.RanOutOfTime:
		out = append(out, say(wordsOutOfTime, "time", wholeSeconds(timeLimit(rec))))
	}
	if n := rec.Unknown; n > 0 {
		out = append(out, say(either(n, wordsUnknownOne, wordsUnknownMany), "n", strconv.Itoa(n)))
	}
	if n := rec.Broken; n > 0 {
		out = append(out, say(either(n, wordsBrokenOne, wordsBrokenMany), "n", strconv.Itoa(n)))
	}
	return out
}

// timeLimit is how long the whole run was to take at most.
func timeLimit(rec *stage.Record) stage.Millis {
	if limit := rec.Header.Options.RunTimeout; limit > 0 {
		return limit
	}
	return rec.End.Time
}

// noAction is what is said where there is nothing to do, or nothing is known.
func noAction(rec *stage.Record, w weighed) Advice {
	switch {
	case rec.End.State == stage.RanOutOfTime && w.overall() != Works:
		limit := timeLimit(rec)
		return Advice{Text: say(wordsMoreTime, "time", strconv.Itoa(int(math.Ceil(2*limit.Duration().Seconds())))+"s")}
	case rec.End.State != stage.Complete && w.overall() != Works:
		return Advice{Text: wordsRunAgain}
	case weight[w.overall()] > weight[WorksWithWarnings]:
		return Advice{Text: wordsNothingKnown}
	case !w.partly && hasProfile(rec):
		return Advice{Text: wordsNothingToDo}
	case !w.partly:
		return Advice{}
	case !rec.Header.Options.Login:
		return Advice{Text: wordsNothingAsked}
	}
	for _, s := range rec.Header.Plan.Subjects {
		switch s.Kind {
		case stage.SubjectAddress:
			return Advice{Text: wordsNothingSecret} // the address is in the command that was just typed
		case stage.SubjectDomain:
			return Advice{wordsNothingSoFar, command("check", "YOU@"+s.Domain)}
		}
	}
	return Advice{Text: wordsNothingMore}
}

func hasProfile(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Header.Plan.Subjects, func(s stage.Subject) bool { return s.Profile != nil })
}

// loginWords counts the logins aloud, and says how the password travelled.
func loginWords(rec *stage.Record, w weighed) string {
	n := rec.Logins
	if n.Tried == 0 {
		if !rec.Header.Options.Password && !rec.Header.System.LinkUp {
			return wordsNoLoginAsked
		}
		return wordsNoLogin
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
	words := wordsLogins
	if silent {
		words = wordsLoginsFailed
	}
	out := say(words, "n", strconv.Itoa(n.Tried), "k", strconv.Itoa(n.Failed))
	switch {
	case readable:
		out += "; " + wordsReadable
	case sent && n.Failed > 0:
		out += "; " + wordsEncrypted
	case submitted && w.overall() == DoesNotWork:
		out += "; " + wordsNothingSent
	}
	return out
}

// thirdParties are the contacts with somebody other than the provider and the
// system's resolver. A resolver on this computer is nobody else.
func thirdParties(rec *stage.Record) []stage.Contact {
	var out []stage.Contact
	for _, c := range rec.Contacts {
		own := c.Why == "endpoint" || c.Why == "resolver" && (rec.Header.Options.Resolver == "" || loopback(c.Address))
		if !own {
			out = append(out, c)
		}
	}
	return out
}

// loopback reports whether ip:port is of this computer itself.
func loopback(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// purposes are the reasons for which somebody is contacted beyond the servers and
// the name servers that a mail program would ask, with the words for them.
var purposes = []struct{ why, words string }{
	{"other resolver", "name server, for comparison"},
	{"control", "for comparison"},
	{"similar name", "similar name"},
	{"issuer", "issuer"},
	{"proxy", "web proxy"},
	{"time", "the time"},
}

// asked names who was contacted: resolvers by address, hosts by name, and the
// others together with those that were asked for the same reason.
func asked(contacts []stage.Contact) []string {
	var out []string
	by := make(map[string][]string)
	type asking struct{ why, host string }
	named := make(map[asking]bool)
	var reasons []string
	for _, p := range purposes {
		reasons = append(reasons, p.why)
	}
	for _, c := range contacts {
		host := c.Host
		if host == "" || c.Why == "resolver" {
			host = hostOf(c.Address)
		}
		if c.Why != "resolver" && c.Why != "endpoint" && !slices.Contains(reasons, c.Why) {
			reasons = append(reasons, c.Why)
		}
		host = stage.Visible(host)
		if k := (asking{c.Why, host}); host != "" && !named[k] {
			named[k] = true
			by[c.Why] = append(by[c.Why], host)
		}
	}
	for _, r := range by["resolver"] {
		out = append(out, "resolver "+r)
	}
	out = append(out, by["endpoint"]...)
	for _, why := range reasons {
		if len(by[why]) > 0 {
			out = append(out, list(by[why])+" ("+purpose(why)+")")
		}
	}
	return out
}

func purpose(why string) string {
	for _, p := range purposes {
		if p.why == why {
			return p.words
		}
	}
	return stage.Visible(why)
}

// runLine says when the run took place, how long it took, and on what it went
// by.
func runLine(rec *stage.Record) string {
	started := inZone(rec.Header.Started, rec.Header.System.Zone)
	parts := []string{started.Format("2006-01-02 15:04 -07:00"), Seconds(rec.End.Time)}
	var profiles []string
	for _, s := range rec.Header.Plan.Subjects {
		if s.Profile == nil {
			continue
		}
		p := "profile " + stage.Visible(s.Profile.ID)
		if s.Profile.Date != "" {
			p += " (" + stage.Visible(s.Profile.Date) + ")"
		}
		if !slices.Contains(profiles, p) {
			profiles = append(profiles, p)
		}
	}
	return strings.Join(append(parts, profiles...), ", ")
}
