package queue

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// Wait is what a job waits for while it sends nothing.
type Wait int

const (
	Lookup  Wait = iota // a name lookup
	Connect             // connection attempts to all addresses of a host
	Reply               // the server's greeting or a reply
	Turn                // other checks of the run, or a password; such waits never count as unanswered
	kinds
)

// patience is how long a job keeps its seat while it waits for an answer.
const patience = 250 * time.Millisecond

// silence is the same for a server that has accepted a connection.
const silence = 5 * time.Second

// Seat is what a job holds while it runs. Only the job's goroutine may call its
// methods.
type Seat struct {
	queue  *Queue
	job    Job
	keys   []string // keys of its places
	held   bool     // false: given up, because there was no answer
	rests  bool     // it holds only its places: the seat is lent
	denied bool     // the server refused the connection because of their number

	kind   Wait
	waits  bool          // an answer is being waited for
	due    time.Time     // when the wait is given up
	timer  *time.Timer   // of all waits, one after the other; nil before the first
	seated chan struct{} // closed when an owed seat is given
}

// Wait says that the job waits for an answer from now on. If none comes for a while,
// its seat and places are given to others.
func (s *Seat) Wait(k Wait) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if !s.held {
		return
	}
	s.kind = k
	patience := q.patience(s)
	s.waits, s.due = true, time.Now().Add(patience)
	if s.timer == nil {
		s.timer = time.AfterFunc(patience, s.giveUp)
	} else {
		s.timer.Reset(patience)
	}
}

// patience returns how long the seat is kept. It is shorter the more consecutive waits
// were given up, in the run and at the place. With n such waits, all further ones start
// within patience times the logarithm of n.
func (q *Queue) patience(s *Seat) time.Duration {
	silent := 0
	for _, k := range s.keys {
		silent = max(silent, q.place(k).silent[s.kind])
	}
	full := patience
	if s.kind == Reply {
		full = silence
	}
	return time.Duration(float64(full) / (1 + float64(q.silent[s.kind])/float64(q.seats) + float64(silent)/Dialogues))
}

// giveUp ends the wait if it is still in progress and its time has come. The timer may
// have fired for the wait before it.
func (s *Seat) giveUp() {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if !s.waits || !s.held || time.Now().Before(s.due) {
		return
	}
	s.waits = false
	if s.kind == Turn {
		q.lend(s)
		q.dispatch()
		return
	}
	q.silent[s.kind]++
	for _, k := range s.keys {
		q.place(k).silent[s.kind]++
	}
	q.rise(s)
	q.dispatch()
}

// Heard says that the wait is over. answered says that there was an answer, even a
// refusal.
func (s *Seat) Heard(answered bool) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.waits {
		s.timer.Stop()
		s.waits = false
	}
	if !answered {
		return
	}
	q.silent[s.kind] = 0
	for _, k := range s.keys {
		if p := q.places[k]; p != nil {
			p.silent[s.kind] = 0
		}
	}
}

// Back ends a wait for a [Turn]. If the seat was lent meanwhile, Back waits for one.
// The error is the context's.
func (s *Seat) Back(ctx context.Context) error {
	s.Heard(false)
	q := s.queue
	q.mu.Lock()
	q.busy(s)
	if !s.rests {
		q.mu.Unlock()
		return nil
	}
	return s.owe(ctx, s.keys)
}

// MoveTo takes places at the addresses that a host name resolved to, in exchange for
// the place at the name. If they are occupied, it puts the job back into its lane and
// returns false. The job must then return at once; it is run again when the places are
// free.
func (s *Seat) MoveTo(addresses []string) bool {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.exchange(addresses) {
		return true
	}
	q.rise(s)
	q.putBack(s.job)
	q.dispatch()
	return false
}

// exchange changes the places, if they and the seat are available at once.
func (s *Seat) exchange(addresses []string) bool {
	q := s.queue
	keys := keysOf(s.job.Host(), addresses)
	for _, k := range keys {
		if s.held && slices.Contains(s.keys, k) {
			continue
		}
		if _, full := q.closed(k); full {
			return false
		}
	}
	switch {
	case s.held:
		s.swap(keys)
	case q.taken >= q.seats:
		return false
	default:
		s.keys = keys
		q.sit(s)
	}
	q.opens(addresses...)
	return true
}

// swap changes the places of a seat.
func (s *Seat) swap(keys []string) {
	q := s.queue
	for _, k := range keys {
		q.place(k).taken++
	}
	old := s.keys
	s.keys = keys
	for _, k := range old {
		q.free(k)
	}
	q.dispatch()
}

// Enter is like [Seat.MoveTo], for a job that can't be run again: it waits. The error
// is the context's.
func (s *Seat) Enter(ctx context.Context, addresses []string) error {
	q := s.queue
	q.mu.Lock()
	if s.exchange(addresses) {
		q.mu.Unlock()
		return nil
	}
	q.rise(s)
	return s.owe(ctx, keysOf(s.job.Host(), addresses))
}

// Talk says that a dialogue with an address, ip:port, starts, and waits until that is
// allowed: after a late answer the seat has been given up. The error is the context's.
func (s *Seat) Talk(ctx context.Context, address string) error {
	q := s.queue
	q.mu.Lock()
	keys := s.at(address)
	if !s.held {
		return s.owe(ctx, keys)
	}
	s.swap(keys)
	q.mu.Unlock()
	return nil
}

// at returns the place of the address that answered, or all places if it has none.
func (s *Seat) at(address string) []string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return s.keys
	}
	for i, k := range s.keys {
		if a, err := netip.ParseAddr(k); err == nil && a.Unmap() == ap.Addr().Unmap() {
			return s.keys[i : i+1]
		}
	}
	return s.keys
}

// owe waits for a seat with these places. It is called with the lock held, and releases
// it.
func (s *Seat) owe(ctx context.Context, keys []string) error {
	q := s.queue
	s.keys, s.seated = keys, make(chan struct{})
	q.owed = append(q.owed, s)
	q.dispatch()
	q.mu.Unlock()
	select {
	case <-s.seated:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.owed = slices.DeleteFunc(q.owed, func(o *Seat) bool { return o == s })
	return context.Cause(ctx)
}

// Leave releases the seat.
func (s *Seat) Leave() {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.waits {
		s.timer.Stop()
		s.waits = false
	}
	q.rise(s)
	q.dispatch()
}
