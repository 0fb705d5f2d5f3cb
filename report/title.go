package report

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// title says what was examined, and with a smoke file, what came of what it expects.
func (w weighed) title(rec *stage.Record) prose.Value {
	if rec.Header.Plan.File != nil {
		return fileTitle(rec, w.judged)
	}
	return title(rec)
}

// title says what was examined, by the arguments.
func title(rec *stage.Record) prose.Value {
	subjects := rec.Header.Plan.Subjects
	n := prose.Count(len(endpointChecks(rec)))
	first := prose.Data(first(subjects).Argument)
	switch len(subjects) {
	case 0:
		return say.TitleEndpoints(n)
	case 1:
		return first
	case 2:
		return say.TitleTwo(n, first, prose.Data(subjects[1].Argument))
	}
	return say.TitleMany(n, first, prose.Count(len(subjects)-1))
}

func first(subjects []stage.Subject) (s stage.Subject) {
	if len(subjects) > 0 {
		s = subjects[0]
	}
	return s
}

// notices are shown first.
func notices(rec *stage.Record) []prose.Value {
	var out []prose.Value
	if name := prose.Data(rec.Header.Options.Demo); !name.Empty() {
		out = append(out, say.NoticeDemo(name))
	}
	for _, again := range rec.Header.Resumed {
		when := inZone(again.At, rec.Header.System.Zone).Format(startFormat)
		out = append(out, say.NoticeResumed(prose.Data(when), prose.Count(again.Taken)))
	}
	switch rec.End.State {
	case stage.WasInterrupted:
		out = append(out, say.NoticeInterrupted(prose.Duration(rec.End.Time)))
	case stage.RanOutOfTime:
		out = append(out, say.NoticeOutOfTime(prose.Seconds(timeLimit(rec))))
	}
	if w := waitedFor(rec); len(w) > 0 {
		out = append(out, say.NoticeWaitedFor(prose.And(w...)))
	}
	if n := rec.Unknown; n > 0 {
		out = append(out, say.NoticeUnknown(prose.Count(n)))
	}
	if n := rec.Broken; n > 0 {
		out = append(out, say.NoticeBroken(prose.Count(n)))
	}
	return out
}

// waitedFor names the connections that had not answered when the run ended early,
// the unfinished stage, and how long it had waited.
func waitedFor(rec *stage.Record) []prose.Value {
	if rec.End.State == stage.Complete {
		return nil
	}
	var out []prose.Value
	for _, c := range endpointChecks(rec) {
		for _, r := range c.Results {
			if r.Status == stage.Skip && r.Time > 0 {
				place := prose.Data(protocolName(c.Check.Endpoint.Protocol) + " " + c.Check.Endpoint.Address())
				out = append(out, say.CellWaitedFor(place, stageName(r.Stage), prose.Duration(r.Time)))
			}
		}
	}
	return out
}

// timeLimit returns the time limit of the whole run.
func timeLimit(rec *stage.Record) stage.Millis {
	if limit := rec.Header.Options.RunTimeout; limit > 0 {
		return limit
	}
	return rec.End.Time
}

// runLine says when the run took place, how long it took, and which settings it
// used.
func runLine(rec *stage.Record) prose.Value {
	when := inZone(rec.Header.Started, rec.Header.System.Zone).Format(startFormat)
	var profiles []prose.Value
	for _, s := range rec.Header.Plan.Subjects {
		if s.Profile != nil && len(s.Profile.Published) == 0 {
			profiles = prose.AppendNew(profiles, say.RunProfile(prose.Data(s.Profile.ID), prose.Data(s.Profile.Date)))
		}
	}
	return say.RunLine(prose.Data(when), prose.Duration(rec.End.Time), prose.All(profiles...))
}
