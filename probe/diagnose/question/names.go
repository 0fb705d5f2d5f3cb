package question

import (
	"net"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// nameInquiries are about names and how they are resolved.
var nameInquiries = []inquiry{
	{
		id:    stage.AskOtherResolvers,
		topic: say.TopicOtherResolvers(),
		raise: raiseOtherResolvers,
		ask: func(c stage.Check) prose.Value {
			return say.AskOtherResolvers(prose.And(prose.Datas(hostsOnly(c.Manner.Resolvers))...), hostOf(c))
		},
		answer: answerOtherResolvers,
	},
	{
		id:     stage.AskControlName,
		topic:  say.TopicControlName(),
		raise:  raiseControlName,
		ask:    ofHost(say.AskControlName),
		answer: answerControlName,
	},
	{
		id:     stage.AskNonsenseName,
		topic:  say.TopicNonsenseName(),
		raise:  raiseNonsense,
		ask:    ofHost(say.AskNonsenseName),
		answer: answerNonsense,
	},
	{
		id:     stage.AskNearName,
		topic:  say.TopicNearName(),
		raise:  raiseNear,
		ask:    ofHost(say.AskNearName),
		answer: answerNear,
	},
}

// hostsOnly removes the port from the addresses of name servers.
func hostsOnly(servers []string) []string {
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = s
		if host, port, err := net.SplitHostPort(s); err == nil && port == "53" {
			out[i] = host
		}
	}
	return out
}

// raiseOtherResolvers asks other name servers about a host whose name caused
// problems, and dials the addresses that they give. It does so once for each host,
// at the first of its endpoints.
func raiseOtherResolvers(c *chart.Case) []stage.Check {
	var checks []stage.Check
	place := make(map[string]int)
	for _, k := range c.Checks {
		servers := whomToAsk(c, k)
		if len(servers) == 0 {
			continue
		}
		if i, ok := place[k.Host()]; ok {
			checks[i].Parents = append(checks[i].Parents, k.Check.ID)
			continue
		}
		place[k.Host()] = len(checks)
		f := after(k, stage.KindGreeting, "resolvers")
		if f.Endpoint.Security == stage.TLS {
			f.Kind = stage.KindTLS
		}
		f.Manner.Resolvers = servers
		checks = append(checks, f)
	}
	return checks
}

// unclear are the faults of a lookup that other name servers may explain.
var unclear = []stage.Fault{
	stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.DNSLoop,
	stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed,
}

// whomToAsk returns the name servers to ask because of a failed check; nil if there
// are none. If the hosts file decided, they are this machine's. Public ones are
// asked if the name itself is in doubt, or if its addresses accept no connection. A
// refused login is too common to tell third parties about, so public name servers
// are left out then, and so are those on loopback that stand in for them in a trial
// on one machine.
func whomToAsk(c *chart.Case, k *chart.Exam) []string {
	r := k.Failed()
	if r == nil || k.Resolve.Literal || !k.PublicName() || k.LocalName() || c.OfflineAtFirst != "" {
		return nil
	}
	controls := c.Controls().Resolvers
	if k.Resolve.HostsFile {
		if own := chart.Servers(k.Resolve, stage.LookupAnswer); own != nil {
			return own
		}
		return controls
	}
	switch {
	case r.Stage == stage.Resolve && slices.Contains(unclear, r.Fault):
		return controls
	case r.Stage == stage.Connect && r.Fault != stage.Prohibited && slices.Contains(chart.NoTaker, r.Fault) && !c.AnyOpenBeside(k):
		return controls
	case disputed(k.Resolve):
		return controls
	case k.RefusedLogin():
		return slices.DeleteFunc(slices.Clone(controls), func(s string) bool { return stranger(s) || chart.IsLoopback(chart.IPOf(s)) })
	}
	return nil
}

// disputed reports whether name servers of this machine contradict each other: one
// denies what another one gives, or two give addresses that have nothing in common.
func disputed(f *stage.ResolveFacts) bool {
	given := make(map[string][]string) // by query type
	denied := false
	for _, l := range f.Lookups {
		denied = denied || l.Outcome == stage.LookupNXDomain
		if l.Outcome != stage.LookupAnswer {
			continue
		}
		if before := given[l.Type]; before != nil && !chart.AnyShared(before, l.Addresses) {
			return true
		}
		given[l.Type] = append(given[l.Type], l.Addresses...)
	}
	return denied && len(given) > 0
}

func answerOtherResolvers(c *stage.CheckRecord) Answer {
	o := chart.ReadOutside(c)
	there := prose.And(prose.Datas(o.Addresses)...)
	switch {
	case o.Knows() && o.Mail == chart.Yes:
		return found(say.AnswerElsewhereGivesMail(there))
	case o.Knows() && o.Mail == chart.No:
		return found(say.AnswerElsewhereGivesNoMail(there))
	case o.Knows():
		return found(say.AnswerElsewhereGives(there))
	}
	fault := o.Fault
	if r := c.Failed(); r != nil {
		fault = r.Fault
	}
	if a, ok := outsideAnswers[fault]; ok {
		return a
	}
	return notAnswered(c)
}

// outsideAnswers say how a lookup at other name servers failed.
var outsideAnswers = map[stage.Fault]Answer{
	stage.NameNotFound: found(say.AnswerElsewhereNoName()),
	stage.NoAddress:    found(say.AnswerElsewhereNoAddress()),
	stage.BadAddress:   found(say.AnswerElsewhereBadAddress()),
	stage.ServFail:     found(say.AnswerElsewhereServFail()),
	stage.DNSLoop:      found(say.AnswerElsewhereLoop()),
	stage.DNSTimeout:   open(say.NotAnsweredElsewhereSilent()),
	stage.DNSUnreached: open(say.NotAnsweredElsewhereUnreached()),
	stage.DNSRefused:   open(say.NotAnsweredElsewhereRefused()),
}

