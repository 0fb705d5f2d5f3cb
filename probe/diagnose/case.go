package diagnose

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// Case is a run as the rules look at it. What several rules ask about the run
// as a whole is found out once.
type Case struct {
	Record    *stage.Record
	Checks    []*Check                        // the plan's own, in its order
	followUps map[string][]*stage.CheckRecord // by parent

	connected      map[string][]string // hosts that took a connection, with the places that did
	unanswered     map[string]bool     // hosts of which a port gave no answer, or was refused
	resolved       map[string]bool     // hosts whose name a lookup led to an address
	web            map[string]bool     // addresses, with port, that answer with a web page
	dialled        map[string][]string // IP addresses that took a connection, with the places that did
	doors          *doors              // every port dialled
	silent         int                 // unrelated providers of which a port gave no answer
	answered       bool                // a name server on another machine answered
	offline        cause.Confidence    // empty: there is a way out
	offlineAtFirst cause.Confidence    // the same, by the checks of the plan alone: questions must not hang on their answers
	servedHere     bool                // a server of the run answered on a loopback address
}

// Check is one of the plan's own checks, with its facts at hand. Facts that the
// run didn't leave are empty, never nil.
type Check struct {
	*stage.CheckRecord
	Place   int // in the plan
	Subject stage.Subject

	resolve *stage.ResolveFacts
	connect *stage.ConnectFacts
	tls     *stage.TLSFacts
	greet   *stage.GreetingFacts
	upgrade *stage.StartTLSFacts
	caps    *stage.CapabilityFacts
	login   *stage.LoginFacts
	mailbox *stage.MailboxFacts
	submit  *stage.SubmitFacts

	provoked string                        // what a port that was silent in clear text says to a ClientHello, or to a web browser
	toHTTP   bool                          // to a web browser
	guessed  map[stage.Stage][]reply.Guess // what the replies were classified as
}

// newCase puts a record in the form that rules read.
func newCase(rec *stage.Record) *Case {
	c := &Case{
		Record:     rec,
		followUps:  make(map[string][]*stage.CheckRecord),
		connected:  make(map[string][]string),
		unanswered: make(map[string]bool),
		resolved:   make(map[string]bool),
		web:        make(map[string]bool),
		dialled:    make(map[string][]string),
	}
	for i := range rec.Checks {
		r := &rec.Checks[i]
		if !r.Check.FollowUp() {
			c.Checks = append(c.Checks, newCheck(r, len(c.Checks), rec.Header.Plan.Subjects))
			continue
		}
		for _, parent := range r.Check.Parents {
			c.followUps[parent] = append(c.followUps[parent], r)
		}
	}
	for _, k := range c.Checks {
		c.provoke(k)
		c.note(k)
	}
	c.doors = newDoors(rec)
	c.silent = providersUnanswered(c)
	c.answered = nameServerAnswered(c)
	c.servedHere = servedHere(c)
	c.offline, c.offlineAtFirst = offline(c, true), offline(c, false)
	return c
}

func newCheck(r *stage.CheckRecord, place int, subjects []stage.Subject) *Check {
	k := &Check{CheckRecord: r, Place: place}
	if i := r.Check.Subject; i >= 0 && i < len(subjects) {
		k.Subject = subjects[i]
	}
	k.resolve = orEmpty(stage.FactsOf[*stage.ResolveFacts](r))
	k.connect = orEmpty(stage.FactsOf[*stage.ConnectFacts](r))
	k.tls = orEmpty(stage.FactsOf[*stage.TLSFacts](r))
	k.greet = orEmpty(stage.FactsOf[*stage.GreetingFacts](r))
	k.upgrade = orEmpty(stage.FactsOf[*stage.StartTLSFacts](r))
	k.caps = orEmpty(stage.FactsOf[*stage.CapabilityFacts](r))
	k.login = orEmpty(stage.FactsOf[*stage.LoginFacts](r))
	k.mailbox = orEmpty(stage.FactsOf[*stage.MailboxFacts](r))
	k.submit = orEmpty(stage.FactsOf[*stage.SubmitFacts](r))
	return k
}

func orEmpty[T any](p *T) *T {
	if p == nil {
		return new(T)
	}
	return p
}

// note remembers what a check tells about its host.
func (c *Case) note(k *Check) {
	host := k.host()
	if k.passed(stage.Resolve) && !k.resolve.Literal && !k.resolve.HostsFile {
		c.resolved[host] = true
	}
	switch k.fault(stage.Connect) {
	case stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable, stage.Refused, stage.Reset:
		c.unanswered[host] = true
	}
	if k.passed(stage.Connect) {
		place := stage.Visible(k.place())
		c.connected[host] = appendNew(c.connected[host], place)
		for _, a := range k.connect.Attempts {
			if ip := ipOf(a.Address); a.Outcome == stage.DialConnected && ip != "" {
				c.dialled[ip] = appendNew(c.dialled[ip], place)
			}
		}
	}
	for _, s := range []stage.Stage{stage.Handshake, stage.Greeting} {
		if k.fault(s) != "" && spoken(k.firstBytes(s)) == "http" {
			c.web[strings.ToLower(k.Check.Endpoint.Address())] = true
		}
	}
}

