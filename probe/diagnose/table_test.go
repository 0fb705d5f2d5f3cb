package diagnose

import (
	"slices"
	"testing"

	"maildoctor/probe/stage"
)

func TestRulesPagesAndIdsBelongTogether(t *testing.T) {
	if len(causes) != 110 {
		t.Errorf("%d causes, want 110", len(causes))
	}
	seen := make(map[CauseID]bool)
	for _, id := range causes {
		if seen[id] {
			t.Errorf("%s stands twice in the table", id)
		}
		seen[id] = true
	}
	all, err := readPages(causeFiles)
	if err != nil {
		t.Error(err)
	}
	ruled := make(map[CauseID]bool)
	for _, r := range allRules() {
		ruled[r.Cause] = true
		if !seen[r.Cause] {
			t.Errorf("a rule for %q, which is no cause", r.Cause)
		}
		if all[r.Cause] == nil {
			t.Errorf("%s has a rule and no page", r.Cause)
		}
		if len(r.Needs) == 0 || r.Judge == nil {
			t.Errorf("the rule of %s looks at nothing", r.Cause)
		}
		for _, id := range r.Explains {
			if !seen[id] {
				t.Errorf("%s explains %q, which is no cause", r.Cause, id)
			}
		}
	}
	for _, id := range causes {
		_, hidden := Unseen(id)
		if all[id] == nil {
			t.Errorf("%s has no page", id)
		}
		if ruled[id] == hidden {
			t.Errorf("%s: a rule %v, not observable %v", id, ruled[id], hidden)
		}
	}
	for _, u := range unseen {
		if !seen[u.cause] || u.shows == "" {
			t.Errorf("%q is not observable, and no cause, or nothing would show it", u.cause)
		}
	}
	for _, m := range []map[place]CauseID{nearestFault} {
		for p, id := range m {
			if all[id] == nil {
				t.Errorf("%v leads to %q, which has no page", p, id)
			}
		}
	}
	for s, id := range nearestStage {
		if all[id] == nil {
			t.Errorf("%s leads to %q, which has no page", s, id)
		}
	}
	for _, g := range signs {
		if len(g.means) == 0 {
			t.Errorf("a sign that means nothing: %+v", g)
		}
		for _, m := range g.means {
			if !ruled[m.Cause] {
				t.Errorf("a sign means %q, which has no rule", m.Cause)
			}
		}
	}
}

// What a sign means must come out as a finding: its cause has a rule that looks
// at the replies of that stage.
func TestEverySignHasARuleThatReadsIt(t *testing.T) {
	for _, g := range signs {
		for _, s := range g.in {
			for _, m := range g.means {
				if !slices.ContainsFunc(allRules(), func(r Rule) bool {
					return r.Cause == m.Cause && slices.ContainsFunc(r.Needs, func(n Need) bool {
						return n.fits(&stage.Result{Stage: s, Status: stage.Fail, Fault: stage.Rejected})
					})
				}) {
					t.Errorf("%s means %s, and no rule of it looks there", s, m.Cause)
				}
			}
		}
	}
}

// A circle among explanations would leave nothing that stands by itself.
func TestExplanationsRunOneWay(t *testing.T) {
	explains := make(map[CauseID][]CauseID)
	for _, r := range allRules() {
		explains[r.Cause] = append(explains[r.Cause], r.Explains...)
	}
	state := make(map[CauseID]int) // 1: on the way, 2: done
	var visit func(id CauseID, path []CauseID)
	visit = func(id CauseID, path []CauseID) {
		switch state[id] {
		case 1:
			t.Errorf("a circle: %v, %s", path, id)
			return
		case 2:
			return
		}
		state[id] = 1
		for _, next := range explains[id] {
			visit(next, append(path, id))
		}
		state[id] = 2
	}
	for _, id := range causes {
		visit(id, nil)
	}
}

func TestSuppressionFollowsTheChain(t *testing.T) {
	rules := []Rule{
		{Cause: NoNetworkRoute, Explains: []CauseID{DNSResolverBroken}},
		{Cause: DNSResolverBroken, Explains: []CauseID{ResolverSlow}},
		{Cause: ResolverSlow, Explains: []CauseID{SlowPath}},
		{Cause: SlowPath},
		{Cause: CertExpired, Explains: []CauseID{CertExpiresSoon}},
		{Cause: CertExpiresSoon},
		{Cause: TLSWeakDH, Explains: []CauseID{TLSClientTooOld}}, // a circle, which must end all the same
		{Cause: TLSClientTooOld, Explains: []CauseID{TLSWeakDH}},
	}
	var hits []hit
	for i, r := range rules {
		hits = append(hits, hit{Hit: Hit{Confidence: Likely}, rule: i, cause: r.Cause})
	}
	hits[4].Confidence = Possible // explains nothing
	suppress(hits, rules)
	want := []CauseID{"", NoNetworkRoute, NoNetworkRoute, NoNetworkRoute, "", ""}
	for i, by := range want {
		if hits[i].by != by {
			t.Errorf("%s is suppressed by %q, want %q", hits[i].cause, hits[i].by, by)
		}
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
func mistaken(line string) (CauseID, bool) {
	for _, id := range causes {
		if head := "- `" + string(id) + "`: "; len(line) > len(head) && line[:len(head)] == head {
			return id, true
		}
	}
	return "", false
}
