package cause_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// page is the sample page with other actions.
func page(t *testing.T, actions ...string) *cause.Page {
	t.Helper()
	before, rest, _ := strings.Cut(samplePage, "## What to do\n")
	_, after, _ := strings.Cut(rest, "## As")
	p, err := cause.ParsePage(before + "## What to do\n\n" + strings.Join(actions, "\n") + "\n\n## As" + after)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An action is read as values: its id, its kind, what it is about, what it advises,
// how long to wait, and the command to type.
func TestActionValues(t *testing.T) {
	en, host := prose.English(), prose.Data("a.example")
	endpoint := func(port uint16, s stage.Security) cause.Advice {
		return cause.Advice{Kind: cause.AdviseEndpoint, Port: port, Security: s}
	}
	for _, tc := range []struct {
		line, text, command string
		want                cause.Action
	}{
		{"- [rest: wait 1h] You: wait.", "wait.", "", cause.Action{ID: "rest", Kind: cause.Wait, Who: cause.You, After: time.Hour}},
		{
			"- [reload-it: repair {host}] The operator: reload {host}, by: `systemctl reload {host}`", "reload a.example, by:", "systemctl reload a.example",
			cause.Action{ID: "reload-it", Kind: cause.Repair, Who: cause.Operator, About: []prose.Value{host}},
		},
		{
			"- [use-465: change-settings 465/tls tls-port same-port/starttls] You: do.", "do.", "",
			cause.Action{ID: "use-465", Kind: cause.ChangeSettings, Who: cause.You, Advises: []cause.Advice{
				endpoint(465, stage.TLS), endpoint(cause.TLSPort, stage.TLS), endpoint(0, stage.StartTLS),
			}},
		},
		{
			"- [as: change-settings auth/plain user/local other-protocol ipv4 other-resolver] You: do.", "do.", "",
			cause.Action{ID: "as", Kind: cause.ChangeSettings, Who: cause.You, Advises: []cause.Advice{
				{Kind: cause.AdvisePassword, Form: cause.PlainPassword},
				{Kind: cause.AdviseUserName, Form: cause.LocalPart},
				{Kind: cause.AdviseOtherProtocol},
				{Kind: cause.AdviseIPv4},
				{Kind: cause.AdviseOtherResolver},
			}},
		},
		{"- [x: contact] Your provider: say what `it` is.", "say what `it` is.", "", cause.Action{ID: "x", Kind: cause.Contact, Who: cause.Provider}},
		{"- [x: repair] Your network: type `this` and `that`", "type `this` and", "that", cause.Action{ID: "x", Kind: cause.Repair, Who: cause.Network}},
	} {
		got := page(t, tc.line).Actions(prose.Args{"host": host})
		if len(got) != 1 {
			t.Fatalf("%s: %d actions", tc.line, len(got))
		}
		if text, command := got[0].Text(en), got[0].Command(en); text != tc.text || command != tc.command {
			t.Errorf("%s: says %q, %q", tc.line, text, command)
		}
		a, want := got[0], tc.want
		if !a.Same(want) || a.Kind != want.Kind || a.Who != want.Who || a.After != want.After || !slices.Equal(a.Advises, want.Advises) {
			t.Errorf("%s: read as %+v", tc.line, a)
		}
	}
}

// If a page words one action in several ways, a reader of the page sees the first.
func TestWordingsOfOneAction(t *testing.T) {
	p := page(
		t, "- [use-it: change-settings 465/tls 587/starttls] You: use 465 or 587.",
		"- [use-it: change-settings 587/starttls] You: use 587.",
		"- [use-it: change-settings {host}] You: use another.",
		"{?lossy}- [mend-it: repair] You: mend it: `mend`",
	)
	if n := len(p.Actions(nil)); n != 3 {
		t.Errorf("%d actions, want each wording", n)
	}
	args := prose.Args{"host": prose.Data("a.example"), "lossy": prose.Set(true)}
	want := []string{"- You: use 465 or 587.", "- You: use another.", "- You: mend it: mend"}
	if d := cmp.Diff(want, p.Lines(prose.English(), cause.WhatToDo, args)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// An id has one meaning: its kind is the same on every page, except that what this
// run has proven may otherwise be a change of settings.
func TestActionIDsMeanOneThing(t *testing.T) {
	kinds := make(map[cause.ActionID]cause.ActionKind)
	for _, p := range cause.Pages() {
		for _, a := range p.AllActions() {
			kind := a.Kind
			if kind == cause.UseProven {
				kind = cause.ChangeSettings
			}
			if before, ok := kinds[a.ID]; ok && before != kind {
				t.Errorf("%s: the action %s is of the kind %s, elsewhere of %s", p.ID, a.ID, kind, before)
			}
			kinds[a.ID] = kind
			if len(a.Advises) > 0 && !slices.Contains([]cause.ActionKind{cause.ChangeSettings, cause.Beware, cause.Repair}, a.Kind) {
				t.Errorf("%s: the action %s is of the kind %s and advises settings", p.ID, a.ID, a.Kind)
			}
		}
	}
	used := make(map[cause.ActionKind]bool)
	for _, kind := range kinds {
		used[kind] = true
	}
	for _, kind := range cause.ActionKinds {
		if !used[kind] && kind != cause.UseProven {
			t.Errorf("no action is of the kind %s", kind)
		}
	}
}

// A page that advises a port or an encryption does so as a value as well, so that it
// can be compared with a run.
func TestSettingsInWordsAreValues(t *testing.T) {
	for _, p := range cause.Pages() {
		for _, a := range p.AllActions() {
			if a.Who != cause.You || !slices.Contains([]cause.ActionKind{cause.ChangeSettings, cause.Beware, cause.RetryElsewhere}, a.Kind) {
				continue
			}
			for _, words := range []string{"465", "587", "993", "to STARTTLS", "to SSL/TLS", "normal password", "encrypted password"} {
				if text := a.Text(prose.English()); strings.Contains(text, words) && len(a.Advises) == 0 {
					t.Errorf("%s: the action %s says %q, and advises nothing: %s", p.ID, a.ID, words, text)
				}
			}
		}
	}
}
