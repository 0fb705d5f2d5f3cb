package discover_test

import (
	"net"
	"strings"
	"testing"

	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/published"
)

const pacc = `{"protocols": {"imap": {"host": "mail.firm.test"}, "smtp": {"host": "mail.firm.test"}}, "authentication": {"password": true}, "info": {"provider": {"name": "Firm"}}}`

func TestPACC(t *testing.T) {
	const url = "https://ua-auto-config.firm.test/.well-known/user-agent-configuration.json"
	record := published.PACCRecord([]byte(pacc))
	for _, c := range []struct {
		name string
		txt  []string
		body string
		want stage.SourceOutcome
	}{
		{"with its digest", []string{record}, pacc, stage.SourceFound},
		{"of two, one is its digest", []string{published.PACCRecord([]byte("{}")), record}, pacc, stage.SourceFound},
		{"without a digest", nil, pacc, stage.SourceUnsafe},
		{"with another's digest", []string{record}, strings.Replace(pacc, "mail.", "m.", 1), stage.SourceUnsafe},
		{"no JSON", []string{record}, "{", stage.SourceInvalid},
		{"a web page", []string{record}, page, stage.SourceAbsent},
	} {
		n := &internet{
			addresses: map[string]string{"ua-auto-config.firm.test": "203.0.113.1"}, pages: map[string]string{url: c.body},
			txt: map[string][]string{"_ua-auto-config.firm.test": c.txt},
		}
		r := n.ask(t, nil)
		if got := outcomes(r)[stage.SourcePACC]; got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
		if got := r.Candidates(); c.want == stage.SourceFound && (len(got) != 2 || got[0].Forgeable || got[0].Address() != "mail.firm.test:993") {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// answered is Autodiscover's answer with an account.
func answered(account string) string {
	return `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account><AccountType>email</AccountType>` + account + `</Account></Response></Autodiscover>`
}

func TestAutodiscover(t *testing.T) {
	settings := answered(`<Action>settings</Action><Protocol><Type>IMAP</Type><Server>mail.firm.test</Server><Port>993</Port><SSL>on</SSL><LoginName>jane@firm.test</LoginName></Protocol>`)
	const own, other = "https://autodiscover.firm.test/autodiscover/autodiscover.xml", "https://elsewhere.test/autodiscover/autodiscover.xml"
	for _, c := range []struct {
		name      string
		pages     map[string]string
		srv       string
		want      stage.SourceOutcome
		forgeable bool
	}{
		{"at its own host", map[string]string{own: settings}, "", stage.SourceFound, false},
		{"at the domain", map[string]string{"https://firm.test/autodiscover/autodiscover.xml": settings}, "", stage.SourceFound, false},
		{"where a record leads", map[string]string{other: settings}, "elsewhere.test", stage.SourceFound, true},
		{"where it sends us", map[string]string{own: answered("<Action>redirectUrl</Action><RedirectUrl>" + other + "</RedirectUrl>"), other: settings}, "", stage.SourceFound, true},
		{"without HTTPS", map[string]string{own: answered("<Action>redirectUrl</Action><RedirectUrl>http://elsewhere.test/x</RedirectUrl>")}, "", stage.SourceInvalid, false},
		{"round and round", map[string]string{own: answered("<Action>redirectUrl</Action><RedirectUrl>" + own + "</RedirectUrl>")}, "", stage.SourceFailed, false},
		{"a web page", map[string]string{own: page}, "", stage.SourceAbsent, false},
		{"no such address", map[string]string{own: answered("<Error><ErrorCode>500</ErrorCode><Message>x</Message></Error>")}, "", stage.SourceAbsent, false},
		{"an error", map[string]string{own: answered("<Error><ErrorCode>600</ErrorCode><Message>Invalid Request</Message></Error>")}, "", stage.SourceFailed, false},
		{"nothing", nil, "", stage.SourceAbsent, false},
	} {
		n := &internet{
			addresses: map[string]string{"autodiscover.firm.test": "203.0.113.1", "firm.test": "203.0.113.1", "elsewhere.test": "203.0.113.2"},
			pages:     c.pages,
		}
		if c.srv != "" {
			n.srv = map[string][]*net.SRV{"_autodiscover._tcp.firm.test": {{Target: c.srv, Port: 443}}}
		}
		r := n.ask(t, nil)
		if got := outcomes(r)[stage.SourceAutodiscover]; got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
		for _, s := range r.Sources {
			if s.ID == stage.SourceAutodiscover && s.Forgeable != c.forgeable {
				t.Errorf("%s: forgeable %v", c.name, s.Forgeable)
			}
		}
	}
}

// TestAutodiscoverWithoutAnAddress: it is not asked about somebody who doesn't exist.
func TestAutodiscoverWithoutAnAddress(t *testing.T) {
	n := &internet{}
	n.ask(t, nil)
	with := len(n.asked)
	r := n.ask(t, func(a *discover.Asker) { a.Sources = []stage.SourceID{stage.SourceAutodiscover, stage.SourceSRV} })
	if got := outcomes(r)[stage.SourceISPDB]; got != stage.SourceSkipped || len(n.asked)-with >= with {
		t.Errorf("not wanted, and %s", got)
	}
}
