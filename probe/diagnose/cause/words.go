package cause

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// Title returns the heading of a finding. Slots without a value get general words,
// so that a page can be read without a run.
func (p *Page) Title(l *prose.Language, args prose.Args) string {
	return fill(l, p.title, args, true)
}

// Said returns the cause in one or two sentences, as a value.
func (p *Page) Said(args prose.Args) prose.Value {
	var all []prose.Value
	for i, line := range p.section(InASentence) {
		if line.Holds(args) {
			all = append(all, filled(p.ID, InASentence, i, line.Template, args))
		}
	}
	return prose.Sentences(all...)
}

// Sentence returns the cause in one or two whole sentences.
func (p *Page) Sentence(l *prose.Language, args prose.Args) string { return l.Sentence(p.Said(args)) }

// Speaks reports whether [Page.Sentence] isn't empty.
func (p *Page) Speaks(args prose.Args) bool {
	return slices.ContainsFunc(p.section(InASentence), func(l line) bool { return l.Holds(args) })
}

// Actions returns what to do, in order. If an action is worded in several ways, for
// what a run may have tried, all of them are included; see [Action.Same].
func (p *Page) Actions(args prose.Args) []Action {
	var list []Action
	for i, line := range p.section(WhatToDo) {
		if line.Holds(args) {
			a := p.section(WhatToDo)[i].filled(args)
			a.Beside = p.Beside && len(list) == 0
			list = append(list, a)
		}
	}
	return list
}

// AllActions returns the actions for every case.
func (p *Page) AllActions() []Action {
	lines := p.section(WhatToDo)
	list := make([]Action, len(lines))
	for i := range lines {
		list[i] = lines[i].filled(nil)
	}
	return list
}

// Unknown returns what the finding leaves open. The lines follow "Not known", so
// they begin in lower case, "whether ...", "who ...", and a single sentence has no
// full stop.
func (p *Page) Unknown(l *prose.Language, args prose.Args) []string {
	var out []string
	for _, q := range p.Open(args) {
		out = append(out, l.Text(q.Said))
	}
	return out
}

// Open is something that a finding leaves open. It has an id if other causes leave
// the same open, in whichever words.
type Open struct {
	ID   string
	Said prose.Value
}

// Open returns what the finding leaves open.
func (p *Page) Open(args prose.Args) []Open {
	var out []Open
	for i, line := range p.section(NotKnownHere) {
		if line.Holds(args) {
			out = append(out, Open{line.asks, filled(p.ID, NotKnownHere, i, line.Template, args)})
		}
	}
	return out
}

// AllOpen returns what the finding may leave open, in any case.
func (p *Page) AllOpen() []Open {
	var out []Open
	for i, line := range p.section(NotKnownHere) {
		out = append(out, Open{line.asks, filled(p.ID, NotKnownHere, i, line.Template, nil)})
	}
	return out
}

// ToldApart returns what shows that it is another cause, which is often mistaken for this
// one; "" if the page doesn't say it.
func (p *Page) ToldApart(l *prose.Language, other ID) string {
	for _, line := range p.section(MistakenFor) {
		if what, ok := strings.CutPrefix(line.text, "- `"+string(other)+"`: "); ok && line.Holds(nil) {
			if t, err := prose.Parse(what); err == nil {
				return fill(l, t, nil, true)
			}
		}
	}
	return ""
}

// Lines returns any section with its slots filled.
func (p *Page) Lines(l *prose.Language, heading string, args prose.Args) []string {
	return p.lines(l, heading, args, func(command string) string { return command })
}

// lines is like Lines, with commands written by quote. Nothing counts as refuted, so
// only the first wording of an action is included.
func (p *Page) lines(l *prose.Language, heading string, args prose.Args, quote func(string) string) []string {
	if heading != WhatToDo {
		return render(l, p.section(heading), args, true)
	}
	var out []string
	actions := p.Actions(args)
	for i, a := range actions {
		if a.Else || slices.ContainsFunc(actions[:i], a.Same) {
			continue
		}
		text := "- " + l.Title(Parties[a.Who]) + ": " + a.Text(l)
		if c := a.Command(l); c != "" {
			text += " " + quote(c)
		}
		out = append(out, text)
	}
	return out
}

