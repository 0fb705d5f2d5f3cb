package cause

import (
	"regexp"
	"testing"

	"maildoctor/probe/prose"
)

// byName names the servers' operator.
var byName = regexp.MustCompile(`(?i)\b(your provider|the provider|the operator)\b`)

// TestPartyIsASlot: in a report, a page uses the report's term for the servers'
// operator, by {party}.
func TestPartyIsASlot(t *testing.T) {
	args := prose.Args{SlotParty.name: prose.Data("X"), SlotProvider.name: prose.Data("X")}
	for _, p := range Pages() {
		said := []string{p.Title(prose.English(), args)}
		for _, heading := range []string{InASentence, WhatToDo, NotKnownHere} {
			for _, l := range p.section(heading) {
				said = append(said, fill(prose.English(), l.Template, args, true))
			}
		}
		for _, text := range said {
			if m := byName.FindString(text); m != "" {
				t.Errorf("%s: %q in %q", p.ID, m, text)
			}
		}
	}
}
