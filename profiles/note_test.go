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
		ID: NoteNoMailPrograms, Text: "Example lets no mail program in.", URL: "https://example.com/why",
		Source: "A page", Date: "2026-11-22",
	}}
	if diff := cmp.Diff(want, p.ForRules().Notes); diff != "" {
		t.Errorf("for rules (-want +got)\n%s", diff)
	}
}

// TestUserNameFor forms user names where one server differs from the others.
func TestUserNameFor(t *testing.T) {
	for _, tt := range []struct {
		profile, endpoint UserNameRule
		want              string
	}{
		{FullAddress, "", "jane@example.com"},
		{FullAddress, LocalPart, "jane"},
		{FullAddress, Assigned, ""},
		{LocalPart, "", "jane"},
		{LocalPart, FullAddress, "jane@example.com"},
		{Assigned, "", ""},
		{Assigned, LocalPart, "jane"},
	} {
		p := &Profile{UserNameRule: tt.profile}
		if got := p.UserNameFor(Endpoint{UserNameRule: tt.endpoint}, "jane@Example.com"); got != tt.want {
			t.Errorf("profile %s, endpoint %q: %q, want %q", tt.profile, tt.endpoint, got, tt.want)
		}
		if got := p.UserNameFor(Endpoint{UserNameRule: tt.endpoint}, "jane"); got != "" {
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
	var listed []string
	for line := range strings.Lines(string(text)) {
		if item, ok := strings.CutPrefix(line, "//   - "); ok {
			ids, _, _ := strings.Cut(item, ":")
			listed = append(listed, strings.Split(ids, ", ")...)
		}
	}
	if diff := cmp.Diff(noteIDs, listed); diff != "" {
		t.Errorf("(-constants +manual)\n%s", diff)
	}
}
