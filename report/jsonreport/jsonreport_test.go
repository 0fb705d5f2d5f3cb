package jsonreport_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/jsonreport"
)

var update = flag.Bool("update", false, "write the golden files")

func encode(t *testing.T, rec *stage.Record, d diagnose.Diagnosis) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jsonreport.Render(&b, report.New(prose.English(), rec, d), report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEncodeGolden compares the whole format. The findings are set here, so
// that the files change with the format and not with what the rules conclude.
func TestEncodeGolden(t *testing.T) {
	refused := diagnose.Finding{
		Cause: "wrong-password", Severity: cause.Fail, Confidence: cause.Likely, Who: cause.You,
		Args:     prose.Args{"host": prose.Data("smtp.centurylink.net"), "provider": prose.Data("CenturyLink")},
		Checks:   []string{"smtp-587"},
		Evidence: []diagnose.Evidence{{Check: "smtp-587", Stage: stage.Login, Said: prose.Data("535 5.7.8 Error: authentication failed")}},
	}
	follows := diagnose.Finding{
		Cause: "wrong-username-format", Severity: cause.Fail, Confidence: cause.Possible, Who: cause.You,
		SuppressedBy: "wrong-password", Checks: []string{"smtp-587"},
	}
	for _, f := range []*diagnose.Finding{&refused, &follows} {
		page, _ := cause.PageOf(f.Cause)
		f.Actions = page.Actions(f.Args)
	}
	open := stage.Question{Check: stage.Check{Question: stage.AskPlainLogin}}
	for name, d := range map[string]diagnose.Diagnosis{
		"wrong-password": {Findings: []diagnose.Finding{refused, follows}, Questions: []stage.Question{open}},
		"several":        {},
		"healthy":        {},
		"smoke-runs-out": {},
		"smoke-unjudged": {},
	} {
		t.Run(name, func(t *testing.T) {
			got := encode(t, sample.Get(name).Record(), d)
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); d != "" {
				t.Errorf("differs from %s (-want +got):\n%s", file, d)
			}
		})
	}
}

// TestSchema validates the output for every sample run with the schema.
func TestSchema(t *testing.T) {
	v := newValidator(t)
	for _, c := range sample.Cases() {
		var doc any
		rec := c.Record()
		if err := json.Unmarshal(encode(t, rec, diagnose.Diagnose(rec)), &doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range v.check(doc) {
			t.Errorf("%s: %s", c.Name, e)
		}
	}
}

// TestSchemaRefuses breaks a valid document in many ways, so that a validator which
// accepts everything does not pass.
func TestSchemaRefuses(t *testing.T) {
	v := newValidator(t)
	member := func(path ...any) func(map[string]any, any) {
		return func(doc map[string]any, value any) {
			var at any = doc
			for _, p := range path[:len(path)-1] {
				switch p := p.(type) {
				case string:
					at = at.(map[string]any)[p]
				case int:
					at = at.([]any)[p]
				}
			}
			switch last := path[len(path)-1].(type) {
			case string:
				at.(map[string]any)[last] = value
			case int:
				at.([]any)[last] = value
			}
		}
	}
	for _, tc := range []struct {
		name  string
		set   func(map[string]any, any)
		value any
		want  string
	}{
		{"type", member("complete"), "yes", "not of type"},
		{"enum", member("verdict"), "perhaps", "none of"},
		{"const", member("version"), 2.0, "is not 1"},
		{"minimum", member("ms"), -1.0, "less than"},
		{"maximum", member("checks", 0, "endpoint", "port"), 70000.0, "more than"},
		{"required", member("logins"), map[string]any{"tried": 1.0}, "failed is missing"},
		{"unknown member", member("extra"), 1.0, "not described"},
		{"item", member("checks", 0, "stages"), []any{1.0}, "not of type object"},
		{"facts of the stage", member("checks", 0, "stages", 0, "facts"), map[string]any{"host": 1.0}, "not of type string"},
		{"unknown fact", member("checks", 0, "stages", 0, "facts", "extra"), 1.0, "not described"},
		{"kind of action", member("actions", 0, "kind"), "hope", "none of"},
		{"no id of an action", member("actions", 0), map[string]any{"kind": "wait", "who": "you", "text": "x"}, "id is missing"},
		{"kind of target", member("targets", 0, "kind"), "person", "none of"},
		{"no argument", member("targets", 0), map[string]any{"kind": "url"}, "argument is missing"},
		{"verdict of a check", member("checks", 0, "verdict"), "fine", "none of"},
		{"cause of a check", member("checks", 0, "cause"), 1.0, "not of type string"},
		{"target of a check", member("checks", 0, "target"), -1.0, "less than"},
		{"argument", member("findings", 0, "args"), map[string]any{"host": 1.0}, "not of type string"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var doc map[string]any
			rec := sample.Get("wrong-password").Record()
			if err := json.Unmarshal(encode(t, rec, diagnose.Diagnose(rec)), &doc); err != nil {
				t.Fatal(err)
			}
			tc.set(doc, tc.value)
			errs := v.check(doc)
			if !slices.ContainsFunc(errs, func(e string) bool { return strings.Contains(e, tc.want) }) {
				t.Errorf("got %q, want one with %q", errs, tc.want)
			}
		})
	}
}

