package discover_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

const page = "<!DOCTYPE html><html><body>Welcome</body></html>"

func TestAutoconfig(t *testing.T) {
	for _, c := range []struct {
		name string
		net  internet
		id   stage.SourceID
		want stage.SourceOutcome
	}{
		{"at its own host", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"},
			pages:     map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": autoconfig("mail.firm.test")},
		}, stage.SourceAutoconfig, stage.SourceFound},
		{"no such host", internet{}, stage.SourceAutoconfig, stage.SourceAbsent},
		{"no such file", internet{addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}}, stage.SourceAutoconfig, stage.SourceAbsent},
		{"a web page", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": page},
		}, stage.SourceAutoconfig, stage.SourceAbsent},
		{"cut short", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": autoconfig("mail.firm.test")[:200]},
		}, stage.SourceAutoconfig, stage.SourceInvalid},
		{"endless", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": "too large"},
		}, stage.SourceAutoconfig, stage.SourceInvalid},
		{"the server fails", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": "status 503"},
		}, stage.SourceAutoconfig, stage.SourceFailed},
		{"any name exists", internet{
			addresses: map[string]string{"*.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": "error certificate is for *.hoster.test"},
		}, stage.SourceAutoconfig, stage.SourceAbsent},
		{"another's certificate", internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": "error certificate is for *.hoster.test"},
		}, stage.SourceAutoconfig, stage.SourceFailed},
		{"at the domain", internet{
			addresses: map[string]string{"firm.test": "203.0.113.1"},
			pages:     map[string]string{"https://firm.test/.well-known/autoconfig/mail/config-v1.1.xml": autoconfig("mail.firm.test")},
		}, stage.SourceWellKnown, stage.SourceFound},
		{"in clear", internet{
			addresses: map[string]string{"firm.test": "203.0.113.1"},
			pages:     map[string]string{"http://firm.test/.well-known/autoconfig/mail/config-v1.1.xml": autoconfig("mail.firm.test")},
		}, stage.SourceAutoconfigHTTP, stage.SourceUnsafe},
	} {
		r := c.net.ask(t, nil)
		if got := outcomes(r)[c.id]; got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
		published := func(c discover.Candidate) bool { return c.Sources[0] != stage.SourceGuess }
		if found := slices.ContainsFunc(r.Candidates(), published); found != (c.want == stage.SourceFound || c.want == stage.SourceUnsafe) {
			t.Errorf("%s: found %v", c.name, found)
		}
	}
}

// TestDetails: every outcome but found and absent says why.
func TestDetails(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1", "firm.test": "203.0.113.1"},
		pages: map[string]string{
			"https://autoconfig.firm.test/mail/config-v1.1.xml":             "status 500",
			"https://firm.test/.well-known/autoconfig/mail/config-v1.1.xml": "<clientConfig>",
			"http://autoconfig.firm.test/mail/config-v1.1.xml":              autoconfig("mail.firm.test"),
		},
	}
	for _, s := range n.ask(t, func(a *discover.Asker) { a.Private = true }).Sources {
		if plain := s.Outcome == stage.SourceFound || s.Outcome == stage.SourceAbsent; plain != (s.Detail == "") {
			t.Errorf("%s: %s, %q", s.ID, s.Outcome, s.Detail)
		}
		if s.Outcome == "" {
			t.Errorf("%s has no outcome", s.ID)
		}
	}
}

func TestSRV(t *testing.T) {
	n := &internet{srv: map[string][]*net.SRV{
		"_imaps._tcp.firm.test":       {{Target: "b.firm.test", Port: 993, Priority: 10}, {Target: "a.firm.test", Port: 993}},
		"_pop3s._tcp.firm.test":       {{Target: "."}},
		"_submission._tcp.firm.test":  {{Target: "a.firm.test", Port: 465}},
		"_submissions._tcp.firm.test": nil,
	}}
	r := n.ask(t, nil)
	var got []string
	for _, c := range r.Candidates() {
		got = append(got, string(c.Protocol)+" "+c.Address()+" "+string(c.Security))
		if !c.Forgeable {
			t.Errorf("%v can be made up by whoever answers for the name servers", c)
		}
	}
	want := []string{"imap a.firm.test:993 tls", "imap b.firm.test:993 tls", "smtp a.firm.test:465 tls"}
	if !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

func TestMX(t *testing.T) {
	n := &internet{mx: map[string][]*net.MX{"firm.test": {{Host: "firm-test.mail.protection.outlook.com", Pref: 0}}}}
	r := n.ask(t, nil)
	c := r.Candidates()
	if len(c) == 0 || c[0].Host != "outlook.office365.com" || c[0].User != "jane@firm.test" || c[0].Sources[0] != stage.SourceMX || !c[0].Forgeable {
		t.Fatalf("%+v", c)
	}
	smtp := c[len(c)-1]
	if smtp.Address() != "smtp.office365.com:587" || smtp.Security != stage.StartTLS {
		t.Errorf("sending: %+v", smtp)
	}
	if got := outcomes(r)[stage.SourceGuess]; got != stage.SourceSkipped {
		t.Errorf("guess: %s, although something is published", got)
	}
}

func TestISPDBIsToldTheDomainAlone(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"v1.ispdb.net": "203.0.113.80", "autoconfig.thunderbird.net": "203.0.113.81"},
		pages:     map[string]string{"https://v1.ispdb.net/firm.test": autoconfig("mail.firm.test")},
	}
	r := n.ask(t, func(a *discover.Asker) { a.SendAddress = true })
	if got := outcomes(r)[stage.SourceISPDB]; got != stage.SourceFound {
		t.Error(got)
	}
	for _, a := range n.asked {
		if strings.Contains(a, "jane") && !strings.HasPrefix(a, "https://autoconfig.firm.test/") {
			t.Errorf("%s was told the address", a)
		}
	}
	if !slices.Contains(n.asked, "https://autoconfig.firm.test/mail/config-v1.1.xml?emailaddress=jane%40firm.test") {
		t.Error("with SendAddress the domain itself was not told the address")
	}
}

