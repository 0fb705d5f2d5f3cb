package report

import (
	"math"
	"net/netip"
	"slices"
	"strconv"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// title says what was examined.
func title(rec *stage.Record) prose.Value {
	subjects := rec.Header.Plan.Subjects
	n := prose.Count(len(endpointChecks(rec)))
	first := prose.Data(first(subjects).Argument)
	switch len(subjects) {
	case 0:
		return say.TitleEndpoints(n)
	case 1:
		return first
	case 2:
		return say.TitleTwo(n, first, prose.Data(subjects[1].Argument))
	}
	return say.TitleMany(n, first, prose.Count(len(subjects)-1))
}

func first(subjects []stage.Subject) (s stage.Subject) {
	if len(subjects) > 0 {
		s = subjects[0]
	}
	return s
}

// notices are said before all else.
func notices(rec *stage.Record) []prose.Value {
	var out []prose.Value
	if name := prose.Data(rec.Header.Options.Demo); !name.Empty() {
		out = append(out, say.NoticeDemo(name))
	}
	switch rec.End.State {
	case stage.WasInterrupted:
		out = append(out, say.NoticeInterrupted(prose.Duration(rec.End.Time)))
	case stage.RanOutOfTime:
		out = append(out, say.NoticeOutOfTime(prose.Seconds(timeLimit(rec))))
	}
	if n := rec.Unknown; n > 0 {
		out = append(out, say.NoticeUnknown(prose.Count(n)))
	}
	if n := rec.Broken; n > 0 {
		out = append(out, say.NoticeBroken(prose.Count(n)))
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
func noAction(l *prose.Language, rec *stage.Record, w weighed) Hint {
	only := func(v prose.Value) Hint { return hint(l, []prose.Value{v}) }
	_, left := aboutLogins(rec)
	switch {
	case !left.Empty():
		return only(left)
	case rec.End.State == stage.RanOutOfTime && w.overall() != Works:
		more := strconv.Itoa(int(math.Ceil(2*timeLimit(rec).Duration().Seconds()))) + "s"
		return only(say.NothingMoreTime(prose.Data(more)))
	case rec.End.State != stage.Complete && w.overall() != Works:
		return only(say.NothingRunAgain())
	case weight[w.overall()] > weight[WorksWithWarnings]:
		return only(say.NothingKnown())
	case !w.partly && hasProfile(rec):
		return only(say.NothingToDo())
	case !w.partly:
		return Hint{}
	case !rec.Header.Options.Login:
		return only(say.NothingLeftOut())
	}
	for _, s := range rec.Header.Plan.Subjects {
		switch s.Kind {
		case stage.SubjectAddress:
			return only(say.NothingSecret()) // the address is in the command that was just typed
		case stage.SubjectDomain:
			return hint(l, []prose.Value{say.NothingSoFar()}, "maildoctor", "check", "YOU@"+s.Domain)
		}
	}
	return only(say.NothingNoAddress())
}

func hasProfile(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Header.Plan.Subjects, func(s stage.Subject) bool { return s.Profile != nil })
}

// logins counts the logins aloud, and says how the password travelled.
func logins(rec *stage.Record, w weighed) prose.Value {
	n := rec.Logins
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
// the name servers that a mail program would ask.
var purposes = []struct {
	why  string
	said prose.Value
}{
	{"other resolver", say.PurposeResolver()},
	{"control", say.PurposeControl()},
	{"similar name", say.PurposeSimilarName()},
	{"certificate", say.PurposeCertificate()},
	{"issuer", say.PurposeIssuer()},
	{"proxy", say.PurposeProxy()},
	{"time", say.PurposeTime()},
}

// asked names who was contacted: resolvers by address, hosts by name, and the
// others together with those that were asked for the same reason.
func asked(contacts []stage.Contact) []prose.Value {
	var out []prose.Value
	by := make(map[string][]prose.Value)
	known := make(map[[2]string]bool)
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
		if host != "" && !known[[2]string{c.Why, host}] {
			known[[2]string{c.Why, host}] = true
			by[c.Why] = append(by[c.Why], prose.Data(host))
		}
	}
	for _, r := range by["resolver"] {
		out = append(out, say.AskedResolver(r))
	}
	out = append(out, by["endpoint"]...)
	for _, why := range reasons {
		if len(by[why]) > 0 {
			out = append(out, say.AskedFor(prose.And(by[why]...), purpose(why)))
		}
	}
	return out
}

func purpose(why string) prose.Value {
	for _, p := range purposes {
		if p.why == why {
			return p.said
		}
	}
	return prose.Data(why)
}

// runLine says when the run took place, how long it took, and on what it went
// by.
func runLine(rec *stage.Record) prose.Value {
	when := inZone(rec.Header.Started, rec.Header.System.Zone).Format(startFormat)
	var profiles []prose.Value
	for _, s := range rec.Header.Plan.Subjects {
		if s.Profile != nil {
			profiles = prose.AppendNew(profiles, say.RunProfile(prose.Data(s.Profile.ID), prose.Data(s.Profile.Date)))
		}
	}
	return say.RunLine(prose.Data(when), prose.Duration(rec.End.Time), prose.All(profiles...))
}
