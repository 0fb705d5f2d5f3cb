package reporttest

import (
	"fmt"
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Refuted returns what a report advises although its run has refuted it, and what
// the run has proven but the report does not say first; one sentence each.
func Refuted(rec *stage.Record, r *report.Report) []string {
	c := &check{rec: rec, r: r}
	if !c.online() {
		return nil // if nothing could be reached, nothing was refuted
	}
	for _, f := range r.Findings {
		if f.SuppressedBy != "" {
			continue
		}
		for _, a := range f.Actions {
			c.action(a, c.of(f.Checks))
		}
	}
	for _, a := range r.Actions {
		c.action(a, c.planned())
	}
	for _, s := range r.Settings {
		c.settings(s)
	}
	c.first()
	return c.wrong
}

// check compares one report with its run.
type check struct {
	rec   *stage.Record
	r     *report.Report
	wrong []string
}

func (c *check) errorf(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(c.wrong, s) {
		c.wrong = append(c.wrong, s)
	}
}

// online reports whether the run got an answer from another machine.
func (c *check) online() bool {
	return slices.ContainsFunc(c.rec.Checks, func(r stage.CheckRecord) bool { return passed(&r, stage.Connect) })
}

// planned returns the checks of the plan.
func (c *check) planned() []*stage.CheckRecord {
	var out []*stage.CheckRecord
	for i := range c.rec.Checks {
		if !c.rec.Checks[i].Check.FollowUp() {
			out = append(out, &c.rec.Checks[i])
		}
	}
	return out
}

// of returns the checks with these ids.
func (c *check) of(ids []string) []*stage.CheckRecord {
	var out []*stage.CheckRecord
	for _, id := range ids {
		if k := c.rec.Check(id); k != nil {
			out = append(out, k)
		}
	}
	return out
}

// action checks one action about some checks.
func (c *check) action(a cause.Action, about []*stage.CheckRecord) {
	if a.Who != cause.You || a.Kind == cause.Contact {
		return // others are asked to change what was refuted
	}
	text := a.Text(prose.English())
	for _, read := range []func(string, []*stage.CheckRecord) string{c.ports, c.encryption, c.password, c.protocol, c.userName, c.serverName} {
		if why := read(text, about); why != "" {
			c.errorf("advised: %q; %s", text, why)
		}
	}
}

// passed reports whether a stage was reached and let the check go on.
func passed(k *stage.CheckRecord, s stage.Stage) bool {
	r := k.Result(s)
	return r != nil && (r.Status == stage.Pass || r.Status == stage.Warn)
}

// failedAt reports whether a check failed in one of these stages.
func failedAt(k *stage.CheckRecord, stages ...stage.Stage) bool {
	f := k.Failed()
	return f != nil && f.Fault != stage.InternalProblem && slices.Contains(stages, f.Stage)
}

// usual reports whether a check was made as a mail program would make it.
func usual(k *stage.CheckRecord) bool {
	m := k.Check.Manner
	return m.Address == "" && m.Resolvers == nil && m.MaxSegment == 0 && m.Hello == "" && !m.Insist
}