// TestSchemaIsWhole compares the schema with the Go types, in both directions:
// each member of one is in the other and has a description.
func TestSchemaIsWhole(t *testing.T) {
	v := newValidator(t)
	def := func(name string) map[string]any { return v.ref("#/$defs/" + name) }
	for _, tc := range []struct {
		value  any
		schema map[string]any
	}{
		{jsonreport.Document{}, v.root},
		{jsonreport.Target{}, def("target")},
		{jsonreport.ActionObject{}, def("action")},
		{jsonreport.Way{}, def("way")},
		{jsonreport.Settings{}, def("settings")},
		{jsonreport.Server{}, def("server")},
		{jsonreport.FindingObject{}, def("finding")},
		{jsonreport.EvidenceObject{}, def("evidence")},
		{jsonreport.CheckObject{}, def("check")},
		{jsonreport.Contact{}, def("contact")},
		{jsonreport.Against{}, def("against")},
		{jsonreport.NewsObject{}, def("news")},
		{jsonreport.Difference{}, def("difference")},
		{jsonreport.Seen{}, def("seen")},
		{jsonreport.Gone{}, def("gone")},
		{jsonreport.SourceObject{}, def("source")},
		{stage.Setting{}, def("published")},
		{stage.Endpoint{}, def("endpoint")},
		{stage.Result{}, def("result")},
		{stage.Reply{}, def("reply")},
		{stage.Lookup{}, def("lookup")},
		{stage.TLSA{}, def("tlsa")},
		{stage.Attempt{}, def("attempt")},
		{stage.Rejection{}, def("rejection")},
		{stage.Certificate{}, def("certificate")},
		{stage.CertFault{}, def("cert_fault")},
		{stage.ResolveFacts{}, def("ResolveFacts")},
		{stage.ConnectFacts{}, def("ConnectFacts")},
		{stage.TLSFacts{}, def("TLSFacts")},
		{stage.GreetingFacts{}, def("GreetingFacts")},
		{stage.StartTLSFacts{}, def("StartTLSFacts")},
		{stage.CapabilityFacts{}, def("CapabilityFacts")},
		{stage.LoginFacts{}, def("LoginFacts")},
		{stage.Spared{}, def("spared")},
		{stage.Linked{}, def("linked")},
		{stage.Note{}, def("note")},
		{stage.MailboxFacts{}, def("MailboxFacts")},
		{stage.SubmitFacts{}, def("SubmitFacts")},
		{stage.FetchFacts{}, def("FetchFacts")},
		{stage.ClockFacts{}, def("ClockFacts")},
		{stage.SearchFacts{}, def("SearchFacts")},
		{stage.Named{}, def("named")},
		{stage.Manner{}, def("manner")},
		{jsonreport.FollowUp{}, def("follow_up")},
	} {
		typ := reflect.TypeOf(tc.value)
		members := described(typ)
		props, _ := tc.schema["properties"].(map[string]any)
		for name := range members {
			if _, ok := props[name]; !ok {
				t.Errorf("%v has %s, which the schema does not describe", typ, name)
			}
		}
		for name, p := range props {
			if _, ok := members[name]; !ok {
				t.Errorf("the schema describes %s, which %v does not have", name, typ)
			}
			if d, _ := p.(map[string]any)["description"].(string); d == "" {
				t.Errorf("%v: %s has no description", typ, name)
			}
		}
	}
	if len(v.errs) > 0 {
		t.Error(v.errs)
	}
}

