package prometheus_test

import (
	"bytes"
	"flag"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/prometheus"
)

var update = flag.Bool("update", false, "write the golden files")

func of(l *prose.Language, rec *stage.Record) *report.Report {
	return report.New(l, rec, diagnose.Diagnose(rec))
}

// expecting adds an expectation of each outcome to a report.
func expecting(r *report.Report) *report.Report {
	r.File = &stage.SmokeFile{Path: "smoke.toml", SHA256: strings.Repeat("ab", 32)}
	for i, o := range []report.ExpectationOutcome{report.ExpectationMet, report.ExpectationUnmet, report.ExpectationNotJudged} {
		r.Expectations = append(r.Expectations, report.Expectation{
			Expectation: stage.Expectation{ID: []stage.ExpectationID{stage.ExpectLogin, stage.ExpectCertificateDays, stage.ExpectQuota}[i], Severity: stage.ExpectFail},
			Check:       r.Outcomes[0].Check, Outcome: o,
		})
	}
	return r
}

func render(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := prometheus.Render(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parse reads the text with the reader of Prometheus's own library.
func parse(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.LegacyValidation)
	all, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return all
}

// values returns the values of a metric by its labels, "cause=cert-expired", of one check
// if it is named.
func values(all map[string]*dto.MetricFamily, name, check string, labels ...string) map[string]float64 {
	out := make(map[string]float64)
	for _, m := range all["maildoctor_"+name].GetMetric() {
		of := make(map[string]string)
		for _, l := range m.GetLabel() {
			of[l.GetName()] = l.GetValue()
		}
		if check != "" && of["check"] != check {
			continue
		}
		var key []string
		for _, l := range labels {
			key = append(key, of[l])
		}
		out[strings.Join(key, " ")] = m.GetGauge().GetValue()
	}
	return out
}

// TestGolden compares whole reports.
func TestGolden(t *testing.T) {
	for _, name := range []string{"healthy", "expired-certificate", "dead-ipv6"} {
		got := render(t, expecting(of(prose.English(), sample.Get(name).Record())))
		file := filepath.Join("testdata", name+".prom")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("differs from %s (-want +got):\n%s", file, d)
		}
	}
}

var label = regexp.MustCompile(`^[a-z_]+$`)

// TestForm: names and labels are as they are to be, each metric has a help and a type,
// no value is NaN, and no series is there twice.
func TestForm(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range sample.Cases() {
		all := parse(t, render(t, expecting(of(prose.English(), c.Record()))))
		for name, f := range all {
			seen[name] = true
			if !label.MatchString(name) || !strings.HasPrefix(name, "maildoctor_") || f.GetHelp() == "" || f.GetType() != dto.MetricType_GAUGE {
				t.Errorf("%s: %q, %v", name, f.GetHelp(), f.GetType())
			}
			series := make(map[string]bool)
			for _, m := range f.GetMetric() {
				key := ""
				for _, l := range m.GetLabel() {
					if !label.MatchString(l.GetName()) || l.GetValue() == "" || !utf8.ValidString(l.GetValue()) {
						t.Errorf("%s: %s: label %s=%q", c.Name, name, l.GetName(), l.GetValue())
					}
					key += l.GetName() + "=" + l.GetValue() + "\n"
				}
				if series[key] {
					t.Errorf("%s: %s: twice: %s", c.Name, name, key)
				}
				series[key] = true
				if v := m.GetGauge().GetValue(); math.IsNaN(v) || math.IsInf(v, 0) || v < 0 || m.TimestampMs != nil {
					t.Errorf("%s: %s: %v", c.Name, name, m)
				}
			}
		}
	}
	names := prometheus.Names()
	slices.Sort(names)
	if d := cmp.Diff(names, slices.Sorted(maps.Keys(seen))); d != "" {
		t.Errorf("metrics that no sample has, or that are in no table:\n%s", d)
	}
}

