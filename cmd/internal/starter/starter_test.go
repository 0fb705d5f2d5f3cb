package starter

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/cmd/internal/smoke"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

var now = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

// odd is text that a server or a user may have, and that a file must survive.
const odd = "a\"b\\c\n]\r\x00\x1b[31m\x7f'''\"\"\"é\u202e#="

// checked returns a run of servers with odd texts in all that was seen of them.
func checked() *stage.Record {
	cert := stage.Certificate{
		Issuer: odd, Names: []string{"imap.example.com", odd, "*.example.com", "192.0.2.1"}, Key: "RSA 2048", NotAfter: now.Add(100 * time.Hour),
	}
	size := int64(35 << 20)
	plan := stage.Plan{Subjects: []stage.Subject{
		{Argument: odd + "@example.com", Kind: stage.SubjectURL, User: odd},
		{Argument: "nothing.example", Kind: stage.SubjectDomain, Domain: "nothing.example"},
	}}
	done := func(s stage.Stage, f stage.Facts) stage.Result {
		return stage.Result{Stage: s, Status: stage.Pass, Time: 12, Facts: f}
	}
	facts := []stage.Result{
		done(stage.Connect, &stage.ConnectFacts{Attempts: []stage.Attempt{
			{Address: "192.0.2.1:993", Outcome: stage.DialConnected}, {Address: "[2001:db8::1]:993", Outcome: stage.DialConnected}, {Address: odd},
		}}),
		done(stage.Handshake, &stage.TLSFacts{Version: "TLS 1.3", Chain: []stage.Certificate{cert}}),
		done(stage.Greeting, &stage.GreetingFacts{}),
		done(stage.Capabilities, &stage.CapabilityFacts{List: []string{"IDLE", odd, "SASL PLAIN", strings.Repeat("X", 200)}, Mechanisms: []string{"PLAIN", odd}, Size: &size}),
	}
	rec := &stage.Record{Header: stage.Header{Started: now, Plan: plan}}
	for i, e := range []stage.Endpoint{
		{Protocol: stage.IMAP, Host: "imap.example.com", Port: 993, Security: stage.TLS},
		{Protocol: stage.SMTP, Host: "2001:db8::1", Port: 587, Security: stage.StartTLS},
		{Protocol: stage.POP3, Host: "pop.example.com", Port: 1100, Security: stage.None},
	} {
		results := slices.Clone(facts)
		if e.Security == stage.StartTLS {
			results = append(results, done(stage.Upgrade, &stage.StartTLSFacts{Offered: true, Capabilities: []string{"SIZE", odd}}))
		}
		if e.Security == stage.None {
			results = slices.Delete(results, 1, 2)
		}
		rec.Checks = append(rec.Checks, stage.CheckRecord{Check: stage.Check{ID: string(rune('a' + i)), Endpoint: e, Kind: stage.KindEndpoint}, Results: results, Done: i < 2})
	}
	return rec
}

// TestHostile: whatever was seen, the file parses, and has what was seen of each server.
func TestHostile(t *testing.T) {
	rec := checked()
	text := Write(prose.English(), rec, []report.Outcome{{Check: "c", Cause: "connection-refused"}}, odd)
	for _, r := range string(text) {
		if stage.Visible(string(r)) != string(r) && r != '\n' {
			t.Errorf("%q in the file", r)
		}
	}
	f, err := smoke.Parse("smoke.toml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := []string{
		"reachable=both tls-min=1.2 certificate-days=3 certificate-names=imap.example.com,*.example.com,192.0.2.1 certificate-key-bits=2048 mechanisms-offered=PLAIN greeting-within=5000",
		"reachable=both tls-min=1.2 certificate-days=3 certificate-names=imap.example.com,*.example.com,192.0.2.1 certificate-key-bits=2048 starttls-offered=true login-needs-tls=true mechanisms-offered=PLAIN size-at-least=36700160 greeting-within=5000",
		"reachable=both mechanisms-offered=PLAIN greeting-within=5000",
		"",
	}
	if len(f.Endpoints) != len(want) {
		t.Fatalf("%d endpoints, want %d\n%s", len(f.Endpoints), len(want), text)
	}
	for i, e := range f.Endpoints {
		var server stage.Endpoint
		if i < len(rec.Checks) {
			server = rec.Checks[i].Check.Endpoint
			if e.User != stage.Visible(odd) {
				t.Errorf("user %q", e.User)
			}
		}
		var got []string
		for _, x := range e.Expects(server) {
			got = append(got, string(x.ID)+"="+strings.Join(x.Want, ","))
		}
		if strings.Join(got, " ") != want[i] {
			t.Errorf("%d: got  %s\nwant %s", i, strings.Join(got, " "), want[i])
		}
	}
	for _, s := range []string{"(connection-refused)", "maildoctor explain connection-refused", "No server of nothing.example was found", `domain = "nothing.example"`, "4 days left"} {
		if !strings.Contains(string(text), s) {
			t.Errorf("the file lacks %q\n%s", s, text)
		}
	}
}

// TestExample: every example of an expectation can be used as it stands, and none is
// missing.
func TestExample(t *testing.T) {
	text := string(Write(prose.English(), nil, nil, "smoke.toml"))
	if _, err := smoke.Parse("smoke.toml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	f, err := smoke.Parse("smoke.toml", []byte(uncommented(text, func(id string) bool {
		return slices.Contains(smoke.IDs(), stage.ExpectationID(id)) || id == "name" || id == "labels" || id == "password-env"
	})))
	if err != nil {
		t.Fatal(err)
	}
	used := map[stage.ExpectationID]bool{}
	for _, security := range []stage.Security{stage.TLS, stage.StartTLS} {
		for _, protocol := range []stage.Protocol{stage.IMAP, stage.SMTP} {
			for _, x := range f.Endpoints[0].Expects(stage.Endpoint{Protocol: protocol, Security: security}) {
				used[x.ID] = true
			}
		}
	}
	for _, id := range smoke.IDs() {
		if !used[id] {
			t.Errorf("there is no example of %s", id)
		}
	}
}

// uncommented takes the sign away before these keys, once each above all tables.
func uncommented(text string, keys func(string) bool) string {
	var out []string
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "# ")
		key, _, assigned := strings.Cut(rest, " = ")
		if ok && assigned && keys(key) {
			line = rest
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}
