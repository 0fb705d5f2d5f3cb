package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"maildoctor/probe/auth"
	"maildoctor/probe/budget"
	"maildoctor/probe/dial"
	"maildoctor/probe/imap"
	"maildoctor/probe/pop3"
	"maildoctor/probe/queue"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/probe/wire"
)

// dialogue is the common interface of the three protocols. Facts are never nil; errors
// are *stage.Error.
type dialogue interface {
	Greeting(context.Context) (*stage.GreetingFacts, error)
	StartTLS(context.Context) (*stage.StartTLSFacts, error)
	Capabilities(context.Context) (*stage.CapabilityFacts, error)
	Login(context.Context, auth.Request) (*stage.LoginFacts, error)
	Quit(context.Context)
	Insist()
}

// session takes one check through its stages.
type session struct {
	*run
	task       *task
	check      stage.Check
	seat       *queue.Seat
	next       int  // index of the next stage in the check's order
	queued     bool // it has places at its addresses, or is waiting for them
	subject    stage.Subject
	patient    time.Time // a follow-up must be connected by this time
	addresses  []string
	raw        net.Conn
	connecting time.Duration // how long connecting took
	again      int           // segments retransmitted by the kernel until the connection was established
	trip       time.Duration // round trip of the first packet, as measured by the kernel
	conn       *wire.Conn
	ear        atomic.Pointer[silence] // the silence, while the server is waited for
	talk       dialogue
	verified   bool           // TLS is in force and the certificate is valid
	askedCert  bool           // the server requested a client certificate
	noTLS      bool           // security is starttls-if-offered, and STARTTLS was not offered
	signedIn   bool           // login succeeded
	secret     auth.Secret    // the secret to log in with, once there is a ticket
	turn       *budget.Turn   // the turn at the account; nil: none so far
	unheard    func()         // cancels the wait for a secret sent on another connection
	explained  func()         // ends the wait for name servers; nil: that wait must not be cut short
	race       dial.Race      // its attempts may outlast the connect stage
	beside     sync.WaitGroup // name servers that explain
	skipRest   stage.Reason   // the reason why login was skipped, for the stages after it
}

// outcome is how a stage ended.
type outcome struct {
	facts  stage.Facts
	status stage.Status // empty: depends on err
	reason stage.Reason // with Skip
	err    error
}

func newSession(t *task) *session {
	r := t.run
	s := &session{run: r, task: t, check: *t.check, subject: r.plan.Subjects[t.check.Subject]}
	s.race = dial.Race{Dial: r.opt.Dial, Timeout: r.opt.ConnectTimeout, Attempt: s.attempted}
	if s.check.Manner.MaxSegment > 0 {
		s.race.Dial = r.opt.DialSmall
	}
	if s.check.FollowUp() {
		s.patient = time.Now().Add(t.patience())
	}
	if s.check.Manner.MaxSegment > 0 && !dial.CanLimitSegments {
		s.skipRest = stage.NotPossible
	}
	return s
}

// examine goes through the stages and ends the session. It returns when every address
// has responded or timed out. It returns false if the check is back in the queue
// because its addresses have no free place; it continues from there.
func (s *session) examine(ctx context.Context) bool {
	order := s.check.Order()
	for ; s.next < len(order); s.next++ {
		if order[s.next] == stage.Connect && !s.mayDial(ctx) {
			return false
		}
		if !s.step(ctx, order[s.next]) {
			break
		}
		if order[s.next] == stage.Connect && s.raw != nil && s.next+1 < len(order) {
			_ = s.seat.Talk(ctx, s.raw.RemoteAddr().String()) // if the run ends meanwhile, the next stage reports it
		}
	}
	s.close(ctx)
	if s.turn != nil {
		s.turn.Done()
	}
	s.settle()
	return true
}

// mayDial takes places at the addresses. If none are free, it puts the check back into
// the queue and returns false.
func (s *session) mayDial(ctx context.Context) bool {
	switch {
	case dial.Over(ctx), s.skipRest != "":
		return true
	case s.queued:
		if s.check.FollowUp() {
			s.patient = time.Now().Add(s.task.patience())
		}
		return true
	}
	s.queued = true // from here on another goroutine may own it
	if s.seat.MoveTo(s.addresses) {
		return true
	}
	s.wentBack(s.task)
	return false
}

