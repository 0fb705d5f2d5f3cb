package budget

import (
	"crypto/sha256"
	"slices"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// Try is a login that is about to be made.
type Try struct {
	Secret auth.Secret
	Token  bool   // Secret is an OAuth 2.0 access token
	Check  string // the check's id
	Extra  bool   // it is the one more that a run has for a follow-up

	// Who asks, and with which settings: where the same one comes with others, they
	// have changed.
	Asker, Settings string
}

// Spent returns the login that has used up the account's ticket, so that none is
// left whatever the password is; nil: it depends on that.
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

// Take takes a ticket. It returns the login that has used it up where there is none;
// nil where there is one: then the first byte of a credential may be sent.
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

// before returns the logins before this one that bear on it: those by the same
// protocol; for the one more of a run, those that were likewise.
func (t *Turn) before(extra bool) []*note {
	var out []*note
	for _, n := range t.entry.root().notes {
		if n.extra == extra && (extra || n.protocol == t.protocol) {
			out = append(out, n)
		}
	}
	return out
}

// closed returns the login after which no password is tried: one of this run, one
// under way, or one that came to no answer a short time ago; nil for none.
func (t *Turn) closed(before []*note, now time.Time) *note {
	for _, n := range before {
		switch {
		case n.run == t.run:
			return n
		case n.lifted:
		case !n.ended: // of another run: the account was joined with this one meanwhile
			return n
		case n.misses > 0 && now.Before(n.again()):
			return n
		}
	}
	return nil
}

// refused returns the login by which this password counts as refused; nil for none.
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

// spares tells of a login why the one of another check is left out.
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

// Ended says how the login ended for which a ticket was taken: whether a credential
// was sent, and with which fault; none where the server has accepted it. The ticket
// comes back if nothing was sent or the server said yes.
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

// accepted returns the ticket and clears the account: what came to no answer doesn't
// matter any more, nor that this password was refused once. Others are as wrong as
// they were.
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

// end spends the ticket.
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

// bound drops the oldest of what is known of passwords that were refused before
// another one was accepted.
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

// remove takes a note away.
func (b *Budget) remove(n *note) {
	e := n.entry.root()
	e.notes = slices.DeleteFunc(e.notes, func(o *note) bool { return o == n })
	b.drop(e)
}
