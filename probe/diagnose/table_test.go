package diagnose

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

func TestRulesPagesAndIdsBelongTogether(t *testing.T) {
	if len(cause.All()) != 125 {
		t.Errorf("%d causes, want 125", len(cause.All()))
	}
	seen := make(map[cause.ID]bool)
	for _, id := range cause.All() {
		if seen[id] {
			t.Errorf("%s stands twice in the table", id)
		}
		seen[id] = true
	}
	all := make(map[cause.ID]*cause.Page)
	for _, p := range cause.Pages() {
		all[p.ID] = p
	}
	ruled := make(map[cause.ID]bool)
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
	for _, id := range cause.All() {
		_, hidden := Unseen(id)
		if all[id] == nil {
			t.Errorf("%s has no page", id)
		}
		if ruled[id] == hidden {
			t.Errorf("%s: a rule %v, not observable %v", id, ruled[id], hidden)
		}
	}
	for id := range unseen {
		if shows, _ := Unseen(id); !seen[id] || shows.Empty() {
			t.Errorf("%q is not observable, and no cause, or nothing would show it", id)
		}
	}
	for _, m := range []map[place]cause.ID{nearestFault} {
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
	for _, means := range reply.Meanings() {
		if len(means) == 0 {
			t.Error("a sign that means nothing")
		}
		for _, m := range means {
			if !ruled[m.Cause] {
				t.Errorf("a sign means %q, which has no rule", m.Cause)
			}
		}
	}
}

// The causes of a sign must become findings: each has a rule that examines the
// replies of that stage.
func TestEverySignHasARuleThatReadsIt(t *testing.T) {
	for in, means := range reply.Meanings() {
		for _, s := range in {
			for _, m := range means {
				if !slices.ContainsFunc(allRules(), func(r Rule) bool {
					return r.Cause == m.Cause && slices.ContainsFunc(r.Needs, func(n chart.Need) bool {
						return n.Fits(&stage.Result{Stage: s, Status: stage.Fail, Fault: stage.Rejected})
					})
				}) {
					t.Errorf("%s means %s, and no rule of it looks there", s, m.Cause)
				}
			}
		}
	}
}

// A cycle among explanations would leave no independent finding.
func TestExplanationsRunOneWay(t *testing.T) {
	explains := make(map[cause.ID][]cause.ID)
	for _, r := range allRules() {
		explains[r.Cause] = append(explains[r.Cause], r.Explains...)
	}
	state := make(map[cause.ID]int) // 1: in progress, 2: done
	var visit func(id cause.ID, path []cause.ID)
	visit = func(id cause.ID, path []cause.ID) {
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
	for _, id := range cause.All() {
		visit(id, nil)
	}
}

func TestSuppressionFollowsTheChain(t *testing.T) {
	rules := []Rule{
		{Cause: cause.NoNetworkRoute, Explains: []cause.ID{cause.DNSResolverBroken}},
		{Cause: cause.DNSResolverBroken, Explains: []cause.ID{cause.ResolverSlow}},
		{Cause: cause.ResolverSlow, Explains: []cause.ID{cause.SlowPath}},
		{Cause: cause.SlowPath},
		{Cause: cause.CertExpired, Explains: []cause.ID{cause.CertExpiresSoon}},
		{Cause: cause.CertExpiresSoon},
		{Cause: cause.TLSWeakDH, Explains: []cause.ID{cause.TLSClientTooOld}}, // a cycle, which must end all the same
		{Cause: cause.TLSClientTooOld, Explains: []cause.ID{cause.TLSWeakDH}},
	}
	var hits []hit
	for i, r := range rules {
		hits = append(hits, hit{Hit: Hit{Confidence: cause.Likely}, rule: i, cause: r.Cause})
	}
	hits[4].Confidence = cause.Possible // explains nothing
	suppress(hits, rules)
	want := []cause.ID{"", cause.NoNetworkRoute, cause.NoNetworkRoute, cause.NoNetworkRoute, "", ""}
	for i, by := range want {
		if hits[i].by != by {
			t.Errorf("%s is suppressed by %q, want %q", hits[i].cause, hits[i].by, by)
		}
	}
}
