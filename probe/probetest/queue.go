package probetest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// errEOF follows the data of an end that was closed.
var errEOF = io.EOF

// queue is one direction of a [Pipe].
type queue struct {
	delay time.Duration

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced on every change
	chunks    []chunk
	held      int // bytes in chunks
	readBy    time.Time
	writeBy   time.Time
	finished  bool      // the writing end is closed
	abandoned time.Time // when the reading end was closed; zero: it wasn't
}

// chunk is the data of one Write or, if err is not nil, the end of the stream.
type chunk struct {
	at   time.Time // when it becomes readable
	data []byte
	err  error
}

func newQueue(delay time.Duration) *queue {
	return &queue{delay: delay, changed: make(chan struct{})}
}

// announce wakes all waiting goroutines. The caller must hold the lock.
func (q *queue) announce() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// await releases the lock until something changes or one of the times is reached. Zero
// times are ignored.
func (q *queue) await(times ...time.Time) {
	changed := q.changed
	q.mu.Unlock()
	defer q.mu.Lock()
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		<-changed
		return
	}
	timer := time.NewTimer(time.Until(first))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}

// reached reports whether t is set and has been reached.
func reached(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

func (q *queue) read(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case !q.abandoned.IsZero():
			return 0, net.ErrClosed
		case reached(q.readBy):
			return 0, os.ErrDeadlineExceeded
		case len(q.chunks) > 0 && reached(q.chunks[0].at):
			return q.take(p)
		case len(q.chunks) > 0:
			q.await(q.readBy, q.chunks[0].at)
		default:
			q.await(q.readBy)
		}
	}
}

// take reads from everything that has arrived.
func (q *queue) take(p []byte) (n int, err error) {
	for n < len(p) && len(q.chunks) > 0 && reached(q.chunks[0].at) {
		c := &q.chunks[0]
		if c.err != nil {
			if n > 0 {
				break
			}
			return 0, c.err // kept for the next Read
		}
		k := copy(p[n:], c.data)
		n, c.data = n+k, c.data[k:]
		if len(c.data) == 0 {
			q.chunks = q.chunks[1:]
		}
	}
	q.held -= n
	q.announce()
	return n, nil
}

func (q *queue) write(p []byte) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		gone := q.abandoned
		if !gone.IsZero() {
			gone = gone.Add(q.delay)
		}
		switch {
		case q.finished:
			return n, net.ErrClosed
		case reached(q.writeBy):
			return n, os.ErrDeadlineExceeded
		case reached(gone):
			return n, syscall.EPIPE
		case len(p) == 0:
			return n, nil
		case !gone.IsZero(): // nobody will read it, but we don't know that yet
			return n + len(p), nil
		case q.held >= window:
			q.await(q.writeBy)
			continue
		}
		k := min(len(p), window-q.held)
		q.chunks = append(q.chunks, chunk{at: time.Now().Add(q.delay), data: append([]byte(nil), p[:k]...)})
		q.held += k
		n, p = n+k, p[k:]
		q.announce()
	}
}

// finish puts err after the data. It returns false if that was done before.
func (q *queue) finish(err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.finished {
		return false
	}
	q.finished = true
	q.chunks = append(q.chunks, chunk{at: time.Now().Add(q.delay), err: err})
	q.announce()
	return true
}

// abandon records that nobody will read any more.
func (q *queue) abandon() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abandoned, q.chunks, q.held = time.Now(), nil, 0
	q.announce()
}

// setDeadline sets one of q's deadlines.
func (q *queue) setDeadline(t time.Time, which *time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	*which = t
	q.announce()
}
