package markdown

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// opening has the verdict, and why.
func (p *page) opening() part {
	r, v := p.r, verdicts[p.r.Verdict]
	head := "# " + v.sign + " " + p.text(v.said)
	if r.AsFarAsTested && (r.Verdict == report.Works || r.Verdict == report.WorksWithWarnings) {
		head += " " + p.text(say.VerdictAsFar())
	}
	c := r.Counts()
	if c.Unmet > 0 {
		head += ", " + p.text(say.MarkdownNotMet(prose.Count(c.Unmet)))
	}
	var b strings.Builder
	b.WriteString(head + ": " + Text(r.Title) + "\n\n")
	for _, n := range r.Notices {
		b.WriteString("> " + Text(n) + "\n\n")
	}
	b.WriteString(texts(r.Summary) + "\n\n" + p.counted(c) + "\n\n")
	if len(r.Expectations) > 0 {
		b.WriteString(p.expected(c) + "\n\n")
	}
	return part{more: b.String()}
}

// counted says how many connections came to which verdict.
func (p *page) counted(c report.Counts) string {
	said := some([]prose.Value{
		say.MarkdownNWork(prose.Count(c.Works)), say.MarkdownNWarn(prose.Count(c.Warnings)),
		say.MarkdownNFail(prose.Count(c.Fails)), say.MarkdownNUnknown(prose.Count(c.Unknown)),
	}, c.Works, c.Warnings, c.Fails, c.Unknown)
	if len(said) == 0 {
		return ""
	}
	return Text(p.l.Sentence(say.MarkdownCounted(prose.Count(len(p.r.Outcomes)), prose.All(said...))))
}

// expected says how many expectations came to what.
func (p *page) expected(c report.Counts) string {
	said := some([]prose.Value{
		say.MarkdownNMet(prose.Count(c.Met)), say.MarkdownNUnmet(prose.Count(c.Unmet)), say.MarkdownNNotJudged(prose.Count(c.NotJudged)),
	}, c.Met, c.Unmet, c.NotJudged)
	return Text(p.l.Sentence(say.MarkdownExpecting(prose.Count(len(p.r.Expectations)), prose.All(said...))))
}

// some returns those values whose number isn't 0.
func some(all []prose.Value, numbers ...int) []prose.Value {
	var out []prose.Value
	for i, v := range all {
		if numbers[i] > 0 {
			out = append(out, v)
		}
	}
	return out
}

// whatToDo lists the actions, those of the older run if this one has none.
func (p *page) whatToDo() part {
	out := part{name: say.MarkdownDo(), head: p.head(say.MarkdownDo()), foot: "\n"}
	actions := p.r.Actions
	if c := p.r.Against; c != nil && len(c.Actions) > 0 {
		actions, out.name = c.Actions, say.HeadThen(prose.Data(c.Old.Name))
		out.head = p.head(out.name)
	}
	if len(actions) == 0 && !p.r.NoAction.Empty() {
		out.items = []string{p.hint(p.r.NoAction) + "\n"}
	}
	for i, a := range actions {
		out.items = append(out.items, strconv.Itoa(i+1)+". **"+p.title(p.r.Party(a.Who))+":** "+
			p.hint(report.Hint{Text: a.Text(p.l), Command: a.Command(p.l)})+"\n")
	}
	return out
}

// unmet has a row for each expectation that is not met, those that fail the run first.
func (p *page) unmet() part {
	all := p.having(report.ExpectationUnmet)
	last := func(e *report.Expectation) string { // what doesn't fail the run
		if p.r.ExpectationStood(e) {
			return string(stage.ExpectWarn)
		}
		return string(e.Severity)
	}
	slices.SortStableFunc(all, func(a, b *report.Expectation) int { return strings.Compare(last(a), last(b)) })
	out := part{name: say.MarkdownUnmet(), head: p.head(say.MarkdownUnmet()) + p.columns(
		say.MarkdownPlace(), say.MarkdownEndpoint(), say.MarkdownExpectation(), say.MarkdownExpected(), say.MarkdownSeen(), say.FootCause(), say.MarkdownWorth(),
	), foot: "\n"}
	for _, e := range all {
		seen := Text(e.Seen)
		if seen == "" {
			seen = signs[report.SignNotReached]
		}
		out.items = append(out.items, row(p.place(e), p.code(e.Place), p.code(string(e.ID)), Text(e.Expected), seen, p.code(string(e.Cause)), p.worth(e)))
	}
	return out
}

// worth says what an unmet expectation does to the run.
func (p *page) worth(e *report.Expectation) string {
	if p.r.ExpectationStood(e) {
		return p.code(string(e.Severity)) + "<br>" + Text(p.r.StoodText())
	}
	return p.code(string(e.Severity))
}

// notJudged lists what this machine can't tell.
func (p *page) notJudged() part {
	all := p.having(report.ExpectationNotJudged)
	name := say.MarkdownNotJudged(prose.Count(len(all)))
	out := p.folded(name)
	out.head += p.columns(say.MarkdownPlace(), say.MarkdownEndpoint(), say.MarkdownExpectation(), say.MarkdownWhy())
	for _, e := range all {
		out.items = append(out.items, row(p.place(e), p.code(e.Place), p.code(string(e.ID)), p.whyNot(e)))
	}
	return out
}

// whyNot says why this machine can't tell and, where that would fail the run, why it
// doesn't.
func (p *page) whyNot(e *report.Expectation) string {
	if p.r.ExpectationStood(e) {
		return Text(e.Why) + "<br>" + Text(p.r.StoodText())
	}
	return Text(e.Why)
}

// having returns the expectations with an outcome.
func (p *page) having(o report.ExpectationOutcome) []*report.Expectation {
	var out []*report.Expectation
	for i := range p.r.Expectations {
		if e := &p.r.Expectations[i]; e.Outcome == o {
			out = append(out, e)
		}
	}
	return out
}

// place returns where an expectation stands, "smoke.toml:12".
func (p *page) place(e *report.Expectation) string {
	line, file := e.Line, ""
	if line == 0 {
		line = e.At
	}
	if p.r.File != nil {
		file = p.r.File.Path
	}
	switch {
	case line == 0:
		return p.code(file)
	case file == "":
		return p.code(strconv.Itoa(line))
	}
	return p.code(file + ":" + strconv.Itoa(line))
}

// configured says what mail programs have, next to what works.
func (p *page) configured() part {
	out := part{name: say.ConfiguredHead(), head: p.head(say.ConfiguredHead()), foot: "\n"}
	if p.r.ConfiguredNone != "" {
		out.items = append(out.items, Text(p.r.ConfiguredNone)+"\n")
	}
	for _, a := range p.r.Configured {
		out.items = append(out.items, "- "+Text(a.Title)+"\n")
		for _, s := range a.Servers {
			out.items = append(out.items, "  - "+signs[s.Sign]+" "+strings.TrimSpace(Text(s.Said)+" "+Text(s.Where))+"\n")
		}
	}
	return out
}

// programs says which other programs would connect.
func (p *page) programs() part {
	if p.r.Programs == nil {
		return part{}
	}
	title := p.r.Programs.Title
	out := part{name: prose.Data(title), head: "## " + Text(title) + "\n\n", more: "\n" + Text(p.r.Programs.Note) + "\n\n"}
	for _, kind := range p.r.Programs.Rows {
		out.items = append(out.items, "- "+Text(kind.Who)+"\n")
		for _, l := range kind.Lines {
			out.items = append(out.items, "  - "+signs[l.Sign]+" "+Text(l.Text)+"\n")
		}
	}
	return out
}
