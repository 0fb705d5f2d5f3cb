package chart

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// Case is a run as the rules look at it. What several rules ask about the run
// as a whole is found out once.
type Case struct {
	Record    *stage.Record
	Checks    []*Exam                          // the plan's own, in its order
	FollowUps map[string][]*stage.CheckRecord  // by parent
	tried     map[address][]*stage.CheckRecord // what connects there as a mail program does

	Connected      map[string][]Place // hosts that took a connection, with the places that did
	Unanswered     map[string]bool    // hosts of which a port gave no answer, or was refused
	Resolved       map[string]bool    // hosts whose name a lookup led to an address
	Web            map[string]bool    // addresses, with port, that answer with a web page
	dialled        map[string][]Place // IP addresses that took a connection, with the places that did
	Ports          *ports             // every port dialled
	Silent         int                // unrelated providers of which a port gave no answer
	Answered       bool               // a name server on another machine answered
	Offline        cause.Confidence   // empty: there is a way out
	OfflineAtFirst cause.Confidence   // the same, by the checks of the plan alone: questions must not hang on their answers
	ServedHere     bool               // a server of the run answered on a loopback address

	places  map[placeOfHost]bool // noted in Connected and dialled
	indexed *index               // nil until it is wanted
	noticed *noticed             // likewise
	hoods   hoods
}

// Exam is one of the plan's own checks, with its facts at hand. Facts that the
// run didn't leave are empty, never nil.
type Exam struct {
	*stage.CheckRecord
	Index   int // in the plan
	Subject *stage.Subject
	account int  // the same for checks that log in to one account
	unnamed bool // nobody knows a provider in this run; see [ProviderKnown]

	Resolve *stage.ResolveFacts
	Connect *stage.ConnectFacts
	TLS     *stage.TLSFacts
	Greet   *stage.GreetingFacts
	Upgrade *stage.StartTLSFacts
	Caps    *stage.CapabilityFacts
	Login   *stage.LoginFacts
	Mailbox *stage.MailboxFacts
	submit  *stage.SubmitFacts

	Provoked  string                        // what a port that was silent in clear text says to a ClientHello, or to a web browser
	ToHTTP    bool                          // to a web browser
	webStatus int                           // with which HTTP status
	guessed   map[stage.Stage][]reply.Guess // what the replies were classified as
}

func NewExam(r *stage.CheckRecord, place int, subjects []stage.Subject) *Exam {
	k := &Exam{CheckRecord: r, Index: place}
	if i := r.Check.Subject; i >= 0 && i < len(subjects) {
		k.Subject = &subjects[i]
	}
	k.Subject = OrEmpty(k.Subject)
	k.Resolve = OrEmpty(stage.FactsOf[*stage.ResolveFacts](r))
	k.Connect = OrEmpty(stage.FactsOf[*stage.ConnectFacts](r))
	k.TLS = OrEmpty(stage.FactsOf[*stage.TLSFacts](r))
	k.Greet = OrEmpty(stage.FactsOf[*stage.GreetingFacts](r))
	k.Upgrade = OrEmpty(stage.FactsOf[*stage.StartTLSFacts](r))
	k.Caps = OrEmpty(stage.FactsOf[*stage.CapabilityFacts](r))
	k.Login = OrEmpty(stage.FactsOf[*stage.LoginFacts](r))
	k.Mailbox = OrEmpty(stage.FactsOf[*stage.MailboxFacts](r))
	k.submit = OrEmpty(stage.FactsOf[*stage.SubmitFacts](r))
	return k
}

// OrEmpty returns facts, or empty ones where there are none. Nobody writes to facts:
// the empty ones are the same for all.
func OrEmpty[T any](p *T) *T {
	if p != nil {
		return p
	}
	of := reflect.TypeFor[T]()
	if e, ok := empty.Load(of); ok {
		return e.(*T)
	}
	e, _ := empty.LoadOrStore(of, new(T))
	return e.(*T)
}

var empty sync.Map // pointers to zero values, by type

// note remembers what a check tells about its host.
func (c *Case) note(k *Exam) {
	host := k.Host()
	if k.Passed(stage.Resolve) && !k.Resolve.Literal && !k.Resolve.HostsFile {
		c.Resolved[host] = true
	}
	switch k.Fault(stage.Connect) {
	case stage.ConnectTimeout, stage.HostUnreachable, stage.NetworkUnreachable, stage.Refused, stage.Reset:
		c.Unanswered[host] = true
	}
	if k.Passed(stage.Connect) {
		place := placeOf(k.Check)
		c.Connected[host] = c.noteOnce(c.Connected[host], host, place)
		for _, a := range k.Connect.Attempts {
			if ip := IPOf(a.Address); a.Outcome == stage.DialConnected && ip != "" {
				c.dialled[ip] = c.noteOnce(c.dialled[ip], ip, place)
			}
		}
	}
	for _, s := range []stage.Stage{stage.Handshake, stage.Greeting} {
		if k.Fault(s) != "" && Spoken(k.FirstBytes(s)) == "http" {
			c.Web[strings.ToLower(k.Check.Endpoint.Address())] = true
		}
	}
}

