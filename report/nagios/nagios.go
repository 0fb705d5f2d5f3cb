// Package nagios writes a report as the output of a monitoring plugin, for Nagios,
// Icinga and programs that take the same: a line with the status, its reason and
// performance data, and after it a line for each endpoint and expectation, the worst
// first.
//
//	MAILDOCTOR CRITICAL - cert-expired, The certificate has expired. | 'time'=0.742s;;;0 ...
//
// The exit code is the status ([Code]): 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. That is
// the one form on which the exit code of maildoctor depends, because such programs read
// nothing else. The form is that of the Monitoring Plugins Development Guidelines.
package nagios

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/points"
)

// Exit codes of plugins.
const (
	OK       = 0
	Warning  = 1
	Critical = 2
	Unknown  = 3
)

// statuses are the words for exit codes, which the guidelines define.
var statuses = [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}

// Limits of what is written, in bytes. Nagios reads 8 KiB of a plugin's output, and
// drops the rest without a word.
const (
	maxPerformance = 3 << 10
	maxSentence    = 1 << 10
	maxLong        = 7 << 10 // all lines together
)

// Code returns the exit code of a run. It is the worst of what is known; an interrupted
// run is UNKNOWN in any case.
func Code(r *report.Report) int { return code(r, points.Of(r, false)) }

func code(r *report.Report, all []points.Point) int {
	unmet := func(s points.State) bool {
		for _, p := range all {
			if p.Expectation != nil && p.State == s {
				return true
			}
		}
		return false
	}
	switch {
	case r.Ended == stage.WasInterrupted:
		return Unknown
	case r.RunStood(false):
		if slices.ContainsFunc(all, func(p points.Point) bool { return !p.Stood && p.State == points.Warned }) {
			return Warning
		}
		return OK
	case r.Verdict == report.DoesNotWork, unmet(points.Failed):
		return Critical
	case r.Verdict == report.Unknown:
		return Unknown
	case r.Verdict == report.WorksWithWarnings, unmet(points.Warned), r.ExitCode(false) != 0:
		return Warning
	}
	return OK
}

// Render writes the report. It returns write errors of w.
func Render(w io.Writer, r *report.Report, _ report.Options) error {
	all := points.Of(r, false)
	b := bufio.NewWriter(w)
	status := code(r, all)
	first := fmt.Sprintf("%s - %s | %s", head(status), reason(r, status, all), performance(r, all))
	fmt.Fprintln(b, first)
	long(b, r, points.Worst(all), maxLong-len(first))
	return b.Flush()
}

// Refuse writes the output for what ended maildoctor before there was a report: wrong
// usage, a bad file, a failure of its own. Its exit code is [Unknown].
func Refuse(w io.Writer, why string) error {
	first, rest, _ := strings.Cut(strings.TrimSpace(why), "\n")
	out := head(Unknown) + " - " + text(first) + "\n"
	for line := range strings.Lines(rest) {
		out += text(line) + "\n"
	}
	_, err := io.WriteString(w, out)
	return err
}

// service is the name before the status.
const service = "MAILDOCTOR"

func head(status int) string { return fmt.Sprintf("%s %s", service, statuses[status]) }

// text returns text as one line without the character that begins performance data.
func text(s string) string {
	return strings.ReplaceAll(prose.Shorten(points.OneLine(s), maxSentence), "|", "¦")
}

// reason returns what stands behind the status: the cause and its sentence, of the
// worst point that has this status, or else the summary.
func reason(r *report.Report, status int, all []points.Point) string {
	states := map[int]points.State{Warning: points.Warned, Critical: points.Failed, Unknown: points.Open}
	for _, p := range all {
		if status != OK && p.State == states[status] && !p.Stood {
			return text(p.Symbol() + ", " + p.Said)
		}
	}
	if status == OK && r.NewsOnly && len(r.AgainstText()) > 0 {
		return text(strings.Join(r.AgainstText(), " "))
	}
	if len(r.Summary) == 0 {
		return text(r.Title)
	}
	if status == OK {
		return text(r.Summary[0])
	}
	return text(string(r.Verdict) + ", " + r.Summary[0])
}

// long writes a line for each point, as far as there is room, and how many more there
// are.
func long(b *bufio.Writer, r *report.Report, all []points.Point, room int) {
	for i, p := range all {
		line := word(p) + " " + text(p.Title())
		if p.State != points.Passed {
			line += ": " + text(p.Symbol()+", "+p.Said)
			if p.Action != "" {
				line += " " + text(p.Action)
			}
		}
		if room -= len(line) + 1; room < 0 {
			fmt.Fprintln(b, text(r.Language.Text(say.PointOthers(prose.Count(len(all)-i)))))
			return
		}
		fmt.Fprintln(b, line)
	}
}

// words are the states in lines of points, as the status has them.
var words = map[points.State]string{
	points.Passed: "[OK]", points.Warned: "[WARNING]", points.Failed: "[CRITICAL]", points.Open: "[UNKNOWN]", points.Unjudged: "[SKIP]",
}

func word(p points.Point) string { return words[p.State] }
