package probe

import (
	"context"
	"sync"

	"maildoctor/probe/stage"
)

// budget keeps wrong logins from locking an account, and two sessions of one
// account from locking each other out (RFC 1939 4: a maildrop is locked while a
// session has it).
//
// Each account has one ticket a protocol, which a refused login uses up, and
// the run has one more for a single follow-up.
type budget struct {
	mu       sync.Mutex
	turns    map[turn]chan struct{} // holds one token while nobody has the turn
	spent    map[turn]bool
	followUp bool // the follow-up's ticket is spent
}

// turn is what only one session may have at a time.
type turn struct {
	account  string // provider and user name
	protocol stage.Protocol
}

func newBudget() *budget {
	return &budget{turns: make(map[turn]chan struct{}), spent: make(map[turn]bool)}
}

// wait gives the caller the turn, or returns the context's error. The caller
// calls done when its session has said goodbye.
func (b *budget) wait(ctx context.Context, t turn) (done func(), err error) {
	b.mu.Lock()
	ch := b.turns[t]
	if ch == nil {
		ch = make(chan struct{}, 1)
		ch <- struct{}{}
		b.turns[t] = ch
	}
	b.mu.Unlock()
	select {
	case <-ch:
		return func() { ch <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// take takes a ticket before the first credential byte is sent; false means
// that there is none. The caller has the turn.
func (b *budget) take(t turn, followUp bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case followUp && b.followUp, !followUp && b.spent[t]:
		return false
	case followUp:
		b.followUp = true
	default:
		b.spent[t] = true
	}
	return true
}

// giveBack returns a ticket: the login succeeded, or no credential was sent.
func (b *budget) giveBack(t turn, followUp bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if followUp {
		b.followUp = false
	} else {
		b.spent[t] = false
	}
}
