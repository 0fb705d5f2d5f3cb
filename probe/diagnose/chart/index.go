package chart

import (
	"strings"

	"maildoctor/probe/stage"
)

// index finds the checks of a case by what they have in common. Judging a check
// often involves similar checks; scanning all of them each time would be quadratic.
type index struct {
	hosts map[string]bool // of the plan
	ports map[address]bool
	talk  map[hostProtocol]bool

	same   map[stage.Endpoint][]*Exam // the first two, by endpoint with the host in lower case
	works  map[direction]int          // in each direction, checks that work and were not spared a login
	worked map[subjectProtocol][]*Exam
	logins map[loginKey]*logins // by each key of an account

	owners   map[string]bool // providers of checks that connected
	answered map[string]bool // name servers that answered
	mailAt   map[string]bool // addresses at which a mail server answered
	named    map[string]*Exam
	losing   []*Exam // the first two that work on a path that loses packets
	loses    bool    // any path loses packets

	encrypted bool // any check is
	inOrder   bool
	inside    bool
}

type (
	hostProtocol struct {
		host     string
		protocol stage.Protocol
	}
	direction struct {
		subject  int
		receives bool
	}
	subjectProtocol struct {
		subject  int
		protocol stage.Protocol
	}
)

// logins groups the checks of one account by the outcome of the login.
type logins struct {
	accepted map[stage.Protocol]*Exam // the first of each protocol
	refused  map[stage.Protocol]*Exam
	told     []*Exam // refused with a stated reason, the first two
}

// index builds the index on first use.
func (c *Case) index() *index {
	if c.indexed != nil {
		return c.indexed
	}
	x := &index{
		hosts: make(map[string]bool), ports: make(map[address]bool), talk: make(map[hostProtocol]bool),
		same: make(map[stage.Endpoint][]*Exam), works: make(map[direction]int), worked: make(map[subjectProtocol][]*Exam),
		logins: make(map[loginKey]*logins),
		owners: make(map[string]bool), answered: make(map[string]bool), mailAt: make(map[string]bool), named: make(map[string]*Exam),
		inOrder: true,
	}
	for _, k := range c.Checks {
		x.place(k)
		x.outcome(k)
		x.login(k)
	}
	for i := range c.Record.Checks {
		x.spoke(&c.Record.Checks[i])
	}
	for ip := range c.dialled {
		x.inside = x.inside || AllWithin([]string{ip}, InternalRanges)
	}
	c.indexed = x
	return x
}

// place records where a check was made.
func (x *index) place(k *Exam) {
	e := k.Check.Endpoint
	x.hosts[k.Host()] = true
	x.ports[addressOf(e)] = true
	x.talk[hostProtocol{k.Host(), e.Protocol}] = true
	e.Host = k.Host()
	x.same[e] = firstTwo(x.same[e], k)
}

// outcome records how a check ended.
func (x *index) outcome(k *Exam) {
	if k.Passed(stage.Connect) {
		x.owners[k.Owner()] = true
	}
	for _, l := range k.Resolve.Lookups {
		if l.Outcome == stage.LookupAnswer || l.Outcome == stage.LookupNoData {
			x.answered[l.Server] = true
		}
	}
	f := k.Failed()
	x.encrypted = x.encrypted || k.Encrypted()
	x.inOrder = x.inOrder && k.Encrypted() && (f == nil || f.Stage.Rank() >= stage.Login.Rank())
	x.loses = x.loses || k.Loses()
	if at := UsedAddress(k.CheckRecord); at != "" && x.named[at] == nil && k.TLS.Verified && k.TLS.ServerName != "" {
		x.named[at] = k
	}
	if !k.Works() {
		return
	}
	p := subjectProtocol{k.Check.Subject, k.Check.Endpoint.Protocol}
	x.worked[p] = firstTwo(x.worked[p], k)
	if !spared(k.CheckRecord) {
		x.works[direction{k.Check.Subject, p.protocol.Receives()}]++
	}
	if k.Loses() {
		x.losing = firstTwo(x.losing, k)
	}
}

// spoke records where a mail server answered, also to a follow-up.
func (x *index) spoke(r *stage.CheckRecord) {
	if g := r.Result(stage.Greeting); g != nil && (g.Status == stage.Pass || g.Status == stage.Warn) {
		if ip := UsedAddress(r); ip != "" {
			x.mailAt[ip] = true
		}
	}
}

