package report

import (
	"math"
	"slices"
	"strconv"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/expect"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// noAction returns what to say if there is nothing to do, or nothing is known.
func noAction(l *prose.Language, rec *stage.Record, w weighed, kept []Configured) Hint {
	only := func(v prose.Value) Hint { return hint(l, []prose.Value{v}, "") }
	_, left := aboutLogins(rec)
	switch {
	case !left.Empty():
		return only(left)
	case len(unfound(rec)) > 0 && Unasked(rec.Sources, rec.Header.System.LinkUp):
		return only(NextUnasked(rec.Header.System.LinkUp))
	case w.inVain, len(unfound(rec)) > 0:
		about := prose.Data(rec.Header.Plan.Subjects[0].Domain)
		if !w.inVain {
			about = prose.Data(unfound(rec)[0].Domain)
		}
		return hint(l, []prose.Value{say.DiscoveryProvider(about)}, checkAgain(rec, []string{"imaps://SERVER", "smtps://SERVER"}))
	case rec.End.State == stage.RanOutOfTime && w.overall() != Works:
		more := strconv.Itoa(int(math.Ceil(2*timeLimit(rec).Duration().Seconds()))) + "s"
		return hint(l, []prose.Value{say.NothingMoreTime()}, checkAgain(rec, arguments(rec), "--run-timeout", more))
	case rec.End.State != stage.Complete && w.overall() != Works:
		return only(say.NothingRunAgain())
	case weight[w.overall()] > weight[WorksWithWarnings]:
		return only(say.NothingKnown())
	case counts(w.judged, expect.Unmet) > 0:
		return Hint{} // there is something to do, and what was expected says what
	case !w.partly && len(haveTheSame(kept)) > 0:
		return only(say.NothingToDoSame(prose.And(haveTheSame(kept)...)))
	case !w.partly && hasProfile(rec):
		return only(say.NothingToDo())
	case !w.partly:
		return Hint{}
	case !rec.Header.Options.Login:
		return only(say.NothingLeftOut())
	}
	for _, s := range rec.Header.Plan.Subjects {
		switch s.Kind {
		case stage.SubjectAddress:
			return only(say.NothingSecret()) // the address is in the command that was just typed
		case stage.SubjectDomain:
			return hint(l, []prose.Value{say.NothingSoFar()}, checkAgain(rec, []string{"YOU@" + s.Domain}))
		}
	}
	return only(say.NothingNoAddress())
}

// arguments returns what was examined, as it was typed.
func arguments(rec *stage.Record) []string {
	var out []string
	for _, s := range rec.Header.Plan.Subjects {
		out = append(out, s.Argument)
	}
	return out
}

func hasProfile(rec *stage.Record) bool {
	return slices.ContainsFunc(rec.Header.Plan.Subjects, func(s stage.Subject) bool { return s.Profile != nil })
}

// haveTheSame names the programs with nothing but servers that work; none if any other
// program has something else.
func haveTheSame(kept []Configured) []prose.Value {
	var names []prose.Value
	for _, a := range kept {
		if a.Relayed {
			continue
		}
		if len(a.Servers) == 0 || slices.ContainsFunc(a.Servers, func(s ConfiguredServer) bool { return s.Outcome != ConfiguredSame }) {
			return nil
		}
		names = prose.AppendNew(names, chart.ProgramName(a.Configured))
	}
	return names
}

// NextUnasked says what to do after a search that could ask nobody.
func NextUnasked(linkUp bool) prose.Value {
	if linkUp {
		return say.DiscoveryResolver()
	}
	return say.DiscoveryConnect()
}
