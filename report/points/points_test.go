package points_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/expected"
	"maildoctor/report/internal/sample"
	"maildoctor/report/points"
)

func of(c sample.Case) *report.Report {
	rec := c.Record()
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

// A form that knows only success and failure agrees with the exit code, for every run,
// and names everything once.
func TestPointsAgreeWithTheExitCode(t *testing.T) {
	for _, c := range sample.Cases() {
		for _, strict := range []bool{false, true} {
			r := of(c)
			all := points.Of(r, strict)
			fails, seen := false, make(map[string]bool)
			for _, p := range all {
				fails = fails || p.Fails(strict)
				if name := p.Group + "\x00" + p.Name; seen[name] || p.Name == "" || p.Group == "" {
					t.Errorf("%s: %q twice, or a part of it missing", c.Name, name)
				} else {
					seen[name] = true
				}
				if p.State != points.Passed && (p.Said == "" || p.Symbol() == "") {
					t.Errorf("%s: nothing said of %+v", c.Name, p)
				}
			}
			if want := r.ExitCode(strict) != 0 || r.Ended != stage.Complete; fails != want {
				t.Errorf("%s, strict %t: a point fails is %t; the exit code fails is %t", c.Name, strict, fails, want)
			}
			if least := len(r.Outcomes) + len(r.Expectations); len(all) < least || len(all) > least+1 {
				t.Errorf("%s: %d points of %d endpoints and %d expectations", c.Name, len(all), len(r.Outcomes), len(r.Expectations))
			}
		}
	}
}

// What no endpoint shows has a point of its own: nothing to examine, an end too early.
func TestRunWithoutEndpoints(t *testing.T) {
	r := &report.Report{Language: prose.English(), Verdict: report.Unknown, Title: "jane@nowhere.example", Summary: []string{"No server is known."}}
	all := points.Of(r, false)
	if len(all) != 1 || all[0].State != points.Open || all[0].Said != "No server is known." || !all[0].Fails(false) {
		t.Errorf("%+v", all)
	}
	r.Verdict, r.Ended = report.Works, stage.WasInterrupted
	if all = points.Of(r, false); len(all) != 1 || !all[0].Fails(false) {
		t.Errorf("interrupted: %+v", all)
	}
}

// An optional endpoint behind one that works makes no run fail; one that nothing stands
// in for does.
func TestSparedEndpoint(t *testing.T) {
	r := of(sample.Get("optional-imap"))
	spared := 0
	for _, p := range points.Of(r, false) {
		if p.Verdict == report.DoesNotWork && p.State == points.Warned {
			spared++
			if !strings.Contains(p.Said, "optional") {
				t.Errorf("not said: %q", p.Said)
			}
		}
	}
	if spared != 1 || r.ExitCode(false) != 0 {
		t.Errorf("%d spared, %s", spared, r.Verdict)
	}
}

func TestExpectations(t *testing.T) {
	r := of(sample.Get("healthy"))
	expected.Add(r, "5")
	r.Expectations = append(r.Expectations, report.Expectation{Check: "gone", Place: "imaps://gone.example:993", Outcome: report.ExpectationUnmet})
	all := points.Of(r, false)
	got := points.Count(all)
	want := points.Counts{points.Passed: len(r.Outcomes) + 2, points.Failed: 3, points.Warned: 1, points.Unjudged: 1}
	for s, n := range want {
		if got[s] != n {
			t.Errorf("%s: %d; want %d", s, got[s], n)
		}
	}
	var unmet points.Point
	for _, p := range all {
		if p.Expectation != nil && p.Expectation.ID == stage.ExpectCertificateDays {
			unmet = p
		}
	}
	if unmet.Line != 8 || unmet.Said != "This is not as the file expects. Expected: 5. Seen: 5." || unmet.Symbol() != "certificate-days" || unmet.Group != all[0].Group {
		t.Errorf("%+v", unmet)
	}
	if w := points.Worst(all); w[0].State != points.Failed || w[len(w)-1].State != points.Passed {
		t.Errorf("the worst first: %s ... %s", w[0].State, w[len(w)-1].State)
	}
}

func TestPlace(t *testing.T) {
	for want, e := range map[string]stage.Endpoint{
		"imaps://h.example:993":                    {Protocol: stage.IMAP, Host: "h.example", Port: 993, Security: stage.TLS},
		"smtp://[2001:db8::1]:587":                 {Protocol: stage.SMTP, Host: "2001:db8::1", Port: 587, Security: stage.StartTLS},
		"pop3://h.example:110?starttls=never":      {Protocol: stage.POP3, Host: "h.example", Port: 110, Security: stage.None},
		"imap://h.example:143?starttls=if-offered": {Protocol: stage.IMAP, Host: "h.example", Port: 143, Security: stage.StartTLSIfOffered},
	} {
		if got := points.Place(e); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

// Where only news fails, nothing fails beside the same run, and the forms agree with the
// exit code beside any other.
func TestPointsAgreeWhereOnlyNewsFails(t *testing.T) {
	cases := sample.Cases()
	for i, c := range cases {
		for _, other := range []sample.Case{c, sample.Get("healthy"), sample.Get("smoke"), cases[(i+1)%len(cases)]} {
			r := of(c)
			before := [2]int{r.ExitCode(false), r.ExitCode(true)}
			r.CompareWith(of(other), "then", "now")
			if r.ExitCode(false) != before[0] {
				t.Errorf("%s: a comparison alone changes the exit code", c.Name)
			}
			r.NewsOnly = true
			for n, strict := range []bool{false, true} {
				exit := r.ExitCode(strict)
				if exit > before[n] || c.Name == other.Name && exit != 0 && r.Ended == stage.Complete {
					t.Errorf("%s after %s, strict %t: exit code %d, was %d", c.Name, other.Name, strict, exit, before[n])
				}
				fails := false
				for _, p := range points.Of(r, strict) {
					fails = fails || p.Fails(strict)
				}
				if want := exit != 0 || r.Ended != stage.Complete; fails != want {
					t.Errorf("%s after %s, strict %t: a point fails is %t; the exit code fails is %t", c.Name, other.Name, strict, fails, want)
				}
			}
		}
	}
}