// raiseControlName looks up a name that always exists, if lookups failed in a way
// that says nothing about the name, and no other name was found.
func raiseControlName(c *chart.Case) []stage.Check {
	name := c.Controls().Name
	if name == "" || len(c.Resolved) > 0 || c.OfflineAtFirst != "" {
		return nil
	}
	var parents []*chart.Exam
	for _, k := range c.Checks {
		switch k.Fault(stage.Resolve) {
		case stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed:
			parents = append(parents, k)
		}
	}
	return lookups(name, "control-name", parents...)
}

// lookups looks a name up for these checks, if there are any.
func lookups(name, word string, parents ...*chart.Exam) []stage.Check {
	if len(parents) == 0 {
		return nil
	}
	f := stage.Check{
		ID: parents[0].Check.ID + "/" + word, Kind: stage.KindLookup, Subject: parents[0].Check.Subject, Endpoint: stage.Endpoint{Host: name},
	}
	for _, k := range parents {
		f.Parents = append(f.Parents, k.Check.ID)
	}
	return []stage.Check{f}
}

func answerControlName(c *stage.CheckRecord) Answer {
	switch chart.NameExists(c, false) {
	case chart.Yes:
		return found(say.AnswerNameFound())
	case chart.No:
		return found(say.AnswerNameNotFound())
	}
	return notAnswered(c)
}

// raiseNonsense looks up two names that cannot exist if a name resolves to a place
// without a mail server. One has the same parent, in case its domain has a wildcard
// (RFC 4592). One is elsewhere, in case the name server invents answers.
func raiseNonsense(c *chart.Case) []stage.Check {
	var checks []stage.Check
	place := make(map[string]int) // the hosts of a domain share them
	ask := func(name, word string, k *chart.Exam) {
		i, ok := place[name]
		if !ok {
			place[name] = len(checks)
			checks = append(checks, lookups(name, word, k)...)
			return
		}
		checks[i].Parents = append(checks[i].Parents, k.Check.ID)
	}
	for _, k := range c.Checks {
		if nobodyUseful(c, k) {
			ask(c.SiblingName(k), "made-up-sibling", k)
			ask(c.StrangeName(k), "made-up-name", k)
		}
	}
	return checks
}

// nobodyUseful reports whether a name that may have been mistyped resolved to a
// place without a mail server, or with another's.
func nobodyUseful(c *chart.Case, k *chart.Exam) bool {
	r := k.Failed()
	if r == nil || k.Builtin() || k.Resolve.Literal || k.Resolve.HostsFile || !k.PublicName() || k.LocalName() || c.OfflineAtFirst != "" {
		return false
	}
	switch r.Stage {
	case stage.Connect:
		return r.Fault != stage.Prohibited && slices.Contains(chart.NoTaker, r.Fault) && !c.AnyOpenBeside(k)
	case stage.Handshake:
		return r.Fault == stage.PlaintextAnswer && chart.Spoken(k.TLS.FirstBytes) != string(k.Check.Endpoint.Protocol) || k.Has(stage.CertNameMismatch)
	case stage.Greeting:
		return r.Fault == stage.WrongProtocol
	}
	return false
}

func answerNonsense(c *stage.CheckRecord) Answer {
	switch chart.NameExists(c, true) {
	case chart.Yes:
		there := chart.OrEmpty(stage.FactsOf[*stage.ResolveFacts](c)).Addresses
		return found(say.AnswerNonsenseFound(prose.And(prose.Datas(there)...)))
	case chart.No:
		return found(say.AnswerNonsenseUnknown())
	}
	return notAnswered(c)
}

// raiseNear tries names similar to a typed one that does not exist. If the host
// accepts no connection, it tries the servers that known settings name in its
// domain. No password is sent there.
func raiseNear(c *chart.Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		var places []stage.Endpoint
		switch {
		case k.Fault(stage.Resolve) == stage.NameNotFound, k.Fault(stage.Resolve) == stage.NoAddress:
			places = nearPlaces(k)
		case k.NoConnectionAt() && (k.WebName() || k.ExchangerName()) && !k.OfProfile() && !k.Resolve.Literal:
			places = nearPlaces(k)
		case slices.Contains(chart.NoTaker, k.Fault(stage.Connect)):
			places = c.PublishedBeside(k)
		}
		if k.Builtin() || k.Resolve.HostsFile || !k.PublicName() || k.LocalName() {
			continue
		}
		for _, e := range places {
			f := after(k, stage.KindGreeting, "near-"+e.Host)
			if e.Security == stage.TLS {
				f.Kind = stage.KindTLS
			}
			f.Endpoint = e
			checks = append(checks, f)
		}
	}
	return checks
}

func answerNear(c *stage.CheckRecord) Answer {
	r := c.Result(stage.Resolve)
	switch {
	case chart.MailAnswers(c) == chart.Yes:
		return found(say.AnswerNearAnswers())
	case r != nil && r.Fault == stage.NameNotFound:
		return found(say.AnswerNearUnknown())
	case chart.MailAnswers(c) == chart.No:
		return found(say.AnswerNearNoMail())
	}
	return notAnswered(c)
}

// nobodys are address ranges that the public Internet does not use: for examples
// (RFC 5737, RFC 3849) and for benchmarks (RFC 2544).
var nobodys = chart.Prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")

// stranger reports whether ip:port is on the public Internet.
func stranger(address string) bool {
	ip := chart.IPOf(address)
	return !chart.InternalOrLoopback(ip) && !chart.AllWithin([]string{ip}, nobodys)
}
