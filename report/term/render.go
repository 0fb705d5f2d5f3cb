package term

import (
	"io"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// Render writes the report as text: that of a run, or of two runs if the report is
// compared with another. It returns write errors of w.
func Render(w io.Writer, r *report.Report, o report.Options) error {
	p := &page{w: w, l: r.Language, colours: newPalette(w, o.Colour), width: o.Columns(), ascii: o.ASCII, wide: o.EastAsian, linear: o.Linear}
	if r.Against != nil {
		comparison(p, r, o)
	} else {
		single(p, r, o)
	}
	return p.write()
}

// single writes the report of one run.
func single(p *page, r *report.Report, o report.Options) {
	notices(p, r)
	verdict(p, r)
	whatToDo(p, r)
	expectations(p, r, o.Verbose > 0)
	configured(p, r)
	settings(p, r)
	connections(p, r, o.Verbose > 0)
	otherPrograms(p, r)
	details(p, r, o)
	foot(p, r, o.Verbose)
}

// details writes what Verbose requests.
func details(p *page, r *report.Report, o report.Options) {
	if o.Verbose > 0 {
		sources(p, r)
		conclusions(p, r)
		evidence(p, r)
		followUps(p, r)
		transcripts(p, r, o.Verbose > 1)
	}
	if o.Verbose > 1 {
		everything(p, r)
	}
}

func notices(p *page, r *report.Report) {
	for _, n := range r.Notices {
		p.flow(nil, 0, n, warn, p.column())
	}
	p.blank()
}

// verdict writes the outcome in one line and explains it in a few.
func verdict(p *page, r *report.Report) {
	p.flow(p.about(p.verdict(r.Verdict, r.AsFarAsTested)), 2, r.Title, strong, p.width)
	p.blank()
	p.flow(line{{"  ", plain}}, 2, r.SummaryText(), plain, p.column())
}

// verdict returns a verdict in words, with its sign. partly says that it doesn't
// cover everything, which is not mentioned if something failed before that.
func (p *page) verdict(v report.Verdict, partly bool) line {
	words := verdicts[v]
	sign := words.sign
	if p.ascii {
		sign = words.ascii
	}
	said := sign + " " + p.text(words.said)
	if p.linear {
		said = p.text(words.said)
	}
	out := line{{said, words.style}}
	if partly && v != report.DoesNotWork && v != report.Unknown {
		out = append(out, span{" " + p.text(say.VerdictAsFar()), plain})
	}
	return out
}

// about returns a verdict, ready to be followed by its subject.
func (p *page) about(verdict line) line {
	if p.linear {
		verdict[len(verdict)-1].text += ":"
		return verdict
	}
	return append(verdict, span{"   ", plain})
}

func whatToDo(p *page, r *report.Report) {
	if len(r.Actions) == 0 && r.NoAction.Empty() {
		return
	}
	p.head(say.HeadWhatToDo())
	if len(r.Actions) == 0 {
		p.hint(line{{"  ", plain}}, 2, r.NoAction)
		return
	}
	numbered(p, r, r.Actions)
}

// numbered writes a numbered list of actions.
func numbered(p *page, r *report.Report, actions []cause.Action) {
	for i, a := range actions {
		number := p.pad("  "+strconv.Itoa(i+1)+".", 5)
		who := p.label(r.Party(a.Who)) + ": "
		p.hint(line{{number, plain}, {who, strong}}, 5, report.Hint{Text: a.Text(p.l), Command: a.Command(p.l)})
	}
}

// hint writes a hint. A command that doesn't fit after the text gets a line of its
// own, which is never broken, so that it can be copied.
func (p *page) hint(prefix line, hang int, h report.Hint) {
	if h.Command == "" || p.lineWidth(prefix)+p.widest(p.clean(h.Whole())) <= p.column() {
		p.flow(prefix, hang, h.Whole(), plain, p.column())
		return
	}
	p.flow(prefix, hang, h.Text, plain, p.column())
	if p.linear {
		hang = 0
	}
	p.add(span{strings.Repeat(" ", hang), plain}, span{p.clean(h.Command), strong})
}
