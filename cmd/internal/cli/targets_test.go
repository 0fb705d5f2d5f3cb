package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Servers that may have been meant go with what somebody typed or wrote, and not
// with the embedded catalogue's own.
func TestNearGoesWithWhatWasTyped(t *testing.T) {
	meant := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}
	slip := meant
	slip.Host = "imap.exmaple.net"
	profile := func(id, domain string, e stage.Endpoint, builtin bool) *profiles.Profile {
		return &profiles.Profile{ID: id, Domains: []string{domain}, Endpoints: []profiles.Endpoint{{Endpoint: e}}, Builtin: builtin}
	}
	catalogue := profiles.NewCatalogue(
		profile("right", "example.net", meant, true),
		profile("own", "own.test", slip, false),
		profile("old", "old.test", slip, true),
	)
	for arg, want := range map[string][]stage.Endpoint{
		"imaps://imap.exampel.net": {meant, slip},
		"imaps://imap.example.net": {slip},
		"pop3s://imap.exampel.net": nil,
		"jane@own.test":            {meant},
		"jane@old.test":            nil,
	} {
		got, err := target(arg, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Subject.Near); diff != "" {
			t.Errorf("%s (-want +got)\n%s", arg, diff)
		}
	}
}
