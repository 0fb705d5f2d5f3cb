package probe

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/expect"
	"maildoctor/probe/stage"
)

// Further tries. A check of the plan is tried again
//
//   - if [Options.Retries] says so and it failed, or took too long for what its file
//     expects, and
//   - if the server refused while others from here were connected to it, so that it may
//     have meant their number. The queue then makes connections to it one at a time.
//
// A password that was not accepted is not sent again. The questions of a group wait until
// all its tries have ended: they are about a fault that stays.

// maxAlone is how often a check is tried again because the server refused while others
// were connected to it.
const maxAlone = 3

// again orders a further try of a check that has just ended, if there is to be one.
func (r *run) again(t *task) {
	if t.check.FollowUp() {
		return
	}
	came, made := r.log.check(*t.check), max(t.check.Try-1, 0)
	switch {
	case unaccepted(&came), made == stage.MaxRepeats:
	case t.crowd > 1 && t.alone < maxAlone:
		r.repeat(t, 0)
	case made-t.alone < r.opt.Retries && (came.Failed() != nil || r.late(came)):
		r.repeat(t, r.opt.RetryWait)
	}
}

// unaccepted reports whether a password was sent that the server did not accept.
func unaccepted(c *stage.CheckRecord) bool {
	r, f := c.Result(stage.Login), stage.FactsOf[*stage.LoginFacts](c)
	return r != nil && r.Status == stage.Fail && f != nil && f.Sent
}

// noisy are the expectations that a moment of noise can leave unmet.
var noisy = []stage.ExpectationID{stage.ExpectReachable, stage.ExpectGreeting, stage.ExpectReady}

// late reports whether a check left such an expectation unmet.
func (r *run) late(came stage.CheckRecord) bool {
	if !slices.ContainsFunc(came.Check.Expects, func(e stage.Expectation) bool { return slices.Contains(noisy, e.ID) }) {
		return false
	}
	rec := &stage.Record{Header: r.log.header, Checks: []stage.CheckRecord{came}, End: stage.End{State: stage.Complete}}
	return slices.ContainsFunc(expect.Judge(rec, diagnose.Diagnosis{}), func(j expect.Judgement) bool {
		return j.Outcome == expect.Unmet && slices.Contains(noisy, j.ID)
	})
}

// repeat orders a further try of a check after a wait, unless the group's time is up
// before it could connect.
func (r *run) repeat(t *task, wait time.Duration) {
	next := r.nextTry(t, wait)
	if next == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.base, wait)
	context.AfterFunc(ctx, func() {
		cancel()
		r.queue.AddNext(next)
	})
}

// nextTry returns the task of a further try; nil if the time doesn't suffice.
func (r *run) nextTry(t *task, wait time.Duration) *task {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opt.RunTimeout != NoLimit && time.Since(t.group.start)+wait+r.opt.ConnectTimeout > r.opt.RunTimeout {
		return nil
	}
	c := *t.check
	of := c.ID
	if c.Repeats() {
		of = c.Parents[0]
	}
	c.Try, c.Parents, c.Crowd = max(c.Try, 1)+1, []string{of}, 0
	c.ID = fmt.Sprintf("%s/try-%d", of, c.Try)
	next := &task{run: r, check: &c, group: t.group, alone: t.alone}
	if t.crowd > 1 {
		c.Crowd = t.crowd
		next.alone++
	}
	t.group.whole().left++
	r.log.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: &c})
	return next
}

// refusing are the faults with which a server that has too many connections ends one.
var refusing = []stage.Fault{stage.TemporarilyOut, stage.Bye}

// denied notes that the server ended the session on its own, before it was sent a
// password, while there were other connections to it.
func (s *session) denied(r stage.Result) {
	if r.Status != stage.Fail || !slices.Contains(refusing, r.Fault) || s.check.FollowUp() {
		return
	}
	if f, ok := r.Facts.(*stage.LoginFacts); ok && f.Sent {
		return
	}
	s.task.crowd = s.seat.Denied()
}
