package cli

import (
	"fmt"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/paste"
	said "maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// explained is the answer to a pasted text.
type explained struct {
	protocol stage.Protocol
	provider *stage.Profile // whose server or page the text names; nil: none
	guesses  []reply.Guess
	symptom  *symptom // set if the text has no message, but a person's own words
	said     said.Answer
	lines    []string // of the text as it was read, safe to show
	secrets  []paste.Secret
}

// symptom is what a person's own words suggest.
type symptom struct{ *said.Symptom }

func newExplained(text string, p stage.Protocol) *explained {
	m := &explained{protocol: p, said: said.Read(text, p), secrets: paste.Find(text)}
	m.guesses = m.said.Guesses
	if len(m.guesses) == 0 {
		if sym := said.Recognize(text); sym != nil {
			m.guesses, m.symptom = sym.Guesses, &symptom{sym}
		}
	}
	m.lines = strings.Split(paste.Redact(m.said.Text), "\n")
	return m
}

// line returns a line of the text without what is secret in it; empty if there is none.
func (m *explained) line(n int) string {
	if n < 1 || n > len(m.lines) {
		return ""
	}
	_, text := said.Speaker(strings.TrimSpace(m.lines[n-1]))
	return stage.Visible(text)
}

// statementJSON is a line of a pasted text that suggests something.
type statementJSON struct {
	Line   int         `json:"line"`
	Who    said.Who    `json:"who"`
	Text   string      `json:"text"`  // without what is secret
	Leads  bool        `json:"leads"` // it is why the first cause leads
	Causes []causeJSON `json:"causes"`
}

// json returns the answer in JSON's form.
func (m *explained) json(program *dialog.Program) map[string]any {
	causes := []causeJSON{}
	for _, g := range m.guesses {
		c := causeJSON{Cause: g.Cause, Confidence: g.Confidence}
		if n, ok := noteOn(m.provider, g.Cause); ok {
			c.Provider, c.Note, c.URL = m.provider.Name, n.Text, n.URL
		}
		causes = append(causes, c)
	}
	statements := []statementJSON{}
	for _, st := range m.said.Statements {
		j := statementJSON{Line: st.Line, Who: st.Who, Text: m.line(st.Line), Leads: st.Leads}
		for _, g := range st.Guesses {
			j.Causes = append(j.Causes, causeJSON{Cause: g.Cause, Confidence: g.Confidence})
		}
		statements = append(statements, j)
	}
	all := map[string]any{"causes": causes, "statements": statements, "secrets": append([]paste.Secret{}, m.secrets...)}
	if m.symptom != nil {
		all["next"] = append([]string{"maildoctor"}, nextWords[m.symptom.Next]...)
	}
	if program != nil {
		all["program"] = program
	}
	return all
}

// speakers are the words for who said a line. What was sent is not among the lines.
var speakers = map[said.Who]prose.Value{
	said.ByServer: say.ExplainServer(), said.ByProgram: say.ExplainProgram(),
}

// maxWhere is how many lines of a text are shown.
const maxWhere = 8

// whereItSays shows which lines of a text say what was found, if it has several.
func (m *explained) whereItSays(s console.Streams) {
	if m.said.Lines < 2 || len(m.said.Statements) == 0 {
		return
	}
	l := s.Language
	fmt.Fprintf(s.Out, "\n%s\n", l.Text(say.ExplainWhere()))
	for _, st := range foremost(m.said.Statements) {
		mark := " "
		if st.Leads {
			mark = ">"
		}
		s.Paragraph("  ", fmt.Sprintf("%s %d  %s: %s", mark, st.Line, l.Text(speakers[st.Who]), l.Text(prose.Cut(m.line(st.Line), 300))))
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

// command returns the command to run next, as it is typed.
func (y *symptom) command(s console.Streams) string {
	return s.Language.Text(console.Command(append([]string{"maildoctor"}, nextWords[y.Next]...)...))
}
