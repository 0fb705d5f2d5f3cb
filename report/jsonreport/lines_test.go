package jsonreport_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/prosetest"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/jsonreport"
	"maildoctor/report/reporttest"
)

// expecting returns the report of a sample with one expectation of each outcome.
func expecting(l *prose.Language, name string) *report.Report {
	rec := sample.Get(name).Record()
	r := report.New(l, rec, diagnose.Diagnose(rec))
	at := r.Outcomes[0].Check
	r.File = &stage.SmokeFile{Path: "smoke.toml", SHA256: "ab"}
	e := func(id stage.ExpectationID, o report.ExpectationOutcome) report.Expectation {
		return report.Expectation{
			Expectation: stage.Expectation{ID: id, Want: []string{"14"}, Severity: stage.ExpectFail, Line: 7},
			Check:       at, Outcome: o, Expected: l.Text(prose.Figure(14)), Seen: l.Text(prose.Figure(5)), Why: l.Text(prose.Figure(1)), Cause: "cert-expires-soon", At: 3,
		}
	}
	r.Expectations = []report.Expectation{
		e(stage.ExpectCertificateDays, report.ExpectationUnmet), e(stage.ExpectLogin, report.ExpectationMet),
		e(stage.ExpectReachable, report.ExpectationNotJudged), e(stage.ExpectSize, report.ExpectationMet),
	}
	return r
}

func rendered(t *testing.T, r *report.Report) []string {
	t.Helper()
	var b bytes.Buffer
	if err := jsonreport.RenderLines(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutSuffix(b.String(), "\n")
	if !ok {
		t.Fatal("the last line has no end")
	}
	return strings.Split(text, "\n")
}

func linesValidator(t *testing.T) *validator {
	t.Helper()
	v := &validator{}
	if err := json.Unmarshal(jsonreport.LinesSchema(), &v.root); err != nil {
		t.Fatal(err)
	}
	return v
}

// fits returns what is wrong with a line.
func (v *validator) line(t *testing.T, line string) []string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(line), &doc); err != nil {
		t.Fatal(err)
	}
	v.errs = nil
	v.value("$", doc, v.ref(fmt.Sprintf("#/$defs/%v_line", doc["type"])))
	return v.errs
}

// TestLinesFitTheirSchema: every line of every sample is described, the checks have a
// line each, and the run is the last one.
func TestLinesFitTheirSchema(t *testing.T) {
	v := linesValidator(t)
	for _, c := range sample.Cases() {
		r := expecting(prose.English(), c.Name)
		lines := rendered(t, r)
		if len(lines) != len(r.Outcomes)+1 || !strings.HasPrefix(lines[len(lines)-1], `{"type":"run","version":1,`) {
			t.Errorf("%s: %d lines for %d checks, the last one %.40s", c.Name, len(lines), len(r.Outcomes), lines[len(lines)-1])
		}
		for i, line := range lines {
			for _, wrong := range v.line(t, line) {
				t.Errorf("%s: line %d: %s", c.Name, i+1, wrong)
			}
		}
	}
}

// TestLinesSchemaIsWhole compares the schema with the Go types, both ways.
func TestLinesSchemaIsWhole(t *testing.T) {
	v := linesValidator(t)
	for name, typ := range map[string]reflect.Type{
		"check_line": reflect.TypeFor[jsonreport.CheckLine](), "run_line": reflect.TypeFor[jsonreport.RunLine](),
		"counts": reflect.TypeFor[jsonreport.CountsObject](), "expectation_counts": reflect.TypeFor[jsonreport.ExpectationsObject](),
		"smoke_file": reflect.TypeFor[stage.SmokeFile](), "revised": reflect.TypeFor[jsonreport.Revised](), "expectation": reflect.TypeFor[jsonreport.JudgedObject](),
	} {
		members, props := described(typ), v.ref("#/$defs/" + name)["properties"].(map[string]any)
		for m := range members {
			p, _ := props[m].(map[string]any)
			if d, _ := p["description"].(string); d == "" {
				t.Errorf("%s: the schema does not describe %s", name, m)
			}
		}
		for m := range props {
			if _, ok := members[m]; !ok {
				t.Errorf("%s: the schema describes %s, which is never written", name, m)
			}
		}
	}
}

// TestLinesSchemaRefuses breaks lines, so that a schema which takes everything doesn't
// pass.
func TestLinesSchemaRefuses(t *testing.T) {
	v := linesValidator(t)
	lines := rendered(t, expecting(prose.English(), "wrong-password"))
	for _, tc := range []struct{ old, new, want string }{
		{`"type":"check","version":1`, `"type":"check","version":2`, "is not 1"},
		{`"outcome":"met"`, `"outcome":"perhaps"`, "none of"},
		{`"verdict":"does-not-work"`, `"verdict":"fine"`, "none of"},
		{`"optional":false`, `"extra":false`, "not described"},
		{`"counts":{"works":`, `"counts":{"worked":`, "works is missing"},
		{`"not_judged":1`, `"not_judged":-1`, "less than"},
	} {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, tc.old) })
		if i < 0 {
			t.Errorf("no line has %s", tc.old)
			continue
		}
		errs := v.line(t, strings.Replace(lines[i], tc.old, tc.new, 1))
		if !slices.ContainsFunc(errs, func(e string) bool { return strings.Contains(e, tc.want) }) {
			t.Errorf("%s: got %q, want one with %q", tc.new, errs, tc.want)
		}
	}
}

