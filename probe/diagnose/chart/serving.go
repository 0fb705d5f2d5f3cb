package chart

import "maildoctor/probe/stage"

// serving indexes the checks of the plan that passed all requested stages under
// encryption. They may replace other checks of the same subject.
type serving struct {
	first  map[subjectProtocol]*Exam
	best   map[subjectProtocol]*Exam // to be named before the others, if those are of other hosts
	atHost map[subjectHost]*Exam     // the same, among the checks of one host

	worked, broke map[subjectProtocol]bool // any check did, encrypted or not
}

type subjectHost struct {
	subjectProtocol
	host string
}

func (c *Case) serving() serving {
	return c.notice().serving.get(func() serving {
		s := serving{
			first: make(map[subjectProtocol]*Exam), best: make(map[subjectProtocol]*Exam), atHost: make(map[subjectHost]*Exam),
			worked: make(map[subjectProtocol]bool), broke: make(map[subjectProtocol]bool),
		}
		for _, k := range c.Checks {
			s.enter(c, k)
		}
		return s
	})
}

func (s *serving) enter(c *Case, k *Exam) {
	p := subjectProtocol{k.Check.Subject, k.Check.Endpoint.Protocol}
	ending := EndingOf(c.Record, k.CheckRecord)
	s.worked[p] = s.worked[p] || ending == Worked
	s.broke[p] = s.broke[p] || ending == Broke
	if !c.serves(k) {
		return
	}
	if s.first[p] == nil {
		s.first[p] = k
	}
	if at := (subjectHost{p, k.Host()}); s.atHost[at] == nil || c.before(k, s.atHost[at]) {
		s.atHost[at] = k
	}
	if s.best[p] == nil || c.before(k, s.best[p]) {
		s.best[p] = k
	}
}

// before reports whether a check is to be named before another, regardless of the
// check that they would replace.
func (c *Case) before(a, b *Exam) bool {
	return c.wayBy(OtherEndpoint, a, a.CheckRecord).before(c.wayBy(OtherEndpoint, b, b.CheckRecord))
}

// otherProtocols returns those of the same direction, receiving or sending.
func otherProtocols(p stage.Protocol) []stage.Protocol {
	switch p {
	case stage.IMAP:
		return []stage.Protocol{stage.POP3}
	case stage.POP3:
		return []stage.Protocol{stage.IMAP}
	}
	return nil
}
