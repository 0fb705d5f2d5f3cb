package explain

import (
	"fmt"
	"strconv"
	"strings"

	"maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// speakers are the words for who said a line.
var speakers = map[pasted.Who]prose.Value{
	pasted.ByServer: say.ExplainServer(), pasted.ByProgram: say.ExplainProgram(), pasted.ByClient: say.ExplainClient(),
}

// facts are the words for what went well.
var facts = map[pasted.Fact]prose.Value{
	pasted.Greeted: say.ExplainGreeted(), pasted.Encrypted: say.ExplainEncrypted(), pasted.LoggedIn: say.ExplainLoggedIn(), pasted.Accepted: say.ExplainAccepted(),
}

const (
	maxWhere = 8   // lines of a text that are shown
	maxShown = 200 // letters of one
)

// whereItSays shows the lines of a text that say what was found, if it has several.
func (w writer) whereItSays() {
	if w.said.Lines < 2 || len(w.said.Statements) == 0 {
		return
	}
	l := w.Language
	w.heading(say.ExplainWhere())
	shown := foremost(w.said.Statements)
	digits := len(strconv.Itoa(shown[len(shown)-1].Line))
	who := 0
	for _, s := range shown {
		who = max(who, len([]rune(l.Text(speakers[s.Who]))))
	}
	for _, s := range shown {
		mark := " "
		if s.Leads {
			mark = ">"
		}
		begin := fmt.Sprintf("%s %*d  %-*s  ", mark, digits, s.Line, who, l.Text(speakers[s.Who]))
		text := l.Text(prose.Cut(w.line(s.Line), maxShown))
		if label := w.label(s); label != "" {
			text += "  (" + label + ")"
		}
		w.Hanging(begin, strings.Repeat(" ", len([]rune(begin))), text)
	}
}

// label says what a line is to the others; empty if it is another cause.
func (w writer) label(s pasted.Statement) string {
	switch {
	case s.Follows > 0:
		return w.Language.Text(say.ExplainFollows(prose.Count(s.Follows)))
	case s.Fact != "":
		return w.Language.Text(facts[s.Fact])
	case s.Leads:
		return ""
	case len(s.Guesses) > 0:
		return string(s.Guesses[0].Cause)
	}
	return ""
}

// foremost returns the lines to show: those that lead, and as many others before and
// after them as there is room for.
func foremost(all []pasted.Statement) []pasted.Statement {
	if len(all) <= maxWhere {
		return all
	}
	var out []pasted.Statement
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