// TestLinesOfGroups: written group by group in any order, the lines are those of the
// report of the whole, and a check whose conclusion is another one in the whole run is
// named in its line.
func TestLinesOfGroups(t *testing.T) {
	revised := 0
	for _, c := range sample.Cases() {
		rec := c.Record()
		for i := range rec.Checks { // as if they had no account in common
			rec.Checks[i].Check.Group = i
		}
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		want := rendered(t, r)
		var b bytes.Buffer
		l := jsonreport.NewLines(&b)
		groups := slices.Collect(r.Groups())
		slices.Reverse(groups)
		for _, g := range groups {
			if err := l.Group(g); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Run(r); err != nil {
			t.Fatal(err)
		}
		got := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", c.Name, d)
		}
		final := make(map[string]report.Verdict)
		var run jsonreport.RunLine
		for _, line := range got {
			var check struct {
				Type    string
				ID      string
				Verdict report.Verdict
			}
			if err := json.Unmarshal([]byte(line), &check); err != nil {
				t.Fatal(err)
			}
			if check.Type == "check" {
				final[check.ID] = check.Verdict
			} else if err := json.Unmarshal([]byte(line), &run); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range run.Revised {
			final[x.ID] = x.Verdict
			revised++
		}
		for _, o := range r.Outcomes {
			if final[o.Check] != o.Verdict {
				t.Errorf("%s: %s: %s, want %s", c.Name, o.Check, final[o.Check], o.Verdict)
			}
		}
	}
	if revised == 0 {
		t.Error("nothing was concluded otherwise over the whole run")
	}
}

// TestSentenceOfALine: a line says what is wrong, and what to do.
func TestSentenceOfALine(t *testing.T) {
	lines := rendered(t, expecting(prose.English(), "wrong-password"))
	i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"id":"smtp-587"`) })
	var line jsonreport.CheckLine
	var raw map[string]any
	if err := json.Unmarshal([]byte(lines[i]), &raw); err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(map[string]any{"sentence": raw["sentence"], "action": raw["action"], "verdict": raw["verdict"]})
	if err := json.Unmarshal(b, &line); err != nil {
		t.Fatal(err)
	}
	if line.Sentence == "" || line.Action == "" || line.Verdict != report.DoesNotWork {
		t.Errorf("%s", b)
	}
}

// TestAreLines: a report in lines and a saved run are told apart.
func TestAreLines(t *testing.T) {
	lines := rendered(t, expecting(prose.English(), "healthy"))
	for line, want := range map[string]bool{
		lines[0]: true, lines[len(lines)-1]: true,
		`{"header":{"format":1}}`:                                     false,
		`{"event":{"type":"check","check":"x","seq":1,"ordered":{}}}`: false,
		`{"type":"check"}`:                                            false, "": false, "junk": false,
	} {
		if got := jsonreport.AreLines([]byte(line)); got != want {
			t.Errorf("%.60s: %v", line, got)
		}
	}
}

// TestLinesAreTranslatable: what people read in a line comes from the tables.
func TestLinesAreTranslatable(t *testing.T) {
	for _, c := range sample.Cases() {
		d, err := prosetest.Known(append(reporttest.IDs(), c.Record(), "smoke.toml", "ab", "run", "check", "fail", "cert-expires-soon",
			stage.ExpectCertificateDays, stage.ExpectLogin, stage.ExpectReachable, stage.ExpectSize,
			report.ExpectationMet, report.ExpectationUnmet, report.ExpectationNotJudged)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range rendered(t, expecting(prosetest.Language(), c.Name)) {
			wrong, err := d.JSON([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Errorf("%s: %s", c.Name, w)
			}
		}
	}
}

// TestGroupsEndBeforeTheRun: a group that has ended says nothing of a run that was
// interrupted later.
func TestGroupsEndBeforeTheRun(t *testing.T) {
	rec := sample.Get("many").Record()
	for i := range rec.Checks {
		rec.Checks[i].Check.Group = i
	}
	rec.End.State = stage.WasInterrupted
	n := 0
	for g := range report.New(prose.English(), rec, diagnose.Diagnose(rec)).Groups() {
		if n++; g.Ended != stage.Complete || len(g.Outcomes) != 1 {
			t.Errorf("%s: %s, %d checks", g.Title, g.Ended, len(g.Outcomes))
		}
	}
	if n != len(rec.Checks) {
		t.Errorf("%d groups of %d", n, len(rec.Checks))
	}
}
