package queue

import "sync"

// Job is a check that waits for its turn.
type Job interface {
	Host() string        // whose lane it waits in
	Addresses() []string // IP addresses that it is going to dial; nil while they aren't known
	Run(*Seat)           // called in a goroutine of its own; leaves the seat at its end
}

// Queue holds the jobs of a run.
type Queue struct {
	mu     sync.Mutex
	seats  int
	taken  int
	lent   int     // seats of those who wait for their turn
	idle   []*Seat // of further ones, who keep theirs meanwhile
	lanes  map[string]*lane
	ready  list[*lane]       // lanes that take turns
	later  list[*lane]       // lanes whose first turn comes when there are fewer of those
	places map[string]*place // by address or, where that isn't known, host
	owed   []*Seat           // of connections that somebody answered late
	silent [kinds]int        // waits given up on since somebody last answered
}

// lane holds the jobs of one host.
type lane struct {
	host  string
	jobs  list[entry]
	in    whereabouts
	woken string // the place that it was told to look at
}

// entry is a job in a lane. One that is back knows its addresses, and waited for a
// place there.
type entry struct {
	Job
	back bool
}

// whereabouts say in which list a lane is.
type whereabouts int8

const (
	nowhere whereabouts = iota // it has no jobs
	isReady
	isLater
	atPlace // it waits for a place
)

// New returns a queue for a run that has so many seats.
func New(seats int) *Queue {
	q := &Queue{seats: max(seats, 1), lanes: make(map[string]*lane), places: make(map[string]*place)}
	q.places[found] = &place{limit: 4 * q.seats}
	return q
}

// Add takes jobs in. Those that may begin do so; the others wait behind those that
// wait already.
func (q *Queue) Add(jobs ...Job) { q.add(jobs, isLater) }

// AddNext takes in jobs of something that has begun already: they don't wait for the
// lanes that have not.
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
			l.in = isReady // what is left of it in the other list is passed over
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

// Drain takes out all jobs that have not begun.
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

// dispatch gives out the seats that are free: first to those who have an answer
// already.
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

// creditor takes out the first seat that is owed and can be given; nil for none.
func (q *Queue) creditor() *Seat {
	for i, s := range q.owed {
		if _, full := q.full(s.keys...); s.rests || !full {
			q.owed = append(q.owed[:i], q.owed[i+1:]...)
			return s
		}
	}
	return nil
}

// next seats the job whose turn it is; nil where none can begin.
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
		case l.in != nowhere: // at a place
		case l.jobs.len() > 0:
			l.in = isReady
			q.ready.push(l)
		default:
			delete(q.lanes, l.host)
		}
		q.wake(woken) // somebody else may have use for what this lane had none for
		if s != nil {
			return s
		}
	}
}

// nextLane takes out the lane whose turn it is. Lanes that have had no turn yet join
// those that take turns as long as there is a seat for each: what has begun is to
// end soon.
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

// begin seats the first job of a lane. It returns nil where there is none, or where
// the lane has to wait for a place.
func (q *Queue) begin(l *lane) *Seat {
	if l.jobs.len() == 0 {
		return nil
	}
	e := l.jobs.first()
	addresses := e.Addresses()
	s := &Seat{queue: q, job: e.Job, keys: keysOf(l.host, addresses)}
	key, full := q.full(s.keys...)
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
	return s
}

// putBack lets a job wait in its lane again, before all others.
func (q *Queue) putBack(j Job) {
	l := q.lane(j.Host())
	l.jobs.unpop(entry{j, true})
	q.place(found).taken++
	if l.in == nowhere || l.in == isLater {
		l.in = isReady
		q.ready.unpop(l)
	}
}
