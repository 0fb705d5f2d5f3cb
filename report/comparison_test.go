package report_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

func reportOf(t *testing.T, name string, change func(*stage.Record)) *report.Report {
	t.Helper()
	rec := sample.Get(name).Record()
	if change != nil {
		change(rec)
	}
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

func elsewhere(rec *stage.Record) {
	rec.Header.System.Addresses = []string{"172.20.10.4"}
}

func compared(old, new *report.Report, oldName, newName string) *report.Comparison {
	new.CompareWith(old, oldName, newName)
	return new.Against
}

func lines(ds []report.Difference) (out []string) {
	for _, d := range ds {
		out = append(out, strings.TrimSpace(d.What+" "+string(d.Part))+" | "+string(d.Old.Sign)+" "+d.Old.Text+" | "+string(d.New.Sign)+" "+d.New.Text)
	}
	return out
}

func has(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("%s: nothing with %q in:\n%s", what, want, strings.Join(got, "\n"))
	}
}

// A blocked port on one network, and none on another.
func TestCompareNetworks(t *testing.T) {
	c := compared(reportOf(t, "port-blocked", nil), reportOf(t, "healthy", elsewhere), "wifi", "hotspot")
	changed := lines(c.Changed)
	has(t, "changed", changed, "smtp.centurylink.net:587 connect | fail no answer")
	has(t, "changed", changed, "smtp.centurylink.net:587 login | not-reached not reached | pass")
	for _, l := range changed {
		if strings.Contains(l, "pop.") || strings.Contains(l, "greeting") {
			t.Errorf("changed: %s", l)
		}
	}
	same := lines(c.Same)
	has(t, "same", same, "pop.centurylink.net:995 | pass")
	has(t, "same", same, "Certificates | ")
	has(t, "circumstances", lines(c.Circumstances), "this computer's address | ")
	has(t, "summary", c.Summary, "SMTP smtp.centurylink.net:587: connect works in hotspot but did not in wifi")
	has(t, "summary", c.Summary, "the network is what differs")
	if len(c.Causes) == 0 || len(c.Actions) == 0 {
		t.Errorf("causes %v, actions %v: want those of the run that fails", c.Causes, c.Actions)
	}
}

// In the other order the sentence is reversed too, and nothing past is shown.
func TestCompareWorse(t *testing.T) {
	c := compared(reportOf(t, "healthy", nil), reportOf(t, "port-blocked", nil), "before", "now")
	has(t, "summary", c.Summary, "connect worked in before but does not in now, which saw: no answer")
	has(t, "summary", c.Summary, "what differs is the time")
	if len(c.Causes) != 0 || len(c.Actions) != 0 {
		t.Errorf("past causes %v, past actions %v: want none", c.Causes, c.Actions)
	}
}

func TestCompareAlike(t *testing.T) {
	c := compared(reportOf(t, "healthy", nil), reportOf(t, "healthy", nil), "a", "b")
	if len(c.Changed) != 0 || len(c.Apart) != 0 {
		t.Errorf("changed %v, apart %v: want nothing", lines(c.Changed), lines(c.Apart))
	}
	has(t, "summary", c.Summary, "ended the same way")
	c = compared(reportOf(t, "expired-certificate", nil), reportOf(t, "expired-certificate", elsewhere), "a", "b")
	has(t, "summary", c.Summary, "Another network made no difference")
}

// What was skipped in one of the runs is never a change.
func TestCompareSkipped(t *testing.T) {
	c := compared(reportOf(t, "healthy", nil), reportOf(t, "no-password", nil), "with", "without")
	if len(c.Changed) != 0 {
		t.Errorf("changed: %v", lines(c.Changed))
	}
	has(t, "apart", lines(c.Apart), "pop.centurylink.net:995 login | pass")
	has(t, "summary", c.Summary, "tested in only one of them")
}

// Servers that moved, and certificates that were renewed.
func TestCompareServers(t *testing.T) {
	moved := func(rec *stage.Record) {
		for i := range rec.Checks {
			if f := stage.FactsOf[*stage.ResolveFacts](&rec.Checks[i]); f != nil {
				f.Addresses = []string{"198.51.100.99"}
			}
			if f := stage.FactsOf[*stage.TLSFacts](&rec.Checks[i]); f != nil {
				f.Chain[0].SHA256 = strings.Repeat("ab", 32)
			}
		}
	}
	c := compared(reportOf(t, "healthy", nil), reportOf(t, "healthy", moved), "a", "b")
	has(t, "changed", lines(c.Changed), "addresses |")
	has(t, "changed", lines(c.Changed), "certificate |")
	has(t, "summary", c.Summary, "may have reached different machines")
}

// TestCompareFollowUps: a follow-up that only one run has is reported if it found
// something. One that failed in both runs is no difference.
func TestCompareFollowUps(t *testing.T) {
	c := compared(reportOf(t, "sibling", nil), reportOf(t, "healthy", elsewhere), "wifi", "hotspot")
	apart := lines(c.Apart)
	has(t, "apart", apart, "SMTP smtp.centurylink.net:465 | pass 380 ms, follow-up | not-reached not tried")
	if len(apart) != 1 {
		t.Errorf("apart: %q, want one line", apart)
	}
	if c = compared(reportOf(t, "all-dropped", nil), reportOf(t, "healthy", nil), "a", "b"); len(c.Apart) > 0 {
		t.Errorf("apart: %q", lines(c.Apart))
	}
	// What both runs tried is compared.
	c = compared(reportOf(t, "sibling", nil), reportOf(t, "sibling", nil), "a", "b")
	has(t, "same", lines(c.Same), "smtp.centurylink.net:465 | pass 380 ms, follow-up | pass 380 ms, follow-up")
	if same := strings.Join(lines(c.Same), "\n"); len(c.Changed)+len(c.Apart) > 0 || strings.Contains(same, ":2525") {
		t.Errorf("changed %q, apart %q, same\n%s", lines(c.Changed), lines(c.Apart), same)
	}
}
