package programs

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// run is a run of one IMAP server with a valid certificate, with the handshakes of
// other programs.
func run(change func(*stage.TLSFacts), others ...stage.CheckRecord) *stage.Record {
	e := stage.Endpoint{Protocol: stage.IMAP, Host: "mail.example", Port: 993, Security: stage.TLS}
	f := &stage.TLSFacts{
		ServerName: e.Host, Version: "TLS 1.3", System: stage.Trusted, Public: stage.Trusted, Verified: true,
		Chain: []stage.Certificate{{Subject: "CN=mail.example", Issuer: "CN=R1", SHA256: "aa"}},
		Root:  &stage.Certificate{Subject: "CN=Example Root", SHA256: "bb"},
	}
	if change != nil {
		change(f)
	}
	own := stage.CheckRecord{Check: stage.Check{ID: "imap-993", Endpoint: e}, Results: []stage.Result{
		{Stage: stage.Resolve, Status: stage.Pass, Facts: &stage.ResolveFacts{Host: e.Host, Addresses: []string{"192.0.2.1"}}},
		{Stage: stage.Connect, Status: stage.Pass, Facts: &stage.ConnectFacts{
			Address: "192.0.2.1:993", Attempts: []stage.Attempt{{Address: "192.0.2.1:993", Outcome: stage.DialConnected}},
		}},
		{Stage: stage.Handshake, Status: stage.Pass, Facts: f},
	}}
	return &stage.Record{Header: stage.Header{Options: stage.Options{Programs: true}}, Checks: []stage.CheckRecord{own}, Programs: others}
}

// as is a handshake of another program at that server.
func as(h stage.Hello, r stage.Result) stage.CheckRecord {
	r.Stage = stage.Handshake
	return stage.CheckRecord{
		Check:   stage.Check{ID: "imap-993/as-" + string(h), Kind: stage.KindProgram, Round: 1, Parents: []string{"imap-993"}, Manner: stage.Manner{Hello: h}},
		Results: []stage.Result{r},
	}
}

// of returns the judgement of a kind.
func of(t *testing.T, rec *stage.Record, id ID) Judgement {
	t.Helper()
	for _, row := range Judge(rec) {
		if row.ID == id {
			if len(row.Judgements) != 1 {
				t.Fatalf("%s: %v", id, row.Judgements)
			}
			return row.Judgements[0]
		}
	}
	t.Fatalf("no kind %s", id)
	return Judgement{}
}

