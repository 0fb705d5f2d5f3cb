package report

import (
	"testing"

	"maildoctor/probe/stage"
)

// TestOtherDomains counts for whom else the settings hold: a domain that a pattern
// stands for is none of those listed.
func TestOtherDomains(t *testing.T) {
	p := &stage.Profile{Domains: []string{"rr.com", "twc.com"}, Patterns: []string{"*.rr.com"}}
	for domain, want := range map[string]int{"rr.com": 1, "nc.rr.com": 2} {
		if got := otherDomains(&stage.Subject{Domain: domain, Profile: p}); got != want {
			t.Errorf("%s: %d, want %d", domain, got, want)
		}
	}
}
