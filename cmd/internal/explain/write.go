package explain

import (
	"fmt"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// Write writes the answer as text: the cause that leads, which lines say so, what to do,
// what to run next, and what else is possible. t says where settings are changed in the
// program that was named, if one was.
func (a *Answer) Write(t dialog.Typist) {
	w := writer{Answer: a, Typist: t}
	w.warn()
	if len(a.Guesses) == 0 {
		w.Paragraph("", w.Language.Sentence(say.ExplainUnknown()))
		fmt.Fprintln(w.Out)
		w.next()
		return
	}
	if a.Symptom != nil {
		w.Paragraph("", w.Language.Sentence(say.ExplainOwnWords()))
		fmt.Fprintln(w.Out)
		w.next()
		fmt.Fprintln(w.Out)
		w.others(a.Guesses)
		return
	}
	w.leading(a.Guesses[0])
	w.whereItSays()
	w.whatToDo(a.Guesses[0].Cause)
	fmt.Fprintln(w.Out)
	w.next()
	if others := a.Guesses[1:min(len(a.Guesses), maxOthers+1)]; len(others) > 0 {
		w.heading(say.ExplainOthers())
		w.others(others)
	}
}

// maxOthers is how many further causes are shown; JSON has all.
const maxOthers = 6

// writer writes an answer.
type writer struct {
	*Answer
	dialog.Typist
}

// heading writes the heading of a section.
func (w writer) heading(v prose.Value) { fmt.Fprintf(w.Out, "\n%s\n", w.Language.Text(v)) }

// warn says in which lines secrets are, but not what they are.
func (w writer) warn() {
	var lines []prose.Value
	for i, found := range w.secrets {
		if i == 0 || found.Line != w.secrets[i-1].Line {
			lines = append(lines, prose.Count(found.Line))
		}
	}
	n := len(lines)
	var said prose.Value
	switch {
	case n == 0:
		return
	case n > linesNamed:
		said = say.ExplainSecretsMany(prose.All(lines[:linesNamed]...), prose.Count(n-linesNamed))
	default:
		said = say.ExplainSecrets(prose.Count(n), prose.And(lines...))
	}
	w.Paragraph("", w.Language.Sentence(said)+" "+w.Language.Sentence(say.ExplainRedact()))
	fmt.Fprintln(w.Out)
}

// linesNamed is how many lines are named at most.
const linesNamed = 8

// leading writes the cause that leads, and what the text is.
func (w writer) leading(g reply.Guess) {
	l := w.Language
	p, ok := cause.PageOf(g.Cause)
	if !ok {
		return // impossible: a test sees that every cause has one
	}
	fmt.Fprintln(w.Out, l.Text(prose.All(prose.Data(string(g.Cause)), report.Confidences[g.Confidence])))
	w.Paragraph("  ", p.Sentence(l, nil))
	if about := w.about(); !about.Empty() {
		w.Paragraph("  ", l.Sentence(about))
	}
	w.note("  ", g.Cause)
}

// about says what the text is: by whom, and about which server.
func (w writer) about() prose.Value {
	var said []prose.Value
	if name := w.said.Writer.Name; name != "" {
		by := say.ExplainWrittenByClient(prose.Data(name))
		if w.said.Writer.End == "server" {
			by = say.ExplainWrittenByServer(prose.Data(name))
		}
		said = append(said, by)
	}
	if w.target.Server.Host != "" {
		said = append(said, say.ExplainAbout(prose.Data(mailurl.Of(w.target.Server))))
	}
	if len(said) == 0 {
		return prose.Value{}
	}
	return prose.Sentences(said...)
}

// note quotes what the provider says about a cause.
func (w writer) note(indent string, id cause.ID) {
	if n, ok := noteOn(w.named.provider, id); ok {
		w.Paragraph(indent, w.Language.Sentence(chart.Quote(prose.Data(w.named.provider.Name), n))+" "+n.URL)
	}
}

// whatToDo writes what the page of a cause says to do, and where in the program.
func (w writer) whatToDo(id cause.ID) {
	p, ok := cause.PageOf(id)
	if !ok {
		return
	}
	fmt.Fprintf(w.Out, "\n%s\n", strings.ToUpper(w.Language.Title(say.PageWhatToDo())))
	for i, line := range p.Lines(w.Language, cause.WhatToDo, nil) {
		number := fmt.Sprintf("  %d. ", i+1)
		w.Hanging(number, strings.Repeat(" ", len(number)), strings.TrimPrefix(line, "- "))
	}
	w.Where(p, w.Protocol)
	for _, open := range p.Open(nil) {
		w.Paragraph("  ", w.Language.Sentence(say.ExplainOpen(open.Said)))
	}
}

// next writes the command to run next, and why.
func (w writer) next() {
	n := w.Answer.next()
	w.Paragraph("", w.Language.Text(say.ExplainNext()))
	fmt.Fprintf(w.Out, "  %s\n", w.Language.Text(console.Command(n.words...)))
	w.Paragraph("  ", w.Language.Sentence(n.why))
	if lead := w.Lead(); lead != "" {
		fmt.Fprintf(w.Out, "  %s\n", w.Language.Text(console.Command("maildoctor", "explain", string(lead))))
		w.Paragraph("  ", w.Language.Sentence(say.ExplainNextPage()))
	}
}

// others writes further causes, each in a sentence: what tells it from the one that
// leads, if its page says so.
func (w writer) others(all []reply.Guess) {
	lead, ok := cause.PageOf(w.Lead())
	if !ok {
		return // impossible: a test sees that every cause has one
	}
	for _, g := range all {
		p, ok := cause.PageOf(g.Cause)
		if !ok {
			continue
		}
		fmt.Fprintf(w.Out, "  %s\n", w.Language.Text(prose.All(prose.Data(string(g.Cause)), report.Confidences[g.Confidence])))
		text := p.Sentence(w.Language, nil)
		if told := lead.ToldApart(w.Language, g.Cause); told != "" {
			text += " " + told
		}
		w.Paragraph("    ", text)
		if g.Cause != w.Lead() {
			w.note("    ", g.Cause)
		}
	}
}