// fewPlaces are looked through faster than they are remembered.
const fewPlaces = 8

// placeOfHost is a place of a host, or of an address.
type placeOfHost struct {
	of string
	Place
}

// noteOnce appends the place of a host or address, unless it is noted.
func (c *Case) noteOnce(list []Place, of string, p Place) []Place {
	if len(list) < fewPlaces {
		return AppendNew(list, p)
	}
	for _, old := range list[:fewPlaces] {
		if old == p {
			return list
		}
	}
	key := placeOfHost{of, p}
	if c.places[key] {
		return list
	}
	c.places[key] = true
	return append(list, p)
}

// Provoked returns what a follow-up that began with TLS got in clear text.
func Provoked(f *stage.CheckRecord) string {
	tls := stage.FactsOf[*stage.TLSFacts](f)
	if r := f.Result(stage.Handshake); r == nil || r.Fault != stage.PlaintextAnswer || tls == nil {
		return ""
	}
	return FirstLine(tls.FirstBytes)
}

// provoke notes what a port says that was silent in clear text: to TLS, or to a web
// browser.
func (c *Case) provoke(k *Exam) {
	if f := c.FollowUp(k, stage.AskPortSpeaksTLS); f != nil {
		k.Provoked = Provoked(f)
	}
	f := c.FollowUp(k, stage.AskHTTP)
	if f == nil || k.Provoked != "" || !k.Mute() {
		return
	}
	if page := OrEmpty(stage.FactsOf[*stage.FetchFacts](f)); page.Status != 0 {
		k.Provoked, k.ToHTTP, k.webStatus = "HTTP", true, page.Status
	}
}

// IPOf returns the IP address of ip:port; empty for anything else.
func IPOf(address string) string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	return ap.Addr().Unmap().String()
}

// Host returns the host of the check's endpoint.
func (k *Exam) Host() string { return strings.ToLower(k.Check.Endpoint.Host) }

// StartTLS reports whether the endpoint becomes encrypted on the way.
func (k *Exam) StartTLS() bool {
	s := k.Check.Endpoint.Security
	return s == stage.StartTLS || s == stage.StartTLSIfOffered
}

// Passed reports whether a stage was looked at and let the check go on.
func (k *Exam) Passed(s stage.Stage) bool {
	r := k.Result(s)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}

// Fault returns what a stage failed with; empty where it did not fail.
func (k *Exam) Fault(s stage.Stage) stage.Fault {
	if r := k.Result(s); r != nil && r.Status == stage.Fail {
		return r.Fault
	}
	return ""
}

// Encrypted reports whether the connection was under TLS when login's turn came.
func (k *Exam) Encrypted() bool { return k.Passed(stage.Handshake) }

// Works reports whether nothing failed and something was looked at.
func (k *Exam) Works() bool {
	return k.Failed() == nil && slices.ContainsFunc(k.Results, func(r stage.Result) bool { return r.Status == stage.Pass })
}

// Builtin reports whether the host is one of the embedded catalogue: its
// certificates are public, and its name was not mistyped.
func (k *Exam) Builtin() bool {
	return k.Check.Public || k.Subject.Profile != nil && k.Subject.Profile.Builtin
}

// OtherWorks reports whether another check of the same account and direction
// (receiving or sending) works.
func (c *Case) OtherWorks(k *Exam) bool {
	a := direction{k.Check.Subject, k.Check.Endpoint.Protocol.Receives()}
	return c.index().works[a] > Truth(k.Works() && !spared(k.CheckRecord))
}

// FollowUp finds the check that answered a question about k; nil where none
// was made.
func (c *Case) FollowUp(k *Exam, q stage.QuestionID) *stage.CheckRecord {
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == q {
			return f
		}
	}
	return nil
}

// Others counts the entries of a set of hosts beside this one.
func Others(hosts map[string]bool, host string) int {
	n := len(hosts)
	if hosts[host] {
		n--
	}
	return n
}

// Controls are the strangers that this run may ask.
func (c *Case) Controls() stage.Controls { return c.Record.Header.Options.Controls }

// OnThisMachine reports whether the endpoint is said to be this machine itself.
func (k *Exam) OnThisMachine() bool { return loopback(k.Host()) }

// loopback reports whether a host is this machine itself.
func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}
