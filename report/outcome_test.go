package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

func outcomeOf(t *testing.T, r *report.Report, id string) report.Outcome {
	t.Helper()
	for _, o := range r.Outcomes {
		if o.Check == id {
			return o
		}
	}
	t.Fatalf("no outcome of %s", id)
	return report.Outcome{}
}

// TestOutcomes: the verdict on one connection, and its cause, regardless of the
// others.
func TestOutcomes(t *testing.T) {
	const pop, smtp = "pop3-995", "smtp-587"
	found := func(id cause.ID, s cause.Severity, by cause.ID, checks ...string) diagnose.Finding {
		return diagnose.Finding{Cause: id, Severity: s, Confidence: cause.Likely, SuppressedBy: by, Checks: checks}
	}
	blocked := change{smtp, stage.Connect, failed(stage.ConnectTimeout)}
	for _, tc := range []struct {
		name     string
		changes  []change
		findings []diagnose.Finding
		verdict  report.Verdict // of SMTP
		cause    cause.ID
	}{
		{name: "works", verdict: report.Works},
		{name: "fails", changes: []change{blocked}, findings: []diagnose.Finding{found("port-filtered", cause.Fail, "", smtp)}, verdict: report.DoesNotWork, cause: "port-filtered"},
		{
			name: "the first finding that concerns it", changes: []change{blocked}, verdict: report.DoesNotWork, cause: "port-filtered",
			findings: []diagnose.Finding{found("wrong-password", cause.Fail, "", pop), found("port-filtered", cause.Fail, "", pop, smtp), found("slow-path", cause.Warn, "", smtp)},
		},
		{
			name: "and stands by itself", changes: []change{blocked}, verdict: report.DoesNotWork, cause: "port-filtered",
			findings: []diagnose.Finding{found("server-unreachable", cause.Fail, "port-filtered", smtp), found("port-filtered", cause.Fail, "", smtp)},
		},
		{name: "fails without a cause", changes: []change{blocked}, verdict: report.DoesNotWork},
		{name: "a stage warns", changes: []change{{smtp, stage.Handshake, warned()}}, verdict: report.WorksWithWarnings},
		{name: "a finding warns", findings: []diagnose.Finding{found("slow-path", cause.Warn, "", smtp)}, verdict: report.WorksWithWarnings, cause: "slow-path"},
		{name: "a finding about another", findings: []diagnose.Finding{found("slow-path", cause.Warn, "", pop)}, verdict: report.Works},
		{name: "information", findings: []diagnose.Finding{found("slow-path", cause.Info, "", smtp)}, verdict: report.Works},
		{name: "not finished", changes: []change{{smtp, stage.Connect, skipped(stage.Interrupted)}}, verdict: report.Unknown},
		{
			name: "no network", changes: []change{{smtp, stage.Resolve, failed(stage.DNSUnreached)}}, verdict: report.Unknown, cause: "no-network-route",
			findings: []diagnose.Finding{found("no-network-route", cause.Fail, "", pop, smtp)},
		},
	} {
		o := outcomeOf(t, report.New(prose.English(), recordWith(tc.changes...), diagnose.Diagnosis{Findings: tc.findings}), smtp)
		if o.Verdict != tc.verdict || o.Cause != tc.cause || (o.Confidence == cause.Likely) != (tc.cause != "") {
			t.Errorf("%s: %s, %s %q; want %s, %q", tc.name, o.Verdict, o.Confidence, o.Cause, tc.verdict, tc.cause)
		}
	}
}

// TestOutcomeOfRefusedName: a login that was left out because the same name and
// password had been refused fails for the same cause.
func TestOutcomeOfRefusedName(t *testing.T) {
	rec := recordWith(change{"pop3-995", stage.Login, failed(stage.Rejected)})
	second := *rec.Check("pop3-995")
	second.Check.ID, second.Check.Endpoint.Port, second.Check.Endpoint.Security = "pop3-110", 110, stage.StartTLS
	second.Results = append([]stage.Result(nil), rec.Check("imap-993").Results...)
	change{"", stage.Login, skipped(stage.LoginBudget)}.apply(second.Results)
	rec.Checks = append(rec.Checks, second)
	refused := diagnose.Finding{Cause: "wrong-password", Severity: cause.Fail, Confidence: cause.Likely, Checks: []string{"pop3-995"}}
	o := outcomeOf(t, report.New(prose.English(), rec, diagnose.Diagnosis{Findings: []diagnose.Finding{refused}}), "pop3-110")
	if o.Verdict != report.DoesNotWork || o.Cause != "wrong-password" {
		t.Errorf("%s for %q", o.Verdict, o.Cause)
	}
}

// TestTested: the settings are reported as they were tried, including the user name
// of one endpoint.
func TestTested(t *testing.T) {
	rec := recordWith()
	rec.Check("smtp-587").Check.User = "jane"
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	want := report.Tested{
		Endpoint: stage.Endpoint{Protocol: stage.POP3, Host: "pop.centurylink.net", Port: 995, Security: stage.TLS},
		Subject:  "jane@q.com", User: "jane@q.com", UpTo: stage.Mailbox,
	}
	if d := cmp.Diff(want, outcomeOf(t, r, "pop3-995").Tested); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := outcomeOf(t, r, "smtp-587").Tested; got.User != "jane" || got.UpTo != stage.Submit {
		t.Errorf("SMTP: %+v", got)
	}
	rec.Header.Options.Password = false
	if got := outcomeOf(t, report.New(prose.English(), rec, diagnose.Diagnosis{}), "smtp-587").Tested; got.User != "" || got.UpTo != stage.Capabilities {
		t.Errorf("without a password: %+v", got)
	}
}

// TestOutcomesAreOfThePlan: every check of the plan has an outcome, in plan order,
// and each failure in a sample has a cause.
func TestOutcomesAreOfThePlan(t *testing.T) {
	for _, c := range sample.Cases() {
		rec := c.Record()
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		if len(r.Outcomes) != len(rec.Header.Plan.Checks) {
			t.Fatalf("%s: %d outcomes of %d checks", c.Name, len(r.Outcomes), len(rec.Header.Plan.Checks))
		}
		for i, o := range r.Outcomes {
			if o.Check != rec.Header.Plan.Checks[i].ID || o.Verdict == "" || o.Verdict == report.DoesNotWork && o.Cause == "" {
				t.Errorf("%s: %+v", c.Name, o)
			}
		}
	}
}
