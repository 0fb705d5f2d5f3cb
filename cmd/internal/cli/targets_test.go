package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Servers that may have been meant are given for what somebody typed or wrote, and
// not for the embedded catalogue's own.
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
		"imaps://imap.exampel.net": {meant},
		"imaps://imap.exmapel.net": {slip},
		"imaps://imap.example.net": {slip},
		"pop3s://imap.exampel.net": nil,
		"jane@own.test":            {meant},
		"jane@old.test":            nil,
	} {
		got, _, err := target(arg, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Subject.Near); diff != "" {
			t.Errorf("%s (-want +got)\n%s", arg, diff)
		}
	}
}

// The profile's form of the name at one server is still known if the user gives a
// name; and so are the servers of the name's domain beside another provider's URL.
func TestUserNamesAndTheirServers(t *testing.T) {
	catalogue, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	own := func(url, user string) []stage.Endpoint {
		all, _, err := targets([]string{url}, user, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Subject.Own
	}
	if got := own("imaps://imap.gmx.net", "jane@gmx.com"); len(got) == 0 || got[0].Host != "imap.gmx.com" || got[0].Protocol != stage.IMAP {
		t.Errorf("for a name at gmx.com: %+v", got)
	}
	if got := own("imaps://imap.exmail.qq.com", "jane@qq.com"); len(got) == 0 || got[0].Host != "imap.qq.com" {
		t.Errorf("for a name at qq.com beside the service for companies: %+v", got)
	}
	for url, user := range map[string]string{
		"imaps://imap.gmx.com": "jane@gmx.com", "imaps://imap.example.net": "jane@gmx.com", "imaps://imap.gmx.net": "jane", "smtps://mail.gmx.net": "jane@example.org",
	} {
		if got := own(url, user); got != nil {
			t.Errorf("for %s at %s: %+v", user, url, got)
		}
	}
	local := profiles.Endpoint{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}, UserForm: stage.LocalPart}
	mine := profiles.NewCatalogue(&profiles.Profile{ID: "mine", Domains: []string{"example.net"}, UserForm: stage.FullAddress, Endpoints: []profiles.Endpoint{local}})
	all, _, err := targets([]string{"jane@example.net"}, "jane@example.net", mine)
	if err != nil {
		t.Fatal(err)
	}
	if e := all[0].Endpoints[0]; e.UserForm != stage.LocalPart || e.User != "" {
		t.Errorf("the form of the name: %+v", e)
	}
}

// The provider of a URL's server is known, and so is that of the user's own profile.
// An address of the catalogue needs no other.
func TestKnownServers(t *testing.T) {
	builtin, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	mine := &profiles.Profile{ID: "mine", Domains: []string{"company.example"}, UserForm: stage.FullAddress, Endpoints: []profiles.Endpoint{
		{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.qq.com", Port: 993, Security: stage.TLS}},
		{Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.qq.com", Port: 465, Security: stage.TLS}},
	}}
	catalogue := profiles.NewCatalogue(append(builtin.Profiles(), mine)...)
	for _, tt := range []struct{ arg, user, want string }{
		{"imaps://imap.qq.com", "", "qq"},
		{"imaps://imap.gmail.com", "jane@company.test", "google-workspace"},
		{"imaps://imap.gmail.com", "jane@gmail.com", "gmail"},
		{"imaps://imap.example.net", "jane@gmail.com", ""},
		{"jane@company.example", "", "qq"},
		{"jane@qq.com", "", ""},
	} {
		all, _, err := targets([]string{tt.arg}, tt.user, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range all[0].Subject.Servers {
			got += p.ID
			if len(p.Domains) > 0 || len(p.Notes) == 0 {
				t.Errorf("%s: %+v", tt.arg, p)
			}
		}
		if got != tt.want {
			t.Errorf("%s for %q: %q, want %q", tt.arg, tt.user, got, tt.want)
		}
	}
}

// A URL belongs to the account of an address beside it at servers of the same
// provider, and under the same user name.
func TestAccounts(t *testing.T) {
	catalogue := profiles.NewCatalogue(&profiles.Profile{
		ID: "own", Domains: []string{"own.test"}, UserForm: stage.FullAddress,
		Endpoints: []profiles.Endpoint{{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.hoster.test", Port: 993, Security: stage.TLS}}},
	})
	const jane = "jane@own.test"
	for _, c := range []struct {
		name, user string
		args       []string
		want       int
	}{
		{"a name in its domain", jane, []string{jane, "imaps://mail.own.test"}, 1},
		{"one of its servers", jane, []string{"imap://imap.hoster.test", jane}, 1},
		{"a server of others", jane, []string{jane, "imaps://mail.hoster.test"}, 2},
		{"a name that ends like its domain", jane, []string{jane, "imaps://mail.notown.test"}, 2},
		{"URLs alone", jane, []string{"imaps://a.test", "smtp://b.test"}, 1},
		{"no user name for the URL", "", []string{jane, "imaps://mail.hoster.test"}, 1},
		{"two addresses", "", []string{jane, "joe@own.test"}, 2},
	} {
		ts, _, err := targets(c.args, c.user, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		if got := accounts(ts); len(got) != c.want {
			t.Errorf("%s: %d accounts (%q), want %d", c.name, len(got), got, c.want)
		}
	}
}

// What is given twice is checked once, however it is written; similar arguments are
// not the same.
func TestEachTargetOnce(t *testing.T) {
	catalogue, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		"q.com q.com":                                1,
		"q.com Q.COM. q.com":                         1,
		"jane@q.com Jane@Q.com":                      1,
		"centurylink CenturyLink":                    1,
		"imaps://a.test IMAPS://A.test:993/":         1,
		"smtp://a.test smtp://a.test:587":            1,
		"ｊａｎｅ＠ｑ．ｃｏｍ jane@q.com":                      1,
		"jane＠q。com jane@q.com":                      1,
		"ｉｍａｐｓ：／／a.test：９９３ imaps://a.test":          1,
		"jane@q.com joan@q.com":                      2,
		"q.com jane@q.com":                           2,
		"q.com centurylink.net":                      2,
		"imaps://a.test imaps://a.test:994":          2,
		"imap://a.test imap://a.test?starttls=never": 2,
	} {
		got, _, err := targets(strings.Fields(line), "", catalogue)
		if err != nil || len(got) != want {
			t.Errorf("%s: %d targets, %v; want %d", line, len(got), err, want)
		}
	}
}
