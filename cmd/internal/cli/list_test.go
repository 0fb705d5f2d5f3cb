package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/fault"
	"maildoctor/profiles"
)

// The list of profiles has one line each that fits 80 columns, and counts what it
// leaves out.
func TestProfilesListFits(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	c, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{}
	run(t, fault.ExitWorks, s.pipe(), "profiles", "list")
	lines := strings.Split(strings.TrimSuffix(s.out.String(), "\n"), "\n")
	if len(lines) != len(c.Profiles())+1 {
		t.Fatalf("%d lines for %d profiles", len(lines), len(c.Profiles()))
	}
	for i, p := range c.Profiles() {
		line := lines[i+1]
		if w := ansi.StringWidth(line); w > 80 {
			t.Errorf("%d columns: %s", w, line)
		}
		domains := c.Domains(p)
		shown := 0
		for _, d := range domains {
			if strings.Contains(line+" ", " "+d+" ") {
				shown++
			}
		}
		if left := len(domains) - shown; left > 0 && !strings.HasSuffix(line, fmt.Sprintf(" +%d", left)) || len(domains) > 0 && shown == 0 {
			t.Errorf("%d of %d domains: %s", shown, len(domains), line)
		}
	}
}

// If the output is not a terminal a fact is one line, to be searched; on a terminal
// it is wrapped.
func TestProfileIsFolded(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	s := &screen{}
	run(t, fault.ExitWorks, s.pipe(), "profiles", "show", "yahoo")
	if !strings.Contains(s.out.String(), "domains    yahoo.com yahoo.de ") || !strings.Contains(s.out.String(), " ymail.com myyahoo.com rocketmail.com\n") {
		t.Errorf("not one line a fact:\n%s", s.out.String())
	}
	s = &screen{}
	streams := s.terminal()
	streams.Width = 80
	run(t, fault.ExitWorks, streams, "profiles", "show", "yahoo")
	for line := range strings.Lines(s.out.String()) {
		if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > 80 && !strings.Contains(line, "://") {
			t.Errorf("%d columns: %s", w, line)
		}
	}
}
