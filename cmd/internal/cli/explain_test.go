package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestPasted(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"explain|-ERR [AUTH] no", "explain|--|-ERR [AUTH] no"},
		{"explain|-ERR no|--format|json", "explain|--format|json|--|-ERR no"},
		{"explain|-ERR|[AUTH]|no", "explain|--|-ERR|[AUTH]|no"},
		{"explain|-ERR|[AUTH]|no|--format|json", "explain|--format|json|--|-ERR|[AUTH]|no"},
		{"explain|--|-ERR no", "explain|--|-ERR no"},
		{"explain|535 no", "explain|535 no"},
		{"check|-ERR", "check|-ERR"},
		{"-ERR", "-ERR"},
	} {
		in := strings.Split(tt.in, "|")
		before := slices.Clone(in)
		if got := strings.Join(withPasted(in), "|"); got != tt.want {
			t.Errorf("withPasted(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if !slices.Equal(in, before) {
			t.Errorf("withPasted(%q) changed its argument", tt.in)
		}
	}
}
