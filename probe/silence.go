package probe

import (
	"context"
	"net"
	"slices"
	"time"

	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// silentAfter is how long a server may take to respond before it counts as silent.
const silentAfter = 5 * time.Second

// speaking are the stages in which only the server is waited for. Login isn't among
// them, because servers delay their reply to a refused login on purpose.
var speaking = []stage.Stage{stage.Handshake, stage.Greeting, stage.Upgrade, stage.Capabilities}

// silence is a stage in which the server is waited for. What others than its session
// use is guarded by the lock of the groups.
type silence struct {
	task    *task
	stage   stage.Stage   // empty: the check waits for other checks of its group
	end     time.Time     // deadline of the stage
	connect time.Duration // how long connecting took
	mute    bool          // nothing has been received since something was last sent

	since time.Time   // start of the current wait
	waits bool        // a wait is in progress
	sure  bool        // a healthy server is never silent for this long
	timer *time.Timer // of all waits, one after the other; nil before the first

	settled bool                 // it is known that nothing will be received
	ends    []context.CancelFunc // of stages to end when that becomes known

	over   chan struct{} // closed when the stage has ended
	failed bool          // whether the stage failed; set before over is closed
}

// listen starts waiting for the server in a stage. It returns nil for stages in which
// others are waited for as well.
func (s *session) listen(name stage.Stage, end context.CancelFunc) *silence {
	if !slices.Contains(speaking, name) {
		return nil
	}
	q := &silence{task: s.task, stage: name, end: time.Now().Add(s.limit(name)), connect: s.connecting, over: make(chan struct{})}
	if name != stage.Handshake { // a server that hasn't sent anything may still speak TLS
		s.endsBy(q, end)
		for _, o := range s.task.aside.of {
			if s.task.aside.same {
				s.endsBy(o, end)
			}
		}
	}
	s.await(q)
	s.ear.Store(q)
	return q
}

// await waits from now on for the server's next bytes.
func (s *session) await(q *silence) {
	q.mute = true
	s.seat.Wait(queue.Reply)
	s.run.awaited(q)
}

// heard records that the server has sent something.
func (s *session) heard() {
	if q := s.ear.Load(); q != nil && q.mute {
		q.mute = false
		s.seat.Heard(true)
		s.run.stirs(q)
	}
}

// said records that something was sent to the server.
func (s *session) said() {
	if q := s.ear.Load(); q != nil && !q.mute {
		s.await(q)
	}
}

// heardOut ends the wait for the server, before others learn the stage's result.
func (s *session) heardOut(q *silence) {
	if q == nil {
		return
	}
	s.ear.Store(nil)
	s.seat.Heard(false)
	s.run.stirs(q)
}

// close records how the stage ended, once its result is known.
func (q *silence) close(r stage.Result) {
	if q != nil {
		q.failed = r.Status == stage.Fail
		close(q.over)
	}
}

// ears wraps a session's connection and records when the server sends something, and
// when something is sent to it.
type ears struct {
	net.Conn
	s *session
}

func (e *ears) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if n > 0 {
		e.s.heard()
	}
	return n, err
}

func (e *ears) Write(p []byte) (int, error) {
	e.s.said()
	return e.Conn.Write(p)
}

// NetConn returns the underlying connection, like the method of [tls.Conn].
func (e *ears) NetConn() net.Conn { return e.Conn }
