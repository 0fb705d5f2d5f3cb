package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/budget"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// logins is what the sessions of a run share for logging in.
type logins struct {
	*secrets
	budget   *budget.Run
	book     *account.Book
	settings func() map[string]string // by asker; computed when first needed
	wrong    wrongs
}

func newLogins(ctx context.Context, plan stage.Plan, opt Options) *logins {
	b := opt.Budget
	if b == nil {
		b = budget.New()
	}
	return &logins{
		secrets: newSecrets(ctx), budget: b.Begin(), book: account.NewBook(plan),
		settings: sync.OnceValue(func() map[string]string { return settingsOf(plan, opt) }),
	}
}

// end releases the run's part of the budget, and stops queries to secret sources.
func (l *logins) end() {
	l.stop()
	l.budget.End()
}

// asker identifies who wants to log in: a command-line argument and a protocol.
func asker(plan stage.Plan, c stage.Check) string {
	s := plan.Subjects[c.Subject]
	return strings.Join([]string{string(s.Kind), cmp.Or(s.Argument, s.User), string(c.Endpoint.Protocol)}, " ")
}

// settingsOf describes the settings of each asker. A refused login may be tried again
// when they have changed.
func settingsOf(plan stage.Plan, opt Options) map[string]string {
	lines := make(map[string][]string)
	for _, c := range plan.Checks {
		who := asker(plan, c)
		lines[who] = append(lines[who], strings.Join([]string{c.Endpoint.Address(), string(c.Endpoint.Security), c.User}, " "))
	}
	out := make(map[string]string, len(lines))
	for who, all := range lines {
		slices.Sort(all)
		out[who] = fmt.Sprintf("%s %t\n%s", opt.Mechanism, opt.CleartextLogin, strings.Join(all, "\n"))
	}
	return out
}

// credential returns the credential of the check's subject.
func (s *session) credential() Credential { return s.opt.Credentials[s.check.Subject] }

// ticket waits for the account's turn and takes a ticket. If there is none, it returns
// the reason and related facts. An empty reason means that the session may log in.
func (s *session) ticket(ctx context.Context) (stage.Reason, *stage.LoginFacts) {
	if !s.needed(ctx) && ctx.Err() == nil {
		return stage.NotApplicable, nil
	}
	p := s.check.Endpoint.Protocol
	s.seat.Wait(queue.Turn)
	turn, err := s.logins.budget.Wait(ctx, s.logins.book.Login(s.check, s.accountAt()), p)
	if err != nil {
		_ = s.seat.Back(ctx) // the stage has ended, and what remains needs no seat
		return skipReason(ctx), nil
	}
	s.turn = turn
	if err := s.seat.Back(ctx); err != nil {
		turn.Done()
		return skipReason(ctx), nil
	}
	if s.check.Kind == stage.KindWrongPassword {
		return s.wrongTicket()
	}
	spared := turn.Spent(s.extra())
	if spared == nil {
		if reason, facts := s.fetchSecret(ctx); reason != "" {
			turn.Done()
			return reason, facts
		}
		who := asker(s.plan, s.check)
		spared = turn.Take(budget.Try{
			Secret: s.secret, Token: s.credential().Token, Check: s.check.ID, Extra: s.extra(),
			Asker: who, Settings: s.logins.settings()[who],
		})
	}
	if spared != nil {
		turn.Done() // before QUIT or LOGOUT, because others are waiting
		return stage.LoginBudget, &stage.LoginFacts{Spared: spared}
	}
	return "", nil
}

// patient is how long any server waits for a silent client. After a shorter time nobody
// checks whether it has hung up.
const patient = 5 * time.Second

// fetchSecret gets the secret to log in with. A source that fails or takes too long is
// not the server's fault.
func (s *session) fetchSecret(ctx context.Context) (stage.Reason, *stage.LoginFacts) {
	start := time.Now()
	s.seat.Wait(queue.Turn)
	secret, err := s.logins.of(ctx, s.credential())
	took := time.Since(start)
	if back := s.seat.Back(ctx); err == nil {
		err = back
	}
	switch {
	case errors.Is(err, errOutOfTime):
		err = fmt.Errorf("it had not come when the run's time was up")
	case ctx.Err() != nil && err != nil:
		return skipReason(ctx), nil
	case err == nil && took > patient && s.conn.GivenUp():
		err = fmt.Errorf("it came after %d s, and the server had not waited so long", int(took.Seconds()))
	}
	if err != nil {
		return stage.PasswordUnavailable, s.logins.unavailable(err)
	}
	s.secret = secret
	return "", nil
}

// protect withholds secrets from what a server says, including those sent to a server
// on another connection. For a follow-up, which comes last, these are all secrets of
// the run; for a check of the plan, its own from the moment it is first sent.
func (s *session) protect() {
	conn, own := s.conn, s.credential()
	switch {
	case s.check.FollowUp():
		conn.Protect(s.logins.inAny)
	case own.given():
		s.unheard = s.logins.await(own, func() {
			conn.Protect(func(line string) bool { return s.logins.in(line, own) })
		})
	}
}
