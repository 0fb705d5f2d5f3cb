package queue

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// Wait is what a job waits for without saying anything itself.
type Wait int

const (
	Lookup  Wait = iota // of a name
	Connect             // to all addresses of a host
	Reply               // of a server, to a connection or to what was said
	Turn                // for others of this run, or for a password; nobody is waited for in vain
	kinds
)

// patience is how long a wait counts as if somebody were about to answer.
const patience = 250 * time.Millisecond

// silence is the same for a server that has taken a connection.
const silence = 5 * time.Second

// Seat is what a job has while it is at work. Its methods are called by one
// goroutine, that of the job.
type Seat struct {
	queue *Queue
	job   Job
	keys  []string // of its places
	held  bool     // false: given up, since nobody answered
	rests bool     // it has its places alone: the seat is lent

	kind   Wait
	waits  int           // so far
	timer  *time.Timer   // runs while somebody is waited for
	seated chan struct{} // closed when a seat that was owed is given
}

// Wait says that an answer is waited for from here on. Where none comes for a moment,
// the seat and the places are others'.
func (s *Seat) Wait(k Wait) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if !s.held {
		return
	}
	s.kind = k
	s.waits++
	n := s.waits
	s.timer = time.AfterFunc(q.patience(s), func() { s.giveUp(n) })
}

// patience is how long the seat is kept: the less, the more waits in a row have been
// in vain, in the run and at the place. Where that are n, all that follow begin
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

// giveUp ends the n-th wait, if that still goes on.
func (s *Seat) giveUp(n int) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.timer == nil || s.waits != n || !s.held {
		return
	}
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

// Heard says that the wait is over. answered: somebody answered, if only to refuse.
func (s *Seat) Heard(answered bool) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
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

// Back ends a wait for a [Turn]: where the seat was lent meanwhile, it waits for one.
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

// MoveTo takes places at the addresses that a name led to, in place of that at the
// name. It returns false where they are taken: the job is back in its lane, and
// returns at once, to be run again when they are free.
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

// exchange takes other places, if they and the seat are to be had at once.
func (s *Seat) exchange(addresses []string) bool {
	q := s.queue
	keys := keysOf(s.job.Host(), addresses)
	for _, k := range keys {
		if s.held && slices.Contains(s.keys, k) {
			continue
		}
		if _, full := q.full(k); full {
			return false
		}
	}
	if !s.held {
		if q.taken >= q.seats {
			return false
		}
		s.keys = keys
		q.sit(s)
		return true
	}
	s.swap(keys)
	return true
}

// swap takes other places in exchange for those that a seat has.
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

// Enter is [Seat.MoveTo] for a job that can't be run again: it waits. The error is
// the context's.
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

// Talk says that a dialogue begins with an address, ip:port, and waits until it may:
// where the answer came late, the seat was given up. The error is the context's.
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

// at returns that one of the places where somebody answered; all of them where it is
// none.
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

// owe waits for a seat with these places. The lock is held when it is called, and not
// when it returns.
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

// Leave gives the seat back.
func (s *Seat) Leave() {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	q.rise(s)
	q.dispatch()
}
