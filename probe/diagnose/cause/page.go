package cause

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

//go:embed pages/*.md
var pageFiles embed.FS

// Page describes a cause: whole sentences for each reader, with slots such as {host}
// for what differs from case to case.
type Page struct {
	ID       ID
	Stage    stage.Stage // the stage in which it shows; empty if the connection doesn't show it
	Severity Severity
	Who      Who
	Sources  []string
	Beside   bool // its first action is cheap and harmless; see [Action]

	title    *prose.Template
	Sections []Section
}

// Section is one part of a page.
type Section struct {
	Heading string
	lines   []line
}

// line is a paragraph or a list item.
type line struct {
	text string // its text on the page, without conditions
	item bool
	*prose.Template

	asks    string      // under "Not known": the id of the question, if other pages ask the same
	head    *actionHead // under "What to do"
	command *prose.Template
}

// headings are the displayed headings of sections.
var headings = map[string]prose.Value{
	InASentence: say.PageInASentence(), WhatToDo: say.PageWhatToDo(), ForTechs: say.PageAsTechnician(),
	HowWeKnow: say.PageHowWeKnow(), MistakenFor: say.PageMistakenFor(), NotKnownHere: say.PageNotKnown(),
}

// Name returns the displayed heading of the section.
func (s Section) Name() prose.Value { return headings[s.Heading] }

// The headings that every page has, in this order; "Not known" is optional.
const (
	InASentence  = "In a sentence"
	WhatToDo     = "What to do"
	ForTechs     = "As a technician"
	HowWeKnow    = "How we know"
	MistakenFor  = "Often mistaken for"
	NotKnownHere = "Not known"
)

// pages parses the pages once. They are part of the program. A page that can't be
// parsed is left out, which a test would notice.
var pages = sync.OnceValue(func() map[ID]*Page {
	all, _ := readPages(pageFiles)
	return all
})

// readPages parses every page of a file system. It returns the pages that could be
// parsed and the errors of the others.
func readPages(files fs.FS) (map[ID]*Page, error) {
	all := make(map[ID]*Page)
	var failed []string
	names, err := fs.Glob(files, "pages/*.md")
	if err != nil {
		return all, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err == nil {
			var p *Page
			if p, err = ParsePage(string(b)); err == nil && name != "pages/"+string(p.ID)+".md" {
				err = fmt.Errorf("holds the page of %q", p.ID)
			}
			if err == nil {
				all[p.ID] = p
				continue
			}
		}
		failed = append(failed, name+": "+err.Error())
	}
	if failed != nil {
		return all, fmt.Errorf("%s", strings.Join(failed, "\n"))
	}
	return all, nil
}

// PageOf returns the page of a cause; ok is false if it has none yet.
func PageOf(id ID) (p *Page, ok bool) {
	p, ok = pages()[id]
	return p, ok
}

// Pages returns all pages in the order of [All].
func Pages() []*Page {
	var list []*Page
	for _, id := range causes {
		if p, ok := PageOf(id); ok {
			list = append(list, p)
		}
	}
	return list
}

// ParsePage parses a page: front matter between two lines of "---", then sections
// that each begin with "## ". It returns an error that names what is missing or
// unknown.
func ParsePage(text string) (*Page, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	head, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok || !strings.HasPrefix(text, "---\n") {
		return nil, fmt.Errorf("expected front matter between lines of ---")
	}
	p := new(Page)
	for line := range strings.SplitSeq(head, "\n") {
		if err := p.frontMatter(line); err != nil {
			return nil, err
		}
	}
	if err := p.body(body); err != nil {
		return nil, err
	}
	return p, p.complete()
}

// frontMatter parses one line, "name: value".
func (p *Page) frontMatter(line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("front matter: expected name: value, found %q", line)
	}
	value = strings.TrimSpace(value)
	switch name {
	case "id":
		p.ID = ID(value)
	case "stage":
		if value != "none" {
			p.Stage = stage.Stage(value)
		}
	case "severity":
		p.Severity = Severity(value)
	case "who":
		p.Who = Who(value)
	case "title":
		t, err := prose.Parse(value)
		if err != nil {
			return fmt.Errorf("title: %w", err)
		}
		p.title = t
	case "beside":
		if value != "yes" {
			return fmt.Errorf("front matter: expected beside: yes, found %q", value)
		}
		p.Beside = true
	case "sources":
		for s := range strings.SplitSeq(value, ";") {
			p.Sources = append(p.Sources, strings.TrimSpace(s))
		}
	default:
		return fmt.Errorf("front matter: unknown name %q", name)
	}
	return nil
}

