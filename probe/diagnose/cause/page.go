package cause

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"maildoctor/probe/stage"
)

//go:embed pages/*.md
var pageFiles embed.FS

// Page is what there is to say about a cause: whole sentences for each reader,
// with slots such as {host} for what differs from case to case.
type Page struct {
	ID       ID
	Stage    stage.Stage // where it shows; empty where the connection doesn't show it
	Severity Severity
	Who      Who
	Sources  []string
	Beside   bool // its first action is cheap and harmless; see [Action]

	title    string
	Sections []Section
	actions  []pageAction
}

// pageAction is an action of a page, and when it stands.
type pageAction struct {
	conditions conditionList
	actionLine
}

// Section is one part of a page. Its lines are paragraphs or list items, with
// slots and conditions still in them.
type Section struct {
	Heading string
	Lines   []string
}

// The headings that every page has, in this order; "Not known" may be missing.
const (
	InASentence  = "In a sentence"
	WhatToDo     = "What to do"
	ForTechs     = "As a technician"
	HowWeKnow    = "How we know"
	MistakenFor  = "Often mistaken for"
	NotKnownHere = "Not known"
)

// pages parses the pages once. They are part of the program: one that cannot be
// read is left out, which a test would notice.
var pages = sync.OnceValue(func() map[ID]*Page {
	all, _ := readPages(pageFiles)
	return all
})

// readPages parses every page of a file system. It returns the pages that could
// be read and the errors of the others.
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

// PageOf finds the page of a cause; ok is false where it has none yet.
func PageOf(id ID) (p *Page, ok bool) {
	p, ok = pages()[id]
	return p, ok
}

// Pages returns all pages in the order of [Causes].
func Pages() []*Page {
	var list []*Page
	for _, id := range causes {
		if p, ok := PageOf(id); ok {
			list = append(list, p)
		}
	}
	return list
}

// ParsePage reads a page: front matter between two lines of "---", then
// sections that each begin with "## ". It returns an error that names what is
// missing or unknown.
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
	p.body(body)
	return p, p.complete()
}

// frontMatter takes one line, "name: value".
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
		p.title = value
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
// break anywhere, become one.
func (p *Page) body(text string) {
	begin := true // the next line begins a paragraph
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		heading, isHeading := strings.CutPrefix(line, "## ")
		n := len(p.Sections) - 1
		switch {
		case isHeading:
			p.Sections = append(p.Sections, Section{Heading: heading})
			begin = true
		case line == "":
			begin = true
		case n < 0:
		case begin || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "{?") || strings.HasPrefix(line, "{!"):
			p.Sections[n].Lines = append(p.Sections[n].Lines, line)
			begin = false
		default:
			last := len(p.Sections[n].Lines) - 1
			p.Sections[n].Lines[last] += " " + line
		}
	}
}

// complete reports what a page lacks.
func (p *Page) complete() error {
	switch {
	case !slices.Contains(causes, p.ID):
		return fmt.Errorf("unknown cause %q", p.ID)
	case p.title == "":
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
	return p.readActions()
}

// readActions reads "What to do".
func (p *Page) readActions() error {
	for _, line := range p.section(WhatToDo) {
		c, text := conditions(line)
		a, err := readAction(text)
		if err != nil {
			return err
		}
		p.actions = append(p.actions, pageAction{c, a})
	}
	return nil
}

// Has reports whether a slot stands anywhere on the page, or decides on a line.
func (p *Page) Has(slot string) bool {
	in := func(line string) bool {
		c, text := conditions(line)
		return slices.Contains(slots(text), slot) || slices.ContainsFunc(c, func(c condition) bool { return c.slot == slot })
	}
	return in(p.title) || slices.ContainsFunc(p.Sections, func(s Section) bool { return slices.ContainsFunc(s.Lines, in) })
}

// section returns the lines under a heading.
func (p *Page) section(heading string) []string {
	for _, s := range p.Sections {
		if s.Heading == heading {
			return s.Lines
		}
	}
	return nil
}
