package pasted

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/lazy"
	"maildoctor/probe/stage"
)

// Answer is what a text suggests.
type Answer struct {
	Guesses    []reply.Guess // over the whole text, the likeliest first
	Statements []Statement   // the lines that suggest something or show what went well, in their order
	Writer     Writer        // the program that wrote it
	Text       string        // as it was read
	Lines      int           // of it
}

// Statement is a line that tells something.
type Statement struct {
	Line    int // from 1
	Who     Who
	Text    string // as it was read, without what a program put before it
	To      string // the command that it answers; empty if the text doesn't show it
	Guesses []reply.Guess
	Leads   bool // what it suggests leads over the whole text
	Fact    Fact // what it shows that went well
	Follows int  // the line that explains it; 0: none
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

// split finds the lines that tell something. What was sent is left out, because it is no
// answer and may be secret, but for the client's leave.
func (a *Answer) split(p stage.Protocol) {
	lines := strings.Split(strings.TrimRight(a.Text, "\r\n"), "\n")
	a.Lines, a.Writer = len(lines), writerOf(a.Text)
	command, at := "", stage.Stage("")
	for i, line := range lines {
		who, said := Speaker(strings.TrimSpace(line))
		s := Statement{Line: i + 1, Who: who, Text: said}
		switch {
		case said == "":
			continue
		case who == ByClient:
			if c, stage := commandOf(said); c != "" {
				command, at = c, stage
			}
			if !leaves(said) {
				continue
			}
		case settled(who, said):
		case who == ByServer && command != "":
			s.To, s.Guesses = command, reply.Answering(said, p, at, command)
		default:
			s.Guesses = reply.Search(said, p)
		}
		if who != ByClient && len(s.Guesses) == 0 {
			s.Fact = factOf(said)
		}
		if (who == ByClient || len(s.Guesses) > 0 || s.Fact != "") && len(a.Statements) < MaxStatements {
			a.Statements = append(a.Statements, s)
		}
	}
	a.heed()
	for i, s := range a.Statements {
		a.Statements[i].Leads = len(s.Guesses) > 0 && s.Guesses[0] == a.Guesses[0]
	}
	a.settle()
	a.chain()
}

// setting is a line of a configuration, or of a program's environment.
var setting = lazy.Pattern(`^(?:export |-e )?[A-Za-z][A-Za-z0-9_.-]*\s?=\s?\S*$`)

// settled reports whether a line says nothing of a failure, whatever words are in it: what
// a server can do, or how a program is set.
func settled(who Who, said string) bool {
	return reply.Listing(said) || who == ByProgram && setting().MatchString(said)
}

// heed lets the last refusal of which the command is known lead, if nothing is surer: the
// command says what it is about.
func (a *Answer) heed() {
	for _, s := range slices.Backward(a.Statements) {
		if s.To != "" && len(s.Guesses) > 0 {
			if sureness(s.Guesses) >= sureness(a.Guesses) {
				a.Guesses = reply.MergeGuesses(s.Guesses, a.Guesses)
			}
			return
		}
	}
}
