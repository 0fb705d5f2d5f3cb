package term

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// For speech output, tables become sentences: one for each row, beginning with its
// subject.

// spokenServers says what to type in, one sentence for each server.
func spokenServers(p *page, head prose.Value, s report.Settings) {
	p.head(head)
	for _, v := range s.Servers {
		said := say.LinearNamed(v.Label(), v.MissingWords())
		if !v.Missing {
			said = say.LinearServer(v.Label(), prose.Data(v.Host), prose.Figure(int(v.Port)), report.Security(v.Security))
			for _, r := range s.Remarks(v, say.LinearInstead) {
				said = say.LinearRemarked(said, r)
			}
		}
		p.flow(nil, 0, p.l.Sentence(said), plain, p.column())
	}
}

// spokenRows says how far each connection got, and what is worth knowing about it.
func spokenRows(p *page, r *report.Report) {
	p.head(say.HeadConnections())
	for _, row := range r.Rows {
		said := append([]prose.Value{spokenRow(row)}, row.Notes...)
		p.flow(nil, 0, p.label(prose.Sentences(said...)), plain, p.column())
		p.paintMuch()
	}
}

func spokenRow(row report.Row) prose.Value {
	encryption := report.Security(row.Security)
	if row.Security == stage.None {
		encryption = say.LinearInClear()
	}
	var took prose.Value
	if row.Time > 0 {
		took = prose.Duration(row.Time)
	}
	return say.LinearRow(prose.Data(row.Protocol+" "+row.Address), encryption, took, spokenCells(row))
}

// spokenStages are the stages of the cells of a row. A connection has only one of
// the two cells for encryption.
var spokenStages = [report.Columns]prose.Value{
	say.StageName(), say.StageConnection(), say.LinearEncryption(), say.StageGreeting(),
	say.LinearEncryption(), say.StageCapabilities(), say.StageLogin(), say.StageMailbox(),
}

// spokenSigns say what the sign of a stage means.
var spokenSigns = map[report.Sign]func(stages prose.Value) prose.Value{
	report.SignPass: say.LinearFine, report.SignWarn: say.LinearWarned, report.SignFail: say.LinearFailed,
	report.SignNotReached: say.LinearNotReached,
}

// spokenCells says how far a connection got. Stages with the same result share a
// clause.
func spokenCells(row report.Row) prose.Value {
	cells, names := row.Cells, spokenStages
	if row.Sends {
		names[report.Columns-1] = say.StageSender()
	}
	var parts []int
	for i, c := range cells {
		if c != report.SignNotPart {
			parts = append(parts, i)
		}
	}
	var out []prose.Value
	for len(parts) > 0 {
		sign := cells[parts[0]]
		n := slices.IndexFunc(parts, func(i int) bool { return cells[i] != sign })
		if n < 0 {
			n = len(parts)
		}
		var stages []prose.Value
		for _, i := range parts[:n] {
			stages = append(stages, names[i])
		}
		parts = parts[n:]
		switch {
		case len(parts) > 0 || len(stages) == 1:
			out = append(out, spokenSigns[sign](prose.All(stages...)))
		case sign == report.SignPass && len(out) == 0:
			out = append(out, say.LinearAllFine())
		case sign == report.SignNotReached && len(out) > 0:
			out = append(out, say.LinearRest())
		default:
			out = append(out, spokenSigns[sign](prose.All(stages...)))
		}
	}
	return prose.Then(out...)
}

// spokenColumns says what was seen of each endpoint, one line for each fact.
func spokenColumns(p *page, columns []report.Column) {
	p.head(say.HeadEvidence())
	for _, c := range columns {
		p.flow(nil, 0, c.Label, strong, p.column())
		for _, f := range c.Facts {
			if f.Value != "" {
				p.flow(nil, 0, f.Name+": "+f.Value, plain, p.column())
			}
		}
		p.paintMuch()
	}
}

// spokenDifferences says what each of two runs saw.
func spokenDifferences(p *page, head prose.Value, c *report.Comparison, ds []report.Difference) {
	p.head(head)
	for _, d := range ds {
		p.flow(nil, 0, strings.TrimSpace(d.What+" "+d.Part.Text(p.l))+":", strong, p.column())
		for _, side := range []struct {
			name string
			seen report.Seen
		}{{c.Old.Name, d.Old}, {c.New.Name, d.New}} {
			text := side.seen.Text
			if m := meaning(side.seen.Sign); !m.Empty() {
				text = p.text(m) + ", " + text
			}
			p.flow(nil, 0, p.data(side.name)+": "+text, plain, p.column())
		}
	}
}

// meaning returns the meaning of a sign; nothing if it has none.
func meaning(s report.Sign) (said prose.Value) {
	for _, m := range report.Legend {
		if m.Sign == s {
			said = m.Said
		}
	}
	return said
}

// lead returns the subject of a line, before what is said about it.
func (p *page) lead(name string) string {
	if p.linear {
		return name + ":"
	}
	return name
}

// dash returns what precedes a list item.
func (p *page) dash() string {
	if p.linear {
		return ""
	}
	return "    - "
}
