package budget

import (
	"slices"
	"time"

	"maildoctor/probe/stage"
)

// The pause after a login that came to no answer, by how many there were in a row.
const (
	firstPause = 5 * time.Minute
	maxPause   = 24 * time.Hour
)

// Bounds of what is remembered of one account and protocol.
const (
	// Passwords that were refused in a row. With more, such as tokens that are made
	// anew for each run, nothing is tried until somebody asks: they are no guesses.
	maxPasswords = 8
	maxAskers    = 64 // who have come with a password that was refused
	maxSettings  = 8  // that one of them has come with
)

// note is a login that the server has not said yes to, or not yet.
type note struct {
	entry      *entry
	run        *Run
	check      string
	user, host string
	protocol   stage.Protocol
	extra      bool // the one more for a follow-up
	at         time.Time
	ended      bool // it is known how
	fault      stage.Fault
	misses     int                 // logins in a row that came to no answer, this one included; 0: it was refused
	lifted     bool                // somebody asked for another try: it counts in its own run alone
	old        bool                // another password was accepted since
	secret     digest              // the password
	askers     map[digest][]digest // whose logins it has stood for, and with which settings
}

// again is when the login may be made again; zero: never by itself.
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

// refused reports whether the server said no. Until it is known how a login ended,
// it may be that.
func (n *note) refused() bool { return n.ended && n.misses == 0 }

// standsFor reports whether a login with this password, by one who asks with these
// settings, is the one that was refused. One who has not been met before is another
// name of the same account and no change of its settings.
func (n *note) standsFor(secret, asker, settings digest) bool {
	known, ok := n.askers[asker]
	return n.secret == secret && (!ok || slices.Contains(known, settings) || len(known) >= maxSettings)
}

// meet remembers who was turned away by the note.
func (n *note) meet(asker, settings digest) {
	known, ok := n.askers[asker]
	if slices.Contains(known, settings) || !ok && len(n.askers) >= maxAskers || len(known) >= maxSettings {
		return
	}
	n.askers[asker] = append(known, settings)
}

// forget lifts what stands against another try. What a run under way has tried
// counts on in that run.
func (e *entry) forget() (any bool) {
	e.notes = slices.DeleteFunc(e.notes, func(n *note) bool {
		any = any || !n.lifted
		n.lifted = true
		return n.run.over
	})
	return any
}
