// Package github writes a report as workflow commands of GitHub Actions: annotations in
// the list of a run, those of a smoke file at its lines.
//
// Errors are what fails, warnings what is not quite in order, notices the expectations
// that this machine can't judge; each kind's worst first. GitHub shows ten of a kind for
// each step, so no more are written: the last line, a notice, has the verdict, how many
// results there are of each kind, and how many are not shown.
package github

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
	"maildoctor/report/points"
)

// shown is how many annotations of a kind GitHub shows for a step.
const shown = 10

// Kinds of annotations, which are also the names of their commands.
const (
	kindError   = "error"
	kindWarning = "warning"
	kindNotice  = "notice"
)

// room is how many of each kind are written. The last line is a notice.
var room = map[string]int{kindError: shown, kindWarning: shown, kindNotice: shown - 1}

// Data and values of properties are escaped differently (actions/toolkit, command.ts).
var (
	dataEscaper  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	valueEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// Render writes the report. It returns write errors of w.
func Render(w io.Writer, r *report.Report, o report.Options) error {
	b := bufio.NewWriter(w)
	all := points.Of(r, o.Strict)
	written, left := make(map[string]int), make(map[string]int)
	for _, p := range points.Worst(all) {
		kind := kindOf(p, o.Strict)
		switch {
		case kind == "":
		case written[kind] == room[kind]:
			left[kind]++
		default:
			written[kind]++
			annotate(b, r, p, kind)
		}
	}
	last(b, r, points.Count(all), left)
	return b.Flush()
}

// kindOf returns the kind of annotation of a point; empty if it needs none.
func kindOf(p points.Point, strict bool) string {
	switch {
	case p.Fails(strict):
		return kindError
	case p.State == points.Warned:
		return kindWarning
	case p.State == points.Unjudged:
		return kindNotice
	}
	return ""
}

// annotate writes the annotation of a point. Its title is stable; the message says why,
// and what to do.
func annotate(b *bufio.Writer, r *report.Report, p points.Point, kind string) {
	message := points.OneLine(p.Said)
	if p.Action != "" {
		message += "\n" + r.Language.Title(say.PointWhatToDo()) + ": " + points.OneLine(p.Action)
	}
	var place []string
	if r.File != nil && p.Line > 0 {
		place = []string{property("file", strings.TrimPrefix(r.File.Path, "./")), property("line", fmt.Sprint(p.Line))}
	}
	title := p.Symbol() + ": " + p.Name
	if p.Expectation != nil {
		title = p.Name // ends with the expectation's id
	}
	command(b, kind, append(place, property("title", title)), message)
}

// property returns a property of a command.
func property(name, value string) string {
	return name + "=" + valueEscaper.Replace(points.OneLine(value))
}

// command writes a workflow command in a line of its own.
func command(b *bufio.Writer, name string, properties []string, data string) {
	fmt.Fprintf(b, "::%s %s::%s\n", name, strings.Join(properties, ","), dataEscaper.Replace(data))
}

// last writes the verdict, and what is not shown.
func last(b *bufio.Writer, r *report.Report, n points.Counts, left map[string]int) {
	figure := func(s points.State) prose.Value { return prose.Count(n[s]) }
	lines := []string{points.OneLine(r.SummaryText())}
	lines = append(lines, r.Language.Sentence(say.PointCounts(
		figure(points.Passed), figure(points.Warned), figure(points.Failed), figure(points.Open), figure(points.Unjudged))))
	if left[kindError]+left[kindWarning]+left[kindNotice] > 0 {
		lines = append(lines, r.Language.Sentence(say.PointMore(
			prose.Count(left[kindError]), prose.Count(left[kindWarning]), prose.Count(left[kindNotice]))))
	}
	title := string(r.Verdict) + ": " + r.Title
	command(b, kindNotice, []string{property("title", title)}, strings.TrimSpace(strings.Join(lines, "\n")))
}
