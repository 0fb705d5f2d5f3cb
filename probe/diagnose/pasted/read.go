package pasted

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// Answer is what a text suggests.
type Answer struct {
	Guesses    []reply.Guess // over the whole text, the likeliest first
	Statements []Statement   // the lines that suggest something, in their order
	Text       string        // as it was read
	Lines      int           // of it
}

// Statement is a line that suggests causes.
type Statement struct {
	Line    int // from 1
	Who     Who
	Text    string // as it was read, without what a program put before it
	Guesses []reply.Guess
	Leads   bool // what it suggests leads over the whole text
}

// Who says who said a line, as far as the line shows.
type Who string

const (
	ByServer  Who = "server"
	ByClient  Who = "client" // what was sent to the server
	ByProgram Who = "program"
)

// MaxStatements is how many lines of a text are told of.
const MaxStatements = 200

// Read says what a text suggests. The protocol is guessed from it unless p is given. At
// most [reply.MaxLog] bytes are read.
func Read(text string, p stage.Protocol) Answer {
	text = text[:min(len(text), reply.MaxLog)]
	best, most := Answer{Text: text}, worth{}
	for _, r := range readings(text) {
		g := reply.Search(r, p)
		if w := (worth{sureness(g), reply.Known(r)}); w.more(most) {
			best, most = Answer{Guesses: g, Text: r}, w
		}
	}
	best.split(p)
	return best
}

// worth is how much a reading of a text tells: the sureness of the first guess and, of
// readings that are alike in that, the length of a message that is known.
type worth struct{ sure, known int }

func (w worth) more(o worth) bool {
	return w.sure > o.sure || w.sure == o.sure && w.known > o.known
}

// sureness returns 0 for no guesses, up to 3 if the first is proven.
func sureness(g []reply.Guess) int {
	if len(g) == 0 {
		return 0
	}
	return 3 - g[0].Confidence.Rank()
}

// split finds the lines that suggest something.
func (a *Answer) split(p stage.Protocol) {
	lines := strings.Split(strings.TrimRight(a.Text, "\r\n"), "\n")
	a.Lines = len(lines)
	lead := cause.ID("")
	if len(a.Guesses) > 0 {
		lead = a.Guesses[0].Cause
	}
	for i, line := range lines {
		who, said := Speaker(strings.TrimSpace(line))
		if who == ByClient || said == "" {
			continue // what was sent is no answer, and may be secret
		}
		g := reply.Search(said, p)
		if len(g) == 0 || len(a.Statements) == MaxStatements {
			continue
		}
		a.Statements = append(a.Statements, Statement{
			Line: i + 1, Who: who, Text: said, Guesses: g,
			Leads: g[0].Cause == lead && g[0].Confidence == a.Guesses[0].Confidence,
		})
	}
}
