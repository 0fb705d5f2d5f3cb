package term_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
	"maildoctor/report/term"
)

// firstOfMany is the report of the first endpoints of a run for very many.
func firstOfMany(t *testing.T, n int, o report.Options) string {
	t.Helper()
	rec := sample.Get("many").Record()
	rec.Checks = rec.Checks[:n]
	var b bytes.Buffer
	if err := term.Render(&b, report.New(prose.English(), rec, diagnose.Diagnose(rec)), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFolded: thirty connections have a row each. If there are more, those that work
// are only counted, and those that don't are all named.
func TestFolded(t *testing.T) {
	const fine, refused = "mail01.example.com:587 ", "mail02.example.com"
	if got := firstOfMany(t, report.MostRows, report.Options{}); !strings.Contains(got, fine) || strings.Contains(got, "connections are in order") {
		t.Errorf("%d connections are folded:\n%s", report.MostRows, got)
	}
	many := firstOfMany(t, report.MostRows+1, report.Options{})
	for _, want := range []string{
		"24 of 31 connections are in order as far as tested (-v shows them).",
		"service-not-listening, likely: 3 connections\n", "    " + refused + "  IMAP 993\n       connect: refused by ",
		"cert-expired, proven: 2 connections\n    mail04.example.com  IMAP 993, SMTP 587\n       tls: certificate expired",
	} {
		if !strings.Contains(many, want) {
			t.Errorf("no %q in\n%s", want, many)
		}
	}
	if strings.Contains(many, fine) {
		t.Errorf("a connection that is in order has a row:\n%s", many)
	}
	if got := firstOfMany(t, report.MostRows+1, report.Options{Verbose: 1}); !strings.Contains(got, fine) {
		t.Errorf("-v leaves a connection out:\n%s", got)
	}
}

// TestFoldedCounts: every sentence of the groups uses the singular for one, and the
// servers of a cause that affects a hundred are not all named.
func TestFoldedCounts(t *testing.T) {
	r := report.New(prose.English(), sample.Get("healthy").Record(), diagnose.Diagnosis{})
	build := func(works, broken int, id cause.ID) string {
		r.Outcomes, r.Rows = nil, nil
		for i := range works + broken {
			o := report.Outcome{Check: fmt.Sprint(i), Verdict: report.Works, Confidence: cause.Proven}
			o.Tested.Host, o.Tested.Port = fmt.Sprintf("host%d.test", i), 993
			if i >= works {
				o.Verdict, o.Cause = report.DoesNotWork, id
			}
			r.Outcomes = append(r.Outcomes, o)
			r.Rows = append(r.Rows, report.Row{Check: o.Check, Protocol: "IMAP", Address: o.Tested.Address()})
		}
		var b bytes.Buffer
		if err := term.Render(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range []struct {
		works, broken int
		id            cause.ID
		want          []string
	}{
		{1, 40, "cert-expired", []string{"1 of 41 connections is in order (-v shows it)", "40 connections\n", "and 30 more servers (-v shows them)"}},
		{0, 40, "cert-expired", []string{"None of the 40 connections is in order."}},
		{40, 1, "", []string{"40 of 41 connections are in order", "No cause was found: 1 connection\n    host40.test  IMAP 993\n"}},
		{40, 11, "cert-expired", []string{"and 1 more server (-v shows it)"}},
	} {
		got := build(c.works, c.broken, c.id)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%d and %d: no %q in\n%s", c.works, c.broken, want, got)
			}
		}
	}
}
