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

// Case is a run as the rules see it. Answers about the run as a whole that several
// rules need are worked out once.
type Case struct {
	Record    *stage.Record
	Checks    []*Exam                          // the plan's own, in plan order
	FollowUps map[string][]*stage.CheckRecord  // by parent
	tried     map[address][]*stage.CheckRecord // by address: checks that connected there as a mail program does

	Connected      map[string][]Place // hosts that accepted a connection, and where
	Unanswered     map[string]bool    // hosts with a port that was silent or refused
	Resolved       map[string]bool    // hosts whose name resolved to an address
	Web            map[string]bool    // addresses, with port, that answer with a web page
	dialled        map[string][]Place // IP addresses that accepted a connection, and where
	Ports          *ports             // every port dialled
	Silent         int                // number of unrelated providers with a port that gave no answer
	Answered       bool               // a name server on another machine answered
	Offline        cause.Confidence   // empty: this machine reaches the Internet
	OfflineAtFirst cause.Confidence   // the same, from the plan's checks alone: questions must not depend on their own answers
	ServedHere     bool               // a server of the run answered on a loopback address

	places  map[placeOfHost]bool // already listed in Connected and dialled
	indexed *index               // nil until first needed
	noticed *noticed             // likewise
	silence *bool                // likewise: see NothingCameBack
	hoods   hoods
}

// Exam is one of the plan's own checks and its facts. Facts that the run didn't
// record are empty, never nil.
type Exam struct {
	*stage.CheckRecord
	Index   int // in the plan
	Subject *stage.Subject
	account int  // the same number for checks that log in to one account
	unnamed bool // no provider is known in this run; see [ProviderKnown]

	Resolve *stage.ResolveFacts
	Connect *stage.ConnectFacts
	TLS     *stage.TLSFacts
	Greet   *stage.GreetingFacts
	Upgrade *stage.StartTLSFacts
	Caps    *stage.CapabilityFacts
	Login   *stage.LoginFacts
	Mailbox *stage.MailboxFacts
	submit  *stage.SubmitFacts

	Provoked  string                        // what a port that was silent in clear text sends to a ClientHello, or to an HTTP request
	ToHTTP    bool                          // Provoked was sent to an HTTP request
	webStatus int                           // its HTTP status
	guessed   map[stage.Stage][]reply.Guess // the causes that each reply suggests
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

// OrEmpty returns p, or a pointer to a zero value if p is nil. All callers share
// that zero value, which is safe because nobody writes to facts.
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

// note records what a check says about its host.
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

// fewPlaces is the length up to which searching a list is faster than a map.
const fewPlaces = 8

// placeOfHost is a place together with the host or address that it belongs to.
type placeOfHost struct {
	of string
	Place
}

// noteOnce appends the place of a host or address unless it is listed already.
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

// Provoked returns what a follow-up that began with TLS received in clear text.
func Provoked(f *stage.CheckRecord) string {
	tls := stage.FactsOf[*stage.TLSFacts](f)
	if r := f.Result(stage.Handshake); r == nil || r.Fault != stage.PlaintextAnswer || tls == nil {
		return ""
	}
	return FirstLine(tls.FirstBytes)
}

// provoke records what a port that was silent in clear text sends to a ClientHello
// or to an HTTP request.
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

// StartTLS reports whether the endpoint switches to TLS after connecting.
func (k *Exam) StartTLS() bool {
	s := k.Check.Endpoint.Security
	return s == stage.StartTLS || s == stage.StartTLSIfOffered
}

// Passed reports whether a stage was reached and let the check go on.
func (k *Exam) Passed(s stage.Stage) bool {
	r := k.Result(s)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}

// Fault returns the fault of a stage; empty if it did not fail.
func (k *Exam) Fault(s stage.Stage) stage.Fault {
	if r := k.Result(s); r != nil && r.Status == stage.Fail {
		return r.Fault
	}
	return ""
}

// Encrypted reports whether the connection was under TLS before the login.
func (k *Exam) Encrypted() bool { return k.Passed(stage.Handshake) }

// Works reports whether at least one stage ran and none failed.
func (k *Exam) Works() bool {
	return k.Failed() == nil && slices.ContainsFunc(k.Results, func(r stage.Result) bool { return r.Status == stage.Pass })
}

// Builtin reports whether the host is in the embedded catalogue. The certificates of
// such a host are public, and its name was not mistyped.
func (k *Exam) Builtin() bool {
	return k.Check.Public || k.Subject.Profile != nil && k.Subject.Profile.Builtin
}

// OtherWorks reports whether another check of the same account and direction
// (receiving or sending) works.
func (c *Case) OtherWorks(k *Exam) bool {
	a := direction{k.Check.Subject, k.Check.Endpoint.Protocol.Receives()}
	return c.index().works[a] > Truth(k.Works() && !spared(k.CheckRecord))
}

// FollowUp returns the check that answered a question about k; nil if there was
// none.
func (c *Case) FollowUp(k *Exam, q stage.QuestionID) *stage.CheckRecord {
	for _, f := range c.FollowUps[k.Check.ID] {
		if f.Check.Question == q {
			return f
		}
	}
	return nil
}

// Others counts the hosts of a set other than this one.
func Others(hosts map[string]bool, host string) int {
	n := len(hosts)
	if hosts[host] {
		n--
	}
	return n
}

// Controls returns the unrelated servers that this run may ask for comparison.
func (c *Case) Controls() stage.Controls { return c.Record.Header.Options.Controls }

// OnThisMachine reports whether the endpoint's host is this machine.
func (k *Exam) OnThisMachine() bool { return loopback(k.Host()) }

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}