// TestValues: what the metrics say is what the run has seen.
func TestValues(t *testing.T) {
	all := func(name string) map[string]*dto.MetricFamily {
		return parse(t, render(t, expecting(of(prose.English(), sample.Get(name).Record()))))
	}
	one := func(v float64) map[string]float64 { return map[string]float64{"": v} }
	healthy, expired, dead, refused, blocked := all("healthy"), all("expired-certificate"), all("dead-ipv6"), all("wrong-password"), all("port-blocked")
	for _, tc := range []struct {
		name      string
		got, want map[string]float64
	}{
		{"works, and an expectation is unmet", values(healthy, "run_success", ""), one(0)},
		{"no success", values(refused, "run_success", ""), one(0)},
		{"start", values(healthy, "run_start_timestamp_seconds", ""), one(float64(sample.Started.Unix()))},
		{"verdict", values(refused, "endpoint_verdict", "smtp-587", "verdict"), map[string]float64{"works": 0, "works-with-warnings": 0, "does-not-work": 1, "unknown": 0}},
		{"cause", values(refused, "endpoint_cause_info", "smtp-587", "cause"), map[string]float64{"wrong-password": 1}},
		{"no cause", values(healthy, "endpoint_cause_info", ""), map[string]float64{}},
		{"login", values(refused, "endpoint_login", "smtp-587", "outcome"), map[string]float64{"accepted": 0, "refused": 1, "failed": 0}},
		{"families", values(dead, "endpoint_family_answered", "pop3-995", "family"), map[string]float64{"ipv4": 1, "ipv6": 0}},
		{"not reached", values(blocked, "endpoint_tls_info", "smtp-587", "version"), map[string]float64{}},
		{"no login", values(blocked, "endpoint_login", "smtp-587", "outcome"), map[string]float64{}},
		{"a failed stage", values(blocked, "endpoint_stage_passed", "smtp-587", "stage"), map[string]float64{"resolve": 1, "connect": 0}},
		{"expectations", values(healthy, "expectation_met", "", "expectation"), map[string]float64{"login": 1, "certificate-days": 0}},
		{"their number", values(healthy, "run_expectations", "", "outcome"), map[string]float64{"met": 1, "unmet": 1, "not-judged": 1}},
	} {
		if d := cmp.Diff(tc.want, tc.got); d != "" {
			t.Errorf("%s: %s", tc.name, d)
		}
	}
	rec := sample.Get("expired-certificate").Record()
	for i := range rec.Checks {
		c := &rec.Checks[i]
		f := stage.FactsOf[*stage.TLSFacts](c)
		if f == nil || len(f.Chain) == 0 || c.Check.FollowUp() {
			continue
		}
		got := values(expired, "endpoint_certificate_not_after_timestamp_seconds", c.Check.ID)
		if got[""] != float64(f.Chain[0].NotAfter.Unix()) {
			t.Errorf("%s: not after %v, want %v", c.Check.ID, got, f.Chain[0].NotAfter)
		}
		if v := values(expired, "endpoint_certificate_verified", c.Check.ID); v[""] != truth(f.Verified) {
			t.Errorf("%s: verified %v", c.Check.ID, v)
		}
	}
	if n := len(values(expired, "endpoint_certificate_verified", "", "check")); n == 0 {
		t.Error("no certificate")
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestHostileLabels: text that is no UTF-8, or looks like a line of the format, stays in
// its label.
func TestHostileLabels(t *testing.T) {
	for _, host := range []string{"a\"} 1\nmaildoctor_forged 1\n", "\xff\xfe", "b\\", "\x00\x1b[31m", "{}", strings.Repeat("x", 5000)} {
		rec := sample.Get("wrong-password").Record()
		for i := range rec.Checks {
			rec.Checks[i].Check.Endpoint.Host = host
		}
		rec.Header.Plan.Subjects[0].Label = host
		text := render(t, of(prose.English(), rec))
		all := parse(t, text)
		for name := range all {
			if !slices.Contains(prometheus.Names(), name) {
				t.Errorf("%q: %s", host, name)
			}
		}
		if strings.ContainsRune(text, 0x1b) || !utf8.ValidString(text) {
			t.Errorf("%q: %q", host, text[:200])
		}
	}
}

// TestNothingOfTheServerOrTheUser: text from a server, and the user's name, are in no
// label.
func TestNothingOfTheServerOrTheUser(t *testing.T) {
	for _, c := range sample.Cases() {
		text := render(t, of(prose.English(), c.Record()))
		for _, s := range c.Record().Header.Plan.Subjects {
			if s.User != "" && strings.Contains(text, s.User) {
				t.Errorf("%s: %s", c.Name, s.User)
			}
		}
		if strings.Contains(text, "535 5.7.8") || strings.Contains(text, "Dovecot") {
			t.Errorf("%s: the server's words", c.Name)
		}
	}
}

// TestEveryWordIsTranslatable: the lines of help come from the tables.
func TestEveryWordIsTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		d, err := prosetest.Known(rec)
		if err != nil {
			t.Fatal(err)
		}
		for f := range prometheus.Families(expecting(of(prosetest.Language(), rec))) {
			for _, w := range d.Text(f.GetHelp()) {
				t.Errorf("%s: %s: %s", c.Name, f.GetName(), w)
			}
		}
	}
}

// TestPromtool: Prometheus's own linter has nothing to say, where it is installed. The
// script .ci/more/prometheus installs it.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("MAILDOCTOR_PROMTOOL") == "required" {
			t.Fatal(err)
		}
		t.Skip("promtool is not installed; .ci/more/prometheus does that")
	}
	for _, c := range sample.Cases() {
		cmd := exec.Command(promtool, "check", "metrics")
		cmd.Stdin = strings.NewReader(render(t, expecting(of(prose.English(), c.Record()))))
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", c.Name, err, out)
		}
	}
}

// TestTimes: a duration of a run and of its stages is in seconds.
func TestTimes(t *testing.T) {
	rec := sample.Get("healthy").Record()
	rec.End.Time = stage.Ms(1500 * time.Millisecond)
	all := parse(t, render(t, of(prose.English(), rec)))
	if got := values(all, "run_duration_seconds", "")[""]; got != 1.5 {
		t.Errorf("%v", got)
	}
	r := rec.Checks[0].Result(stage.Connect)
	got := values(all, "endpoint_stage_duration_seconds", rec.Checks[0].Check.ID, "stage")["connect"]
	if want := r.Time.Duration().Seconds(); got != want || want == 0 {
		t.Errorf("%v, want %v", got, want)
	}
}
