package cause_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
)

// TestOpenQuestions: the id of an open question is used on several lines, and no
// page shows it.
func TestOpenQuestions(t *testing.T) {
	lines := make(map[string]int)
	for _, p := range cause.Pages() {
		text := p.Markdown(prose.English())
		for _, o := range p.AllOpen() {
			lines[o.ID]++
			if strings.Contains(text, "["+o.ID+"]") {
				t.Errorf("%s shows the id %s", p.ID, o.ID)
			}
		}
	}
	delete(lines, "")
	if len(lines) < 8 {
		t.Errorf("ids %v", lines)
	}
	for id, n := range lines {
		if n < 2 {
			t.Errorf("%s: one line alone asks it", id)
		}
	}
}
