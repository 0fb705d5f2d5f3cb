package diagnose

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// TestRulesFillTheSlotsOfTheirPages compares the arguments that rules give with the
// slots of the pages: anything that only one side knows would silently disappear.
func TestRulesFillTheSlotsOfTheirPages(t *testing.T) {
	p := typedSource(t, house+"probe/diagnose")[0]
	names := slotNames(t)
	beside := derived(p, names)
	given := make(map[cause.ID]map[string]bool)
	for _, page := range cause.Pages() {
		given[page.ID] = maps.Clone(beside)
	}
	rules := append(ruleSources(t, p), unservedSource(p))
	if len(rules) <= len(allRules()) {
		t.Fatalf("%d rules in the source, of %d", len(rules)-1, len(allRules()))
	}
	for _, r := range rules {
		page, ok := cause.PageOf(r.cause)
		if !ok {
			t.Fatalf("%s: %s has no page", r.at, r.cause)
		}
		p.reach(func(n ast.Node) {
			v, ok := p.filled(n)
			if !ok {
				return
			}
			if name := names[v]; !slices.Contains(page.Slots(), name) {
				t.Errorf("%s: the rule of %s fills {%s} at %s, which its page does not have", r.at, r.cause, name, p.at(n))
			} else {
				given[r.cause][name] = true
			}
		}, r.from...)
	}
	used := make(map[string]bool)
	for _, page := range cause.Pages() {
		for _, name := range page.Slots() {
			used[name] = true
			if !given[page.ID][name] {
				t.Errorf("the page of %s has {%s}, which no rule of it fills", page.ID, name)
			}
		}
	}
	for name := range beside {
		if !used[name] {
			t.Errorf("every finding has {%s}, which no page has", name)
		}
	}
	for _, name := range names {
		if !used[name] {
			t.Errorf("{%s} is in the table of slots, and on no page", name)
		}
	}
}

// TestSlotsAreFilledByName: the test above sees all slots. Rules fill slots only by
// [Hit.with], and name them from the table.
func TestSlotsAreFilledByName(t *testing.T) {
	p := typedSource(t, house+"probe/diagnose")[0]
	calls := 0
	p.each(func(n ast.Node) {
		if call, ok := p.calls(n, withMethod); ok {
			calls++
			if _, ok := p.slotOf(call.Args[0]); !ok {
				t.Errorf("%s: a slot that is not named", p.at(n))
			}
		}
		if !strings.HasPrefix(p.at(n), "rules_") {
			return
		}
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == "args" && p.isType(n.X, house+"probe/diagnose.Hit") {
				t.Errorf("%s: arguments that do not come by (*Hit).with", p.at(n))
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Args" && p.isType(n.Value, house+"probe/prose.Args") {
				t.Errorf("%s: arguments that do not come by (*Hit).with", p.at(n))
			}
		}
	})
	if calls < 100 {
		t.Errorf("%d calls of (*Hit).with", calls)
	}
}

// displayed are the notes that no rule reads: they are for the report.
var displayed = []stage.NoteID{
	stage.NoteLeaveCopyOnServer, stage.NotePaidPlans, stage.NoteAccessSwitch, stage.NotePartialMailbox, stage.NoteSendingLimits,
	stage.NoteCleartextOnly,
}

// TestNotesAreReadByRules: a note that no profile can have is never found, and one
// that no rule reads has no effect.
func TestNotesAreReadByRules(t *testing.T) {
	read := make(map[string]bool)
	for _, p := range typedSource(t, house+"probe/diagnose", house+"probe/diagnose/chart", house+"probe/diagnose/question") {
		p.each(func(n ast.Node) {
			id, ok := n.(*ast.Ident)
			if !ok {
				return
			}
			if c, ok := p.info.Uses[id].(*types.Const); ok && p.isType(id, house+"probe/stage.NoteID") {
				read[constant.StringVal(c.Val())] = true
			}
		})
	}
	for _, id := range stage.NoteIDs() {
		if show := slices.Contains(displayed, id); read[string(id)] == show {
			t.Errorf("%s: read by a rule: %v, for display only: %v", id, read[string(id)], show)
		}
		delete(read, string(id))
	}
	for id := range read {
		t.Errorf("a rule reads the note %s, which no profile can have", id)
	}
}

// TestIdsAreNotWrittenOut: an id in a string literal may be misspelt.
func TestIdsAreNotWrittenOut(t *testing.T) {
	ids := []string{house + "probe/stage.NoteID", house + "probe/stage.UserForm", slotTable + ".ID"}
	rooms := []string{"probe/diagnose", "probe/diagnose/chart", "probe/diagnose/question", "probe/diagnose/reply", "profiles", "report"}
	for i := range rooms {
		rooms[i] = house + rooms[i]
	}
	for _, p := range typedSource(t, rooms...) {
		p.each(func(n ast.Node) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || lit.Value == `""` {
				return
			}
			for _, name := range ids {
				if p.isType(lit, name) {
					t.Errorf("%s: %s is written out; there are constants", p.at(lit), lit.Value)
				}
			}
		})
	}
}
