package term

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/report"
)

// comparison writes what differs between an older run and the newer one, whose
// report is r: the difference first, then what stayed the same, because both
// carry the conclusion.
func comparison(p *page, r *report.Report, o report.Options) {
	c := r.Against
	notices(p, r)
	compared(p, r, c)
	pastActions(p, r, c)
	settings(p, r)
	differences(p, "WHAT CHANGED", c, c.Changed)
	differences(p, "WHAT DID NOT", c, c.Same)
	differences(p, "CANNOT BE COMPARED", c, c.Apart)
	differences(p, "THE TWO RUNS", c, c.Circumstances)
	if o.Verbose > 0 {
		connections(p, r)
	}
	details(p, r, o)
	comparedFoot(p, r, c, o.Verbose)
}

// compared says the verdict of both runs, and what differs.
func compared(p *page, r *report.Report, c *report.Comparison) {
	head := func(v report.Verdict, partly bool) span {
		words := verdicts[v]
		sign := words.sign
		if p.ascii {
			sign = words.ascii
		}
		text := sign + " " + words.word
		if partly && (v == report.Works || v == report.WorksWithWarnings) {
			text += " as far as tested"
		}
		return span{text, words.style}
	}
	p.flow(line{head(c.New.Verdict, c.New.AsFarAsTested), {"   ", plain}}, 2, r.Title+" in "+c.New.Name, strong, p.width)
	p.flow(line{{"  (", plain}, head(c.Old.Verdict, c.Old.AsFarAsTested), {" in ", plain}}, 3,
		c.Old.Name+", "+ago(c.New.Started.Sub(c.Old.Started))+")", plain, p.width)
	p.blank()
	p.flow(line{{"  ", plain}}, 2, strings.Join(c.Summary, " "), plain, p.prose())
	if r.Verdict != report.Works {
		p.flow(line{{"  ", plain}}, 2, "Now: "+r.SummaryText(), plain, p.prose())
	}
}

// ago says how much earlier the older run was.
func ago(d time.Duration) string {
	when := "earlier"
	if d < 0 {
		d, when = -d, "later"
	}
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / u.unit); n > 0 {
			if n > 1 {
				u.name += "s"
			}
			return strconv.Itoa(n) + " " + u.name + " " + when
		}
	}
	return "at the same time"
}

// pastActions are what to do: the newer run's actions, or the older one's where
// the newer one needs none.
func pastActions(p *page, r *report.Report, c *report.Comparison) {
	if len(c.Actions) == 0 {
		whatToDo(p, r)
		return
	}
	p.head("WHAT TO DO where " + c.Old.Name + " was made")
	numbered(p, c.Actions)
}

// Columns of the table of differences.
const (
	partWidth = 13 // of a stage's name
	seenGap   = 2
)

// differences sets what two runs saw side by side, or one below the other where
// the page is too narrow for that.
func differences(p *page, head string, c *report.Comparison, ds []report.Difference) {
	if len(ds) == 0 {
		return
	}
	label, part := ansi.StringWidth(head), 0
	for _, d := range ds {
		label = max(label, 2+ansi.StringWidth(p.clean(d.What)))
		if d.Part != "" {
			part = partWidth
		}
	}
	at := label + seenGap + part
	each := (p.width - at) / 2
	p.blank()
	if each < 16 {
		stackedDifferences(p, head, c, ds)
		return
	}
	p.lines = append(p.lines, line{
		{pad(head, at), title},
		{pad(ansi.Truncate(p.clean(c.Old.Name), each-seenGap, ""), each), strong},
		{ansi.Truncate(p.clean(c.New.Name), each, ""), strong},
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
				name = pad("  "+p.clean(what), label+seenGap) + d.Part
			}
			l := line{{pad(name, at), plain}}
			l = append(l, cell(old, n, each, d.Old)...)
			l = append(l, cell(new, n, 0, d.New)...)
			p.lines = append(p.lines, l)
		}
	}
}

// cell is the n-th line of what a run saw.
func cell(lines []string, n, width int, s report.Seen) line {
	if n >= len(lines) {
		return line{{strings.Repeat(" ", width), plain}}
	}
	st := plain
	if s.Sign == report.SignFail {
		st = fail
	}
	return line{{pad(lines[n], width), st}}
}

// seen is what a run saw, with its sign, wrapped.
func (p *page) seen(s report.Seen, width int) []string {
	text := s.Text
	if s.Sign != "" {
		sign, _ := p.sign(s.Sign)
		text = sign + " " + text
	}
	return p.wrap(text, width)
}

func stackedDifferences(p *page, head string, c *report.Comparison, ds []report.Difference) {
	p.head(head)
	for _, d := range ds {
		p.flow(line{{"  ", plain}}, 2, strings.TrimSpace(d.What+"  "+d.Part), plain, p.width)
		for _, side := range []struct {
			name string
			seen report.Seen
		}{{c.Old.Name, d.Old}, {c.New.Name, d.New}} {
			text := strings.Join(p.seen(side.seen, p.width), " ")
			name := ansi.Truncate(p.clean(side.name), p.width/2-4, "")
			p.flow(line{{"    " + name + ": ", faint}}, 6, text, plain, p.width)
		}
	}
}

// comparedFoot is the foot of the newer run, with the causes that the older one
// had.
func comparedFoot(p *page, r *report.Report, c *report.Comparison, verbose int) {
	if len(c.Causes) > 0 {
		var past []string
		for _, x := range c.Causes {
			past = append(past, string(x.Cause)+", "+string(x.Confidence))
		}
		p.blank()
		p.flow(line{{pad("  Then", 13), faint}}, 13, strings.Join(past, "; ")+" in "+c.Old.Name, plain, p.prose())
		p.flow(line{{pad("  More", 13), faint}}, 13, "maildoctor explain "+string(c.Causes[0].Cause), plain, p.prose())
	}
	foot(p, r, verbose)
}
