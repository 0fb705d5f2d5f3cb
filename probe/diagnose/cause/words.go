package cause

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Title returns the heading of a finding. Slots without an argument get general
// words, so that a page can be read without a run.
func (p *Page) Title(args map[string]string) string { return fill(p.title, args) }

// Sentence returns the cause in one whole sentence or two.
func (p *Page) Sentence(args map[string]string) string {
	return strings.Join(render(p.section(InASentence), args), " ")
}

// Actions returns what to do, the first thing first. Where one thing is worded in
// several ways, for what a run may have tried, all of them are here, the first wording
// first; see [Action.Same].
func (p *Page) Actions(args map[string]string) []Action {
	var list []Action
	for _, a := range p.actions {
		if a.conditions.hold(args) {
			filled := a.filled(args)
			filled.Beside = p.Beside && len(list) == 0
			list = append(list, filled)
		}
	}
	return list
}

// AllActions returns the actions of every case, with their slots still in them.
func (p *Page) AllActions() []Action {
	var list []Action
	for _, a := range p.actions {
		list = append(list, Action{ID: a.id, Kind: a.kind, Who: a.who, Text: a.text, Command: a.command, About: a.about, Advises: a.advises, After: a.after})
	}
	return list
}

// Unknown returns what the finding leaves open. The lines go on after "Not
// known", so they begin in lower case, "whether ...", "who ...", and a single
// sentence has no full stop.
func (p *Page) Unknown(args map[string]string) []string {
	lines := render(p.section(NotKnownHere), args)
	for i, line := range lines {
		if r, n := utf8.DecodeRuneInString(line); n > 0 {
			line = string(unicode.ToLower(r)) + line[n:]
			if !strings.Contains(line, ". ") {
				line = strings.TrimSuffix(line, ".")
			}
			lines[i] = line
		}
	}
	return lines
}

// Lines returns any section with its slots filled.
func (p *Page) Lines(heading string, args map[string]string) []string {
	return p.lines(heading, args, func(command string) string { return command })
}

// lines is Lines with commands as quote writes them. Of several wordings of an action
// the first one stands.
func (p *Page) lines(heading string, args map[string]string, quote func(string) string) []string {
	if heading != WhatToDo {
		return render(p.section(heading), args)
	}
	var out []string
	actions := p.Actions(args)
	for i, a := range actions {
		if slices.ContainsFunc(actions[:i], a.Same) {
			continue
		}
		if a.Command != "" {
			a.Command = quote(a.Command)
		}
		out = append(out, "- "+actorWords(a.Who)+a.Whole())
	}
	return out
}

// Missing returns the slots of title and sections that have no argument here
// and are not left out by a condition.
func (p *Page) Missing(args map[string]string) []string {
	var missing []string
	check := func(line string) {
		for _, s := range slots(line) {
			if args[s] == "" && !slices.Contains(missing, s) {
				missing = append(missing, s)
			}
		}
	}
	check(p.title)
	for _, s := range p.Sections {
		for _, line := range s.Lines {
			if c, text := conditions(line); c.hold(args) {
				check(text)
			}
		}
	}
	return missing
}

// Markdown returns the page as a document of its own, in general words.
func (p *Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s`: %s", p.Title(nil), p.ID, p.Severity)
	if p.Stage != "" {
		fmt.Fprintf(&b, ", seen in stage `%s`", p.Stage)
	}
	b.WriteString("\n")
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Heading)
		for i, line := range p.lines(s.Heading, nil, func(command string) string { return "`" + command + "`" }) {
			if i > 0 && !strings.HasPrefix(line, "- ") {
				b.WriteString("\n")
			}
			b.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&b, "\n## Sources\n\n")
	for _, s := range p.Sources {
		fmt.Fprintf(&b, "- %s\n", s)
	}
	return b.String()
}

// render returns the lines whose conditions hold, with their slots filled.
func render(lines []string, args map[string]string) []string {
	var out []string
	for _, line := range lines {
		if c, text := conditions(line); c.hold(args) {
			out = append(out, fill(text, args))
		}
	}
	return out
}

// condition lets a line stand only where an argument is there, or isn't.
type condition struct {
	slot   string
	absent bool
}

type conditionList []condition

func (list conditionList) hold(args map[string]string) bool {
	for _, c := range list {
		if (args[c.slot] == "") != c.absent {
			return false
		}
	}
	return true
}

// conditions takes "{?slot}" and "{!slot}" from the beginning of a line.
func conditions(line string) (conditionList, string) {
	var list conditionList
	for strings.HasPrefix(line, "{?") || strings.HasPrefix(line, "{!") {
		slot, rest, ok := strings.Cut(line[2:], "}")
		if !ok {
			break
		}
		list = append(list, condition{slot, line[1] == '!'})
		line = strings.TrimSpace(rest)
	}
	return list, line
}

// slots returns the names in braces, without the verbs.
func slots(line string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(line, "{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		if !strings.Contains(name, "|") {
			names = append(names, name)
		}
		line = after
	}
}

// fill puts arguments into slots, and a capital at the beginning.
func fill(line string, args map[string]string) string { return capital(fillSlots(line, args)) }

// fillSlots puts arguments into slots. They are put in as they are: braces in a
// server's text are no slots.
func fillSlots(line string, args map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(line, "{")
		if !ok {
			b.WriteString(line)
			break
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString(line)
			break
		}
		b.WriteString(before)
		b.WriteString(word(name, args))
		line = after
	}
	return b.String()
}

// capital makes the first letter large, unless it is a host name's.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if n == 0 || !unicode.IsLower(r) || unicode.IsUpper(next) || hostLike(s) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// hostLike reports whether a sentence begins with a host name, which keeps its
// own letters.
func hostLike(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	return strings.Contains(strings.TrimRight(word, ".,:;"), ".")
}

// word returns an argument, or general words for it. "{gives|give}" is a verb
// for one server, and for several; "{place:is|are}" one for places.
func word(name string, args map[string]string) string {
	if one, many, ok := strings.Cut(name, "|"); ok {
		counted := "several"
		if slot, verb, ok := strings.Cut(one, ":"); ok {
			counted, one = counted+"_"+slot, verb
		}
		if args[counted] != "" {
			return many
		}
		return one
	}
	if v := args[name]; v != "" {
		return v
	}
	if v := args["host"]; v != "" && name == "servers" {
		return v
	}
	if w, ok := generalWords[name]; ok {
		return w
	}
	return name
}

// actors are the words with which an action begins.
var actors = []struct {
	words string
	who   Who
}{
	{"You: ", You},
	{"Your network: ", Network},
	{"Your provider: ", Provider},
	{"The operator: ", Operator},
}

// actor splits "You: do this." into who acts and what is to be done.
func actor(line string) (Who, string, bool) {
	for _, a := range actors {
		if text, ok := strings.CutPrefix(line, a.words); ok {
			return a.who, text, true
		}
	}
	return "", "", false
}

// actorWords are the words with which an action of somebody begins.
func actorWords(who Who) string {
	for _, a := range actors {
		if a.who == who {
			return a.words
		}
	}
	return ""
}
