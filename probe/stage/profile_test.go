package stage

import "testing"

func TestServes(t *testing.T) {
	p := &Profile{
		Domains:   []string{"example.com"},
		Patterns:  []string{"*.rr.example"},
		Endpoints: []Endpoint{{Host: "mail.hoster.example"}},
	}
	for host, want := range map[string]bool{
		"MAIL.Hoster.example": true,
		"example.com":         true,
		"Imap.Example.com":    true,
		"nc.rr.example":       true,
		"mail.nc.RR.example":  true,
		"rr.example":          false,
		"carr.example":        false,
		"notexample.com":      false,
		"hoster.example":      false,
		"":                    false,
	} {
		if got := p.Serves(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
	if (*Profile)(nil).Serves("example.com") {
		t.Error("no profile serves a host")
	}
}
