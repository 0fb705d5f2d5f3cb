package queue

import "slices"

// Dialogues is how many dialogues at a time there may be with one address, unless
// [Options] say otherwise.
const Dialogues = 4

// place is shared by the checks that connect to one address.
type place struct {
	limit   int
	taken   int
	waiting list[*lane]
	silent  [kinds]int // number of waits given up here since the last answer
	pace    pace
}

// found is the key of the place for jobs that know their addresses but find them
// occupied. Its capacity limits how far ahead names are looked up.
const found = "\x00found"

// keysOf returns the keys of the places at some addresses or, if there are none, of the
// place at the host name.
func keysOf(host string, addresses []string) []string {
	if len(addresses) == 0 {
		return []string{host}
	}
	return addresses
}

func (q *Queue) place(key string) *place {
	p := q.places[key]
	if p == nil {
		p = &place{limit: q.manner.Dialogues, pace: pace{spacing: q.manner.Spacing}}
		q.places[key] = p
	}
	return p
}

// full returns the first place without free capacity.
func (q *Queue) full(keys ...string) (key string, ok bool) {
	for _, k := range keys {
		if p := q.places[k]; p != nil && p.taken >= p.limit {
			return k, true
		}
	}
	return "", false
}

// sit gives a seat and its places to s.
func (q *Queue) sit(s *Seat) {
	q.taken++
	if s.rests {
		s.rests = false
		q.lent--
		return
	}
	s.held = true
	for _, k := range s.keys {
		q.place(k).taken++
	}
}

// rise takes the seat and its places from s.
func (q *Queue) rise(s *Seat) {
	if !s.held {
		return
	}
	s.held = false
	q.busy(s)
	if s.rests {
		s.rests = false
		q.lent--
	} else {
		q.taken--
	}
	for _, k := range s.keys {
		q.left(k, s.denied)
		q.free(k)
	}
}

// lend frees the seat of a job that is connected and waits for its turn. The job keeps
// its places, because it has a connection. No more seats are lent than there are in
// all, because otherwise all jobs might be connected and waiting. Further jobs keep
// their seats idle.
func (q *Queue) lend(s *Seat) {
	if q.lent >= q.seats {
		q.idle = append(q.idle, s)
		return
	}
	s.rests = true
	q.lent++
	q.taken--
}

// trade passes the seat of a job that waits for its turn to one whose turn has come. It
// returns false if there is no such job.
func (q *Queue) trade() bool {
	at := slices.IndexFunc(q.owed, func(s *Seat) bool { return s.rests })
	if at < 0 || len(q.idle) == 0 {
		return false
	}
	from, to := q.idle[0], q.owed[at]
	q.idle, q.owed = slices.Delete(q.idle, 0, 1), slices.Delete(q.owed, at, at+1)
	from.rests, to.rests = true, false
	close(to.seated)
	return true
}

// busy records that a job uses its seat again.
func (q *Queue) busy(s *Seat) {
	q.idle = slices.DeleteFunc(q.idle, func(o *Seat) bool { return o == s })
}

// free releases one place.
func (q *Queue) free(key string) {
	q.place(key).taken--
	q.wake(key)
}

// wake lets the first lane that waits for a place take its turn, if there is capacity.
// A place without any state is deleted.
func (q *Queue) wake(key string) {
	p := q.places[key]
	if p == nil || p.taken >= p.limit || p.tooSoon() {
		return
	}
	if p.waiting.len() > 0 {
		l := p.waiting.pop()
		l.in, l.woken = isReady, key
		q.ready.push(l)
		return
	}
	if p.taken == 0 && p.silent == [kinds]int{} && !p.pace.slowed() && key != found {
		delete(q.places, key)
	}
}