// step examines one stage. It returns false if the stage failed.
func (s *session) step(ctx context.Context, name stage.Stage) bool {
	switch {
	case dial.Over(ctx):
		s.result(stage.Result{Stage: name, Status: stage.Skip, Reason: skipReason(ctx)})
	case s.skipRest != "":
		s.result(stage.Result{Stage: name, Status: stage.Skip, Reason: s.skipRest})
	default:
		return s.perform(ctx, name).Status != stage.Fail
	}
	return true
}

// settle waits for what goes on beside the dialogue: attempts at other addresses, and
// name servers that explain. If the lookup didn't depend on those, they get only a
// moment more.
func (s *session) settle() {
	if s.explained != nil {
		defer time.AfterFunc(explanation, s.explained).Stop()
	}
	s.beside.Wait()
	s.race.Wait()
}

// perform runs one stage under its own limit and reports its result.
func (s *session) perform(ctx context.Context, name stage.Stage) stage.Result {
	if name == stage.Login {
		if reason, facts := s.mayLogIn(ctx); reason != "" {
			if !s.relays(reason) {
				s.skipRest = reason
			}
			r := stage.Result{Stage: name, Status: stage.Skip, Reason: reason}
			if facts != nil {
				r.Facts = facts
			}
			s.result(r)
			return r
		}
	}
	s.log.event(stage.Event{Type: stage.EventStart, Check: s.check.ID, Stage: name})
	start := time.Now()
	limited, cancel := s.limited(ctx, name)
	silent := s.listen(name, cancel)
	out := s.stage(limited, ctx, name)
	cancel()
	s.heardOut(silent)
	r := s.judge(ctx, name, out)
	if r.Status != stage.Skip {
		r.Time = stage.Ms(time.Since(start))
	}
	s.result(r)
	s.denied(r)
	silent.close(r)
	if silent != nil && r.Status != stage.Fail && s.raw != nil {
		_ = s.seat.Talk(ctx, s.raw.RemoteAddr().String()) // if the result came late, another check has the seat
	}
	return r
}

// limited returns the context of a stage. The first two have limits of their own.
func (s *session) limited(ctx context.Context, name stage.Stage) (context.Context, context.CancelFunc) {
	if name == stage.Resolve || name == stage.Connect {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.limit(name))
}

// limit returns how long a stage may take. A follow-up that only looks whether a server
// answers waits as long as for a connection, because its parent has waited for the full
// limit.
func (s *session) limit(name stage.Stage) time.Duration {
	switch {
	case !s.check.FollowUp(), name == stage.Login, name == stage.Mailbox, name == stage.Submit:
		return s.opt.StageTimeout
	case s.check.Question == stage.AskPortSpeaksPlain:
		return min(s.opt.StageTimeout, s.opt.ConnectTimeout, inSilence)
	}
	return s.task.aside.limit(min(s.opt.StageTimeout, s.opt.ConnectTimeout))
}

// reach returns how long a stage up to the connection may take: limit, or what is left
// of a follow-up's patience.
func (s *session) reach(limit time.Duration) time.Duration {
	if s.patient.IsZero() {
		return limit
	}
	return min(limit, max(time.Until(s.patient), time.Millisecond))
}

// stage runs one stage. The context limited ends with the stage, ctx with the run.
func (s *session) stage(limited, ctx context.Context, name stage.Stage) outcome {
	switch name {
	case stage.Resolve:
		return s.resolve(ctx)
	case stage.Connect:
		return s.connect(ctx)
	case stage.Handshake:
		return s.handshake(limited)
	case stage.Greeting:
		return s.greeting(limited)
	case stage.Upgrade:
		return s.startTLS(limited)
	case stage.Capabilities:
		return s.capabilities(limited)
	case stage.Login:
		return s.login(limited)
	default:
		return s.last(limited)
	}
}

