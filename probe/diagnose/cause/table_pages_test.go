package cause

import (
	"slices"
	"testing"
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
		lines := []string{p.title}
		for _, s := range p.Sections {
			lines = append(lines, s.Lines...)
		}
		for _, line := range lines {
			c, text := conditions(line)
			for _, name := range slots(text) {
				guarded := slices.Contains(c, condition{slot: name})
				if _, ok := generalWords[name]; !ok || generalWords[name] == "" && !guarded {
					t.Errorf("%s: slot {%s} has no general words", p.ID, name)
				}
			}
			for _, k := range c {
				if _, ok := generalWords[k.slot]; !ok && k.slot != "several" {
					t.Errorf("%s: condition on unknown slot %q", p.ID, k.slot)
				}
			}
		}
		for _, line := range p.section(MistakenFor) {
			if _, ok := mistaken(line); !ok {
				t.Errorf("%s: %q names no cause", p.ID, line)
			}
		}
		for _, r := range p.Lines(WhatToDo, nil) {
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
