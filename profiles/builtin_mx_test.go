package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMXTable looks up mail exchangers as they stand in the DNS of domains that no
// profile knows.
func TestMXTable(t *testing.T) {
	c := mustLoad(t)
	for host, want := range map[string]string{
		"contoso-com.mail.protection.outlook.com.": "microsoft-365",
		"contoso-com.o-v1.mx.microsoft":            "microsoft-365",
		"eur.olc.protection.outlook.com":           "outlook",
		"ASPMX.L.GOOGLE.COM":                       "google-workspace",
		"alt3.aspmx.l.google.com":                  "google-workspace",
		"aspmx2.googlemail.com":                    "google-workspace",
		"smtp.google.com":                          "google-workspace",
		"gmail-smtp-in.l.google.com":               "gmail",
		"alt4.gmail-smtp-in.l.google.com":          "gmail",
		"mta5.am0.yahoodns.net":                    "yahoo",
		"mx-eu.mail.am0.yahoodns.net":              "yahoo",
		"mx-aol.mail.gm0.yahoodns.net":             "aol",
		"in1-smtp.messagingengine.com":             "fastmail",
		"mx01.mail.icloud.com":                     "icloud",
		"mail.protonmail.ch":                       "proton",
		"mail.tutanota.de":                         "tuta",
		"mx2.zoho.com":                             "zoho",
		"mx.yandex.net":                            "yandex",
		"smtpin.rzone.de":                          "strato",
		"mx00.kundenserver.de":                     "ionos-de",
		"mx01.ionos.com":                           "ionos",
		"mx1.mail.ovh.net":                         "ovh",
		"spool.mail.gandi.net":                     "gandi",
		"mx1.emailsrvr.com":                        "rackspace",
		"mx2.hostinger.com":                        "hostinger",
		"mx1.privateemail.com":                     "privateemail",
		"mailstore1.secureserver.net":              "godaddy",
		"mx1.balanced.homie.mail.dreamhost.com":    "dreamhost",
		"mx1.pub.mailpod12-cph3.one.com":           "one-com",
		"mxlb.ispgateway.de":                       "domainfactory",
		"www123.your-server.de":                    "hetzner",
		"aspmx1.migadu.com":                        "migadu",
		"route1.mx.cloudflare.net":                 "", // passes mail on to somewhere else
		"mx.example.com":                           "",
		"com":                                      "",
	} {
		got := ""
		if p, _ := c.FindMX(host); p != nil {
			got = p.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	entries := 0
	for _, p := range c.Profiles() {
		if diff := cmp.Diff(p.MX, c.MX(p)); diff != "" {
			t.Errorf("%s lost mail exchangers (-want +got)\n%s", p.ID, diff)
		}
		entries += len(p.MX)
	}
	if entries < 60 {
		t.Errorf("%d mail exchangers and patterns: some were lost", entries)
	}
}

// TestOverlapsKnown lists what embedded profiles take out of each other's patterns,
// so that no overlap comes in unnoticed.
func TestOverlapsKnown(t *testing.T) {
	var got []string
	for _, o := range Overlaps(mustLoad(t).Profiles()...) {
		got = append(got, fmt.Sprintf("%s (%s) within %s (%s)", o.Name, o.Profile.ID, o.Pattern, o.Of.ID))
	}
	var want []string
	for _, city := range []string{"bak", "bham", "cfl", "emore", "eufala", "indy", "mi", "panhandle", "tampabay"} {
		want = append(want, city+".rr.com (bright-house) within *.rr.com (roadrunner)")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
