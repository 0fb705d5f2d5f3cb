package report

import (
	"slices"

	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Programs says which other mail programs, and which devices, would connect to the
// servers of the run.
type Programs struct {
	Title string       // with the day on which its tables were last reviewed
	Dated string       // that day, YYYY-MM-DD
	Made  int          // number of connections made for it
	Rows  []ProgramRow // those that would not connect first
	Note  string       // what was not examined

	Handshakes []stage.CheckRecord // handshakes as other programs make them
}

// ProgramRow is one kind of programs.
type ProgramRow struct {
	programs.Row
	Who   string        // which programs these are, and how they differ
	Lines []ProgramLine // servers with the same result share a line
}

// ProgramLine says how a kind of programs would fare at some servers.
type ProgramLine struct {
	Sign Sign
	Text string // begins with the servers, unless the result is the same at all of them
}

// programsOf judges other programs; nil if that was not requested.
func programsOf(l *prose.Language, rec *stage.Record) *Programs {
	rows := programs.Judge(rec)
	if len(rows) == 0 {
		return nil
	}
	out := &Programs{
		Title: l.Text(say.ProgramsTitle(prose.Data(programs.Dated))), Dated: programs.Dated, Handshakes: rec.Programs,
	}
	for i := range rec.Programs {
		if made(&rec.Programs[i]) {
			out.Made++
		}
	}
	out.Note = l.Sentence(say.ProgramsNote(prose.Count(out.Made)))
	labels := shortLabels(rec)
	for _, r := range rows {
		out.Rows = append(out.Rows, ProgramRow{Row: r, Who: l.Title(r.Who), Lines: programLines(l, r, labels)})
	}
	slices.SortStableFunc(out.Rows, func(a, b ProgramRow) int { return a.rank() - b.rank() })
	return out
}

// programLines groups servers for which the result of a kind of programs has the
// same wording.
func programLines(l *prose.Language, r programs.Row, labels map[string]prose.Value) []ProgramLine {
	var lines []ProgramLine
	var said []programs.Judgement
	var where [][]prose.Value
	place := make(map[string]int)
	for _, j := range r.Judgements {
		key := string(j.Verdict) + " " + j.Said.Key()
		i, ok := place[key]
		if !ok {
			i = len(said)
			place[key] = i
			said, where = append(said, j), append(where, nil)
		}
		where[i] = append(where[i], labels[j.Check])
	}
	for i, j := range said {
		text := l.Text(j.Said)
		if len(said) > 1 {
			text = l.Text(say.ProgramAt(prose.All(where[i]...), j.Said))
		}
		lines = append(lines, ProgramLine{Sign: programSigns[j.Verdict], Text: text})
	}
	slices.SortStableFunc(lines, func(a, b ProgramLine) int { return signRank(a.Sign) - signRank(b.Sign) })
	return lines
}

var programSigns = map[programs.Verdict]Sign{
	programs.Connects: SignPass, programs.Fails: SignFail, programs.NotKnown: SignNotReached,
}

// signRank orders signs, the one most worth reading first.
func signRank(s Sign) int { return slices.Index([]Sign{SignFail, SignNotReached, SignPass}, s) }

// rank orders rows: those that would fail anywhere first.
func (r ProgramRow) rank() int {
	if len(r.Lines) == 0 {
		return 0
	}
	return signRank(r.Lines[0].Sign)
}
