package term

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// comparison writes what differs between an older run and the newer one, whose
// report is r: the differences first, then what stayed the same, because both
// support the conclusion.
func comparison(p *page, r *report.Report, o report.Options) {
	c := r.Against
	notices(p, r)
	compared(p, r, c)
	pastActions(p, r, c)
	expectations(p, r, o.Verbose > 0)
	settings(p, r)
	differences(p, say.HeadChanged(), c, c.Changed)
	differences(p, say.HeadSame(), c, c.Same)
	differences(p, say.HeadApart(), c, c.Apart)
	differences(p, say.HeadTwoRuns(), c, c.Circumstances)
	if o.Verbose > 0 {
		connections(p, r, true)
	}
	details(p, r, o)
	comparedFoot(p, r, c, o.Verbose)
}

// compared writes the verdict of both runs, and what differs.
func compared(p *page, r *report.Report, c *report.Comparison) {
	p.flow(p.about(p.verdict(c.New.Verdict, c.New.AsFarAsTested)), 2, c.Title, strong, p.width)
	older := p.verdict(c.Old.Verdict, c.Old.AsFarAsTested)
	than := p.text(say.AgainstOlder(prose.Data(c.Old.Name), ago(c.New.Started.Sub(c.Old.Started))))
	if p.linear {
		p.flow(older, 0, than, plain, p.width)
	} else {
		p.flow(slices.Concat(line{{"  (", plain}}, older, line{{" ", plain}}), 3, than+")", plain, p.width)
	}
	p.blank()
	p.flow(line{{"  ", plain}}, 2, strings.Join(r.AgainstText(), " "), plain, p.column())
	if r.Verdict != report.Works {
		p.flow(line{{"  ", plain}}, 2, p.l.Sentence(say.AgainstNow())+" "+r.SummaryText(), plain, p.column())
	}
}

// ago says how much earlier the older run was.
func ago(d time.Duration) prose.Value {
	for _, u := range []struct {
		unit           time.Duration
		earlier, later func(n prose.Value) prose.Value
	}{
		{24 * time.Hour, say.EarlierDays, say.LaterDays},
		{time.Hour, say.EarlierHours, say.LaterHours},
		{time.Minute, say.EarlierMinutes, say.LaterMinutes},
		{time.Second, say.EarlierSeconds, say.LaterSeconds},
	} {
		n := prose.Count(int(d.Abs() / u.unit))
		switch {
		case d.Abs() < u.unit:
		case d < 0:
			return u.later(n)
		default:
			return u.earlier(n)
		}
	}
	return say.SameTime()
}

// pastActions writes what to do: the newer run's actions, or the older one's if the
// newer one has none.
func pastActions(p *page, r *report.Report, c *report.Comparison) {
	if len(c.Actions) == 0 {
		whatToDo(p, r)
		return
	}
	p.head(say.HeadThen(prose.Data(c.Old.Name)))
	numbered(p, r, c.Actions)
}

// Widths of the table of differences.
const (
	minPart = 13 // for a stage's name
	seenGap = 2
	minSeen = 14 // for what was seen; with less room the runs are shown one below the other
)

// differences shows what two runs saw side by side, or one below the other if the
// page is too narrow for that.
func differences(p *page, head prose.Value, c *report.Comparison, ds []report.Difference) {
	if len(ds) == 0 {
		return
	}
	if p.linear {
		spokenDifferences(p, head, c, ds)
		return
	}
	name := p.text(head)
	label, part := p.widest(name), 0
	for _, d := range ds {
		label = max(label, 2+p.widest(p.clean(d.What)))
		if d.Part != "" {
			part = max(part, minPart, p.widest(d.Part.Text(p.l))+1)
		}
	}
	at := label + seenGap + part
	each, need := (p.width-at)/2, max(minSeen, p.widest(p.clean(p.data(c.Old.Name)), p.clean(p.data(c.New.Name))))
	for _, d := range ds {
		need = max(need, p.longest(p.clean(d.Old.Text), p.clean(d.New.Text)))
	}
	p.blank()
	if each < need+seenGap {
		stackedDifferences(p, head, c, ds)
		return
	}
	p.lines = append(p.lines, line{
		{p.pad(name, at), title},
		{p.pad(p.clean(p.data(c.Old.Name)), each), strong},
		{p.clean(p.data(c.New.Name)), strong},
	})
	last := ""
	for _, d := range ds {
		what := d.What
		if what == last && d.Part != "" {
			what = ""
		}
		last = d.What
		old, new := p.seen(d.Old, each-seenGap), p.seen(d.New, each)
		for n := range max(len(old), len(new)) {
			name := ""
			if n == 0 {
				name = p.pad("  "+p.clean(what), label+seenGap) + d.Part.Text(p.l)
			}
			l := line{{p.pad(name, at), plain}}
			l = append(l, p.cell(old, n, each, d.Old)...)
			l = append(l, p.cell(new, n, 0, d.New)...)
			p.lines = append(p.lines, l)
		}
	}
}

// cell returns the n-th line of what a run saw.
func (p *page) cell(lines []string, n, width int, s report.Seen) line {
	if n >= len(lines) {
		return line{{strings.Repeat(" ", width), plain}}
	}
	st := plain
	if s.Sign == report.SignFail {
		st = fail
	}
	return line{{p.pad(lines[n], width), st}}
}

// seen returns what a run saw, with its sign, wrapped.
func (p *page) seen(s report.Seen, width int) []string {
	text := s.Text
	if s.Sign != "" {
		sign, _ := p.sign(s.Sign)
		text = sign + " " + text
	}
	return p.wrap(text, width)
}

func stackedDifferences(p *page, head prose.Value, c *report.Comparison, ds []report.Difference) {
	p.head(head)
	for _, d := range ds {
		p.flow(line{{"  ", plain}}, 2, strings.TrimSpace(d.What+"  "+d.Part.Text(p.l)), plain, p.width)
		for _, side := range []struct {
			name string
			seen report.Seen
		}{{c.Old.Name, d.Old}, {c.New.Name, d.New}} {
			text := strings.Join(p.seen(side.seen, p.width), " ")
			p.flow(line{{"    " + p.clean(p.data(side.name)) + ": ", faint}}, 6, text, plain, p.width)
		}
	}
}

// comparedFoot writes the foot of the newer run, with the causes that the older one
// had.
func comparedFoot(p *page, r *report.Report, c *report.Comparison, verbose int) {
	if len(c.Causes) > 0 {
		var past []prose.Value
		for _, x := range c.Causes {
			past = append(past, prose.All(prose.Data(string(x.Cause)), report.Confidences[x.Confidence]))
		}
		p.blank()
		p.footLine(say.FootThen(), p.text(say.FootPast(prose.Then(past...), prose.Data(c.Old.Name))))
		p.footLine(say.FootMore(), p.explain(c.Causes[0].Cause))
	}
	foot(p, r, verbose)
}
