package term

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Widths of the table of evidence.
const (
	nameWidth   = 26
	columnWidth = 25 // at most, gap included, unless a single word is longer
)

// evidence sets what was seen of the endpoints side by side, as many as fit.
func evidence(p *page, r *report.Report) {
	if len(r.Evidence) == 0 {
		return
	}
	for rest := r.Evidence; len(rest) > 0; {
		n, used := 0, nameWidth
		var widths []int
		for _, e := range rest {
			w := min(evidenceWidth(p, e), p.width-nameWidth)
			if n > 0 && used+w > p.width {
				break
			}
			widths = append(widths, w)
			used += w
			n++
		}
		evidenceBlock(p, rest[:n], widths)
		rest = rest[n:]
	}
}

// evidenceWidth is how wide a column wants to be.
func evidenceWidth(p *page, e report.Evidence) int {
	longest, word := ansi.StringWidth(p.clean(e.Label)), 0
	for _, f := range e.Facts {
		value := p.clean(f.Value)
		longest = max(longest, ansi.StringWidth(value))
		for w := range strings.FieldsSeq(value) {
			word = max(word, ansi.StringWidth(w))
		}
	}
	return max(word+2, min(longest+2, columnWidth))
}

func evidenceBlock(p *page, columns []report.Evidence, widths []int) {
	p.blank()
	l := line{{pad("EVIDENCE", nameWidth), title}}
	for i, e := range columns {
		l = append(l, span{pad(p.clean(e.Label), widths[i]), strong})
	}
	if l.width() > p.width {
		l = line{{"EVIDENCE", title}, {"  " + p.clean(columns[0].Label), strong}}
	}
	p.lines = append(p.lines, l)
	for k, f := range columns[0].Facts {
		values := make([][]string, len(columns))
		height := 1
		for i, e := range columns {
			values[i] = p.wrap(e.Facts[k].Value, widths[i]-1)
			height = max(height, len(values[i]))
		}
		if slices.IndexFunc(columns, func(e report.Evidence) bool { return e.Facts[k].Value != "" }) < 0 {
			continue
		}
		for n := range height {
			name := ""
			if n == 0 {
				name = "  " + f.Name
			}
			l := line{{pad(name, nameWidth), plain}}
			for i, e := range columns {
				value, st := "", plain
				if n < len(values[i]) {
					value = values[i][n]
				}
				if e.Facts[k].Bad {
					st = fail
				}
				l = append(l, span{pad(value, widths[i]), st})
			}
			p.lines = append(p.lines, l)
		}
	}
}

// transcripts shows what was said, with the time of each line where stamped.
func transcripts(p *page, r *report.Report, stamped bool) {
	if len(r.Transcripts) == 0 {
		return
	}
	p.head("TRANSCRIPT (C this computer, S server; *** left out on purpose)")
	at := 0
	for _, t := range r.Transcripts {
		at = max(at, ansi.StringWidth(p.clean(t.Label)))
	}
	at = min(at, 20) + 5
	for _, t := range r.Transcripts {
		label := "  " + p.clean(t.Label)
		if ansi.StringWidth(label) > at-2 {
			p.flow(nil, 2, label, strong, p.width)
			label = ""
		}
		for _, l := range t.Lines {
			prefix := line{{pad(label, at), strong}}
			if stamped {
				prefix = append(prefix, span{fmt.Sprintf("%8.3f s  ", l.At.Duration().Seconds()), faint})
			}
			prefix = append(prefix, span{pad(string(l.From), 3), faint})
			p.flow(prefix, prefix.width(), lineText(l), plain, p.width)
			label = ""
		}
	}
}

// lineText is a line of a transcript, or a note of what was left out of it.
func lineText(l stage.Line) string {
	if l.Withheld > 0 && l.Text == "" {
		return fmt.Sprintf("*** (%d bytes left out)", l.Withheld)
	}
	return l.Text
}

// everything lists all facts of all checks, by the names that the JSON has.
func everything(p *page, r *report.Report) {
	p.head("EVERYTHING SEEN")
	for i := range r.Checks {
		c := &r.Checks[i]
		p.flow(line{{"  ", plain}}, 4, c.Check.ID, strong, p.width)
		for _, res := range c.Results {
			p.flow(line{{pad("    "+p.clean(string(res.Stage)), 19), strong}}, 19, resultWords(res), plain, p.width)
			for _, f := range flatten(res.Facts) {
				p.flow(line{{"      " + p.clean(f.Name) + "  ", faint}}, 19, f.Value, plain, p.width)
			}
		}
	}
}

// resultWords sums a result up in a line.
func resultWords(r stage.Result) string {
	out := string(r.Status)
	for _, s := range []string{string(r.Reason), string(r.Fault)} {
		if s != "" {
			out += ", " + s
		}
	}
	if r.BlockedBy != "" {
		out += " by " + string(r.BlockedBy)
	}
	if r.Time > 0 {
		out += ", " + report.Short(r.Time)
	}
	return out
}

// flatten turns facts into names and values, in the order of their type.
func flatten(facts stage.Facts) []report.Fact {
	if facts == nil {
		return nil
	}
	b, err := json.Marshal(facts)
	if err != nil {
		return []report.Fact{{Name: "facts", Value: err.Error()}}
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var out []report.Fact
	flattenValue(d, "", &out)
	return out
}

// flattenValue reads one JSON value and adds its leaves, named by their path.
func flattenValue(d *json.Decoder, path string, out *[]report.Fact) {
	token, err := d.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return
			}
			flattenValue(d, strings.TrimPrefix(path+"."+fmt.Sprint(key), "."), out)
		}
		_, _ = d.Token() // the closing brace of what was encoded above
	case json.Delim('['):
		from := len(*out)
		for i := 0; d.More(); i++ {
			flattenValue(d, fmt.Sprintf("%s[%d]", path, i), out)
		}
		_, _ = d.Token() // the closing bracket
		*out = joinScalars((*out)[:from], (*out)[from:], path)
	default:
		// A certificate in DER is for programs; the JSON has it.
		if !strings.HasSuffix(path, "der") && token != nil {
			*out = append(*out, report.Fact{Name: path, Value: fmt.Sprint(token)})
		}
	}
}

// joinScalars appends the elements of an array to out: on one line where none
// of them has parts of its own.
func joinScalars(out, elements []report.Fact, path string) []report.Fact {
	var values []string
	for i, f := range elements {
		if f.Name != fmt.Sprintf("%s[%d]", path, i) {
			return append(out, elements...)
		}
		values = append(values, f.Value)
	}
	if len(values) == 0 {
		return out
	}
	return append(out, report.Fact{Name: path, Value: strings.Join(values, ", ")})
}
