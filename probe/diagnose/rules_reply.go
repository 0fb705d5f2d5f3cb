package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// readable are the mechanisms that send the password as it is, which programs call
// "normal password".
var readable = []string{"PLAIN", "LOGIN", "USER/PASS", "IMAP LOGIN"}

// tell adds what the words of a cause depend on: that encryption is asked for on an
// encrypted connection, which way to log in was tried, and that a message is put off
// by design.
func tell(k *chart.Exam, h *Hit, s stage.Stage, id cause.ID) {
	switch {
	case id == cause.SMTPAuthNotConfiguredInClient && s == stage.Submit && k.Passed(stage.Login):
		h.with(cause.SlotLoggedIn, prose.Set(true))
		if k.Says(s, reply.FetchFirstWords) || k.Says(s, []string{"check for new mail", "pop before smtp"}) {
			h.with(cause.SlotFetchFirst, prose.Set(true))
		}
	case id == cause.StartTLSBrokenOnServer && (s == stage.Login || s == stage.Mailbox || s == stage.Submit) && k.Encrypted():
		h.with(cause.SlotUnderTls, prose.Set(true))
	case id == cause.AuthMechNotOffered && s == stage.Login && slices.Contains(readable, k.Login.Mechanism):
		h.with(cause.SlotTried, prose.Raw(k.Login.Mechanism))
	case id == cause.MailboxBackendUnavailable && s == stage.Submit && reply.HasAny(chart.DescribeReply(k.Reply(s)), reply.GreylistWords):
		h.with(cause.SlotGreylisted, prose.Set(true))
	case id == cause.MailboxBackendUnavailable && s == stage.Login:
		h.with(cause.SlotAtLogin, prose.Set(true))
	}
}

// refusals are the faults that come with a reply.
var refusals = []stage.Fault{stage.Rejected, stage.TemporarilyOut, stage.Bye, stage.Closed}

// maxReply bounds what an action quotes of a reply, in bytes.
const maxReply = 160

// byReply is the rule of a cause that shows in what the server says.
func byReply(id cause.ID) Rule {
	return Rule{
		Cause: id,
		Needs: []chart.Need{
			chart.Met(stage.Greeting, refusals...), chart.Met(stage.Upgrade, refusals...), chart.Met(stage.Capabilities, refusals...),
			chart.Met(stage.Login, refusals...), chart.Met(stage.Mailbox, refusals...), chart.Met(stage.Submit, refusals...),
		},
		Judge: func(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			g, ok := k.Guess(r.Stage, id)
			h := &Hit{Confidence: g.Confidence, Severity: weigh(c, k, r, cause.Fail), refusal: true}
			if said := k.Reply(r.Stage); said != nil {
				h.with(cause.SlotReply, prose.Raw(chart.CutAt(stage.Visible(said.Text()), maxReply)))
			}
			tell(k, h, r.Stage, id)
			if id == cause.SASLDialectIncompatible && r.Stage == stage.Login && c.ToldElsewhere(k) {
				h.Confidence = cause.Possible
			}
			return h.holds(ok)
		},
	}
}