// TestFactsFitSchema fills every kind of facts completely and validates it with its
// part of the schema, both types and names.
func TestFactsFitSchema(t *testing.T) {
	v := newValidator(t)
	for name, facts := range map[string]any{
		"ResolveFacts": new(stage.ResolveFacts), "ConnectFacts": new(stage.ConnectFacts), "TLSFacts": new(stage.TLSFacts),
		"GreetingFacts": new(stage.GreetingFacts), "StartTLSFacts": new(stage.StartTLSFacts),
		"CapabilityFacts": new(stage.CapabilityFacts), "LoginFacts": new(stage.LoginFacts),
		"MailboxFacts": new(stage.MailboxFacts), "SubmitFacts": new(stage.SubmitFacts), "FetchFacts": new(stage.FetchFacts),
		"ClockFacts": new(stage.ClockFacts), "SearchFacts": new(stage.SearchFacts),
	} {
		fillIn(reflect.ValueOf(facts).Elem())
		b, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := json.Unmarshal(b, &value); err != nil {
			t.Fatal(err)
		}
		if n := len(described(reflect.TypeOf(facts).Elem())); len(value) != n {
			t.Errorf("%s: %d members of %d are filled in", name, len(value), n)
		}
		v.errs = nil
		v.value(name, value, v.ref("#/$defs/"+name))
		for _, e := range v.errs {
			if !strings.Contains(e, "is none of") { // the words filled in are in no enum
				t.Error(e)
			}
		}
	}
}

// fillIn sets a value and everything in it to something that isn't empty.
func fillIn(v reflect.Value) {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		*t = sample.Started
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Uint16:
		v.SetUint(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7_000_000)
	case reflect.Uint8, reflect.Uint32:
		v.SetUint(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillIn(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillIn(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf("x"))
	case reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i))
		}
	default:
		panic("a kind that no facts had so far: " + v.Kind().String())
	}
}

// TestKindsOfActions: every kind that an action can have is in the schema, and a way
// round says what to type in.
func TestKindsOfActions(t *testing.T) {
	v := newValidator(t)
	for _, kind := range cause.ActionKinds {
		v.value(string(kind), map[string]any{"id": "x", "kind": string(kind), "who": "you", "text": "x"}, v.ref("#/$defs/action"))
	}
	for _, e := range v.errs {
		t.Error(e)
	}
	rec := sample.Get("sibling").Record()
	doc := jsonreport.New(report.New(prose.English(), rec, diagnose.Diagnose(rec)))
	want := []jsonreport.Way{{
		Kind: "endpoint", Round: "smtp-587", Shown: "smtp-587/port-465", Works: true, LoggedIn: true,
		Endpoint: &stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.centurylink.net", Port: 465, Security: stage.TLS},
	}}
	if d := cmp.Diff(want, doc.Ways); d != "" {
		t.Errorf("ways (-want +got):\n%s", d)
	}
	if a := doc.Actions[0]; a.ID != cause.UseWay || a.Kind != cause.UseProven {
		t.Errorf("first action %+v", a)
	}
}

