package budget

import (
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// The pause after a login without a result grows with the number of such logins in a
// row.
const (
	firstPause = 5 * time.Minute
	maxPause   = 24 * time.Hour
)

// Limits on what is remembered of one account and protocol.
const (
	// Refused passwords in a row. More are no guesses, but tokens created for each run:
	// after that many, nothing is tried until Forget is called.
	maxPasswords = 8
	maxAskers    = 64 // askers that tried a refused password
	maxSettings  = 8  // settings per asker
)

// note is a login that the server has not accepted, or not yet.
type note struct {
	entry      *entry
	run        *Run
	check      string
	user, host string
	protocol   stage.Protocol
	extra      bool // the one additional login for a follow-up
	at         time.Time
	ended      bool // the outcome is known
	fault      stage.Fault
	misses     int                 // logins in a row without a result, including this one; 0: refused
	lifted     bool                // Forget was called: it counts only in its own run
	old        bool                // another password has been accepted since
	secret     digest              // digest of the password
	askers     map[digest][]digest // askers that this login counted for, with their settings
}

// again returns when the login may be repeated. Zero means never without a change.
func (n *note) again() time.Time {
	if n.misses == 0 {
		return time.Time{}
	}
	pause := firstPause
	for range min(n.misses-1, 20) {
		pause = min(2*pause, maxPause)
	}
	return n.at.Add(pause)
}

// refused reports whether the server refused the login. A login in progress doesn't
// count as refused.
func (n *note) refused() bool { return n.ended && n.misses == 0 }

// standsFor reports whether a login with this password, by an asker with these
// settings, counts as the refused one. An asker seen for the first time is another name
// of the same account, not a change of its settings.
func (n *note) standsFor(secret, asker, settings digest) bool {
	known, ok := n.askers[asker]
	return n.secret == secret && (!ok || slices.Contains(known, settings) || len(known) >= maxSettings)
}

// meet records an asker that was turned away because of the note.
func (n *note) meet(asker, settings digest) {
	known, ok := n.askers[asker]
	if slices.Contains(known, settings) || !ok && len(n.askers) >= maxAskers || len(known) >= maxSettings {
		return
	}
	n.askers[asker] = append(known, settings)
}

// forget allows another try. Logins of a run in progress still count in that run.
func (e *entry) forget() (any bool) {
	e.notes = slices.DeleteFunc(e.notes, func(n *note) bool {
		any = any || !n.lifted
		n.lifted = true
		return n.run.over
	})
	return any
}
