package term

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// footLabels are the labels of the lines at the foot. They determine where the texts
// begin, whichever lines there are.
var footLabels = []prose.Value{
	say.FootCause(), say.FootMore(), say.FootThen(), say.FootNotKnown(), say.FootFollowUps(), say.FootOpen(),
	say.FootLogins(), say.FootAsked(), say.FootRun(), say.FootFile(), say.FootPhone(),
}

// footLine writes one line of the foot, unless it is empty.
func (p *page) footLine(name prose.Value, text string) {
	if text != "" && p.linear {
		p.named(name, text)
		return
	}
	at := 0
	for _, l := range footLabels {
		at = max(at, 2+p.widest(p.label(l))+1)
	}
	if text != "" {
		p.flow(line{{p.pad("  "+p.label(name), at), faint}}, at, text, plain, p.column())
	}
}

// named writes a label and its text as a sentence.
func (p *page) named(name prose.Value, text string) {
	if !name.Empty() {
		text = p.label(name) + ": " + text
	}
	p.flow(nil, 0, text, plain, p.column())
}

// foot writes the remaining information.
func foot(p *page, r *report.Report, verbose int) {
	p.blank()
	causes, more := r.CausesNamed()
	p.footLine(say.FootCause(), p.text(prose.Then(causes...)))
	p.footLine(say.FootMore(), p.explain(more))
	for i, text := range r.NotKnown {
		name := say.FootNotKnown()
		if i > 0 {
			name = prose.Value{}
		}
		p.footLine(name, text)
	}
	made := r.Made
	if made != "" && verbose == 0 {
		made += " " + p.text(say.FootShown(prose.Count(len(r.FollowUps))))
	}
	p.footLine(say.FootFollowUps(), made)
	p.footLine(say.FootOpen(), r.OpenWords)
	p.footLine(say.FootLogins(), r.LoginWords)
	asked := r.ThirdParty
	if verbose > 0 {
		asked = r.Asked
	}
	p.footLine(say.FootAsked(), listed(append(slices.Clip(asked), r.NobodyElse)))
	run := r.Run
	if verbose > 0 {
		run = listed([]string{run, p.text(say.RunProgram(prose.Data(r.Version), prose.Data(r.System.OS+"/"+r.System.Arch)))})
	}
	p.footLine(say.FootRun(), run)
	p.footLine(say.FootFile(), r.FileText())
	p.footLine(say.FootPhone(), r.ByPhone)
}

// explain returns the command that explains a cause; empty if there is none.
func (p *page) explain(id cause.ID) string {
	if id == "" {
		return ""
	}
	return p.data(report.Command("", "maildoctor", "explain", string(id)))
}

// listed joins the non-empty texts.
func listed(texts []string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), ", ")
}
