package cli

import (
	"fmt"

	"maildoctor/cmd/internal/console"
	said "maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// statementJSON is a line of a pasted text that suggests something.
type statementJSON struct {
	Line   int         `json:"line"`
	Who    said.Who    `json:"who"`
	Text   string      `json:"text"`
	Leads  bool        `json:"leads"` // it is why the first cause leads
	Causes []causeJSON `json:"causes"`
}

// statementsJSON are the lines of a text in JSON's form. shown makes a line safe to show.
func statementsJSON(a said.Answer, shown func(string) string) []statementJSON {
	out := []statementJSON{}
	for _, s := range a.Statements {
		j := statementJSON{Line: s.Line, Who: s.Who, Text: shown(s.Text), Leads: s.Leads}
		for _, g := range s.Guesses {
			j.Causes = append(j.Causes, causeJSON{Cause: g.Cause, Confidence: g.Confidence})
		}
		out = append(out, j)
	}
	return out
}

// speakers are the words for who said a line.
var speakers = map[said.Who]prose.Value{
	said.ByServer: say.ExplainServer(), said.ByClient: say.ExplainClient(), said.ByProgram: say.ExplainProgram(),
}

// maxWhere is how many lines of a text are shown.
const maxWhere = 8

// whereItSays shows which lines of a text say what was found, if it has several.
func whereItSays(s console.Streams, a said.Answer, shown func(string) string) {
	if a.Lines < 2 || len(a.Statements) == 0 {
		return
	}
	l := s.Language
	fmt.Fprintf(s.Out, "\n%s\n", l.Text(say.ExplainWhere()))
	for _, st := range foremost(a.Statements) {
		mark := " "
		if st.Leads {
			mark = ">"
		}
		text := l.Text(prose.Cut(shown(st.Text), 300))
		s.Paragraph("  ", fmt.Sprintf("%s %d  %s: %s", mark, st.Line, l.Text(speakers[st.Who]), text))
	}
	fmt.Fprintln(s.Out)
}

// foremost returns the lines to show: those that lead, and as many others before and
// after them as there is room for.
func foremost(all []said.Statement) []said.Statement {
	if len(all) <= maxWhere {
		return all
	}
	var out []said.Statement
	left := maxWhere
	for _, st := range all {
		if st.Leads {
			left--
		}
	}
	for _, st := range all {
		switch {
		case st.Leads && len(out) < maxWhere:
			out = append(out, st)
		case !st.Leads && left > 0:
			out = append(out, st)
			left--
		}
	}
	return out
}

// nextWords are the arguments of the command that finds out, by what is to be run.
var nextWords = map[said.Next][]string{
	said.RunCheck:     {"check", "ADDRESS"},
	said.RunClients:   {"check", "ADDRESS", "--clients"},
	said.RunElsewhere: {"check", "ADDRESS", "--save", "here.jsonl"},
	said.RunSettings:  {"settings", "ADDRESS"},
	said.RunTo:        {"check", "ADDRESS", "--to", "RECIPIENT"},
	said.RunCompare:   {"check", "ADDRESS"},
}

// nextSaid say why.
var nextSaid = map[said.Next]prose.Value{
	said.RunCheck: say.ExplainNextCheck(), said.RunClients: say.ExplainNextClients(), said.RunElsewhere: say.ExplainNextElsewhere(),
	said.RunSettings: say.ExplainNextSettings(), said.RunTo: say.ExplainNextTo(), said.RunCompare: say.ExplainNextCompare(),
}

// next returns the command to run next, as it is typed.
func next(s console.Streams, n said.Next) string {
	return s.Language.Text(console.Command(append([]string{"maildoctor"}, nextWords[n]...)...))
}

// guessesOf returns what a text suggests: by its messages or, where it has none, by a
// person's own words.
func guessesOf(a said.Answer, text string) ([]reply.Guess, *said.Symptom) {
	if len(a.Guesses) > 0 {
		return a.Guesses, nil
	}
	if sym := said.Recognize(text); sym != nil {
		return sym.Guesses, sym
	}
	return nil, nil
}