func TestHandshakeJudgements(t *testing.T) {
	alert := func(a string) *stage.TLSFacts { return &stage.TLSFacts{ServerName: "mail.example", Alert: a} }
	takes10 := as(stage.HelloTLS10, stage.Result{Status: stage.Pass, Facts: &stage.TLSFacts{Version: "TLS 1.0"}})
	other := &stage.TLSFacts{
		Version: "TLS 1.3", Chain: []stage.Certificate{{SHA256: "cc", Names: []string{"www.example"}}},
		Faults: []stage.CertFault{{ID: stage.CertNameMismatch}},
	}
	for _, tt := range []struct {
		name   string
		kind   ID
		others []stage.CheckRecord
		want   string
		words  string
	}{
		{"not tried", TLS10, nil, "not-known not-tried", "not tried"},
		{"begins", TLS10, []stage.CheckRecord{takes10}, "connects ", "TLS 1.0"},
		{"chose older than it takes", TLS12, []stage.CheckRecord{as(stage.HelloTLS12, stage.Result{Status: stage.Pass, Facts: &stage.TLSFacts{Version: "TLS 1.1"}})}, "fails version", "TLS 1.1"},
		{"SSL 3 is older still", TLS12, []stage.CheckRecord{as(stage.HelloTLS12, stage.Result{Status: stage.Pass, Facts: &stage.TLSFacts{Version: "SSLv3"}})}, "fails version", "SSLv3"},
		{"protocol_version", TLS10, []stage.CheckRecord{as(stage.HelloTLS10, stage.Result{Status: stage.Fail, Fault: stage.TLSVersion, Facts: alert("protocol_version (70)")})}, "fails version", "nothing that old (protocol_version (70))"},
		{
			"no suite: the version is taken otherwise", OldDevices,
			[]stage.CheckRecord{as(stage.HelloTLS10RSA, stage.Result{Status: stage.Fail, Fault: stage.TLSAlert, Facts: alert("handshake_failure (40)")}), takes10},
			"fails cipher-suites", "no cipher suite",
		},
		{
			"no suite, or no version", OldDevices,
			[]stage.CheckRecord{as(stage.HelloTLS10RSA, stage.Result{Status: stage.Fail, Fault: stage.TLSAlert, Facts: alert("handshake_failure (40)")})},
			"fails refused", "no version of TLS or no cipher suite",
		},
		{"another alert", TLS10, []stage.CheckRecord{as(stage.HelloTLS10, stage.Result{Status: stage.Fail, Fault: stage.TLSAlert, Facts: alert("internal_error (80)")})}, "fails refused", "internal_error (80)"},
		{"hung up", TLS10, []stage.CheckRecord{as(stage.HelloTLS10, stage.Result{Status: stage.Fail, Fault: stage.HandshakeClosed, Facts: alert("")})}, "fails refused", "hung up"},
		{"no answer", TLS10, []stage.CheckRecord{as(stage.HelloTLS10, stage.Result{Status: stage.Fail, Fault: stage.HandshakeTimeout, Facts: alert("")})}, "not-known no-answer", "no answer"},
		{"broken off", TLS10, []stage.CheckRecord{as(stage.HelloTLS10, stage.Result{Status: stage.Skip, Reason: stage.Interrupted})}, "not-known not-tried", "not tried"},
		{"another certificate", NoName, []stage.CheckRecord{as(stage.HelloNoName, stage.Result{Status: stage.Fail, Fault: stage.BadCertificate, Facts: other})}, "fails name", "another certificate"},
		{"no name, no answer", NoName, []stage.CheckRecord{as(stage.HelloNoName, stage.Result{Status: stage.Fail, Fault: stage.TLSAlert, Facts: &stage.TLSFacts{Alert: "unrecognized_name (112)"}})}, "fails name", "without the server's name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := of(t, run(nil, tt.others...), tt.kind)
			if got := string(j.Verdict) + " " + string(j.Reason); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if text := prose.English().Text(j.Said); !strings.Contains(text, tt.words) {
				t.Errorf("%q lacks %q", text, tt.words)
			}
			shown := "imap-993"
			for _, o := range tt.others {
				if string(o.Check.Manner.Hello) == strings.TrimPrefix(o.Check.ID, "imap-993/as-") && o.Check.Manner.Hello == kindOf(tt.kind).hello {
					shown = o.Check.ID
				}
			}
			if j.Shown != shown || j.Check != "imap-993" {
				t.Errorf("shown by %q, of %q", j.Shown, j.Check)
			}
		})
	}
}

func kindOf(id ID) Kind {
	return kinds[slices.IndexFunc(kinds, func(k Kind) bool { return k.ID == id })]
}

func TestRootJudgements(t *testing.T) {
	lets := func(f *stage.TLSFacts) {
		f.Root = &stage.Certificate{Subject: "CN=ISRG Root X1,O=Internet Security Research Group", SHA256: lacked[0].sha256}
	}
	for _, tt := range []struct {
		name   string
		change func(*stage.TLSFacts)
		want   string
		words  string
	}{
		{"a root in the table", lets, "fails root", `"ISRG Root X1" is not on the list of Android before 7.1.1`},
		{"one that isn't", nil, "not-known not-listed", `no system that lacks "Example Root"`},
		{"a private one", func(f *stage.TLSFacts) { f.Public = stage.NotTrusted }, "not-known root", "has to be added to every device"},
		{"vouched for by another", func(f *stage.TLSFacts) {
			lets(f)
			f.Chain = append(f.Chain, stage.Certificate{Subject: f.Root.Subject, Issuer: "CN=DST Root CA X3"})
		}, "not-known cross-sign", `"DST Root CA X3" vouches`},
		{"sent along", func(f *stage.TLSFacts) {
			lets(f)
			f.Chain = append(f.Chain, stage.Certificate{Subject: f.Root.Subject, Issuer: f.Root.Subject})
		}, "fails root", "Android before 7.1.1"},
		{"the certificate doesn't hold", func(f *stage.TLSFacts) { f.Verified = false }, "fails certificate", "is not valid here"},
		{"none was seen", func(f *stage.TLSFacts) { f.Chain, f.Root, f.Verified = nil, nil, false }, "not-known no-tls", "no certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := of(t, run(tt.change), OldRootList)
			if got := string(j.Verdict) + " " + string(j.Reason); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if text := prose.English().Text(j.Said); !strings.Contains(text, tt.words) {
				t.Errorf("%q lacks %q", text, tt.words)
			}
		})
	}
}

