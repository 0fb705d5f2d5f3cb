package prosetest_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/prose/say"
)

func TestText(t *testing.T) {
	l := prosetest.Language()
	d, err := prosetest.Known(map[string]any{"host": []string{"imap.example.net", "two words"}, "sha256": "51aa07bd6f9420ce5e5e"})
	if err != nil {
		t.Fatal(err)
	}
	host := prose.Data("imap.example.net")
	for _, c := range []struct{ text, wrong string }{
		{l.Sentence(say.ServerNames(host)), ""},
		{"✓ " + l.Text(host) + ":993, 12.5", ""},
		{"Server: " + l.Text(host), `"Server:" comes from no table`},
		{l.Text(prose.Data("a mail server")), `"a" is said to be data`},
		{l.Text(prose.Data("two words")), ""},
		{l.Text(prose.Data("words two")), `"words two" is said to be data`},
		{l.Text(prose.Data("host[0].sha256 51aa07bd...")), ""},
		{"⟪imap.exa\n   mple.net⟫", ""},
		{"⟪imap.exa\n   mpel.net⟫", `"mpel.net" is said to be data`},
		{"⟪imap.exa ⟪51aa07bd⟫\n   mple.net⟫", ""}, // two columns
		{"⟦open", "not closed"},
		{"closed⟧", "closes nothing"},
		{l.Text(prose.Phrase("no-such-sentence", nil)), "no-such-sentence"},
	} {
		got := strings.Join(d.Text(c.text), "; ")
		if c.wrong == "" && got != "" || !strings.Contains(got, c.wrong) {
			t.Errorf("%q: %s, want %s", c.text, got, c.wrong)
		}
	}
}

func TestJSON(t *testing.T) {
	d, err := prosetest.Known("imap.example.net")
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.JSON([]byte(`{"title": "⟦a sentence⟧", "host": "imap.example.net", "said": {"id": "server-names"}, "list": ["⟦half⟧ a sentence", {"text": "words"}]}`))
	slices.Sort(got)
	if err != nil || len(got) != 2 || !strings.Contains(got[0], `"a sentence" comes from no table`) || !strings.Contains(got[1], `"words" comes from no table`) {
		t.Errorf("%q, %v", got, err)
	}
}
