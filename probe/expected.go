package probe

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync"

	"maildoctor/probe/account"
	"maildoctor/probe/auth"
	"maildoctor/probe/expect"
	"maildoctor/probe/queue"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
)

// Trials of what the plan's file expects, as far as an ordinary check doesn't look at it.
// They come after the questions of a group: the conclusions about the group don't depend
// on them, and a wrong password must not precede the right one.

// asExpected orders the trials of a group. It returns false if there is nothing to wait
// for.
func (r *run) asExpected(g *group) bool {
	members := r.membersOf(g)
	expects := func(c stage.Check) bool { return len(c.Expects) > 0 }
	if g.tried || !slices.ContainsFunc(members, expects) || r.over(g) {
		return false
	}
	g.tried = true
	checks := expect.Trials(r.log.part(members))
	r.mu.Lock()
	var jobs []queue.Job
	for i := range checks {
		if t := r.try(g, &checks[i]); t != nil {
			jobs = append(jobs, t)
		}
	}
	g.left += len(jobs)
	waits := g.left > 0
	r.mu.Unlock()
	r.queue.AddNext(jobs...)
	return waits
}

// try returns the task of a trial, or nil if another group asks the same domain, or
// nobody can be asked. The caller must hold the lock.
func (r *run) try(g *group, c *stage.Check) *task {
	a := &asked{check: *c, by: g}
	switch c.Kind {
	case stage.KindTLSA:
		if _, ok := r.opt.Resolver.(TLSAResolver); !ok {
			return nil
		}
	case stage.KindPublished:
		if other := r.published[c.Endpoint.Host]; other != nil {
			r.share(g, other, c.Parents)
			return nil
		}
		r.published[c.Endpoint.Host] = a
	}
	g.note(*c)
	r.log.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: c})
	return &task{run: r, check: c, group: g, asked: a}
}

// tlsa asks which certificate the server has. No third party is asked: the answer comes
// from the run's resolver.
func (l *lone) tlsa(ctx context.Context) (stage.Facts, error) {
	e := l.check.Endpoint
	l.seat.Wait(queue.Lookup)
	err := l.run.opt.Resolver.(TLSAResolver).TLSA(ctx, e.Host, e.Port, func(a stage.Lookup) {
		l.run.log.event(stage.Event{Type: stage.EventLookup, Check: l.check.ID, Lookup: &a})
		l.run.contact(*l.check, "", a.Server, "resolver")
	})
	l.seat.Heard(!isFault(err, stage.DNSTimeout))
	return &stage.ResolveFacts{Host: e.Host}, err
}

// wrongs are the accounts at which a wrong password was tried: one in a run, whatever
// comes of it.
type wrongs struct {
	mu   sync.Mutex
	keys map[account.Key]bool
}

// first reports whether no wrong password was tried at the account before.
func (w *wrongs) first(who account.Login) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.keys == nil {
		w.keys = make(map[account.Key]bool)
	}
	keys := who.Keys()
	if slices.ContainsFunc(keys, func(k account.Key) bool { return w.keys[k] }) {
		return false
	}
	for _, k := range keys {
		w.keys[k] = true
	}
	return true
}

// wrongTicket lets the session log in with a random password, unless that was done at
// the account, or one more refusal might lock it. It takes no ticket of the budget: the
// refusal that is hoped for says nothing about the account's own password.
func (s *session) wrongTicket() (stage.Reason, *stage.LoginFacts) {
	spared := s.turn.Spent(false)
	if spared == nil && !s.logins.wrong.first(s.logins.book.Login(s.check, s.accountAt())) {
		spared = &stage.Spared{}
	}
	if spared != nil {
		s.turn.Done()
		return stage.LoginBudget, &stage.LoginFacts{Spared: spared}
	}
	s.secret = auth.NewSecret(rand.Text())
	s.logins.learn(s.secret) // no server repeats it in a transcript
	return "", nil
}

// stranger returns a random address at a random name that nobody can have (RFC 2606 2,
// RFC 6761 6.4).
func stranger() string {
	name := func() string { return strings.ToLower(rand.Text()[:12]) }
	return name() + "@" + name() + ".invalid"
}

// sender returns the address for MAIL FROM: the one that the plan's file expects to be
// accepted, the one given by option, the subject's, or a user name that is an address. It
// is empty if none is known. To see whether mail is taken from anybody, it is a
// stranger's.
func (s *session) sender() string {
	if s.check.Kind == stage.KindRelay {
		return stranger()
	}
	user := s.subject.User
	if smtp.CheckSender(user) != nil {
		user = ""
	}
	return cmp.Or(expectedSender(s.check), s.opt.Sender, s.subject.Address, user)
}

// recipient returns the address for RCPT TO; empty: the sender's.
func (s *session) recipient() string {
	if s.check.Kind == stage.KindRelay {
		return stranger()
	}
	return s.opt.Recipient
}

// expectedSender returns the address that the plan's file expects to be accepted at MAIL
// FROM; empty if it names none.
func expectedSender(c stage.Check) string {
	for _, e := range c.Expects {
		if e.ID == stage.ExpectSender && len(e.Want) > 0 && strings.Contains(e.Want[0], "@") {
			return e.Want[0]
		}
	}
	return ""
}
