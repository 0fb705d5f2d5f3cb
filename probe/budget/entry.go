package budget

import (
	"cmp"
	"slices"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// maxKeys is the maximum number of keys of one account. If a host keeps changing its
// addresses, the keys seen least recently are dropped.
const maxKeys = 64

// entry is one account.
type entry struct {
	keys  []account.Key // most recently seen last
	lines map[stage.Protocol]*line
	notes []*note // in the order of the logins
	users int     // sessions that wait for a turn or have one
	into  *entry  // the entry that it was merged into
}

// line is the sessions of an account and protocol, one of which has the turn.
type line struct {
	busy  int       // sessions that have the turn: more than one after accounts were merged
	queue []*waiter // in order of arrival; empty while nobody has the turn
}

// waiter is a session that waits for the turn.
type waiter struct {
	arrival uint64
	ready   chan struct{} // closed when it has the turn
}

// root returns the entry that e was merged into.
func (e *entry) root() *entry {
	for e.into != nil {
		e = e.into
	}
	return e
}

// join returns the entry for an account with all these keys. Entries that turn out to
// be one account are merged, whichever was first.
func (b *Budget) join(keys []account.Key) *entry {
	var e *entry
	for _, k := range keys {
		switch o := b.byKey[k]; {
		case o == nil, o == e:
		case e == nil:
			e = o
		case len(o.notes) > len(e.notes): // merge the smaller into the larger
			o.absorb(b, e)
			e = o
		default:
			e.absorb(b, o)
		}
	}
	if e == nil {
		e = &entry{lines: make(map[stage.Protocol]*line)}
		b.all[e] = struct{}{}
	}
	e.name(b, keys)
	return e
}

// name adds keys to an account, as the most recently seen.
func (e *entry) name(b *Budget, keys []account.Key) {
	e.keys = slices.DeleteFunc(e.keys, func(k account.Key) bool { return slices.Contains(keys, k) })
	e.keys = append(e.keys, keys...)
	for _, k := range keys {
		b.byKey[k] = e
	}
	for len(e.keys) > max(maxKeys, len(keys)) {
		delete(b.byKey, e.keys[0])
		e.keys = slices.Delete(e.keys, 0, 1)
	}
}

// absorb merges o into e. Waiting sessions keep their order of arrival, and wait for
// all that have the turn.
func (e *entry) absorb(b *Budget, o *entry) {
	e.name(b, o.keys)
	for p, from := range o.lines {
		to := e.line(p)
		to.busy += from.busy
		to.queue = append(to.queue, from.queue...)
		slices.SortFunc(to.queue, func(a, b *waiter) int { return cmp.Compare(a.arrival, b.arrival) })
	}
	e.notes = append(e.notes, o.notes...)
	slices.SortStableFunc(e.notes, func(a, b *note) int { return a.at.Compare(b.at) })
	e.users += o.users
	o.into, o.keys, o.lines, o.notes = e, nil, nil, nil
	delete(b.all, o)
}

func (e *entry) line(p stage.Protocol) *line {
	l := e.lines[p]
	if l == nil {
		l = new(line)
		e.lines[p] = l
	}
	return l
}

// next gives the turn to the first waiting session, if nobody has it.
func (l *line) next() {
	if l.busy > 0 || len(l.queue) == 0 {
		return
	}
	l.busy++
	close(l.queue[0].ready)
	l.queue = slices.Delete(l.queue, 0, 1)
}

// drop deletes an account without state that no session uses.
func (b *Budget) drop(e *entry) {
	if e.users > 0 || len(e.notes) > 0 {
		return
	}
	for _, k := range e.keys {
		delete(b.byKey, k)
	}
	delete(b.all, e)
}

// idle reports whether no run uses the account.
func (e *entry) idle() bool {
	return e.users == 0 && !slices.ContainsFunc(e.notes, func(n *note) bool { return !n.run.over })
}

// last returns the time of the last login.
func (e *entry) last() (t time.Time) {
	for _, n := range e.notes {
		if n.at.After(t) {
			t = n.at
		}
	}
	return t
}
