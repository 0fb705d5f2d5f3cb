package probe_test

import (
	"net"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// Many servers reject the EHLO argument, the client or the sender only at RCPT, as
// Postfix does (smtpd_delay_reject). Sending doesn't work then. A refusal that may
// concern only this recipient is a warning that quotes the server.
func TestRefusalsAtTheRecipient(t *testing.T) {
	for _, tt := range []struct {
		reply  string
		status stage.Status
		cause  cause.ID // the leading cause; empty: no finding
	}{
		{"250 2.1.5 Ok", stage.Pass, ""},
		{"550 5.1.1 <jane@example.test>: Recipient address rejected: User unknown", stage.Pass, ""},
		{"504 5.5.2 <DESKTOP1>: Helo command rejected: need fully-qualified hostname", stage.Fail, cause.SMTPHELORejected},
		{"450 4.7.1 <25aea30808b2>: Helo command rejected: Host not found", stage.Fail, cause.SMTPHELORejected},
		{"550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", stage.Fail, cause.SMTPHELORejected},
		{"554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org", stage.Fail, cause.ClientIPDNSBLOnSubmission},
		{"450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.9]", stage.Fail, cause.GreetingRefusedByPolicy},
		{"553 5.7.1 <jane@example.test>: Sender address rejected: not owned by user jane", stage.Fail, cause.SenderAddressNotPermitted},
		{"504 5.5.2 <jane>: Sender address rejected: need fully-qualified address", stage.Fail, cause.SenderAddressNotPermitted},
		{"501 5.1.7 Bad sender address syntax", stage.Fail, cause.SenderAddressNotPermitted},
		{"450 4.2.0 <jane@example.test>: Recipient address rejected: Greylisted, see http://postgrey.example.test", stage.Fail, cause.Greylisted},
		{"451 4.7.1 Greylisting in action, please come back in 00:05:00", stage.Fail, cause.Greylisted},
		{"451 4.3.5 Server configuration error", stage.Fail, cause.MailboxBackendUnavailable},
		{"451 4.3.0 <jane@example.test>: Temporary lookup failure", stage.Fail, cause.MailboxBackendUnavailable},
		{"452 4.2.2 <jane@example.test>: Mailbox full", stage.Warn, cause.MailboxFull},
		{"550 5.4.5 Daily sending limit exceeded", stage.Fail, cause.OutboundSendingRestricted},
		{"554 5.7.1 <jane@example.test>: Recipient address rejected: Access denied", stage.Warn, cause.SenderAddressNotPermitted},
		{"550 Administrative prohibition", stage.Warn, cause.SenderAddressNotPermitted},
		{"451 not now", stage.Fail, cause.RateLimitedLogin},
	} {
		t.Run(tt.reply, func(t *testing.T) {
			smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS, RcptReply: tt.reply}
			inBubble(t, []probetest.Config{smtp}, func(t *testing.T, h *healthy) {
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
				r := rec.Checks[0].Result(stage.Submit)
				if r == nil || r.Status != tt.status {
					t.Fatalf("%s, want submit %s", outcome(&rec.Checks[0]), tt.status)
				}
				f := r.Facts.(*stage.SubmitFacts)
				if r.Status != stage.Pass && (f.Reply == nil || f.Reply.Command != "RCPT" || f.Reply.Text() != tt.reply) {
					t.Errorf("the facts say %+v", f.Reply)
				}
				findings := diagnose.Diagnose(rec).Findings
				got := cause.ID("")
				if len(findings) > 0 {
					got = findings[0].Cause
					if want := (map[stage.Status]cause.Severity{stage.Fail: cause.Fail, stage.Warn: cause.Warn})[tt.status]; findings[0].Severity != want {
						t.Errorf("%s is %s, want %s", got, findings[0].Severity, want)
					}
				}
				if got != tt.cause {
					t.Errorf("leads with %q, want %q", got, tt.cause)
				}
			})
		})
	}
}

// If a server stops responding or disconnects at RCPT, that doesn't show that sending
// works.
func TestNoAnswerAtTheRecipient(t *testing.T) {
	for _, end := range []string{"close", "hang"} {
		inBubble(t, []probetest.Config{{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS}}, func(t *testing.T, h *healthy) {
			script := "S: 220 mx\nC: EHLO*\nS: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN*\nS: 235 ok\nC: MAIL*\nS: 250 ok\nC: RCPT*\n" + end
			e := h.endpoints[0]
			tls := h.authority.config(t, probetest.Leaf{Names: []string{e.Host}})
			h.network.Handle(net.JoinHostPort(h.names[e.Host][0], "587"), func(c net.Conn) {
				c.SetDeadline(time.Now().Add(time.Minute))
				probetest.PlayTLS(c, "starttls\n"+script, tls)
			})
			rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), h.options())
			got, _ := leading(rec)
			if r := rec.Checks[0].Result(stage.Submit); r.Status != stage.Warn || got != cause.MailboxBackendUnavailable {
				t.Errorf("%s: %s, leads with %q", end, outcome(&rec.Checks[0]), got)
			}
		})
	}
}