// If the run itself had no encryption, nothing is said about other programs. The
// same goes if it was not requested.
func TestNothingIsSaid(t *testing.T) {
	rec := run(nil)
	rec.Checks[0].Results[2] = stage.Result{Stage: stage.Handshake, Status: stage.Skip, Reason: stage.NotApplicable}
	for _, row := range Judge(rec) {
		if j := row.Judgements[0]; row.ID != IPv4Only && j.Reason != BecauseNoTLS {
			t.Errorf("%s: %+v", row.ID, j)
		}
	}
	if checks := Handshakes(rec); len(checks) > 0 {
		t.Errorf("%d handshakes", len(checks))
	}
	rec = run(nil)
	rec.Header.Options.Programs = false
	if rows := Judge(rec); rows != nil {
		t.Errorf("%v", rows)
	}
}

// Two checks of one endpoint share the handshakes. They use the addresses of the
// run's own dialogues.
func TestHandshakesAreShared(t *testing.T) {
	rec := run(nil)
	second := rec.Checks[0]
	second.Check.ID, second.Check.User = "imap-993#2", "joe"
	rec.Checks = append(rec.Checks, second)
	checks := Handshakes(rec)
	if len(checks) != Connections() {
		t.Fatalf("%d handshakes, want %d", len(checks), Connections())
	}
	seen := make(map[stage.Hello]bool)
	for _, c := range checks {
		if !slices.Equal(c.Parents, []string{"imap-993", "imap-993#2"}) || c.Manner.Address != "192.0.2.1" || !c.FollowUp() || seen[c.Manner.Hello] {
			t.Errorf("%+v", c)
		}
		seen[c.Manner.Hello] = true
		rec.Programs = append(rec.Programs, as(c.Manner.Hello, stage.Result{Status: stage.Pass, Facts: &stage.TLSFacts{Version: "TLS 1.2"}}))
		rec.Programs[len(rec.Programs)-1].Check.Parents = c.Parents
	}
	for _, row := range Judge(rec) {
		if len(row.Judgements) != 2 || row.Judgements[0].Verdict != row.Judgements[1].Verdict {
			t.Errorf("%s: %+v", row.ID, row.Judgements)
		}
	}
}

// The tables are complete: each row has a source and a date, no root occurs twice,
// and those that are still on public lists have the stated name.
func TestTables(t *testing.T) {
	ids := make(map[ID]bool)
	for _, k := range kinds {
		if k.Who.Empty() || len(k.Sources) == 0 || k.judge == nil || ids[k.ID] || !regexp.MustCompile(`^\d{4}(-\d\d)?$`).MatchString(k.Date) {
			t.Errorf("%+v", k)
		}
		ids[k.ID] = true
	}
	if _, err := time.Parse(time.DateOnly, Dated); err != nil {
		t.Error(err)
	}
	listed := make(map[string]bool)
	for r := range bundle.Roots() {
		listed[fingerprint(r.Certificate)] = true
	}
	roots := make(map[string]bool)
	for _, r := range lacked {
		if !listed[r.sha256] || roots[r.sha256] || len(r.missing) == 0 || !strings.HasPrefix(r.source, "https://") {
			t.Errorf("%+v", r)
		}
		roots[r.sha256] = true
	}
}

// fingerprint is the SHA-256 of a certificate.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
