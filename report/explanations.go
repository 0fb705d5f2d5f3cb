package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// maxActions limits the list of what to do: nobody follows a longer one. Causes that
// are merely possible beside the leading one add to it only while it is shorter than
// manyActions.
const (
	maxActions  = 4
	manyActions = 3
)

// explanations adds to each conclusion the words of its page, and the first thing to
// do about it: the way round its first check, or what the page says.
func explanations(l *prose.Language, rec *stage.Record, d diagnose.Diagnosis) []Explanation {
	round := make(map[string]cause.Action)
	for _, w := range d.Ways {
		if a, ok := wayAction(rec, w); ok && round[w.Round].ID == "" {
			round[w.Round] = a
		}
	}
	var out []Explanation
	for _, f := range d.Findings {
		g := Explanation{Finding: f, Title: l.Text(prose.Data(string(f.Cause)))}
		if p, ok := cause.PageOf(f.Cause); ok {
			g.Title = p.Title(l, f.Args)
		}
		switch {
		case len(f.Actions) > 0:
			g.Who, g.Action = f.Actions[0].Who, asSentence(l, f.Actions[0])
		case len(f.Checks) > 0 && round[f.Checks[0]].ID != "":
			g.Who, g.Action = cause.You, asSentence(l, round[f.Checks[0]])
		}
		out = append(out, g)
	}
	return out
}

// asSentence returns an action as a sentence, with its command.
func asSentence(l *prose.Language, a cause.Action) string {
	text := l.Title(a.Said())
	if c := a.Command(l); c != "" {
		text += " " + c
	}
	return text
}

// Sentence says what the conclusion is: in the words of its page where that has a sentence
// for it, otherwise by the title.
func (e *Explanation) Sentence(l *prose.Language) string {
	if p, ok := cause.PageOf(e.Cause); ok && p.Speaks(e.Args) {
		return p.Sentence(l, e.Args)
	}
	return e.Title
}

// hasSentence reports whether the page of a finding has a sentence for the summary.
func hasSentence(f diagnose.Finding) bool {
	p, ok := cause.PageOf(f.Cause)
	return ok && p.Speaks(f.Args)
}

// actions lists what to do: first what this run has proven, then the actions of the
// findings, the leading one's first. Each finding that is at least likely gets its
// first action before an earlier one gets its last. For causes that are merely
// possible beside the leading one, only cheap and harmless actions are listed,
// because the list is to be followed, not studied.
func actions(rec *stage.Record, d diagnose.Diagnosis) []cause.Action {
	out := append(wayActions(rec, d), ourRule(rec)...)
	major, minor := ranked(d)
	for i, f := range major {
		room := max(maxActions-len(out)-(len(major)-1-i), 1)
		out = appendActions(out, f, room, false)
	}
	for _, f := range minor {
		out = appendActions(out, f, min(manyActions-len(out), 1), true)
	}
	return out
}

// ranked divides the findings that require action into major ones, which are the
// leading one and those that are at least likely, and those that are merely
// possible.
func ranked(d diagnose.Diagnosis) (major, minor []diagnose.Finding) {
	for _, f := range d.Findings {
		switch {
		case f.SuppressedBy != "" || f.Severity == cause.Info:
		case len(major) > 0 && f.Confidence == cause.Possible:
			minor = append(minor, f)
		default:
			major = append(major, f)
		}
	}
	return major, minor
}

// appendActions appends up to room actions of a finding that the list lacks. If
// minor is set, it takes only those that may be listed beside another cause's.
func appendActions(out []cause.Action, f diagnose.Finding, room int, minor bool) []cause.Action {
	for _, a := range f.Actions {
		if room <= 0 || len(out) >= maxActions || slices.ContainsFunc(out, a.Same) || minor && !a.Beside {
			continue
		}
		out = append(out, a)
		room--
	}
	return out
}

// ourRule returns the action that lifts a rule of maildoctor's own: no password is
// sent readable unless the user allows it. The rule can be lifted only if the
// settings themselves use no encryption.
func ourRule(rec *stage.Record) []cause.Action {
	if rec.Header.Options.CleartextLogin {
		return nil
	}
	var args []string
	for _, c := range endpointChecks(rec) {
		r, s := c.Result(stage.Login), rec.Subject(c)
		if r == nil || s == nil || r.Reason != stage.CleartextNotAllowed || c.Check.Endpoint.Security != stage.None || !chart.LoginAsked(rec, c) {
			continue
		}
		if a := stage.Visible(s.Argument); !slices.Contains(args, a) {
			args = append(args, a)
		}
	}
	if len(args) == 0 {
		return nil
	}
	a := cause.Action{ID: cause.AllowClearLogin, Kind: cause.RunAgain, Who: cause.You}
	return []cause.Action{a.Saying(say.AllowClearLogin(), prose.Data(checkAgain(rec, args, "--allow-cleartext-login")))}
}

// notKnown lists what this run cannot decide. Every run that says sending works adds
// that no message was sent. It also says so if a server may be reachable only from
// here.
func notKnown(l *prose.Language, rec *stage.Record, d diagnose.Diagnosis, w weighed) []string {
	out := diagnose.NotKnown(l, d)
	if len(out) == 0 && w.sending == Works && !w.partly && weight[w.overall()] <= weight[WorksWithWarnings] {
		out = append(out, l.Text(say.UnknownWhetherArrives()))
	}
	if v := elsewhere(rec, w); !v.Empty() && weight[w.overall()] <= weight[WorksWithWarnings] {
		out = chart.AppendNew(out, l.Text(v))
	}
	return out
}

// transcripts returns what was sent and received on each connection.
func transcripts(l *prose.Language, rec *stage.Record) []Transcript {
	labels := shortLabels(rec)
	var out []Transcript
	for i := range rec.Checks {
		c := &rec.Checks[i]
		label := labels[c.Check.ID]
		for n, t := range c.Tries {
			if len(t.Transcript) > 0 {
				out = append(out, Transcript{c.Check.ID, l.Text(say.LabelOfTry(label, prose.Count(n+1))), t.Transcript})
			}
		}
		if len(c.Tries) == 0 && len(c.Transcript) > 0 {
			out = append(out, Transcript{c.Check.ID, l.Text(label), c.Transcript})
		}
	}
	for i := range rec.Trials {
		if c := &rec.Trials[i]; len(c.Transcript) > 0 {
			out = append(out, Transcript{c.Check.ID, l.Text(prose.Data(c.Check.ID)), c.Transcript})
		}
	}
	return out
}
