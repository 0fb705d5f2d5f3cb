package queue

import (
	"sync"
	"time"
)

// Job is a check that waits to be run.
type Job interface {
	Host() string        // determines the lane
	Addresses() []string // IP addresses to be dialled; nil while unknown
	Run(*Seat)           // called in a separate goroutine; must leave the seat at the end
}

// Queue schedules the jobs of a run.
type Queue struct {
	mu     sync.Mutex
	seats  int
	manner Options
	taken  int
	lent   int     // number of seats lent while their jobs wait for their turn
	idle   []*Seat // seats of jobs that also wait for their turn, but are not lent
	lanes  map[string]*lane
	ready  list[*lane]       // lanes that take turns
	later  list[*lane]       // lanes that have not had a turn; they join when ready has fewer lanes than there are seats
	places map[string]*place // by address or, while that is unknown, by host
	owed   []*Seat           // seats of jobs that got a late answer and wait for their seat back
	silent [kinds]int        // number of waits given up since the last answer
}

// lane holds the waiting jobs of one host.
type lane struct {
	host  string
	jobs  list[entry]
	in    whereabouts
	woken string // the place whose free capacity woke it
}

// entry is a job in a lane. A job that went back knows its addresses, and waited for a
// place there.
type entry struct {
	Job
	back bool
}

// whereabouts says which list a lane is in.
type whereabouts int8

const (
	nowhere whereabouts = iota // it has no jobs
	isReady
	isLater
	atPlace // it waits for a place
)

// Options say how much a queue does at a time. The zero value stands for one seat and
// [Dialogues] at an address.
type Options struct {
	Seats     int           // checks at a time; below 1: one
	Dialogues int           // dialogues at a time with one address; below 1: [Dialogues]
	Spacing   time.Duration // the least time between the beginnings of two connections to one address
}

// New returns a queue for a run.
func New(opt Options) *Queue {
	if opt.Dialogues < 1 {
		opt.Dialogues = Dialogues
	}
	q := &Queue{seats: max(opt.Seats, 1), manner: opt, lanes: make(map[string]*lane), places: make(map[string]*place)}
	q.places[found] = &place{limit: 4 * q.seats}
	return q
}

// Add adds jobs. Those that can start do so; the others wait behind those already
// waiting.
func (q *Queue) Add(jobs ...Job) { q.add(jobs, isLater) }

// AddNext adds jobs of a group that has already started. They don't wait for lanes that
// have not had a turn.
func (q *Queue) AddNext(jobs ...Job) { q.add(jobs, isReady) }

func (q *Queue) add(jobs []Job, to whereabouts) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range jobs {
		l := q.lane(j.Host())
		l.jobs.push(entry{Job: j})
		switch {
		case l.in == nowhere && to == isLater:
			l.in = isLater
			q.later.push(l)
		case l.in == nowhere, l.in == isLater && to == isReady:
			l.in = isReady // its entry in the other list is skipped
			q.ready.push(l)
		}
	}
	q.dispatch()
}

func (q *Queue) lane(host string) *lane {
	l := q.lanes[host]
	if l == nil {
		l = &lane{host: host}
		q.lanes[host] = l
	}
	return l
}

// Drain removes and returns all jobs that have not started.
func (q *Queue) Drain() []Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	var all []Job
	for _, l := range q.lanes {
		for l.jobs.len() > 0 {
			all = append(all, l.jobs.pop().Job)
		}
	}
	return all
}

// dispatch assigns the free seats, first to jobs that have already got an answer.
func (q *Queue) dispatch() {
	for q.trade() {
	}
	for q.taken < q.seats {
		if s := q.creditor(); s != nil {
			q.sit(s)
			close(s.seated)
			continue
		}
		s := q.next()
		if s == nil {
			return
		}
		go s.job.Run(s)
	}
}

// creditor removes and returns the first owed seat that can be given, or nil.
func (q *Queue) creditor() *Seat {
	for i, s := range q.owed {
		if _, full := q.full(s.keys...); s.rests || !full {
			q.owed = append(q.owed[:i], q.owed[i+1:]...)
			return s
		}
	}
	return nil
}

// next gives a seat to the next job, or returns nil if none can start.
func (q *Queue) next() *Seat {
	for {
		l := q.nextLane()
		if l == nil {
			return nil
		}
		woken := l.woken
		l.woken, l.in = "", nowhere
		s := q.begin(l)
		switch {
		case l.in != nowhere: // waiting for a place
		case l.jobs.len() > 0:
			l.in = isReady
			q.ready.push(l)
		default:
			delete(q.lanes, l.host)
		}
		q.wake(woken) // another lane may be able to use the place that this one didn't
		if s != nil {
			return s
		}
	}
}

// nextLane removes and returns the next lane. Lanes that have not had a turn join the
// others only while there is a seat for each, because what has started should end soon.
func (q *Queue) nextLane() *lane {
	for q.ready.len() < q.seats && q.later.len() > 0 {
		if l := q.later.pop(); l.in == isLater {
			l.in = isReady
			q.ready.push(l)
		}
	}
	for q.ready.len() > 0 {
		if l := q.ready.pop(); l.in == isReady {
			return l
		}
	}
	return nil
}

// begin gives a seat to the first job of a lane. It returns nil if the lane is empty or
// has to wait for a place.
func (q *Queue) begin(l *lane) *Seat {
	if l.jobs.len() == 0 {
		return nil
	}
	e := l.jobs.first()
	addresses := e.Addresses()
	s := &Seat{queue: q, job: e.Job, keys: keysOf(l.host, addresses)}
	key, full := q.closed(s.keys...)
	if !full && len(addresses) == 0 {
		key, full = q.full(found)
	}
	if full {
		q.place(key).waiting.push(l)
		l.in = atPlace
		return nil
	}
	l.jobs.pop()
	if e.back {
		q.free(found)
	}
	q.sit(s)
	q.opens(addresses...)
	return s
}

// putBack puts a job back into its lane, before all others.
func (q *Queue) putBack(j Job) {
	l := q.lane(j.Host())
	l.jobs.unpop(entry{j, true})
	q.place(found).taken++
	if l.in == nowhere || l.in == isLater {
		l.in = isReady
		q.ready.unpop(l)
	}
}
