package queue

import "time"

// pace is how fast connections to an address may follow each other. A server that
// refuses one because there are too many gets them one at a time from then on, with
// pauses. While it takes all of them, they become more and faster again, but no longer
// as many as it refused.
type pace struct {
	spacing time.Duration // the least time between the beginnings of two connections
	next    time.Time     // before that, none may begin
	ended   time.Time     // when the last one ended
	ceiling int           // the most at a time; zero: the server has refused none
	good    int           // connections taken since it refused one, or since the pace last rose
}

// The pauses after a refusal, and how many connections a server has to take before it
// gets them faster.
const (
	leastPause = time.Second
	mostPause  = 8 * time.Second
	goodOnes   = 8
)

func (p *pace) slowed() bool { return p.ceiling > 0 }

// tooSoon reports whether no further connection may begin yet.
func (p *place) tooSoon() bool { return !p.pace.next.IsZero() && time.Now().Before(p.pace.next) }

// closed returns the first place at which no further connection may begin now.
func (q *Queue) closed(keys ...string) (key string, ok bool) {
	for _, k := range keys {
		if p := q.places[k]; p != nil && p.tooSoon() {
			return k, true
		}
	}
	return q.full(keys...)
}

// opens records that a connection to these addresses begins.
func (q *Queue) opens(addresses ...string) {
	for _, a := range addresses {
		if p := q.place(a); p.pace.spacing > 0 {
			q.rest(a, p)
		}
	}
}

// rest lets no further connection to a place begin for a while.
func (q *Queue) rest(key string, p *place) {
	p.pace.next = time.Now().Add(p.pace.spacing)
	time.AfterFunc(p.pace.spacing, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.wake(key)
		q.dispatch()
	})
}

// left records that a job has left a place.
func (q *Queue) left(key string, denied bool) {
	p := q.place(key)
	p.pace.ended = time.Now()
	if !p.pace.slowed() || denied {
		return
	}
	if p.pace.good++; p.pace.good < goodOnes {
		return
	}
	p.pace.good = 0
	p.limit = min(p.limit+1, p.pace.ceiling)
	if p.pace.spacing /= 2; p.pace.spacing < leastPause {
		p.pace.spacing = q.manner.Spacing
	}
}

// Denied says that the server refused the connection or the session and may have done so
// because it has too many. It returns the number of connections that there were from
// here, this one included. If there were others, or one had only just ended, further
// ones are made one at a time and with pauses.
func (s *Seat) Denied() int {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	most := 1
	if !s.held {
		return most // it waited so long for the refusal that its place was given to others
	}
	s.denied = true
	for _, k := range s.keys {
		p := q.place(k)
		at := p.taken
		if time.Since(p.pace.ended) < leastPause {
			at = max(at, 2) // the server may not have seen that it ended
		}
		if at < 2 {
			continue
		}
		most = max(most, at)
		p.limit, p.pace.good = 1, 0
		p.pace.ceiling = max(at-1, 1)
		p.pace.spacing = max(min(2*p.pace.spacing, mostPause), leastPause, q.manner.Spacing)
		q.rest(k, p)
	}
	return most
}
