package cause

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// actionHead is what precedes the words of an action on a page:
//
//   - [use-tls-port: change-settings tls-port] You: use SSL/TLS on {tls_port}.
//
// The brackets contain its id and kind. Optionally they contain what it advises (see
// [adviceWords]), how long it says to wait (10m, 1h), and slots for what it is
// about. "else" means that it applies only if a run has refuted the action before
// it. A command to type ends the text in backquotes.
type actionHead struct {
	id      ActionID
	kind    ActionKind
	advises []Advice
	after   time.Duration
	about   []string // slots
	instead bool
	who     Who
}

// actionID is the syntax of an id.
var actionID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// readHead parses the beginning of an action, and returns what follows it.
func readHead(text string) (a actionHead, rest string, err error) {
	inside, ok := strings.CutPrefix(text, "[")
	head, rest, closed := strings.Cut(inside, "] ")
	if !ok || !closed {
		return a, "", fmt.Errorf("an action must begin with its id and kind, as in - [wait-an-hour: wait 1h]: %q", text)
	}
	id, values, _ := strings.Cut(head, ": ")
	words := strings.Fields(values)
	switch {
	case !actionID.MatchString(id):
		return a, "", fmt.Errorf("an action without an id: %q", text)
	case len(words) == 0 || !slices.Contains(ActionKinds, ActionKind(words[0])):
		return a, "", fmt.Errorf("action %s: no known kind in %q", id, head)
	}
	a.id, a.kind = ActionID(id), ActionKind(words[0])
	for _, w := range words[1:] {
		if err := a.value(w); err != nil {
			return a, "", fmt.Errorf("action %s: %w", id, err)
		}
	}
	if a.after > 0 && a.kind != Wait {
		return a, "", fmt.Errorf("action %s: how long to wait belongs to the kind %s", id, Wait)
	}
	if a.who, rest, ok = actor(rest); !ok {
		return a, "", fmt.Errorf("an action must say who acts: %q", text)
	}
	return a, rest, nil
}

// cutCommand cuts a command off the end of an action's words; "" if there is none.
func cutCommand(text string) (words, command string) {
	if whole, ok := strings.CutSuffix(text, "`"); ok {
		if i := strings.LastIndex(whole, " `"); i >= 0 {
			return whole[:i], whole[i+2:]
		}
	}
	return text, ""
}

// value parses one word after the kind.
func (a *actionHead) value(word string) error {
	if word == "else" {
		a.instead = true
		return nil
	}
	if slot, ok := strings.CutPrefix(word, "{"); ok && strings.HasSuffix(slot, "}") {
		a.about = append(a.about, strings.TrimSuffix(slot, "}"))
		return nil
	}
	if d, err := time.ParseDuration(word); err == nil && d > 0 {
		a.after = d
		return nil
	}
	if advice, ok := adviceWords[word]; ok {
		a.advises = append(a.advises, advice)
		return nil
	}
	if port, security, ok := strings.Cut(word, "/"); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		s, known := securities[security]
		if err == nil && n > 1 && known {
			a.advises = append(a.advises, Advice{Kind: AdviseEndpoint, Port: uint16(n), Security: s})
			return nil
		}
	}
	return fmt.Errorf("unknown value %q", word)
}

var securities = map[string]stage.Security{"tls": stage.TLS, "starttls": stage.StartTLS}

// adviceWords are what an action can advise besides a port and its encryption, which
// are written 465/tls.
var adviceWords = map[string]Advice{
	"tls-port":           {Kind: AdviseEndpoint, Port: TLSPort, Security: stage.TLS},
	"same-port/tls":      {Kind: AdviseEndpoint, Security: stage.TLS},
	"same-port/starttls": {Kind: AdviseEndpoint, Security: stage.StartTLS},
	"submission":         {Kind: AdviseSubmission},
	"other-protocol":     {Kind: AdviseOtherProtocol},
	"auth/plain":         {Kind: AdvisePassword, Form: PlainPassword},
	"auth/encrypted":     {Kind: AdvisePassword, Form: EncryptedPassword},
	"user/full":          {Kind: AdviseUserName, Form: FullAddress},
	"user/local":         {Kind: AdviseUserName, Form: LocalPart},
	"ipv4":               {Kind: AdviseIPv4},
	"other-resolver":     {Kind: AdviseOtherResolver},
}

// filled returns the action of a line for a run, with its slots filled.
func (l *line) filled(args prose.Args) Action {
	out := Action{ID: l.head.id, Kind: l.head.kind, Who: l.head.who, Advises: l.head.advises, After: l.head.after, Else: l.head.instead, line: l, args: args}
	for _, slot := range l.head.about {
		out.About = append(out.About, args[slot])
	}
	return out
}
