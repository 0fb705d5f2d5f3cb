package profiles

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// TestAt fills the domain of an address into the names of servers.
func TestAt(t *testing.T) {
	text := strings.Replace(strings.Replace(whole, "imap.example.com", "Mail.{domain}", 1), `["example.com"]`, `["example.com", "bücher.example", "other.example"]`, 1)
	p, err := Parse("a.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := NewCatalogue(p)
	for arg, want := range map[string]string{
		"jane@example.com": "mail.example.com", "BÜCHER.example": "mail.xn--bcher-kva.example", "example": "mail.example.com",
	} {
		m, err := c.Find(arg)
		if err != nil {
			t.Errorf("%s: %v", arg, err)
			continue
		}
		if got := m.Subject(arg).Profile.Endpoints[0].Host; got != want || m.Profile.Endpoints[0].Host != want {
			t.Errorf("%s: %s and %s, want %s", arg, m.Profile.Endpoints[0].Host, got, want)
		}
	}
	if host := c.Profile("example").Endpoints[0].Host; host != "mail.{domain}" {
		t.Errorf("the catalogue's own profile has become %s", host)
	}
	var near []string
	for _, e := range c.NearServers(stage.IMAP, "mail.othr.example") {
		near = append(near, e.Host)
	}
	if diff := cmp.Diff([]string{"mail.other.example"}, near); diff != "" {
		t.Errorf("near (-want +got)\n%s", diff)
	}
	for host, want := range map[string]bool{"mail.inbox.lv": true, "mail.inbox.la": true, "mail.{domain}": false, "mail.inbox.test": false} {
		if got := Public(host); got != want {
			t.Errorf("%s is of the catalogue: %v, want %v", host, got, want)
		}
	}
	plain := &Profile{Endpoints: []Endpoint{{}}}
	if plain.At("example.com") != plain {
		t.Error("a profile without the domain in its hosts was copied")
	}
}
