package question

import (
	"net"
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// nameInquiries are about names and who looks them up.
var nameInquiries = []inquiry{
	{
		id:    stage.AskOtherResolvers,
		raise: raiseOtherResolvers,
		ask: func(c stage.Check) string {
			if len(c.Manner.Resolvers) == 1 {
				return "What does the name server " + chart.List(hostsOnly(c.Manner.Resolvers)) + " say about " + c.Endpoint.Host + "?"
			}
			return "What do the name servers " + chart.List(hostsOnly(c.Manner.Resolvers)) + " say about " + c.Endpoint.Host + "?"
		},
		answer: answerOtherResolvers,
	},
	{
		id:     stage.AskControlName,
		raise:  raiseControlName,
		ask:    func(c stage.Check) string { return "Can another name be looked up here, " + c.Endpoint.Host + "?" },
		answer: answerControlName,
	},
	{
		id:     stage.AskNonsenseName,
		raise:  raiseNonsense,
		ask:    func(c stage.Check) string { return "Does a name exist here that was made up, " + c.Endpoint.Host + "?" },
		answer: answerNonsense,
	},
	{
		id:     stage.AskNearName,
		raise:  raiseNear,
		ask:    func(c stage.Check) string { return "Is " + c.Endpoint.Host + " meant?" },
		answer: answerNear,
	},
}

// hostsOnly leaves out the port that name servers have.
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

// raiseOtherResolvers asks other name servers for a host whose name gave trouble,
// and dials what they say. Each host once, at the first of its endpoints.
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

// unclear are the faults of a lookup on which other name servers may throw light.
var unclear = []stage.Fault{
	stage.NameNotFound, stage.NoAddress, stage.BadAddress, stage.DNSLoop,
	stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed,
}

// whomToAsk returns the name servers that a failed check gives reason to ask; nil
// for none. Where the hosts file decided, those of this machine do. Strangers are
// asked where the name itself is in doubt, or nobody takes a connection at its
// addresses. That a login was refused is too common to tell strangers of, or those who
// stand for them in a trial on one machine.
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

// disputed reports whether name servers of this machine contradict each other:
// one denies what another one gives, or two give addresses that have nothing in
// common.
func disputed(f *stage.ResolveFacts) bool {
	given := make(map[string][]string) // by type of the question
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

func answerOtherResolvers(c *stage.CheckRecord) string {
	o := chart.ReadOutside(c)
	there := chart.List(o.Addresses)
	switch {
	case o.Knows() && o.Mail == chart.Yes:
		return "The answer is " + there + ", and a mail server answers there."
	case o.Knows() && o.Mail == chart.No:
		return "The answer is " + there + ", where no mail server answers from here."
	case o.Knows():
		return "The answer is " + there + "."
	}
	fault := o.Fault
	if r := c.Failed(); r != nil {
		fault = r.Fault
	}
	if words, ok := outsideAnswers[fault]; ok {
		return words
	}
	return answerAny(c)
}

// outsideAnswers say how a lookup at other name servers failed.
var outsideAnswers = map[stage.Fault]string{
	stage.NameNotFound: "There is no such name.",
	stage.NoAddress:    "The name has no address there.",
	stage.BadAddress:   "The answer is an address that no server can have.",
	stage.ServFail:     "The name cannot be looked up there either.",
	stage.DNSLoop:      "The name leads in a circle.",
	stage.DNSTimeout:   "Not answered: nothing came from there.",
	stage.DNSUnreached: "Not answered: there is no way to there.",
	stage.DNSRefused:   "Not answered: questions are refused there.",
}

// raiseControlName looks up a name that is always there, where lookups failed in
// a way that says nothing of the name, and no other name was found.
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

func answerControlName(c *stage.CheckRecord) string {
	switch chart.NameExists(c, false) {
	case chart.Yes:
		return "Yes: the name servers here find it."
	case chart.No:
		return "No: that name cannot be looked up either."
	}
	return answerAny(c)
}

// raiseNonsense asks for two names that nobody can have, where a name led
// somewhere and no mail server is there: one beside it, in case its domain has a
// wildcard (RFC 4592), and one elsewhere, in case the name server invents answers.
func raiseNonsense(c *chart.Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if nobodyUseful(c, k) {
			checks = append(checks, lookups(c.SiblingName(k), "made-up-sibling", k)...)
			checks = append(checks, lookups(c.StrangeName(k), "made-up-name", k)...)
		}
	}
	return checks
}

// nobodyUseful reports whether a name that may have been mistyped led to a place
// that has no mail server, or another's.
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

func answerNonsense(c *stage.CheckRecord) string {
	switch chart.NameExists(c, true) {
	case chart.Yes:
		return "Yes: it leads to " + chart.List(chart.OrEmpty(stage.FactsOf[*stage.ResolveFacts](c)).Addresses) + ", so that names need not exist to be found."
	case chart.No:
		return "No, as it should be."
	}
	return answerAny(c)
}

// raiseNear tries names like one that was typed and does not exist, or the servers
// that known settings name in its domain where nobody takes a connection. No password
// goes there.
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

func answerNear(c *stage.CheckRecord) string {
	r := c.Result(stage.Resolve)
	switch {
	case chart.MailAnswers(c) == chart.Yes:
		return "Perhaps: a mail server answers there."
	case r != nil && r.Fault == stage.NameNotFound:
		return "No: that name does not exist either."
	case chart.MailAnswers(c) == chart.No:
		return "No: no mail server answers there."
	}
	return answerAny(c)
}

// nobodys are addresses that the public Internet does not have: for examples (RFC
// 5737, RFC 3849) and for measurements in laboratories (RFC 2544).
var nobodys = chart.Prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")

// stranger reports whether ip:port is of somebody out in the public Internet.
func stranger(address string) bool {
	ip := chart.IPOf(address)
	return !chart.InternalOrLoopback(ip) && !chart.AllWithin([]string{ip}, nobodys)
}