// provoked returns what a follow-up that began with TLS got in clear text.
func provoked(f *stage.CheckRecord) string {
	tls := stage.FactsOf[*stage.TLSFacts](f)
	if r := f.Result(stage.Handshake); r == nil || r.Fault != stage.PlaintextAnswer || tls == nil {
		return ""
	}
	return FirstLine(tls.FirstBytes)
}

// provoke notes what a port says that was silent in clear text: to TLS, or to a web
// browser.
func (c *Case) provoke(k *Check) {
	if f := c.followUp(k, stage.AskPortSpeaksTLS); f != nil {
		k.provoked = provoked(f)
	}
	f := c.followUp(k, stage.AskHTTP)
	if f == nil || k.provoked != "" || !k.mute() {
		return
	}
	if page := orEmpty(stage.FactsOf[*stage.FetchFacts](f)); page.Status != 0 {
		k.provoked, k.toHTTP = "HTTP status "+strconv.Itoa(page.Status), true
	}
}

// provocation says what a silent port answered, and to what.
func (k *Check) provocation() string {
	if k.toHTTP {
		return "to a web browser it answers with " + short(k.provoked)
	}
	return "to TLS from the first byte it answers " + short(k.provoked)
}

// openBeside names other places of the same host, or of the same address under
// another name, that took a connection.
func (c *Case) openBeside(k *Check) []string {
	open := slices.Clone(c.connected[k.host()])
	for _, a := range k.connect.Attempts {
		for _, place := range c.dialled[ipOf(a.Address)] {
			open = appendNew(open, place)
		}
	}
	return open
}

// ipOf returns the IP address of ip:port; empty for anything else.
func ipOf(address string) string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	return ap.Addr().Unmap().String()
}

// host returns the host of the check's endpoint.
func (k *Check) host() string { return strings.ToLower(k.Check.Endpoint.Host) }

// place returns "port 587 of smtp.example.net".
func (k *Check) place() string {
	e := k.Check.Endpoint
	return "port " + strconv.Itoa(int(e.Port)) + " of " + e.Host
}

// startTLS reports whether the endpoint becomes encrypted on the way.
func (k *Check) startTLS() bool {
	s := k.Check.Endpoint.Security
	return s == stage.StartTLS || s == stage.StartTLSIfOffered
}

// passed reports whether a stage was looked at and let the check go on.
func (k *Check) passed(s stage.Stage) bool {
	r := k.Result(s)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}

// fault returns what a stage failed with; empty where it did not fail.
func (k *Check) fault(s stage.Stage) stage.Fault {
	if r := k.Result(s); r != nil && r.Status == stage.Fail {
		return r.Fault
	}
	return ""
}

// encrypted reports whether the connection was under TLS when login's turn came.
func (k *Check) encrypted() bool { return k.passed(stage.Handshake) }

// works reports whether nothing failed and something was looked at.
func (k *Check) works() bool {
	return k.Failed() == nil && slices.ContainsFunc(k.Results, func(r stage.Result) bool { return r.Status == stage.Pass })
}

// builtin reports whether the host is one of the embedded catalogue: its
// certificates are public, and its name was not mistyped.
func (k *Check) builtin() bool {
	return k.Check.Public || k.Subject.Profile != nil && k.Subject.Profile.Builtin
}

// provider returns the provider's name, or words for it.
func (k *Check) provider() string {
	if p := k.Subject.Profile; p != nil && p.Name != "" {
		return p.Name
	}
	return "your provider"
}

// otherWorks reports whether another check of the same account and direction
// (receiving or sending) works.
func (c *Case) otherWorks(k *Check) bool {
	for _, o := range c.Checks {
		if o != k && o.Check.Subject == k.Check.Subject && o.works() && !spared(o.CheckRecord) &&
			o.Check.Endpoint.Protocol.Receives() == k.Check.Endpoint.Protocol.Receives() {
			return true
		}
	}
	return false
}

// followUp finds the check that answered a question about k; nil where none
// was made.
func (c *Case) followUp(k *Check, q stage.QuestionID) *stage.CheckRecord {
	for _, f := range c.followUps[k.Check.ID] {
		if f.Check.Question == q {
			return f
		}
	}
	return nil
}

// others counts the entries of a set of hosts beside this one.
func others(hosts map[string]bool, host string) int {
	n := len(hosts)
	if hosts[host] {
		n--
	}
	return n
}