// firstTwo appends k to a list that holds fewer than two. With two, at least one
// differs from whichever check is looking.
func firstTwo(list []*Exam, k *Exam) []*Exam {
	if len(list) < 2 {
		list = append(list, k)
	}
	return list
}

// other returns the first of a list that isn't k; nil if there is none.
func other(list []*Exam, k *Exam) *Exam {
	for _, o := range list {
		if o != k {
			return o
		}
	}
	return nil
}

// accounts returns the keys of the accounts that a check logs in to; see
// [Exam.SameAccount].
func (k *Exam) accounts() []loginKey {
	return []loginKey{{subject: true, n: k.Check.Subject}, {n: k.account}}
}

// loginKey is what logins to one account have in common: the subject, or the
// account.
type loginKey struct {
	subject bool
	n       int
}

// login records the outcome of a login.
func (x *index) login(k *Exam) {
	accepted, refused, told := k.Passed(stage.Login), k.RefusedLogin(), k.toldWhy()
	if !accepted && !refused && !told {
		return
	}
	p := k.Check.Endpoint.Protocol
	for _, key := range k.accounts() {
		l := x.logins[key]
		if l == nil {
			l = &logins{accepted: make(map[stage.Protocol]*Exam), refused: make(map[stage.Protocol]*Exam)}
			x.logins[key] = l
		}
		if accepted && l.accepted[p] == nil {
			l.accepted[p] = k
		}
		if refused && l.refused[p] == nil {
			l.refused[p] = k
		}
		if told {
			l.told = firstTwo(l.told, k)
		}
	}
}

// byAnother returns the first login to k's account by another protocol.
func (x *index) byAnother(k *Exam, of func(*logins) map[stage.Protocol]*Exam) *Exam {
	var first *Exam
	for _, key := range k.accounts() {
		l := x.logins[key]
		if l == nil {
			continue
		}
		for p, o := range of(l) {
			if p != k.Check.Endpoint.Protocol && (first == nil || o.Index < first.Index) {
				first = o
			}
		}
	}
	return first
}

// Examines reports whether the plan has a check of a host.
func (c *Case) Examines(host string) bool { return c.index().hosts[strings.ToLower(host)] }

// Planned reports whether the plan has a check of an endpoint.
func (c *Case) Planned(e stage.Endpoint) bool {
	e.Host = strings.ToLower(e.Host)
	return len(c.index().same[e]) > 0
}

// PlannedPort reports whether the plan has a check of a port of k's host.
func (c *Case) PlannedPort(k *Exam, port uint16) bool {
	return c.index().ports[address{k.Host(), port}]
}

// PlannedProtocol reports whether the plan has a check of a protocol at the same
// host. That check asks about the ports of its protocol itself.
func (c *Case) PlannedProtocol(k *Exam, p stage.Protocol) bool {
	return c.index().talk[hostProtocol{k.Host(), p}]
}

// AnyEncrypted reports whether any check of the plan got as far as encryption.
func (c *Case) AnyEncrypted() bool { return c.index().encrypted }

// AnyLoses reports whether the path of any check loses packets.
func (c *Case) AnyLoses() bool { return c.index().loses }

// WorksThoughLossy returns another check that works on a path that loses packets.
func (c *Case) WorksThoughLossy(k *Exam) *Exam { return other(c.index().losing, k) }

// NamedAt returns a check that asked for a name at the address of k's dialogue and
// got a valid certificate.
func (c *Case) NamedAt(k *Exam) *Exam {
	at := UsedAddress(k.CheckRecord)
	for _, f := range c.FollowUps[k.Check.ID] {
		named := f.Check.Question == stage.AskCertificateName && at != "" && UsedAddress(f) == at
		if o := NewExam(f, 0, nil); named && o.TLS.Verified && o.TLS.ServerName != "" {
			return o
		}
	}
	return c.index().named[at]
}

// RefusedElsewhere reports whether a login to the same account was refused by
// another protocol.
func (c *Case) RefusedElsewhere(k *Exam) bool {
	return c.index().byAnother(k, func(l *logins) map[stage.Protocol]*Exam { return l.refused }) != nil
}
