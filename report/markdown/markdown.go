// Package markdown writes a report in GitHub Flavored Markdown (a superset of
// CommonMark), for the summary of a job and for a ticket: the verdict, what to do,
// expectations that are not met, how far each connection got, the settings, and, folded
// up, what was concluded from what, and the follow-ups.
//
// Text of a report may contain what a server, or a stranger's file, has written. None of
// it becomes markup: see [Text] and [Code]. Nor does it mention anybody, refer to
// anything, or become a link, for which GitHub and GitLab look in the text itself.
//
// A page has less than [MaxSize] bytes, because GitHub takes no larger summary of a job.
// What doesn't fit is left out from the end, in whole parts, and the page says what.
package markdown

import (
	"io"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// MaxSize is the limit of a page in bytes.
const MaxSize = 1 << 20

// Render writes the report as Markdown. No option has an effect. It returns write errors
// of w.
func Render(w io.Writer, r *report.Report, _ report.Options) error {
	p := &page{r: r, l: r.Language, stood: make(map[string]bool)}
	for _, id := range r.StoodEndpoints() {
		p.stood[id] = true
	}
	p.add(p.opening())
	p.add(p.whatToDo())
	p.add(p.changed())
	p.add(p.unmet())
	p.add(p.connections())
	p.add(p.settings())
	p.add(p.configured())
	p.add(p.programs())
	p.add(p.about())
	p.add(p.notJudged())
	p.add(p.evidence())
	p.add(p.followUps())
	p.add(p.alike())
	_, err := io.WriteString(w, p.whole(MaxSize-1))
	return err
}

// page is a report that is being laid out.
type page struct {
	r     *report.Report
	l     *prose.Language
	parts []part
	stood map[string]bool // by Check.ID: what was no better in the older run, where only news fails
}

// text puts a value into words, to follow a colon.
func (p *page) text(v prose.Value) string { return Text(p.l.Text(v)) }

// title puts a value into words, with a capital.
func (p *page) title(v prose.Value) string { return Text(p.l.Title(v)) }

// head returns a heading of the second level.
func (p *page) head(v prose.Value) string { return "## " + p.title(v) + "\n\n" }

// code returns data as code.
func (p *page) code(s string) string { return Code(p.l.Text(prose.Data(s))) }

// texts puts sentences on one line.
func texts(all []string) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = Text(s)
	}
	return strings.Join(out, " ")
}

// hint returns a hint, with its command as code.
func (p *page) hint(h report.Hint) string {
	if h.Command == "" {
		return Text(h.Text)
	}
	return Text(h.Text) + " " + Code(h.Command)
}

// signs are the cells of a connection, the same as at a terminal.
var signs = map[report.Sign]string{
	report.SignPass: "✓", report.SignWarn: "!", report.SignFail: "✗", report.SignNotReached: "–", report.SignNotPart: "·",
}

// verdicts begin a page.
var verdicts = map[report.Verdict]struct {
	sign string
	said prose.Value
}{
	report.Works:             {"✓", say.VerdictWorks()},
	report.WorksWithWarnings: {"!", say.VerdictWarnings()},
	report.DoesNotWork:       {"✗", say.VerdictDoesNotWork()},
	report.Unknown:           {"?", say.VerdictUnknown()},
}