// body splits sections into lines. Lines that belong together, which a file may
// break anywhere, are joined.
func (p *Page) body(text string) error {
	var lines []string
	take := func() error {
		for _, l := range lines {
			at := &p.Sections[len(p.Sections)-1]
			read, err := readLine(l, at.Heading)
			if err != nil {
				return fmt.Errorf("section %q: %w", at.Heading, err)
			}
			at.lines = append(at.lines, read)
		}
		lines = nil
		return nil
	}
	begin := true // the next line begins a paragraph
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		heading, isHeading := strings.CutPrefix(line, "## ")
		switch {
		case isHeading:
			if err := take(); err != nil {
				return err
			}
			p.Sections = append(p.Sections, Section{Heading: heading})
			begin = true
		case line == "":
			begin = true
		case len(p.Sections) == 0:
		case begin || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "{?") || strings.HasPrefix(line, "{!"):
			lines = append(lines, line)
			begin = false
		default:
			lines[len(lines)-1] += " " + line
		}
	}
	return take()
}

// readLine parses "{?slot}- do this." under a heading.
func readLine(text, heading string) (l line, err error) {
	conditions := ""
	for strings.HasPrefix(text, "{?") || strings.HasPrefix(text, "{!") {
		c, rest, ok := strings.Cut(text, "}")
		if !ok {
			break
		}
		conditions += c + "}"
		text = strings.TrimSpace(rest)
	}
	if heading == NotKnownHere {
		l.asks, text = cutQuestion(text)
	}
	l.text = text
	text, l.item = strings.CutPrefix(text, "- ")
	if heading == WhatToDo {
		var head actionHead
		if head, text, err = readHead(text); err != nil {
			return l, err
		}
		l.head = &head
		var command string
		if text, command = cutCommand(text); command != "" {
			if l.command, err = prose.Parse(command); err != nil {
				return l, err
			}
		}
	}
	l.Template, err = prose.Parse(conditions + text)
	return l, err
}

// cutQuestion cuts the id off "[who-drops] who drops it"; "" if there is none.
func cutQuestion(text string) (id, rest string) {
	inside, ok := strings.CutPrefix(text, "[")
	id, rest, closed := strings.Cut(inside, "] ")
	if !ok || !closed || !actionID.MatchString(id) {
		return "", text
	}
	return id, rest
}

// complete returns an error that names what a page lacks.
func (p *Page) complete() error {
	switch {
	case !slices.Contains(causes, p.ID):
		return fmt.Errorf("unknown cause %q", p.ID)
	case p.title == nil:
		return fmt.Errorf("front matter: title is missing")
	case p.Stage != "" && !p.Stage.Known():
		return fmt.Errorf("front matter: unknown stage %q", p.Stage)
	case p.Severity != Fail && p.Severity != Warn && p.Severity != Info:
		return fmt.Errorf("front matter: unknown severity %q", p.Severity)
	case !slices.Contains([]Who{You, Network, Provider, Operator}, p.Who):
		return fmt.Errorf("front matter: unknown who %q", p.Who)
	case len(p.Sources) == 0:
		return fmt.Errorf("front matter: sources are missing")
	}
	for _, h := range []string{InASentence, WhatToDo, ForTechs, HowWeKnow, MistakenFor} {
		if len(p.section(h)) == 0 {
			return fmt.Errorf("section %q is missing or empty", h)
		}
	}
	for _, s := range p.Sections {
		if s.Name().Empty() {
			return fmt.Errorf("unknown heading %q", s.Heading)
		}
	}
	return nil
}

// Slots returns the slots that are used anywhere on the page: in text, in a
// condition, or to say what an action is about.
func (p *Page) Slots() []string {
	seen := make(map[string]bool)
	note := func(t *prose.Template) {
		for _, s := range t.Slots(true) {
			seen[s] = true
		}
		for s := range t.Conditions() {
			seen[s] = true
		}
	}
	note(p.title)
	for _, s := range p.Sections {
		for _, l := range s.lines {
			note(l.Template)
			if l.command != nil {
				note(l.command)
			}
			if l.head != nil {
				for _, s := range l.head.about {
					seen[s] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Has reports whether a page uses a slot; see [Page.Slots].
func (p *Page) Has(slot Slot) bool { return slices.Contains(p.Slots(), slot.name) }

// section returns the lines under a heading.
func (p *Page) section(heading string) []line {
	for _, s := range p.Sections {
		if s.Heading == heading {
			return s.lines
		}
	}
	return nil
}
