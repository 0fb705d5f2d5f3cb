package probe

import (
	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// asPrograms orders the handshakes that other mail programs would make with a group's
// servers, if requested. It returns false if there is nothing to do. It comes last: the
// conclusions about the group don't depend on it, and it must not keep servers busy
// while the run's own connections are made.
func (r *run) asPrograms(g *group) bool {
	if !r.opt.Programs || g.final || r.over(g) {
		return false
	}
	g.final = true
	checks := programs.Handshakes(r.log.part(r.members(g)))
	r.mu.Lock()
	var jobs []queue.Job
	for i := range checks {
		c := &checks[i]
		r.log.event(stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: c})
		jobs = append(jobs, &task{run: r, check: c, group: g})
	}
	g.left += len(jobs)
	r.mu.Unlock()
	r.queue.AddNext(jobs...)
	return len(jobs) > 0
}