// TestPrivate: nobody but the domain is asked.
func TestPrivate(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"v1.ispdb.net": "203.0.113.80", "elsewhere.test": "203.0.113.82"},
		mx:        map[string][]*net.MX{"firm.test": {{Host: "mx.elsewhere.test"}}},
		srv:       map[string][]*net.SRV{"_autodiscover._tcp.firm.test": {{Target: "elsewhere.test", Port: 443}}},
	}
	r := n.ask(t, func(a *discover.Asker) { a.Private = true })
	for _, a := range n.asked {
		name := strings.TrimSuffix(a[strings.LastIndexAny(a, " ")+1:], "/")
		if !strings.Contains(name, "firm.test") && !strings.HasSuffix(name, ".invalid") && name != "xq7.com" {
			t.Errorf("%s was asked", a)
		}
	}
	if got := outcomes(r)[stage.SourceISPDB]; got != stage.SourceSkipped {
		t.Errorf("ispdb: %s", got)
	}
}

func TestGuess(t *testing.T) {
	n := &internet{addresses: map[string]string{"mail.firm.test": "203.0.113.1", "smtp.firm.test": "203.0.113.2"}}
	r := n.ask(t, nil)
	c := r.Candidates()
	if len(c) == 0 || c[0].Host != "mail.firm.test" || c[0].Sources[0] != stage.SourceGuess || !c[0].Forgeable {
		t.Fatalf("%+v", c)
	}
	if got := (&internet{}).ask(t, nil); got.Found() {
		t.Errorf("nothing exists, and %+v", got.Candidates())
	}
}

// TestWildcard: where any name exists, that is told of the sources that it hides.
func TestWildcard(t *testing.T) {
	file := "https://autoconfig.firm.test/mail/config-v1.1.xml"
	anyName := map[string]string{"*.firm.test": "203.0.113.1"}
	for _, c := range []struct {
		name string
		net  internet
		want []stage.SourceID
	}{
		{"no such names", internet{}, nil},
		{"names alone", internet{addresses: map[string]string{"mail.firm.test": "203.0.113.1"}}, nil},
		{"any name", internet{addresses: anyName}, []stage.SourceID{stage.SourceGuess}},
		{"any name, and another's certificate", internet{addresses: anyName, pages: map[string]string{file: "error certificate is for *.hoster.test"}}, []stage.SourceID{stage.SourceAutoconfig, stage.SourceGuess}},
		{"any name, and a file", internet{addresses: anyName, pages: map[string]string{file: autoconfig("mail.firm.test")}}, nil},
	} {
		r := c.net.ask(t, nil)
		var got []stage.SourceID
		for _, s := range r.Sources {
			if s.Wildcard {
				got = append(got, s.ID)
			}
		}
		if !slices.Equal(got, c.want) || r.Wildcard != (c.net.addresses["*.firm.test"] != "") {
			t.Errorf("%s: hidden %q, want %q", c.name, got, c.want)
		}
	}
}

// TestKnown: a profile's settings have the form of what is published.
func TestKnown(t *testing.T) {
	e := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.firm.test", Port: 993, Security: stage.TLS}
	m := profiles.Match{Address: "jane@firm.test", Domain: "firm.test", Profile: &profiles.Profile{
		Name: "Firm", UserForm: stage.FullAddress, Builtin: true, Endpoints: []profiles.Endpoint{{Endpoint: e}},
	}}
	r := discover.Known(m)
	if c := r.Candidates(); len(c) != 1 || c[0].Endpoint != e || c[0].User != "jane@firm.test" || c[0].Sources[0] != stage.SourceCatalogue || r.Sources[0].Provider != "Firm" {
		t.Errorf("%+v", r)
	}
	m.Profile = &profiles.Profile{Name: "Firm"}
	if r := discover.Known(m); r.Found() || r.Sources[0].ID != stage.SourceOwn || r.Sources[0].Outcome != stage.SourceAbsent {
		t.Errorf("without servers: %+v", r)
	}
}

