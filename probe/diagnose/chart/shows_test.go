package chart_test

import (
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// shown returns what a check with only this result shows.
func shown(r stage.Result) string {
	k := chart.NewExam(&stage.CheckRecord{Results: []stage.Result{r}}, 0, nil)
	return prose.English().Text(chart.Shows(k, &k.Results[0]))
}

func TestShows(t *testing.T) {
	met := func(s stage.Stage, f stage.Fault, facts stage.Facts) stage.Result {
		return stage.Result{Stage: s, Status: stage.Fail, Fault: f, Facts: facts}
	}
	attempt := func(o stage.DialOutcome, took time.Duration, r *stage.Rejection) stage.Attempt {
		return stage.Attempt{Address: "192.0.2.1:993", Outcome: o, Time: stage.Ms(took), Rejection: r}
	}
	connect := func(f stage.Fault, a ...stage.Attempt) stage.Result {
		return met(stage.Connect, f, &stage.ConnectFacts{Attempts: a})
	}
	lookup := func(l stage.Lookup) stage.Result {
		l.Server, l.Type = "192.0.2.53:53", "A"
		return met(stage.Resolve, stage.ServFail, &stage.ResolveFacts{Host: "a.example", Lookups: []stage.Lookup{l}})
	}
	said := stage.Reply{Lines: []string{"a NO no"}}
	for _, c := range []struct {
		name string
		r    stage.Result
		want string
	}{
		{"nothing met and nothing seen", stage.Result{Stage: stage.Greeting, Status: stage.Pass}, "pass"},
		{"a fault alone", met(stage.Greeting, stage.Silent, nil), "no answer"},
		{"a fault of a later version", met(stage.Greeting, "moon-phase", nil), "moon-phase"},
		{"facts alone", stage.Result{Stage: stage.Login, Status: stage.Warn, Facts: &stage.LoginFacts{Reply: &said}}, "a NO no"},
		{"a reply", met(stage.Login, stage.Rejected, &stage.LoginFacts{Reply: &said}), "refused: a NO no"},
		{"by the stage", met(stage.Upgrade, stage.PreAuth, nil), "the server skips the login, so encryption can no longer begin"},
		{"by the stage, sending", met(stage.Submit, stage.NotOffered, nil), "the server accepts no address with such letters"},
		{"early data", met(stage.Upgrade, stage.EarlyData, &stage.StartTLSFacts{Reply: &said, EarlyBytes: 4, EarlyText: `x\x0d\x0ay`}), `data came before encryption began (somebody may be interfering): 4 bytes, "x"`},

		{"a lookup", lookup(stage.Lookup{Outcome: stage.LookupServFail, Extended: "6 DNSSEC Bogus"}), "the name server could not find the address (SERVFAIL): 192.0.2.53:53 on A a.example: SERVFAIL (6 DNSSEC Bogus)"},
		{"a lookup cut short", lookup(stage.Lookup{Outcome: stage.LookupAnswer, Truncated: true}), "the name server could not find the address (SERVFAIL): 192.0.2.53:53 on A a.example: truncated, and no answer over TCP"},
		{"an outcome of a later version", lookup(stage.Lookup{Outcome: "dreamt"}), "the name server could not find the address (SERVFAIL): 192.0.2.53:53 on A a.example: an unusable answer"},

		{"attempts", connect(stage.ConnectTimeout, attempt(stage.DialTimeout, 10*time.Second, nil), attempt(stage.DialRefused, time.Millisecond, nil)), "no answer: 192.0.2.1:993 gave no answer after 10 s; 192.0.2.1:993 refused after 1.0 ms"},
		{"an attempt of a later version", connect(stage.ConnectFailed, attempt("swallowed", time.Second, nil)), "the connection failed: 192.0.2.1:993 failed after 1 s"},
		{"rejected on the way", connect(stage.Refused, attempt(stage.DialRefused, time.Millisecond, &stage.Rejection{By: "192.0.2.254", Why: stage.RejectPort})), "connection refused: 192.0.2.1:993 refused after 1.0 ms, reported by 192.0.2.254"},
		{"rejected by the host", connect(stage.Refused, attempt(stage.DialRefused, time.Millisecond, &stage.Rejection{By: "192.0.2.1", Why: stage.RejectPort})), "connection refused: 192.0.2.1:993 refused after 1.0 ms, reported by a firewall"},
		{"nobody there", connect(stage.HostUnreachable, attempt(stage.DialHostUnreachable, 3*time.Second, &stage.Rejection{By: "192.0.2.254", Why: stage.RejectHost})), "the network says that the server cannot be reached: 192.0.2.1:993 host unreachable after 3 s, reported by 192.0.2.254, which found nobody there"},

		{"an alert", met(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "handshake_failure (40)"}), "the server refused the encryption: alert handshake_failure (40)"},
		{"clear text", met(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: `* OK hello\x0d\x0a`}), "the server answered without encryption: first bytes * OK hello"},
		{"noise", met(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: `\x00\x01`}), `what came is neither TLS nor clear text: first bytes \x00\x01`},
	} {
		if got := shown(c.r); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A certificate is described once, whatever is wrong with it.
func TestShowsCertificates(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 12, 0, 0, 0, time.UTC) }
	leaf := stage.Certificate{Subject: "CN=a.example", Issuer: "CN=Example CA", Names: []string{"b.example", "c.example"}, NotBefore: day(1), NotAfter: day(20), Key: "RSA 1024", SHA256: "51aa", Issuers: []string{"ldap://x", "http://ca.example/r1.der"}}
	const about = " (CN=a.example, issued by CN=Example CA, valid 2026-11-01 to 2026-11-20, SHA-256 51aa)"
	for _, c := range []struct {
		faults []stage.CertFaultID
		want   string
	}{
		{[]stage.CertFaultID{stage.CertExpired}, "expired on 2026-11-20 12:00 UTC" + about},
		{[]stage.CertFaultID{stage.CertNotYetValid}, "not valid before 2026-11-01 12:00 UTC" + about},
		{[]stage.CertFaultID{stage.CertNameMismatch, stage.CertWeakKey}, "issued for b.example and c.example, not for this server; made with a key that is too weak, RSA 1024" + about},
		{[]stage.CertFaultID{stage.CertUnknownAuthority}, `from an unknown authority, "Example CA"` + about},
		{[]stage.CertFaultID{stage.CertLocalRoot, stage.CertNotInPublicBundle}, `from no public authority, but from "My Root", which was added to this computer` + about},
		{[]stage.CertFaultID{stage.CertMissingLink}, "sent without its issuer's certificate, which is available at http://ca.example/r1.der" + about},
		{[]stage.CertFaultID{"too-blue"}, "too-blue" + about},
	} {
		f := &stage.TLSFacts{Chain: []stage.Certificate{leaf}, Root: &stage.Certificate{Subject: "CN=My Root"}}
		for _, id := range c.faults {
			f.Faults = append(f.Faults, stage.CertFault{ID: id})
		}
		if got := prose.English().Text(chart.ShowsTLS(f)); got != c.want {
			t.Errorf("%v: %q, want %q", c.faults, got, c.want)
		}
	}
	none := &stage.TLSFacts{Faults: []stage.CertFault{{ID: stage.CertExpired}, {ID: stage.CertNameMismatch}, {ID: stage.CertUnknownAuthority}}}
	if got, want := prose.English().Text(chart.ShowsTLS(none)), "expired on an earlier date; issued for no server name; from an unknown authority"; got != want {
		t.Errorf("without a certificate: %q, want %q", got, want)
	}
}

// The conclusion stays in view after a long reply.
func TestLongRepliesLeaveRoom(t *testing.T) {
	got := shown(stage.Result{Stage: stage.Greeting, Status: stage.Fail, Fault: stage.Rejected, Facts: &stage.GreetingFacts{Reply: stage.Reply{Code: 554, Lines: []string{"554 " + strings.Repeat("no ", 300)}}}})
	if len(got) > 350 || !strings.HasSuffix(got, "...") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestOffBy(t *testing.T) {
	const day = 24 * time.Hour
	for ahead, want := range map[time.Duration]string{
		time.Minute: "about 1 minute behind", -90 * time.Minute: "about 90 minutes ahead", 30 * time.Hour: "about 30 hours behind",
		-30 * day: "about 30 days ahead", 3 * 365 * day: "about 3 years behind",
	} {
		if got := prose.English().Text(chart.OffBy(ahead)); got != want {
			t.Errorf("%v: %q, want %q", ahead, got, want)
		}
	}
}
