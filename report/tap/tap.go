// Package tap writes a report in the Test Anything Protocol, version 14: a point for
// each endpoint and each expectation of a smoke file ([points.Of]), with diagnostics in
// YAML. An expectation that this machine can't judge is skipped. TAP has no warnings: a
// point with one is ok, and says "severity: warning"; with [report.Options.Strict] it is
// not ok. Comments at the end have the verdict of the run and the numbers of results.
package tap

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"maildoctor/report"
	"maildoctor/report/points"
)

// escaper escapes what would begin a directive (TAP 14, "Escaping").
var escaper = strings.NewReplacer(`\`, `\\`, `#`, `\#`)

// Render writes the report. It returns write errors of w.
func Render(w io.Writer, r *report.Report, o report.Options) error {
	b := bufio.NewWriter(w)
	all := points.Of(r, o.Strict)
	fmt.Fprintf(b, "TAP version 14\n1..%d\n", len(all))
	for i, p := range all {
		point(b, r, p, i+1, o.Strict)
	}
	n := points.Count(all)
	fmt.Fprintf(b, "# maildoctor %s\n# verdict: %s\n", comment(r.Version), r.Verdict)
	fmt.Fprintf(b, "# passed: %d\n# warned: %d\n# failed: %d\n# open: %d\n# not-judged: %d\n",
		n[points.Passed], n[points.Warned], n[points.Failed], n[points.Open], n[points.Unjudged])
	if r.File != nil {
		fmt.Fprintf(b, "# file: %s\n# sha256: %s\n", comment(r.File.Path), comment(r.File.SHA256))
	}
	return b.Flush()
}

// comment returns text for a line of comment.
func comment(s string) string { return points.OneLine(s) }

// escaped returns text for a description or the reason of a directive.
func escaped(s string) string { return escaper.Replace(points.OneLine(s)) }

// point writes a test point. A point that passes has no diagnostics but its time.
func point(b *bufio.Writer, r *report.Report, p points.Point, number int, strict bool) {
	if p.Fails(strict) {
		fmt.Fprint(b, "not ")
	}
	fmt.Fprintf(b, "ok %d - %s", number, escaped(p.Title()))
	if p.State == points.Unjudged {
		fmt.Fprint(b, " # SKIP "+escaped(p.Said))
	}
	fmt.Fprint(b, "\n  ---\n")
	for _, f := range diagnostics(r, p) {
		fmt.Fprintf(b, "  %s: %s\n", f.name, f.value)
	}
	fmt.Fprint(b, "  ...\n")
}

// field is a line of diagnostics; the value is in JSON, which YAML 1.2 includes.
type field struct{ name, value string }

// severities are the values of the field that TAP's examples have.
var severities = map[points.State]string{
	points.Passed: "comment", points.Warned: "warning", points.Failed: "fail", points.Open: "error", points.Unjudged: "skip",
}

// diagnostics lists what is known of a point.
func diagnostics(r *report.Report, p points.Point) []field {
	out := []field{{"severity", quoted(severities[p.State])}}
	add := func(name, value string) {
		if value != "" {
			out = append(out, field{name, quoted(value)})
		}
	}
	add("message", p.Said)
	add("verdict", string(p.Verdict))
	add("cause", string(p.Cause))
	add("action", p.Action)
	if e := p.Expectation; e != nil {
		add("expectation", string(e.ID))
		add("wanted", e.Expected)
		add("found", e.Seen)
	} else {
		out = append(out, field{"duration_ms", fmt.Sprintf("%.3f", p.Time.Duration().Seconds()*1000)})
	}
	add("check", p.Check)
	if r.File != nil && p.Line > 0 {
		out = append(out, field{"at", fmt.Sprintf(`{"file": %s, "line": %d}`, quoted(r.File.Path), p.Line)})
	}
	return out
}

// quoted returns text in quotation marks.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(points.OneLine(s)) // a string and a Builder have no errors
	return strings.TrimSuffix(b.String(), "\n")
}