// judge turns an outcome into a result. A stage cut short by the run's end is reported
// as interrupted, whatever its error.
func (s *session) judge(ctx context.Context, name stage.Stage, out outcome) stage.Result {
	r := stage.Result{Stage: name, Status: out.status, Reason: out.reason, Facts: out.facts}
	if out.err != nil {
		r.Fault = s.faultOf(out.err)
	}
	switch {
	case out.err != nil && dial.Over(ctx):
		r.Status, r.Reason, r.Fault = stage.Skip, skipReason(ctx), ""
	case r.Status != "":
	case out.err != nil:
		r.Status = stage.Fail
	default:
		r.Status = stage.Pass
	}
	return r
}

// faultOf returns the fault of an error. An alert after the handshake, from a server
// that requested a client certificate, means that the server requires one (RFC 8446
// 4.4.2.4), whatever the alert's name.
func (s *session) faultOf(err error) stage.Fault {
	e, ok := errors.AsType[*stage.Error](err)
	switch {
	case !ok:
		return stage.InternalProblem
	case e.Fault == stage.TLSAlert && s.talk != nil && s.askedCert:
		return stage.ClientCertAsked
	}
	return e.Fault
}

func (s *session) result(r stage.Result) {
	s.log.event(stage.Event{Type: stage.EventResult, Check: s.check.ID, Result: &r})
}

func (s *session) attempted(a stage.Attempt) {
	s.log.event(stage.Event{Type: stage.EventAttempt, Check: s.check.ID, Attempt: &a})
	s.contacted(s.check, s.check.Endpoint.Host, a.Address)
}

// begin starts the protocol's dialogue on a connection.
func (s *session) begin(nc net.Conn) {
	s.conn = wire.New(nc, wire.Limits{}, s.transcript())
	s.conn.BeforeClose(s.recount) // the IMAP library closes the connection itself
	s.protect()
	switch s.check.Endpoint.Protocol {
	case stage.IMAP:
		s.talk = imap.New(s.conn)
	case stage.POP3:
		s.talk = pop3.New(s.conn)
	default:
		s.talk = smtp.New(s.conn, smtp.Options{Hello: s.opt.Hello, Sender: s.sender(), Recipient: s.recipient()})
	}
}

// transcript returns what takes the lines of the dialogue; nil if nobody wants them.
func (s *session) transcript() func(stage.Line) {
	if !s.log.lines {
		return nil
	}
	return func(l stage.Line) {
		s.log.event(stage.Event{Type: stage.EventLine, Check: s.check.ID, Line: &l})
	}
}

// suspectTrip is the round trip of the first packet from which it is compared with the
// later ones. A router or this machine may have had to resolve a link-layer address
// first (RFC 826, RFC 4861).
const suspectTrip = 100 * time.Millisecond

// recount reports the kernel's counters since the connection began, if segments were
// retransmitted or only the first packet took long.
func (s *session) recount() {
	k := dial.KernelView(s.raw)
	if k == nil {
		return
	}
	trip := k.RoundTrip
	quicker := k.Quickest > 0 && s.trip >= suspectTrip && k.Quickest < s.trip/2
	if quicker {
		trip = k.Quickest
	}
	if k.Retransmits <= s.again && !quicker {
		return
	}
	s.log.event(stage.Event{Type: stage.EventKernel, Check: s.check.ID, Kernel: &stage.Kernel{RoundTrip: stage.Ms(trip), Retransmits: k.Retransmits}})
}

// close ends the session with QUIT or LOGOUT, if the dialogue allows it, and closes the
// connection.
func (s *session) close(ctx context.Context) {
	if s.talk != nil && !dial.Over(ctx) {
		ctx, cancel := context.WithTimeout(ctx, min(goodbye, s.opt.StageTimeout))
		s.talk.Quit(ctx)
		cancel()
	}
	s.hangUp()
}

// hangUp closes the connection, if there is one. It reports the kernel's counters
// first, unless the dialogue's connection does so.
func (s *session) hangUp() {
	if s.unheard != nil {
		s.unheard()
	}
	switch {
	case s.conn != nil:
		s.conn.Close()
	case s.raw != nil:
		s.recount()
		s.raw.Close()
	}
}

// state returns the TLS state, or nil without TLS.
func (s *session) state() *tls.ConnectionState {
	if s.conn == nil {
		return nil
	}
	return s.conn.TLS()
}
