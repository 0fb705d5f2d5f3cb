package probe_test

import (
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// Cyrus offers SCRAM-SHA-1-PLUS under TLS 1.3, but can't do its channel binding. The
// same password is accepted without it: mail works, except for programs that use
// channel binding.
func TestChannelBindingThatFails(t *testing.T) {
	cyrus := func(p probetest.Protocol, mechanisms ...string) probetest.Config {
		return probetest.Config{Protocol: p, Security: probetest.ImplicitTLS, Mechanisms: mechanisms, Faults: []probetest.Fault{probetest.ScramUnbound}}
	}
	all := []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"}
	for _, tt := range []struct {
		name     string
		servers  []probetest.Config
		password string
		tried    string // mechanisms tried by follow-ups
		endings  []chart.Ending
		cause    cause.ID
		severity cause.Severity
	}{
		{"IMAP", []probetest.Config{cyrus(probetest.IMAP, all...)}, password, "SCRAM-SHA-1", []chart.Ending{chart.Worked}, cause.SASLDialectIncompatible, cause.Warn},
		{"SMTP", []probetest.Config{cyrus(probetest.SMTP, all...)}, password, "SCRAM-SHA-1", []chart.Ending{chart.Worked}, cause.SASLDialectIncompatible, cause.Warn},
		{"no other SCRAM", []probetest.Config{cyrus(probetest.POP3, "SCRAM-SHA-1-PLUS", "PLAIN")}, password, "PLAIN", []chart.Ending{chart.Worked}, cause.SASLDialectIncompatible, cause.Warn},
		{"two", []probetest.Config{cyrus(probetest.IMAP, all...), cyrus(probetest.SMTP, all...)}, password, "SCRAM-SHA-1 SCRAM-SHA-1", []chart.Ending{chart.Worked, chart.Worked}, cause.SASLDialectIncompatible, cause.Warn},
		// There is one additional login, and it was refused.
		{"wrong as well", []probetest.Config{cyrus(probetest.IMAP, all...), cyrus(probetest.SMTP, all...)}, "wrong", "SCRAM-SHA-1", []chart.Ending{chart.Broke, chart.Broke}, cause.WrongPassword, cause.Fail},
		{"nothing else is offered", []probetest.Config{cyrus(probetest.IMAP, "SCRAM-SHA-1-PLUS")}, password, "", []chart.Ending{chart.Broke}, cause.WrongPassword, cause.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, tt.servers, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.Credentials = withPassword(tt.password)
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				var tried []string
				for i := range rec.Checks {
					c := &rec.Checks[i]
					if !c.Check.FollowUp() {
						if got := chart.EndingOf(rec, c); got != tt.endings[i] {
							t.Errorf("%s ended as %d: %s", c.Check.ID, got, outcome(c))
						}
						continue
					}
					if f := stage.FactsOf[*stage.LoginFacts](c); f != nil && f.Sent {
						tried = append(tried, f.Mechanism)
					}
				}
				if got := strings.Join(tried, " "); got != tt.tried {
					t.Errorf("tried %q, want %q", got, tt.tried)
				}
				lead := diagnose.Diagnose(rec).Findings[0]
				if lead.Cause != tt.cause || lead.Severity != tt.severity {
					t.Errorf("leads with %s (%s), want %s (%s)", lead.Cause, lead.Severity, tt.cause, tt.severity)
				}
			})
		})
	}
}
