package discover_test

import (
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
)

const (
	autoconfigFile = "https://autoconfig.firm.test/mail/config-v1.1.xml"
	wellKnownFile  = "https://firm.test/.well-known/autoconfig/mail/config-v1.1.xml"
)

// TestSilence: a host that never answers keeps neither the next place of its source from
// being asked, nor the usual names from being looked up.
func TestSilence(t *testing.T) {
	hosts := map[string]string{"autoconfig.firm.test": "203.0.113.1", "firm.test": "203.0.113.1", "v1.ispdb.net": "203.0.113.80", "autoconfig.thunderbird.net": "203.0.113.81", "mail.firm.test": "203.0.113.2"}
	for _, c := range []struct {
		name, by string
		pages    map[string]string
		source   stage.SourceID
		host     string
		within   time.Duration
	}{
		{"one base of the ISPDB", "jane@firm.test", map[string]string{
			"https://v1.ispdb.net/firm.test": "silent", "https://autoconfig.thunderbird.net/v1.1/firm.test": autoconfig("imap.firm.test"),
		}, stage.SourceISPDB, "imap.firm.test", 2 * time.Second},
		{"the full domain", "jane@sub.firm.test", map[string]string{
			"https://autoconfig.sub.firm.test/mail/config-v1.1.xml": "silent", autoconfigFile: autoconfig("imap.firm.test"),
		}, stage.SourceAutoconfig, "imap.firm.test", 9 * time.Second},
		{"everything", "jane@firm.test", map[string]string{
			autoconfigFile: "silent", wellKnownFile: "silent", "https://v1.ispdb.net/firm.test": "silent", "https://firm.test/autodiscover/autodiscover.xml": "silent",
		}, stage.SourceGuess, "mail.firm.test", 9 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &internet{addresses: map[string]string{"autoconfig.sub.firm.test": "203.0.113.3"}, pages: c.pages}
				for h, a := range hosts {
					n.addresses[h] = a
				}
				begin := time.Now()
				r := n.askAbout(t, c.by, nil)
				all := r.Candidates()
				if len(all) == 0 || all[0].Host != c.host || all[0].Sources[0] != c.source {
					t.Errorf("%+v", r.Sources)
				}
				if took := time.Since(begin); took > c.within {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// TestSlowFullDomain: what the full domain says holds, although it says it after the
// registered one.
func TestSlowFullDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &internet{
			addresses: map[string]string{"autoconfig.sub.firm.test": "203.0.113.1", "autoconfig.firm.test": "203.0.113.1"},
			pages: map[string]string{
				"https://autoconfig.sub.firm.test/mail/config-v1.1.xml": "after 3s: " + autoconfig("imap.sub.firm.test"), autoconfigFile: autoconfig("imap.firm.test"),
			},
		}
		if all := n.askAbout(t, "jane@sub.firm.test", nil).Candidates(); len(all) == 0 || all[0].Host != "imap.sub.firm.test" {
			t.Errorf("%+v", all)
		}
	})
}

// TestWhatStandsAtAnyName: where any name exists, nothing is said about what stands at one, and that
// is noted. A file with a mistake in it is the domain's own, unless any name shows it.
func TestWhatStandsAtAnyName(t *testing.T) {
	for _, c := range []struct {
		name, shown string
		any         string // at every name
		want        stage.SourceOutcome
	}{
		{"a page", page, "", stage.SourceAbsent},
		{"nothing", "", "", stage.SourceAbsent},
		{"a fault", "status 500", "", stage.SourceAbsent},
		{"a word", "OK", "OK", stage.SourceAbsent},
		{"a broken file", "<clientConfig>", "OK", stage.SourceInvalid},
	} {
		n := &internet{
			addresses: map[string]string{"*.firm.test": "203.0.113.1", "firm.test": "203.0.113.1"},
			pages:     map[string]string{autoconfigFile: c.shown, "https://*/mail/config-v1.1.xml": c.any},
		}
		r := n.ask(t, nil)
		if got := outcomes(r)[stage.SourceAutoconfig]; got != c.want || !r.Wildcard {
			t.Errorf("%s: %s, wildcard %v", c.name, got, r.Wildcard)
		}
	}
	if r := (&internet{addresses: map[string]string{"firm.test": "203.0.113.1"}}).ask(t, nil); r.Wildcard {
		t.Error("no wildcard, and one is noted")
	}
}

// TestCalledAPage: what a server calls a web page is none of our files, whatever is in it.
func TestCalledAPage(t *testing.T) {
	for shown, want := range map[string]stage.SourceOutcome{
		"text/html: Welcome":                         stage.SourceAbsent,
		"text/html: " + autoconfig("imap.firm.test"): stage.SourceFound,
		"Welcome": stage.SourceInvalid,
	} {
		n := &internet{addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1"}, pages: map[string]string{autoconfigFile: shown}}
		if got := outcomes(n.ask(t, nil))[stage.SourceAutoconfig]; got != want {
			t.Errorf("%.30q: %s; want %s", shown, got, want)
		}
	}
}

// TestOneCertificateForAll: a network that shows its own certificate for a stranger's host
// answers for everybody. Hosts of one provider may show one that names neither.
func TestOneCertificateForAll(t *testing.T) {
	const wrong = "another's certificate"
	n := &internet{
		addresses: map[string]string{"firm.test": "203.0.113.1", "v1.ispdb.net": "203.0.113.80"},
		pages:     map[string]string{wellKnownFile: wrong, "https://v1.ispdb.net/firm.test": wrong},
	}
	if got := n.ask(t, nil).Network; got != discover.NetworkAnswersForAll {
		t.Errorf("%q", got)
	}
	n = &internet{
		addresses: map[string]string{"firm.test": "203.0.113.1", "mail.host.test": "203.0.113.1"},
		srv:       map[string][]*net.SRV{"_autodiscover._tcp.firm.test": {{Target: "mail.host.test", Port: 443}}},
		pages:     map[string]string{wellKnownFile: wrong, "https://mail.host.test/autodiscover/autodiscover.xml": wrong},
	}
	if got := n.ask(t, nil).Network; got != discover.NetworkHonest {
		t.Errorf("of one provider: %q", got)
	}
}

// TestInventedNames: a resolver that makes up names is not believed about records either.
func TestInventedNames(t *testing.T) {
	n := &internet{addresses: map[string]string{"*": "203.0.113.9"}}
	for _, s := range n.ask(t, nil).Sources {
		if s.Outcome == stage.SourceAbsent && s.ID != stage.SourceOwn && s.ID != stage.SourceCatalogue {
			t.Errorf("%s is called absent", s.ID)
		}
	}
}

// TestPrivateRedirect: a redirect leads to nobody else where nobody else may be asked.
func TestPrivateRedirect(t *testing.T) {
	for to, want := range map[string]stage.SourceOutcome{"https://conf.host.test/c.xml": stage.SourceSkipped, "https://www.firm.test/c.xml": stage.SourceFound} {
		n := &internet{
			addresses: map[string]string{"autoconfig.firm.test": "203.0.113.1", "conf.host.test": "203.0.113.2", "www.firm.test": "203.0.113.1"},
			pages:     map[string]string{autoconfigFile: "-> " + to, to: autoconfig("imap.firm.test")},
		}
		r := n.ask(t, func(a *discover.Asker) { a.Private = true })
		if got := outcomes(r)[stage.SourceAutoconfig]; got != want {
			t.Errorf("to %s: %s", to, got)
		}
		if want == stage.SourceSkipped && slices.ContainsFunc(n.asked, func(a string) bool { return strings.Contains(a, "host.test") }) {
			t.Errorf("asked %q", n.asked)
		}
	}
}

// TestDisagreementOrder: the first value is the one that is used.
func TestDisagreementOrder(t *testing.T) {
	n := &internet{
		addresses: map[string]string{"ua-auto-config.firm.test": "203.0.113.1", "autoconfig.firm.test": "203.0.113.1"},
		pages: map[string]string{
			"https://ua-auto-config.firm.test/.well-known/user-agent-configuration.json": pacc,
			autoconfigFile: autoconfig("other.firm.test"),
		},
	}
	r := n.ask(t, nil)
	d, c := r.Disagreements(), r.Candidates()
	if len(d) == 0 || len(c) == 0 || d[0].Field != stage.FieldHost || d[0].Values[0].Value != c[0].Host {
		t.Errorf("%+v, %+v", d, c)
	}
}
