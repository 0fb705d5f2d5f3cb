package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// Every program shows its labels in every language, in narrow terminals too, and no line
// is wider than the terminal.
func TestProgramPagesFit(t *testing.T) {
	for _, id := range dialogs.IDs() {
		for _, language := range dialogs.Languages(id) {
			for _, width := range []int{40, 80} {
				s := &screen{}
				streams := s.terminal()
				streams.Width = width
				run(t, fault.ExitWorks, streams, "explain", "--program", string(id), "--language", language)
				text := s.out.String()
				if !strings.HasPrefix(strings.Join(strings.Fields(text), " "), dialogs.For(id, language).Name+", in the labels of version ") {
					t.Errorf("%s in %s: %q", id, language, text)
				}
				for line := range strings.Lines(text) {
					line = strings.TrimSuffix(line, "\n")
					if ansi.StringWidth(line) > width && len(strings.Fields(line)) > 1 {
						t.Errorf("%s in %s at %d columns: %q", id, language, width, line)
					}
				}
			}
		}
	}
}

// The settings in a terminal of 40 columns, in German.
func TestSettingsInNarrowTerminal(t *testing.T) {
	s := &screen{environ: map[string]string{"LANG": "de_DE.UTF-8"}}
	streams := s.terminal()
	streams.Width = 40
	run(t, fault.ExitWorks, streams, "settings", "jane@q.com", "--program", "thunderbird")
	const want = `Thunderbird, in the labels of version
153 ESR in the language de; the English
ones in brackets.

Receiving (POP)
  Konto-Einstellungen (Account Settings)
  > the account > Server-Einstellungen
  (Server Settings)
    Server (Server Name):
      pop.centurylink.net
    Port: 995
    Verbindungssicherheit (Connection
      security): SSL/TLS
    Benutzername (User Name):
      jane@q.com
    Authentifizierungsmethode
      (Authentication method): Passwort,
      normal (Normal password)
`
	if got := s.out.String(); !strings.HasPrefix(got, want) {
		t.Errorf("%s\nexpected it to begin with\n%s", got, want)
	}
}

// The language is that of the environment, as far as the program is known in it, and the
// flag overrides it.
func TestLanguageOfLabels(t *testing.T) {
	for _, c := range []struct {
		environ map[string]string
		args    []string
		want    string
	}{
		{nil, nil, "en"},
		{map[string]string{"LANG": "fr_FR.UTF-8"}, nil, "fr"},
		{map[string]string{"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "de_AT"}, nil, "de"},
		{map[string]string{"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "de_AT", "LC_ALL": "C"}, nil, "en"},
		{map[string]string{"LANG": "sv_SE"}, nil, "en"},
		{map[string]string{"LANG": "fr_FR.UTF-8"}, []string{"--language", "pt_BR"}, "pt-BR"},
	} {
		s := &screen{environ: c.environ}
		run(t, fault.ExitWorks, s.pipe(), append([]string{"settings", "jane@q.com", "--program", "Thunderbird 128", "--format", "json"}, c.args...)...)
		var got struct {
			Program struct {
				ID       stage.ProgramID
				Language string
				Dialogs  []struct {
					Protocol stage.Protocol
					Fields   []struct {
						Field, Value string
						Label        struct{ Own, English string }
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(s.out.String()), &got); err != nil {
			t.Fatal(err)
		}
		p := got.Program
		if p.ID != stage.ProgramThunderbird || p.Language != c.want || len(p.Dialogs) != 3 || p.Dialogs[2].Protocol != stage.SMTP {
			t.Errorf("%v %v: %+v, expected %s", c.environ, c.args, p, c.want)
			continue
		}
		if f := p.Dialogs[0].Fields[0]; f.Value != "pop.centurylink.net" || f.Label.Own == "" || (f.Label.English == "") != (c.want == "en") {
			t.Errorf("%v: %+v", c.environ, f)
		}
	}
}

// The sentences around labels can be translated; labels, which belong to the programs,
// are data.
func TestProgramsAreTranslatable(t *testing.T) {
	c, err := loadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	known := []any{"jane@q.com", "smtp://jane%40q.com@smtp.centurylink.net:587/", "--as", c.Profiles(), cause.All()}
	for _, p := range cause.Pages() {
		known = append(known, p.Sources)
	}
	for _, id := range dialogs.IDs() {
		for _, language := range dialogs.Languages(id) {
			p := dialogs.For(id, language)
			known = append(known, dialog.Described(p), p.RelayedBy)
		}
	}
	d, err := prosetest.Known(known...)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{
		{"settings", "jane@q.com", "--program", "thunderbird", "--language", "de"},
		{"settings", "jane@q.com", "--program", "outlook-new"},
		{"settings", "jane@q.com", "--program", "msmtp"},
		{"settings", "jane@q.com", "--program", "neomutt", "--linear"},
		{"settings", "q.com", "--program", "apple-mail"},
		{"explain", "--program", "outlook-mobile"},
		{"explain", "--program", "em-client"},
		{"explain", "wrong-username-format", "--program", "kmail"},
		{"explain", "535 5.7.8 authentication failed", "--program", "evolution"},
	} {
		var s screen
		st := s.pipe()
		st.Language = prosetest.Language()
		run(t, fault.ExitWorks, st, line...)
		untranslated(t, strings.Join(line, " "), d.Text(s.out.String()))
	}
}
