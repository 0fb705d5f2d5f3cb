package profiles

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

func TestPatternOf(t *testing.T) {
	const form = "a star, a dot and a domain, as in *.example.com"
	for _, tt := range []struct{ text, want, expected string }{
		{"*.rr.com", "*.rr.com", ""},
		{"*.NC.RR.com.", "*.nc.rr.com", ""},
		{"*.bücher.example", "*.xn--bcher-kva.example", ""},
		{"*.github.io", "*.github.io", ""}, // a company's, though others have names there
		{"*.com", "", form},
		{"*.co.uk", "", "a pattern below the provider's own domain: under co.uk anybody has domains"},
		{"*", "", form},
		{"*.", "", form},
		{"*rr.com", "", form},
		{"*.*.com", "", form},
		{"nc.*.rr.com", "", form},
		{".rr.com", "", form},
		{"*.-rr.com", "", form},
	} {
		got, expected := patternOf(tt.text)
		if got != tt.want || expected != tt.expected {
			t.Errorf("%q: %q, %q, want %q, %q", tt.text, got, expected, tt.want, tt.expected)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		pattern, entry string
		want           bool
	}{
		{"*.rr.com", "nc.rr.com", true},
		{"*.rr.com", "a.nc.rr.com", true},
		{"*.rr.com", "*.nc.rr.com", true},
		{"*.rr.com", "rr.com", false},
		{"*.rr.com", "*.rr.com", false},
		{"*.rr.com", "xrr.com", false},
		{"*.nc.rr.com", "*.rr.com", false},
		{"rr.com", "nc.rr.com", false},
	} {
		if got := covers(tt.pattern, tt.entry); got != tt.want {
			t.Errorf("%s, %s: %v, want %v", tt.pattern, tt.entry, got, tt.want)
		}
	}
}

// TestFindByPattern looks domains up where names and patterns of several profiles
// and origins lie within each other.
func TestFindByPattern(t *testing.T) {
	wide := &Profile{ID: "wide", Domains: []string{"twc.com"}, Patterns: []string{"*.rr.com"}, MX: []string{"*.mx.example"}, UserForm: stage.FullAddress}
	narrow := &Profile{ID: "narrow", Domains: []string{"mi.rr.com"}, Patterns: []string{"*.nc.rr.com"}, MX: []string{"b.mx.example", "*.c.mx.example"}}
	own := &Profile{ID: "own", Patterns: []string{"*.se.nc.rr.com"}, MX: []string{"*.example"}}
	for _, tt := range []struct {
		name    string
		origins [][]*Profile
		domain  string
		want    string
	}{
		{"below the pattern", [][]*Profile{{wide}}, "city.rr.com", "wide"},
		{"far below", [][]*Profile{{wide}}, "mail.city.rr.com", "wide"},
		{"the pattern's own base", [][]*Profile{{wide}}, "rr.com", ""},
		{"a name that ends alike", [][]*Profile{{wide}}, "carr.com", ""},
		{"a name over a pattern", [][]*Profile{{wide, narrow}}, "mi.rr.com", "narrow"},
		{"a name over a pattern, other order", [][]*Profile{{narrow, wide}}, "mi.rr.com", "narrow"},
		{"below a name that stands for itself alone", [][]*Profile{{wide, narrow}}, "x.mi.rr.com", "wide"},
		{"the longer pattern", [][]*Profile{{narrow, wide}}, "x.nc.rr.com", "narrow"},
		{"the base of the longer pattern", [][]*Profile{{narrow, wide}}, "nc.rr.com", "wide"},
		{"a later origin", [][]*Profile{{wide, narrow}, {own}}, "x.se.nc.rr.com", "own"},
		{"what the later origin leaves", [][]*Profile{{wide, narrow}, {own}}, "x.nc.rr.com", "narrow"},
		{"a later origin with the wider pattern", [][]*Profile{{narrow}, {wide}}, "mi.rr.com", "wide"},
		{"an earlier origin with the wider pattern", [][]*Profile{{wide}, {narrow}}, "mi.rr.com", "narrow"},
	} {
		m, err := newCatalogue(tt.origins...).Find("Jane@" + strings.ToUpper(tt.domain))
		got := ""
		if err == nil {
			got = m.Profile.ID
		}
		if got != tt.want || tt.want == "" && !errors.Is(err, ErrUnknown) || m.Domain != tt.domain {
			t.Errorf("%s: %s, %q, %v, want %q", tt.name, m.Domain, got, err, tt.want)
		}
	}
	c := newCatalogue([]*Profile{wide, narrow}, []*Profile{own})
	for id, want := range map[string][]string{
		"wide": {"twc.com", "*.rr.com"}, "narrow": {"mi.rr.com", "*.nc.rr.com"}, "own": {"*.se.nc.rr.com"},
	} {
		if diff := cmp.Diff(want, c.Domains(c.Profile(id))); diff != "" {
			t.Errorf("domains of %s (-want +got)\n%s", id, diff)
		}
	}
	if got := newCatalogue([]*Profile{narrow}, []*Profile{wide}).Domains(narrow); got != nil {
		t.Errorf("narrow keeps %v though a later origin has a pattern over all of it", got)
	}
}

func TestFindMX(t *testing.T) {
	microsoft := &Profile{ID: "microsoft", MX: []string{"*.mail.protection.example"}}
	outlook := &Profile{ID: "outlook", MX: []string{"*.olc.protection.example", "mx.outlook.example"}}
	generic := &Profile{ID: "generic", MX: []string{"*.protection.example"}}
	mine := &Profile{ID: "mine", MX: []string{"acme.mail.protection.example"}}
	c := newCatalogue([]*Profile{microsoft, outlook, generic}, []*Profile{mine})
	for host, want := range map[string]string{
		"acme-com.mail.protection.example":   "microsoft *.mail.protection.example",
		" ACME-COM.Mail.Protection.EXAMPLE.": "microsoft *.mail.protection.example",
		"a.b.mail.protection.example":        "microsoft *.mail.protection.example",
		"acme.mail.protection.example":       "mine acme.mail.protection.example",
		"eur.olc.protection.example":         "outlook *.olc.protection.example",
		"mx.outlook.example":                 "outlook mx.outlook.example",
		"x.mx.outlook.example":               " ",
		"mail.protection.example":            "generic *.protection.example",
		"protection.example":                 " ",
		"example":                            " ",
		".":                                  " ", // a null MX (RFC 7505)
		"":                                   " ",
		"192.0.2.1":                          " ",
		"not a name":                         " ",
		strings.Repeat("a.", 200) + "mail.protection.example": " ",
	} {
		p, entry := c.FindMX(host)
		id := ""
		if p != nil {
			id = p.ID
		}
		if got := id + " " + entry; got != want {
			t.Errorf("%.50q: %q, want %q", host, got, want)
		}
	}
	if diff := cmp.Diff(microsoft.MX, c.MX(microsoft)); diff != "" {
		t.Errorf("Microsoft's own (-want +got)\n%s", diff)
	}
	over := newCatalogue([]*Profile{microsoft, outlook}, []*Profile{generic})
	if got := over.MX(outlook); len(got) != 1 || got[0] != "mx.outlook.example" {
		t.Errorf("outlook keeps %v, want mx.outlook.example alone", got)
	}
}

func TestOverlaps(t *testing.T) {
	wide := &Profile{ID: "wide", Domains: []string{"rr.com"}, Patterns: []string{"*.rr.com"}, MX: []string{"*.mx.example"}}
	narrow := &Profile{ID: "narrow", Domains: []string{"mi.rr.com", "rr.net"}, Patterns: []string{"*.nc.rr.com"}, MX: []string{"mx.example", "b.mx.example"}}
	want := []Overlap{
		{"mi.rr.com", narrow, "*.rr.com", wide},
		{"*.nc.rr.com", narrow, "*.rr.com", wide},
		{"b.mx.example", narrow, "*.mx.example", wide},
	}
	for _, list := range [][]*Profile{{wide, narrow}, {narrow, wide}} {
		if diff := cmp.Diff(want, Overlaps(list...)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if got := Overlaps(wide); got != nil {
		t.Errorf("a profile alone overlaps: %v", got)
	}
}