// TestFollowUpsAsValues: questions and answers are sentences with their ids, and the
// id of a text that is no answer says so.
func TestFollowUpsAsValues(t *testing.T) {
	type sentence struct {
		ID string `json:"id"`
	}
	n := 0
	for _, c := range sample.Cases() {
		rec := c.Record()
		var doc struct {
			FollowUps []struct {
				Check    string     `json:"check"`
				Answered bool       `json:"answered"`
				Asked    []sentence `json:"asked"`
				Said     []sentence `json:"said"`
			} `json:"follow_ups"`
		}
		if err := json.Unmarshal(encode(t, rec, diagnose.Diagnose(rec)), &doc); err != nil {
			t.Fatal(err)
		}
		for _, f := range doc.FollowUps {
			n++
			if len(f.Asked) != 1 || !strings.HasPrefix(f.Asked[0].ID, "ask-") || len(f.Said) != 1 || f.Said[0].ID == "" {
				t.Errorf("%s: %s: %+v", c.Name, f.Check, f)
			} else if none := strings.HasPrefix(f.Said[0].ID, "not-answered"); none == f.Answered {
				t.Errorf("%s: %s: answered is %v with %s", c.Name, f.Check, f.Answered, f.Said[0].ID)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d follow-ups", n)
	}
}

// TestAgainst validates a comparison with the schema.
func TestAgainst(t *testing.T) {
	r := func(name string) *report.Report {
		rec := sample.Get(name).Record()
		return report.New(prose.English(), rec, diagnose.Diagnose(rec))
	}
	newer := r("healthy")
	newer.CompareWith(r("port-blocked"), "wifi", "hotspot")
	var b bytes.Buffer
	if err := jsonreport.Render(&b, newer, report.Options{}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if errs := newValidator(t).check(doc); len(errs) > 0 {
		t.Error(errs)
	}
	against, _ := doc["against"].(map[string]any)
	if against["name"] != "wifi" || against["verdict"] != "does-not-work" || len(against["changed"].([]any)) < 2 || len(against["gone"].([]any)) == 0 {
		t.Errorf("against: %v", against)
	}
}

// TestNewsOfExpectations: what is new, cured and remains is in the document as the schema
// describes it.
func TestNewsOfExpectations(t *testing.T) {
	const warned = "smoke-runs-out, as a warning"
	r := func(name string) *report.Report {
		c := sample.Get(strings.TrimSuffix(name, ", as a warning"))
		for i := range c.Stream.Header.Plan.Checks {
			for k := range c.Stream.Header.Plan.Checks[i].Expects {
				if name == warned {
					c.Stream.Header.Plan.Checks[i].Expects[k].Severity = stage.ExpectWarn
				}
			}
		}
		rec := c.Record()
		return report.New(prose.English(), rec, diagnose.Diagnose(rec))
	}
	for _, tt := range []struct {
		old, new                string
		isNew, cured, remaining int
	}{
		{"smoke", "smoke-runs-out", 1, 0, 0},
		{"smoke-runs-out", "smoke", 0, 1, 0},
		{"smoke-runs-out", "smoke-runs-out", 0, 0, 1},
		{warned, "smoke-runs-out", 1, 0, 0},
		{warned, warned, 0, 0, 1},
		{"smoke-runs-out", warned, 0, 0, 1},
	} {
		newer := r(tt.new)
		newer.CompareWith(r(tt.old), "then", "now")
		var b bytes.Buffer
		if err := jsonreport.Render(&b, newer, report.Options{}); err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if errs := newValidator(t).check(doc); len(errs) > 0 {
			t.Error(errs)
		}
		against, _ := doc["against"].(map[string]any)
		news, _ := against["expectations"].(map[string]any)
		for member, want := range map[string]int{"new": tt.isNew, "cured": tt.cured, "remaining": tt.remaining} {
			if list, ok := news[member].([]any); !ok || len(list) != want {
				t.Errorf("%s after %s: %s has %v, want %d", tt.new, tt.old, member, news[member], want)
			}
		}
	}
}

// TestOutcomesOfConnecting: every outcome that the runner knows is in the schema, and
// every reason of a rejection.
func TestOutcomesOfConnecting(t *testing.T) {
	v := newValidator(t)
	for _, o := range []stage.DialOutcome{
		stage.DialConnected, stage.DialRefused, stage.DialTimeout, stage.DialNetworkUnreachable, stage.DialHostUnreachable,
		stage.DialProhibited, stage.DialReset, stage.DialInterrupted, stage.DialOther,
	} {
		b, err := json.Marshal(stage.ConnectFacts{Attempts: []stage.Attempt{{Address: "198.51.100.1:993", Outcome: o}}})
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			t.Fatal(err)
		}
		v.value("ConnectFacts", value, v.ref("#/$defs/ConnectFacts"))
	}
	for _, why := range []stage.RejectReason{
		stage.RejectNetwork, stage.RejectHost, stage.RejectPort, stage.RejectProhibited, stage.RejectOther,
	} {
		b, err := json.Marshal(stage.Rejection{By: "192.0.2.1", Why: why})
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			t.Fatal(err)
		}
		v.value("Rejection", value, v.ref("#/$defs/rejection"))
	}
	for _, e := range v.errs {
		t.Error(e)
	}
}

// TestWordsOfFollowUps: every kind of follow-up, and every status of its stages, is
// in the schema.
func TestWordsOfFollowUps(t *testing.T) {
	v := newValidator(t)
	for _, kind := range []stage.Kind{
		stage.KindEndpoint, stage.KindConnect, stage.KindGreeting, stage.KindTLS, stage.KindLogin, stage.KindFetch,
		stage.KindLookup, stage.KindTime, stage.KindTunnel, stage.KindSearch,
	} {
		rec := &stage.Record{Checks: []stage.CheckRecord{{
			Check: stage.Check{
				ID: "x", Kind: kind, Round: 2, Question: stage.AskSmallSegments, URL: "http://example.net/",
				Manner: stage.Manner{Address: "198.51.100.1", Hello: stage.HelloOld, MaxSegment: stage.SmallSegment},
			},
			Results: []stage.Result{
				{Stage: stage.Clock, Status: stage.Fail, Fault: stage.NoTime, Facts: &stage.ClockFacts{Server: "time.example"}},
				{Stage: stage.Search, Status: stage.Pass, Facts: &stage.SearchFacts{Failed: []stage.SourceID{stage.SourceSRV}}},
				{Stage: stage.Connect, Status: stage.Skip, Reason: stage.NotPossible},
			},
		}}}
		var doc any
		if err := json.Unmarshal(encode(t, rec, diagnose.Diagnosis{}), &doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range v.check(doc) {
			t.Errorf("%s: %s", kind, e)
		}
		if doc := doc.(map[string]any); len(doc["follow_ups"].([]any)) != 1 {
			t.Errorf("%s: no follow-up in %v", kind, doc)
		}
	}
}

// TestConclusionsOfChecks: each check of the plan has its result, its cause, and the
// target that it belongs to; a follow-up has none of them.
func TestConclusionsOfChecks(t *testing.T) {
	type conclusion struct {
		Verdict report.Verdict
		Cause   cause.ID
		Target  int
	}
	none := conclusion{Target: -1}
	for name, want := range map[string]map[string]conclusion{
		"sibling": {
			"pop3-995": {Verdict: report.Works}, "imap-993": {Verdict: report.Works},
			"smtp-587": {report.DoesNotWork, "port-filtered", 0}, "smtp-587/port-465": none,
		},
		"two-people": {"pop3-995": {Verdict: report.Works}, "pop3-110": {report.Unknown, "password-in-clear", 1}, "smtp-465": {report.Works, "", 1}},
		"dead-ipv6":  {"pop3-995": {report.WorksWithWarnings, "ipv6-broken-path", 0}, "imap-993": {Verdict: report.Works}},
		"offline":    {"smtp-587": {report.Unknown, "no-network-route", 0}},
	} {
		rec := sample.Get(name).Record()
		doc := jsonreport.New(report.New(prose.English(), rec, diagnose.Diagnose(rec)))
		for id, want := range want {
			i := slices.IndexFunc(doc.Checks, func(c jsonreport.CheckObject) bool { return c.ID == id })
			if i < 0 {
				t.Fatalf("%s: no check %s", name, id)
			}
			got := conclusion{doc.Checks[i].Verdict, doc.Checks[i].Cause, -1}
			if p := doc.Checks[i].Target; p != nil {
				got.Target = *p
			}
			if got != want {
				t.Errorf("%s: %s: %+v, want %+v", name, id, got, want)
			}
		}
	}
}
