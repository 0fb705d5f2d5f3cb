package cause

import (
	"maps"
	"slices"
	"testing"

	"maildoctor/probe/prose"
)

func TestPagesCanBeRead(t *testing.T) {
	if _, err := readPages(pageFiles); err != nil {
		t.Error(err)
	}
}

func TestPagesAreInOrder(t *testing.T) {
	for _, p := range Pages() {
		heads := []string{InASentence, WhatToDo, ForTechs, HowWeKnow, MistakenFor, NotKnownHere}
		for i, s := range p.Sections {
			if s.Heading != heads[i] {
				t.Errorf("%s: section %d is %q, want %q", p.ID, i, s.Heading, heads[i])
			}
		}
		lines := []*prose.Template{p.title}
		for _, s := range p.Sections {
			for _, l := range s.lines {
				if lines = append(lines, l.Template); l.command != nil {
					lines = append(lines, l.command)
				}
			}
		}
		for _, text := range lines {
			decided := text.Conditions()
			for _, name := range text.Slots(false) {
				if General(name).Empty() && !decided[name] {
					t.Errorf("%s: slot {%s} has no general words", p.ID, name)
				}
			}
			for _, name := range append(text.Slots(true), slices.Collect(maps.Keys(decided))...) {
				if !slices.Contains(allSlots, Slot{name}) {
					t.Errorf("%s: there is no slot %q", p.ID, name)
				}
			}
		}
		for _, line := range p.section(WhatToDo) {
			for _, name := range line.head.about {
				if !slices.Contains(allSlots, Slot{name}) {
					t.Errorf("%s: action %s: there is no slot %q", p.ID, line.head.id, name)
				}
			}
		}
		for _, line := range p.section(MistakenFor) {
			if _, ok := mistaken(line.text); !ok {
				t.Errorf("%s: %q names no cause", p.ID, line.text)
			}
		}
		for _, r := range p.Lines(prose.English(), WhatToDo, nil) {
			if len(r) > 260 {
				t.Errorf("%s: an action of %d letters is a paragraph", p.ID, len(r))
			}
		}
	}
}

// mistaken returns the cause that a line of "Often mistaken for" begins with.
func mistaken(line string) (ID, bool) {
	for _, id := range causes {
		if head := "- `" + string(id) + "`: "; len(line) > len(head) && line[:len(head)] == head {
			return id, true
		}
	}
	return "", false
}
