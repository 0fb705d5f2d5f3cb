package budget

import (
	"crypto/sha256"
	"slices"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Try is a login about to be made.
type Try struct {
	Secret auth.Secret
	Token  bool   // Secret is an OAuth 2.0 access token
	Check  string // Check.ID
	Extra  bool   // it is the run's one additional login for a follow-up

	// Asker is who wants to log in, and Settings describe with which settings. If an
	// asker returns with other settings, they have changed.
	Asker, Settings string
}

// Spent returns the login that used up the account's ticket, so that none is left for
// any password. It returns nil if that depends on the password.
func (t *Turn) Spent(extra bool) *stage.Spared {
	t.run.b.mu.Lock()
	defer t.run.b.mu.Unlock()
	n := t.closed(t.before(extra), time.Now())
	switch {
	case n != nil:
		return n.spares(t.run)
	case extra && t.run.extra:
		return &stage.Spared{}
	}
	return nil
}

// Take takes a ticket and returns nil. If there is none, it returns the login that used
// it up. Only with a ticket may the first byte of a credential be sent.
func (t *Turn) Take(try Try) *stage.Spared {
	b := t.run.b
	secret := b.secret(try.Secret.Reveal(), try.Token)
	asker, settings := digest(sha256.Sum256([]byte(try.Asker))), digest(sha256.Sum256([]byte(try.Settings)))
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	before := t.before(try.Extra)
	spent := t.closed(before, now)
	if spent == nil {
		spent = t.refused(before, secret, asker, settings)
	}
	switch {
	case spent != nil:
		for _, n := range before {
			n.meet(asker, settings)
		}
		return spent.spares(t.run)
	case try.Extra && t.run.extra:
		return &stage.Spared{}
	}
	t.run.extra = t.run.extra || try.Extra
	e := t.entry.root()
	t.note = &note{
		entry: e, run: t.run, check: try.Check, user: t.who.User, host: t.who.Host, protocol: t.protocol, extra: try.Extra,
		at: now, secret: secret, askers: map[digest][]digest{asker: {settings}},
	}
	e.notes = append(e.notes, t.note)
	return nil
}

// before returns the earlier logins that affect this one: those by the same protocol
// or, for the run's additional login, earlier additional ones.
func (t *Turn) before(extra bool) []*note {
	var out []*note
	for _, n := range t.entry.root().notes {
		if n.extra == extra && (extra || n.protocol == t.protocol) {
			out = append(out, n)
		}
	}
	return out
}

// closed returns the login because of which no password may be tried, or nil: one of
// this run, one in progress, or a recent one without a result.
func (t *Turn) closed(before []*note, now time.Time) *note {
	for _, n := range before {
		switch {
		case n.run == t.run:
			return n
		case n.lifted:
		case !n.ended: // of another run: the accounts were merged meanwhile
			return n
		case n.misses > 0 && now.Before(n.again()):
			return n
		}
	}
	return nil
}

// refused returns the login because of which this password counts as refused, or nil.
func (t *Turn) refused(before []*note, secret, asker, settings digest) *note {
	passwords := 0
	var last *note
	for _, n := range before {
		switch {
		case n.lifted || !n.refused():
		case n.standsFor(secret, asker, settings):
			return n
		case !n.old:
			passwords, last = passwords+1, n
		}
	}
	if passwords >= maxPasswords {
		return last
	}
	return nil
}

// spares returns the facts about a login because of which another is skipped.
func (n *note) spares(r *Run) *stage.Spared {
	s := &stage.Spared{Refused: n.refused()}
	if n.run == r {
		s.Check = n.check
	} else {
		s.At, s.Host = n.at.UTC().Truncate(time.Second), n.host
		s.Again = n.again().UTC().Truncate(time.Second)
	}
	return s
}

// Ended reports the outcome of the login for which the ticket was taken: whether a
// credential was sent, and the fault, if any. The ticket is returned if nothing was
// sent or the login succeeded.
func (t *Turn) Ended(sent bool, fault stage.Fault) {
	t.run.b.mu.Lock()
	defer t.run.b.mu.Unlock()
	switch {
	case t.note == nil:
	case !sent:
		t.back()
	case fault == "":
		t.accepted()
	default:
		t.end(fault)
	}
}

// back returns the ticket.
func (t *Turn) back() {
	if t.note.extra {
		t.run.extra = false
	}
	t.run.b.remove(t.note)
	t.note = nil
}

// accepted returns the ticket and clears the account: logins without a result, and
// earlier refusals of this password, no longer matter. Other refused passwords are
// still remembered.
func (t *Turn) accepted() {
	mine := t.note
	t.back()
	e := t.entry.root()
	e.notes = slices.DeleteFunc(e.notes, func(n *note) bool {
		if !n.ended || n.protocol != t.protocol || n.run == t.run {
			return false
		}
		n.old = true
		return n.misses > 0 || n.secret == mine.secret
	})
	t.bound()
}

// end uses up the ticket.
func (t *Turn) end(fault stage.Fault) {
	n := t.note
	n.ended, n.fault = true, fault
	t.note = nil
	t.run.notes = append(t.run.notes, n)
	if fault != stage.Rejected {
		n.misses = 1
		e := t.entry.root()
		e.notes = slices.DeleteFunc(e.notes, func(o *note) bool {
			if o == n || !o.ended || o.misses == 0 || o.run == n.run || o.extra != n.extra || o.protocol != n.protocol {
				return false
			}
			n.misses = max(n.misses, o.misses+1)
			return true
		})
	}
	t.bound()
}

// bound drops the oldest passwords that were refused before another one was accepted.
func (t *Turn) bound() {
	e := t.entry.root()
	var old []*note
	for _, n := range e.notes {
		if n.old && n.protocol == t.protocol && n.run.over {
			old = append(old, n)
		}
	}
	if len(old) > maxPasswords {
		gone := old[:len(old)-maxPasswords]
		e.notes = slices.DeleteFunc(e.notes, func(n *note) bool { return slices.Contains(gone, n) })
	}
}

// remove deletes a note.
func (b *Budget) remove(n *note) {
	e := n.entry.root()
	e.notes = slices.DeleteFunc(e.notes, func(o *note) bool { return o == n })
	b.drop(e)
}
