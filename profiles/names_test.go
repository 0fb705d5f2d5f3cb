package profiles

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesBySource reads domains and mail exchangers of several sources.
func TestNamesBySource(t *testing.T) {
	text := strings.Replace(whole, `domains = ["example.com"]`, `domains = ["*.Mail.example", "example.com"]
mx = ["MX.example.com.", "*.mx.example.net"]`, 1) + `[[further]]
domains = ["bücher.example", "*.example.org"]
source = { title = "A list", url = "https://example.com/list", checked = "2024", read = 2026-11-20 }
[[further]]
mx = ["*.mx.example.org"]
source = { title = "Another", checked = 2026-10-02, read = 2026-11-20 }
`
	p, err := Parse("a.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Further{
		{
			Domains: []string{"example.com"}, Patterns: []string{"*.mail.example"}, MX: []string{"mx.example.com", "*.mx.example.net"},
			Source: Source{Title: "A page", Date: "2026-11-22"},
		},
		{
			Domains: []string{"xn--bcher-kva.example"}, Patterns: []string{"*.example.org"},
			Source: Source{Title: "A list", URL: "https://example.com/list", Checked: "2024", Date: "2026-11-20"},
		},
		{MX: []string{"*.mx.example.org"}, Source: Source{Title: "Another", Checked: "2026-10-02", Date: "2026-11-20"}},
	}
	got := p.NamesBySource()
	for i := range got {
		got[i].MX, got[i].Domains = orNil(got[i].MX), orNil(got[i].Domains)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"*.mail.example", "*.example.org"}, p.ForRules().Patterns); diff != "" {
		t.Errorf("patterns for rules (-want +got)\n%s", diff)
	}
	for arg, host := range map[string]string{"x.example.org": "", "mx.example.com": "mx.example.com", "a.mx.example.org": "*.mx.example.org"} {
		if _, entry := NewCatalogue(p).FindMX(arg); entry != host {
			t.Errorf("%s as a mail exchanger: %q, want %q", arg, entry, host)
		}
	}
}

// orNil makes no difference between an empty list and none.
func orNil(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// TestNoDomains reads a provider for other people's domains, which is found by its
// mail exchangers and its id alone.
func TestNoDomains(t *testing.T) {
	p, err := Parse("a.toml", []byte(strings.Replace(whole, `domains = ["example.com"]`, `mx = ["*.mx.example"]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := NewCatalogue(p).Find("example"); err != nil || m.Profile != p {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAsOf(t *testing.T) {
	for _, tt := range []struct {
		s    Source
		want string
	}{
		{Source{Checked: "2020-08", Date: "2026-11-22"}, "2020-08"},
		{Source{Date: "2026-11-22"}, "2026-11-22"},
	} {
		if got := tt.s.AsOf(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.s, got, tt.want)
		}
	}
}
