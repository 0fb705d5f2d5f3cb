package cli

import (
	"strings"
	"testing"

	"maildoctor/cmd/internal/fault"
)

// With --linear, or ACCESSIBLE in the environment, nothing moves the cursor of a
// terminal, neither during the run nor after it; otherwise the display does.
func TestLinearMovesNoCursor(t *testing.T) {
	for _, c := range []struct {
		name    string
		args    []string
		environ map[string]string
		moves   bool
	}{
		{"by the flag", []string{"--linear"}, nil, false},
		{"by the environment", nil, map[string]string{"ACCESSIBLE": "1"}, false},
		{"empty in the environment", nil, map[string]string{"ACCESSIBLE": ""}, true},
		{"on a dumb terminal", []string{"--linear"}, map[string]string{"TERM": "dumb"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := screen{environ: c.environ}
			run(t, fault.ExitWorks, s.terminal(), append([]string{"demo", "--color", "never"}, c.args...)...)
			if got := strings.ContainsAny(s.err.String()+s.out.String(), "\x1b\r"); got != c.moves {
				t.Errorf("the cursor moves: %v, want %v: %q", got, c.moves, s.err.String())
			}
			if got := strings.HasPrefix(s.err.String(), "Testing 3 connections.\n"); got == c.moves {
				t.Errorf("%q", s.err.String())
			}
			if got := strings.HasPrefix(s.out.String(), "Demo (healthy): "); !got || strings.Contains(s.out.String(), "✓") != c.moves {
				t.Error(s.out.String())
			}
		})
	}
}
