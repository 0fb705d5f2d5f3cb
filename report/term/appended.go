package term

import (
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Limits of what is reported during a run.
const (
	repeated = 10 * time.Second // between two lines that say that nothing has arrived yet
	maxTold  = 30               // connections up to which each has lines of its own
)

// appended records what the appended lines have said.
type appended struct {
	begun     bool
	ended     int           // connections, or answered follow-ups
	at        time.Duration // when the number of ended connections was last reported
	followUps int           // follow-ups that were ordered
	answered  int
}

// told records what was said about one check.
type told struct {
	stage stage.Stage   // the stage in which nothing had arrived
	at    time.Duration // when that was said
	end   bool
}

// append writes a line for each piece of news: that the run begins, that a check has
// ended and, now and then, that one is still waiting.
func (p *Progress) append(elapsed time.Duration) {
	var said []prose.Value
	if !p.told.begun && len(p.order) > 0 {
		p.told.begun = true
		said = append(said, say.LinearBegins(prose.Count(len(p.order))))
	}
	if len(p.order) > maxTold {
		said = append(said, p.counted(elapsed))
	} else {
		for _, id := range p.order {
			said = append(said, p.checks[id].news(elapsed))
		}
	}
	said = append(said, p.asks())
	var b strings.Builder
	words := p.page()
	for _, v := range said {
		if !v.Empty() {
			b.WriteString(words.clean(p.l.Sentence(v)) + "\n")
		}
	}
	if b.Len() > 0 {
		p.put(b.String())
	}
}

// counted says how many of many connections have ended.
func (p *Progress) counted(elapsed time.Duration) (said prose.Value) {
	n := p.pace.ended
	if n == p.told.ended || n < len(p.order) && elapsed-p.told.at < repeated {
		return said
	}
	p.told.ended, p.told.at = n, elapsed
	return p.pace.said(say.LinearEnded(prose.Count(n), prose.Count(len(p.order))))
}

// news returns what is new about a check.
func (c *progressCheck) news(elapsed time.Duration) (said prose.Value) {
	state, sign := c.state(elapsed)
	switch {
	case sign != nil:
		if c.told.end {
			return said
		}
		c.told.end = true
	case c.stage == "" || elapsed-c.since.Duration() < patience || c.told.stage == c.stage && elapsed-c.told.at < repeated:
		return said
	default:
		c.told.stage, c.told.at = c.stage, elapsed
	}
	return say.LinearNamed(c.name, state)
}

// asks says that follow-ups were ordered, or that all of them have been answered.
func (p *Progress) asks() (said prose.Value) {
	answered := 0
	for _, ended := range p.asked {
		if ended {
			answered++
		}
	}
	n := len(p.asked)
	if n == p.told.followUps && (answered == p.told.answered || answered < n) {
		return said
	}
	p.told.followUps, p.told.answered = n, answered
	return say.ProgressAsked(prose.Count(n), prose.Count(answered))
}
