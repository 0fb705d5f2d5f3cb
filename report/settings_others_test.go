package report

import (
	"testing"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// TestOtherDomains counts the other domains with the same settings: a domain that a
// pattern covers is not among those listed.
func TestOtherDomains(t *testing.T) {
	p := &stage.Profile{Domains: []string{"rr.com", "twc.com"}, Patterns: []string{"*.rr.com"}}
	for domain, want := range map[string]int{"rr.com": 1, "nc.rr.com": 2} {
		if got := otherDomains(&stage.Subject{Domain: domain, Profile: p}); got != want {
			t.Errorf("%s: %d, want %d", domain, got, want)
		}
	}
}

// TestSourceOfSettings shows the date to which the source applies. If the source has
// none, the day on which it was read is shown.
func TestSourceOfSettings(t *testing.T) {
	p := &stage.Profile{Name: "Road Runner", Date: "2026-11-30"}
	for checked, want := range map[string]string{
		"":           "Road Runner's page of 2026-11-30",
		"2015-09-20": "Road Runner's page of 2015-09-20",
	} {
		p.Checked = checked
		if got := prose.English().Text(source(&stage.Subject{Profile: p})); got != want {
			t.Errorf("%q: %q, want %q", checked, got, want)
		}
	}
}

// TestSourceCompiled: what somebody else compiled is not called the provider's page,
// and both its date and the day of reading are shown.
func TestSourceCompiled(t *testing.T) {
	p := &stage.Profile{Name: "HAL", By: "Thunderbird's database", Date: "2026-11-30"}
	for checked, want := range map[string]string{
		"":           "Thunderbird's database, read 2026-11-30",
		"2009-12-10": "Thunderbird's database, read 2026-11-30 (entry of 2009-12-10)",
	} {
		p.Checked = checked
		if got := prose.English().Text(source(&stage.Subject{Profile: p})); got != want {
			t.Errorf("%q: %q, want %q", checked, got, want)
		}
	}
	if got := prose.English().Text(page(p)); got != p.By {
		t.Errorf("page: %q", got)
	}
}
