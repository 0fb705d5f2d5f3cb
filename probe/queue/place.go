package queue

import "slices"

// Dialogues is in how many dialogues an address takes part at a time.
const Dialogues = 4

// place is what checks that come to talk to the same address share.
type place struct {
	limit   int
	taken   int
	waiting list[*lane]
	silent  [kinds]int // waits given up on here since somebody last answered
}

// found is the key of the place where those wait that know their addresses and find
// them taken. It has room for so many that names are looked up no farther ahead.
const found = "\x00found"

// keysOf returns the places at some addresses or, where there are none, that at the
// name of a host.
func keysOf(host string, addresses []string) []string {
	if len(addresses) == 0 {
		return []string{host}
	}
	return addresses
}

func (q *Queue) place(key string) *place {
	p := q.places[key]
	if p == nil {
		p = &place{limit: Dialogues}
		q.places[key] = p
	}
	return p
}

// full returns the first place that nobody more may take.
func (q *Queue) full(keys ...string) (key string, ok bool) {
	for _, k := range keys {
		if p := q.places[k]; p != nil && p.taken >= p.limit {
			return k, true
		}
	}
	return "", false
}

// sit gives a seat what it needs.
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

// rise takes from a seat what it has.
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
		q.free(k)
	}
}

// lend lets somebody else have the seat of a job that is connected and waits for its
// turn. It keeps its places: its connection is there. No more are lent than there are
// seats, or all would be connected and wait; those beyond have a seat and no use for it.
func (q *Queue) lend(s *Seat) {
	if q.lent >= q.seats {
		q.idle = append(q.idle, s)
		return
	}
	s.rests = true
	q.lent++
	q.taken--
}

// trade gives the seat of one who waits for its turn to one whose turn has come; false
// where there is nothing to trade.
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

// busy says that a job has use for its seat again.
func (q *Queue) busy(s *Seat) {
	q.idle = slices.DeleteFunc(q.idle, func(o *Seat) bool { return o == s })
}

// free gives one place back.
func (q *Queue) free(key string) {
	q.place(key).taken--
	q.wake(key)
}

// wake lets the first lane that waits for a place take its turn, if there is room.
// A place of which nothing is to be remembered is forgotten.
func (q *Queue) wake(key string) {
	p := q.places[key]
	if p == nil || p.taken >= p.limit {
		return
	}
	if p.waiting.len() > 0 {
		l := p.waiting.pop()
		l.in, l.woken = isReady, key
		q.ready.push(l)
		return
	}
	if p.taken == 0 && p.silent == [kinds]int{} && key != found {
		delete(q.places, key)
	}
}