// Missing returns the slots of the title and sections that have no value in args and
// are not excluded by a condition.
func (p *Page) Missing(args prose.Args) []string {
	var missing []string
	check := func(t *prose.Template) {
		for _, s := range t.Slots(false) {
			if args[s].Empty() && !slices.Contains(missing, s) {
				missing = append(missing, s)
			}
		}
	}
	check(p.title)
	for _, s := range p.Sections {
		for _, line := range s.lines {
			if line.Holds(args) {
				check(line.Template)
			}
		}
	}
	return missing
}

// Markdown returns the page as a document of its own, in general words.
func (p *Page) Markdown(l *prose.Language) string {
	var b strings.Builder
	heading := say.PageHeading(code(string(p.ID)), prose.Data(string(p.Severity)), code(string(p.Stage)))
	fmt.Fprintf(&b, "# %s\n\n%s\n", p.Title(l, nil), l.Text(heading))
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", l.Title(s.Name()))
		for i, line := range p.lines(l, s.Heading, nil, func(command string) string { return "`" + command + "`" }) {
			if i > 0 && !strings.HasPrefix(line, "- ") {
				b.WriteString("\n")
			}
			b.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&b, "\n## %s\n\n", l.Title(say.PageSources()))
	for _, s := range p.Sources {
		fmt.Fprintf(&b, "- %s\n", s)
	}
	return b.String()
}

// code formats a name as code in Markdown; nothing if it is empty.
func code(name string) prose.Value {
	if name == "" {
		return prose.Value{}
	}
	return prose.Data("`" + name + "`")
}

// render returns the lines whose conditions hold, with their slots filled. capital
// says that each begins a sentence.
func render(l *prose.Language, lines []line, args prose.Args, capital bool) []string {
	var out []string
	for _, line := range lines {
		if !line.Holds(args) {
			continue
		}
		text := fill(l, line.Template, args, capital)
		if line.item {
			text = "- " + text
		}
		out = append(out, text)
	}
	return out
}

// fill fills a template of a page.
func fill(l *prose.Language, t *prose.Template, args prose.Args, capital bool) string {
	return l.Fill(t, args, generalFor(args), capital)
}

// filled returns a line of a page as a value, which its position identifies.
func filled(id ID, heading string, line int, t *prose.Template, args prose.Args) prose.Value {
	place := strings.ReplaceAll(strings.ToLower(heading), " ", "-")
	return prose.Filled(prose.ID(fmt.Sprintf("%s/%s/%d", id, place, line)), t, args, generalFor(args))
}

// generalFor returns words for slots that have no value. The servers default to the
// hosts.
func generalFor(args prose.Args) func(slot string) prose.Value {
	return func(slot string) prose.Value {
		if host := args[SlotHost.name]; slot == SlotServers.name && !host.Empty() {
			return host
		}
		return General(slot)
	}
}

// actors are the words with which an action begins on a page.
var actors = []struct {
	words string
	who   Who
}{
	{"You", You},
	{"Your network", Network},
	{"Your provider", Provider},
	{"The operator", Operator},
}

// Parties are the words for those who can do something: "you", "your provider".
var Parties = map[Who]prose.Value{
	You: say.PartyYou(), Network: say.PartyNetwork(), Provider: say.PartyProvider(), Operator: say.PartyOperator(),
}

// actor splits "You: do this." into who acts and what to do.
func actor(text string) (Who, string, bool) {
	for _, a := range actors {
		if text, ok := strings.CutPrefix(text, a.words+": "); ok {
			return a.who, text, true
		}
	}
	return "", "", false
}
