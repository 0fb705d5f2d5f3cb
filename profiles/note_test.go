package profiles

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// TestNoMailPrograms reads a provider without servers, as its manual allows.
func TestNoMailPrograms(t *testing.T) {
	text := whole[:strings.Index(whole, "[[endpoint]]")] + `[[note]]
id   = "no-mail-programs"
text = "Example lets no mail program in."
url  = "https://example.com/why"
`
	p, err := Parse("a.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Endpoints) != 0 {
		t.Errorf("endpoints %v", p.Endpoints)
	}
	want := []stage.Note{{
		ID: stage.NoteNoMailPrograms, Text: "Example lets no mail program in.", URL: "https://example.com/why",
		Source: "A page", Date: "2026-11-22",
	}}
	if diff := cmp.Diff(want, p.ForRules().Notes); diff != "" {
		t.Errorf("for rules (-want +got)\n%s", diff)
	}
}

// TestEveryNote reads a profile with each note that rules and reports know.
func TestEveryNote(t *testing.T) {
	for _, id := range stage.NoteIDs() {
		text := whole
		if id == stage.NoteNoMailPrograms {
			text = whole[:strings.Index(whole, "[[endpoint]]")]
		}
		p, err := Parse("a.toml", []byte(text+"[[note]]\nid = \""+string(id)+"\"\ntext = \"So it is.\"\n"))
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if _, ok := p.ForRules().Note(id); !ok {
			t.Errorf("%s is not among the notes for rules", id)
		}
	}
}

// TestUserNameFor forms user names where one server differs from the others.
func TestUserNameFor(t *testing.T) {
	for _, tt := range []struct {
		profile, endpoint stage.UserForm
		want              string
	}{
		{stage.FullAddress, "", "jane@example.com"},
		{stage.FullAddress, stage.LocalPart, "jane"},
		{stage.FullAddress, stage.AssignedName, ""},
		{stage.LocalPart, "", "jane"},
		{stage.LocalPart, stage.FullAddress, "jane@example.com"},
		{stage.AssignedName, "", ""},
		{stage.AssignedName, stage.LocalPart, "jane"},
	} {
		p := &Profile{UserForm: tt.profile}
		if got := p.UserNameFor(Endpoint{UserForm: tt.endpoint}, "jane@Example.com"); got != tt.want {
			t.Errorf("profile %s, endpoint %q: %q, want %q", tt.profile, tt.endpoint, got, tt.want)
		}
		if got := p.UserNameFor(Endpoint{UserForm: tt.endpoint}, "jane"); got != "" {
			t.Errorf("profile %s, endpoint %q, no address: %q", tt.profile, tt.endpoint, got)
		}
	}
}

// TestManualNotes holds the ids of notes and the manual's list of them together.
func TestManualNotes(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed []stage.NoteID
	for line := range strings.Lines(string(text)) {
		if item, ok := strings.CutPrefix(line, "//   - "); ok {
			ids, _, _ := strings.Cut(item, ":")
			for id := range strings.SplitSeq(ids, ", ") {
				listed = append(listed, stage.NoteID(id))
			}
		}
	}
	if diff := cmp.Diff(stage.NoteIDs(), listed); diff != "" {
		t.Errorf("(-constants +manual)\n%s", diff)
	}
}
