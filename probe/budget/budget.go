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

// maxAccounts is how many accounts are remembered while no run is in progress. The ones
// whose last login is oldest are forgotten first, and may then be tried once more.
const maxAccounts = 10_000

// Budget keeps track of which logins may still be tried. It is safe for concurrent use
// by several runs.
type Budget struct {
	mu      sync.Mutex
	secret  func(text string, token bool) digest
	byKey   map[account.Key]*entry
	all     map[*entry]struct{}
	arrival uint64 // counts waiting sessions
}

// digest is a keyed digest of a secret, or a digest of settings.
type digest [sha256.Size]byte

// New returns a budget in which no tickets are used.
func New() *Budget {
	var key [sha256.Size]byte
	rand.Read(key[:]) // never fails
	return &Budget{
		byKey: make(map[account.Key]*entry),
		all:   make(map[*entry]struct{}),
		// The key is in a closure, where no formatter can print it.
		secret: func(text string, token bool) (d digest) {
			mac := hmac.New(sha256.New, key[:])
			io.WriteString(mac, strconv.FormatBool(token)+" "+text)
			mac.Sum(d[:0])
			return d
		},
	}
}

// Begin starts a run.
func (b *Budget) Begin() *Run { return &Run{b: b} }

// Refusal is a remembered login that did not succeed.
type Refusal struct {
	User, Host string
	Protocol   stage.Protocol
	At         time.Time
	Fault      stage.Fault // empty: the login was interrupted

	// Again is when the account is tried again without a change. If zero, only a new
	// password, new settings or Forget allow that.
	Again time.Time
}

// Remembered returns the remembered refusals, oldest first.
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

// Forget allows another login with a user name at a host, at the user's request. host
// may be a host name or an IP address; if empty, the accounts of that user name at
// every host are meant. Logins of runs in progress still count in those runs. Forget
// returns the number of accounts for which something was remembered.
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

// trim forgets accounts if there are too many: those not in use whose last login is
// oldest.
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
	// 10 % more than needed, so that trimming doesn't happen in every run.
	for _, e := range idle[:min(len(idle), len(b.all)-maxAccounts*9/10)] {
		e.notes = nil
		b.drop(e)
	}
}
