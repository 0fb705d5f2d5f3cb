package budget

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/stage"
)

// maxAccounts is how many accounts are remembered when no run is under way. Those go
// first whose last login is the longest ago; they may be tried once more.
const maxAccounts = 10_000

// Budget is what accounts may still be tried. It is safe for several runs at once.
type Budget struct {
	mu      sync.Mutex
	secret  func(text string, token bool) digest
	byKey   map[account.Key]*entry
	all     map[*entry]struct{}
	arrival uint64 // counts those who wait
}

// digest stands for a secret, keyed, or for settings.
type digest [sha256.Size]byte

// New returns a budget of which nothing is spent.
func New() *Budget {
	var key [sha256.Size]byte
	rand.Read(key[:]) // never fails
	return &Budget{
		byKey: make(map[account.Key]*entry),
		all:   make(map[*entry]struct{}),
		// The key is in a function, where no formatter finds it.
		secret: func(text string, token bool) (d digest) {
			mac := hmac.New(sha256.New, key[:])
			io.WriteString(mac, strconv.FormatBool(token)+" "+text)
			mac.Sum(d[:0])
			return d
		},
	}
}

// Begin begins a run.
func (b *Budget) Begin() *Run { return &Run{b: b} }

// Refusal is a login that is remembered because the server did not say yes to it.
type Refusal struct {
	User, Host string
	Protocol   stage.Protocol
	At         time.Time
	Fault      stage.Fault // empty: it was broken off

	// Again is when the account is tried again by itself; zero: not before the
	// password or the settings change, or somebody asks.
	Again time.Time
}

// Remembered returns what is remembered, the oldest first.
func (b *Budget) Remembered() []Refusal {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Refusal
	for e := range b.all {
		for _, n := range e.notes {
			if n.ended && !n.lifted {
				out = append(out, Refusal{n.user, n.host, n.protocol, n.at, n.fault, n.again()})
			}
		}
	}
	slices.SortFunc(out, func(a, b Refusal) int { return a.At.Compare(b.At) })
	return out
}

// Forget lets the account of a user name at a host be tried again, since somebody
// asks for it; host may be a host name or an IP address, and empty stands for every
// account of that name. Logins of runs that are under way count on for those. It
// returns the number of accounts of which something was remembered.
func (b *Budget) Forget(user, host string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for e := range b.named(user, host) {
		if e.forget() {
			n++
		}
		b.drop(e)
	}
	return n
}

// named returns the entries of a user name at a host.
func (b *Budget) named(user, host string) map[*entry]struct{} {
	found := make(map[*entry]struct{})
	if host == "" {
		for k, e := range b.byKey {
			if k.Of(user) {
				found[e] = struct{}{}
			}
		}
		return found
	}
	for _, k := range (account.Login{User: user, Host: host}).Keys() {
		if e := b.byKey[k]; e != nil {
			found[e] = struct{}{}
		}
	}
	return found
}

// trim forgets accounts where there are too many: those whose last login is the
// longest ago and that no run is busy with.
func (b *Budget) trim() {
	if len(b.all) <= maxAccounts {
		return
	}
	var idle []*entry
	for e := range b.all {
		if e.idle() {
			idle = append(idle, e)
		}
	}
	slices.SortFunc(idle, func(a, b *entry) int { return a.last().Compare(b.last()) })
	// A tenth more than needed, so that this does not come with every run.
	for _, e := range idle[:min(len(idle), len(b.all)-maxAccounts*9/10)] {
		e.notes = nil
		b.drop(e)
	}
}