// TestTrust: what the most trusted source says comes first, and what differs is told.
func TestTrust(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"},
		pages:     map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": autoconfig("mail.firm.test")},
		srv: map[string][]*net.SRV{
			"_imaps._tcp.firm.test":       {{Target: "imap.old.test", Port: 993}},
			"_submissions._tcp.firm.test": {{Target: "mail.firm.test", Port: 465}},
		},
	}
	r := n.ask(t, nil)
	c := r.Candidates()
	if len(c) != 3 || c[0].Host != "mail.firm.test" || c[0].Forgeable || c[1].Host != "imap.old.test" || !c[1].Forgeable || c[2].Forgeable {
		t.Errorf("%+v", c)
	}
	if want := []stage.SourceID{stage.SourceAutoconfig, stage.SourceSRV}; len(c) == 3 && !slices.Equal(c[2].Sources, want) {
		t.Errorf("465 is named by %v", c[2].Sources)
	}
	d := r.Disagreements()
	if len(d) != 1 || d[0].Protocol != stage.IMAP || d[0].Field != stage.FieldHost || len(d[0].Values) != 2 || d[0].Values[1].Value != "imap.old.test" {
		t.Errorf("%+v", d)
	}
}

func TestNetwork(t *testing.T) {
	portal := internet{
		addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1", "firm.test": "203.0.113.1", "v1.ispdb.net": "203.0.113.80"},
		pages:     map[string]string{"http://*": "-> http://portal.test/login", "http://portal.test/login": page},
	}
	portal.addresses["portal.test"] = "203.0.113.9"
	for _, c := range []struct {
		name string
		net  internet
		want discover.Network
	}{
		{"nothing", internet{}, discover.NetworkHonest},
		{"a portal", portal, discover.NetworkAnswersForAll},
		{"names are invented", internet{addresses: map[string]string{"*": "203.0.113.9"}}, discover.NetworkInventsNames},
		{"any name below the domain", internet{
			addresses: map[string]string{"*.firm.test": "203.0.113.1", "firm.test": "203.0.113.1", "v1.ispdb.net": "203.0.113.80"}, pages: map[string]string{"http://autoconfig.firm.test/mail/config-v1.1.xml": page},
		}, discover.NetworkHonest},
	} {
		if got := c.net.ask(t, nil).Network; got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}

// TestOffline: where nothing can be looked up, nothing is called absent.
func TestOffline(t *testing.T) {
	down := stage.Errorf(stage.DNSUnreached, "no name server can be reached")
	n := &internet{broken: map[string]error{}}
	for _, name := range []string{
		"firm.test", "autoconfig.firm.test", "ua-auto-config.firm.test", "autodiscover.firm.test", "_autodiscover._tcp.firm.test", "v1.ispdb.net", "autoconfig.thunderbird.net",
		"_imaps._tcp.firm.test", "_imap._tcp.firm.test", "_pop3s._tcp.firm.test", "_pop3._tcp.firm.test", "_submissions._tcp.firm.test", "_submission._tcp.firm.test",
		"imap.firm.test", "mail.firm.test", "pop.firm.test", "pop3.firm.test", "smtp.firm.test",
	} {
		n.broken[name] = down
	}
	for _, s := range n.ask(t, nil).Sources {
		if s.ID != stage.SourceOwn && s.ID != stage.SourceCatalogue && (s.Outcome != stage.SourceFailed || s.Fault != stage.DNSUnreached || s.Detail == "") {
			t.Errorf("%s: %s, %q", s.ID, s.Outcome, s.Detail)
		}
	}
}

// TestForAnotherAddress: nobody is asked twice about one domain.
func TestForAnotherAddress(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"},
		pages:     map[string]string{"https://autoconfig.firm.test/mail/config-v1.1.xml": autoconfig("mail.firm.test")},
	}
	r := n.ask(t, nil)
	before := len(n.asked)
	other := r.For("joe@firm.test")
	if c := other.Candidates(); len(c) == 0 || c[0].User != "joe@firm.test" || other.Address != "joe@firm.test" {
		t.Errorf("%+v", c)
	}
	if c := r.Candidates(); c[0].User != "jane@firm.test" || len(n.asked) != before {
		t.Errorf("the first is changed: %+v", c)
	}
}

// TestUnsafeIsLast: a file whose digest is missing stands behind all that is safe.
func TestUnsafeIsLast(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"ua-auto-config.firm.test": "203.0.113.1", "v1.ispdb.net": "203.0.113.80"},
		pages: map[string]string{
			"https://ua-auto-config.firm.test/.well-known/user-agent-configuration.json": pacc,
			"https://v1.ispdb.net/firm.test":                                             autoconfig("imap.firm.test"),
		},
	}
	if c := n.ask(t, nil).Candidates(); len(c) < 2 || c[0].Sources[0] != stage.SourceISPDB {
		t.Errorf("%+v", c)
	}
}
