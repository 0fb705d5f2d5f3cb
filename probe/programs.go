package probe

import (
	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/queue"
	"maildoctor/probe/stage"
)

// asPrograms lets a group's servers be dialled as other mail programs would, where that
// was asked for; false where nothing of the kind is left to be done. It comes last: what
// is concluded about the group doesn't hang on it, and no server is busy with it while
// the run's own connections are made.
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
