package budget

import (
	"context"
	"slices"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// Run is the part of one run in a budget.
type Run struct {
	b     *Budget
	over  bool
	extra bool    // the additional login has been used
	notes []*note // its logins that were not accepted
}

// End ends the run. All its turns must be done.
func (r *Run) End() {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	r.over = true
	for _, n := range r.notes {
		if n.lifted {
			r.b.remove(n)
		}
	}
	r.notes = nil
	r.b.trim()
}

// Wait waits until no other session, of any run, is logged in to the account by this
// protocol. It returns the cause of ctx if that ends first.
func (r *Run) Wait(ctx context.Context, who account.Login, p stage.Protocol) (*Turn, error) {
	b := r.b
	b.mu.Lock()
	e := b.join(who.Keys())
	e.users++
	b.arrival++
	w := &waiter{arrival: b.arrival, ready: make(chan struct{})}
	l := e.line(p)
	l.queue = append(l.queue, w)
	l.next()
	b.mu.Unlock()
	t := &Turn{run: r, entry: e, who: who, protocol: p}
	select {
	case <-w.ready:
		return t, nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l = e.root().line(p)
	if i := slices.Index(l.queue, w); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		t.leave(0)
	} else {
		t.leave(1) // the turn came at the same moment
	}
	return nil, context.Cause(ctx)
}

// Turn is the right to log in to an account by one protocol, and to stay logged in.
type Turn struct {
	run      *Run
	entry    *entry
	who      account.Login
	protocol stage.Protocol
	note     *note // the ticket taken; nil: none
	given    bool  // Done was called
}

// Done gives up the turn, after the session has ended or if it doesn't log in. A ticket
// without a call of Ended counts as used.
func (t *Turn) Done() {
	t.run.b.mu.Lock()
	defer t.run.b.mu.Unlock()
	if t.given {
		return
	}
	if t.note != nil {
		t.end("")
	}
	t.leave(1)
}

// leave removes the session from the account.
func (t *Turn) leave(busy int) {
	t.given = true
	e := t.entry.root()
	l := e.line(t.protocol)
	l.busy -= busy
	l.next()
	e.users--
	t.run.b.drop(e)
}
