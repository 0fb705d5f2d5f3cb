package diagnose

import (
	"net"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// nameInquiries are about names and who looks them up.
var nameInquiries = []inquiry{
	{
		id:    stage.AskOtherResolvers,
		raise: raiseOtherResolvers,
		ask: func(c stage.Check) string {
			if len(c.Manner.Resolvers) == 1 {
				return "What does the name server " + list(hostsOnly(c.Manner.Resolvers)) + " say about " + c.Endpoint.Host + "?"
			}
			return "What do the name servers " + list(hostsOnly(c.Manner.Resolvers)) + " say about " + c.Endpoint.Host + "?"
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
func raiseOtherResolvers(c *Case) []stage.Check {
	var checks []stage.Check
	place := make(map[string]int)
	for _, k := range c.Checks {
		servers := c.whomToAsk(k)
		if len(servers) == 0 {
			continue
		}
		if i, ok := place[k.host()]; ok {
			checks[i].Parents = append(checks[i].Parents, k.Check.ID)
			continue
		}
		place[k.host()] = len(checks)
		f := k.after(stage.KindGreeting, "resolvers")
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
func (c *Case) whomToAsk(k *Check) []string {
	r := k.Failed()
	if r == nil || k.resolve.Literal || !k.publicName() || k.localName() || c.offlineAtFirst != "" {
		return nil
	}
	controls := c.controls().Resolvers
	if k.resolve.HostsFile {
		if own := servers(k.resolve, stage.LookupAnswer); own != nil {
			return own
		}
		return controls
	}
	switch {
	case r.Stage == stage.Resolve && slices.Contains(unclear, r.Fault):
		return controls
	case r.Stage == stage.Connect && r.Fault != stage.Prohibited && slices.Contains(noTaker, r.Fault) && c.openBeside(k) == nil:
		return controls
	case disputed(k.resolve):
		return controls
	case k.refusedLogin():
		return slices.DeleteFunc(slices.Clone(controls), func(s string) bool { return stranger(s) || isLoopback(ipOf(s)) })
	}
	return nil
}

// localName reports whether the name belongs to one network by its end, and is no
// stranger's business.
func (k *Check) localName() bool {
	return slices.ContainsFunc(localNames, func(end string) bool { return strings.HasSuffix(k.host(), end) })
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
		if before := given[l.Type]; before != nil && !anyShared(before, l.Addresses) {
			return true
		}
		given[l.Type] = append(given[l.Type], l.Addresses...)
	}
	return denied && len(given) > 0
}

func answerOtherResolvers(c *stage.CheckRecord) string {
	o := readOutside(c)
	there := list(o.addresses)
	switch {
	case o.knows() && o.mail == yes:
		return "The answer is " + there + ", and a mail server answers there."
	case o.knows() && o.mail == no:
		return "The answer is " + there + ", where no mail server answers from here."
	case o.knows():
		return "The answer is " + there + "."
	}
	fault := o.fault
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
func raiseControlName(c *Case) []stage.Check {
	name := c.controls().Name
	if name == "" || len(c.resolved) > 0 || c.offlineAtFirst != "" {
		return nil
	}
	var parents []*Check
	for _, k := range c.Checks {
		switch k.fault(stage.Resolve) {
		case stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed:
			parents = append(parents, k)
		}
	}
	return lookups(name, "control-name", parents...)
}

// lookups looks a name up for these checks, if there are any.
func lookups(name, word string, parents ...*Check) []stage.Check {
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
	switch nameExists(c, false) {
	case yes:
		return "Yes: the name servers here find it."
	case no:
		return "No: that name cannot be looked up either."
	}
	return answerAny(c)
}

// raiseNonsense asks for two names that nobody can have, where a name led
// somewhere and no mail server is there: one beside it, in case its domain has a
// wildcard (RFC 4592), and one elsewhere, in case the name server invents answers.
func raiseNonsense(c *Case) []stage.Check {
	var checks []stage.Check
	for _, k := range c.Checks {
		if c.nobodyUseful(k) {
			checks = append(checks, lookups(c.siblingName(k), "made-up-sibling", k)...)
			checks = append(checks, lookups(c.strangeName(k), "made-up-name", k)...)
		}
	}
	return checks
}

// nobodyUseful reports whether a name that may have been mistyped led to a place
// that has no mail server, or another's.
func (c *Case) nobodyUseful(k *Check) bool {
	r := k.Failed()
	if r == nil || k.builtin() || k.resolve.Literal || k.resolve.HostsFile || !k.publicName() || k.localName() || c.offlineAtFirst != "" {
		return false
	}
	switch r.Stage {
	case stage.Connect:
		return r.Fault != stage.Prohibited && slices.Contains(noTaker, r.Fault) && c.openBeside(k) == nil
	case stage.Handshake:
		return r.Fault == stage.PlaintextAnswer && spoken(k.tls.FirstBytes) != string(k.Check.Endpoint.Protocol) || k.has(stage.CertNameMismatch)
	case stage.Greeting:
		return r.Fault == stage.WrongProtocol
	}
	return false
}

func answerNonsense(c *stage.CheckRecord) string {
	switch nameExists(c, true) {
	case yes:
		return "Yes: it leads to " + list(orEmpty(stage.FactsOf[*stage.ResolveFacts](c)).Addresses) + ", so that names need not exist to be found."
	case no:
		return "No, as it should be."
	}
	return answerAny(c)
}

// raiseNear tries names like one that was typed and does not exist, or the servers
// that known settings name in its domain where nobody takes a connection. No password
// goes there.
func raiseNear(c *Case) []stage.Check {
	if c.Record.Header.Options.Private {
		return nil
	}
	var checks []stage.Check
	for _, k := range c.Checks {
		var places []stage.Endpoint
		switch {
		case k.fault(stage.Resolve) == stage.NameNotFound, k.fault(stage.Resolve) == stage.NoAddress:
			places = nearPlaces(k)
		case k.noConnectionAt() && (k.webName() || k.exchangerName()) && !k.ofProfile() && !k.resolve.Literal:
			places = nearPlaces(k)
		case slices.Contains(noTaker, k.fault(stage.Connect)):
			places = c.publishedBeside(k)
		}
		if k.builtin() || k.resolve.HostsFile || !k.publicName() || k.localName() {
			continue
		}
		for _, e := range places {
			f := k.after(stage.KindGreeting, "near-"+e.Host)
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
	case mailAnswers(c) == yes:
		return "Perhaps: a mail server answers there."
	case r != nil && r.Fault == stage.NameNotFound:
		return "No: that name does not exist either."
	case mailAnswers(c) == no:
		return "No: no mail server answers there."
	}
	return answerAny(c)
}
