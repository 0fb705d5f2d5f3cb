package probe

import (
	"context"
	"net"
	"slices"
	"time"

	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// silentAfter is from when on a server counts as silent that has something to say.
const silentAfter = 5 * time.Second

// speaking are the stages in which nothing but the server is waited for. A login may
// take its time: servers let those wait whom they have refused.
var speaking = []stage.Stage{stage.Handshake, stage.Greeting, stage.Upgrade, stage.Capabilities}

// silence is a stage in which the server is to speak, and what is known of it. What
// others than its session use is under the lock of the groups.
type silence struct {
	task    *task
	stage   stage.Stage   // empty: no stage, the check waits for others of its group
	end     time.Time     // of the stage, by its limit
	connect time.Duration // how long the connection took to be made
	mute    bool          // nothing has come since something was last said to the server

	since time.Time // when that was
	times int       // so often the server was waited for
	sure  bool      // who is well is never silent so long
	timer *time.Timer
	late  *time.Timer

	settled bool                 // nothing will come
	ends    []context.CancelFunc // of stages that end when that is known

	over   chan struct{} // closed when the stage has ended
	failed bool          // and how; set before
}

// listen begins to wait for the server in a stage; nil where others are waited for as
// well.
func (s *session) listen(name stage.Stage, end context.CancelFunc) *silence {
	if !slices.Contains(speaking, name) {
		return nil
	}
	q := &silence{task: s.task, stage: name, end: time.Now().Add(s.limit(name)), connect: s.connecting, over: make(chan struct{})}
	if name != stage.Handshake { // who doesn't speak at all may yet speak TLS
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

// await waits from here on for what the server says next.
func (s *session) await(q *silence) {
	q.mute = true
	s.seat.Wait(queue.Reply)
	s.run.awaited(q)
}

// heard says that the server has said something.
func (s *session) heard() {
	if q := s.ear.Load(); q != nil && q.mute {
		q.mute = false
		s.seat.Heard(true)
		s.run.stirs(q)
	}
}

// said says that something was said to the server.
func (s *session) said() {
	if q := s.ear.Load(); q != nil && !q.mute {
		s.await(q)
	}
}

// heardOut ends the wait for the server, before the stage's result is known to others.
func (s *session) heardOut(q *silence) {
	if q == nil {
		return
	}
	s.ear.Store(nil)
	s.seat.Heard(false)
	s.run.stirs(q)
}

// close says how the stage has ended, when its result is known.
func (q *silence) close(r stage.Result) {
	if q != nil {
		q.failed = r.Status == stage.Fail
		close(q.over)
	}
}

// ears is the connection of a session that notes when the server speaks, and when it is
// spoken to.
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

// NetConn returns the connection beneath, as that of [tls.Conn] does.
func (e *ears) NetConn() net.Conn { return e.Conn }
