package diagnose_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// toBob is a reply to RCPT TO with a recipient that was named.
func toBob(r stage.Reply) step { return toRecipient(r, "RCPT", "bob@example.org") }

func toRecipient(r stage.Reply, command, recipient string) step {
	r.Command = command
	return fail(stage.Submit, stage.Refusal(r).Fault, &stage.SubmitFacts{
		Sender: "jane@example.net", Recipient: recipient, Accepted: command == "RCPT", Reply: &r,
	})
}

// What the reply to a named recipient says is about the recipient, and about nobody
// else.
func TestRecipientRules(t *testing.T) {
	const unknown, full, blocked, refused = cause.RecipientUnknown, cause.RecipientMailboxFull, cause.RecipientBlocked, cause.RecipientRefused
	recipients := []cause.ID{unknown, full, blocked}
	with := func(s step) *run { return newRun().add(smtp465, s) }
	noUser := smtpReply(550, "5.1.1", "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table")
	overQuota := smtpReply(552, "5.2.2", "552 5.2.2 <bob@example.org>: Recipient address rejected: Mailbox is full")
	checkCases(t, []ruleCase{
		{"unknown", with(toBob(noUser)), unknown, sure{unknown: proven}, []cause.ID{full, blocked, cause.WrongUsernameFormat}},
		{"unknown by words alone", with(toBob(smtpReply(550, "", "550 No such user here"))), unknown, sure{unknown: likely}, []cause.ID{full, blocked}},
		{"full", with(toBob(overQuota)), full, sure{full: proven}, []cause.ID{unknown, cause.MailboxFull}},
		{"full for now", with(toBob(smtpReply(452, "4.2.2", "452 4.2.2 Mailbox full"))), full, sure{full: proven}, []cause.ID{cause.MailboxFull, cause.RateLimitedLogin}},
		{"full, in German", with(toBob(smtpReply(550, "", "550 Postfach voll"))), full, sure{full: likely}, []cause.ID{cause.MailboxFull}},
		{"switched off", with(toBob(smtpReply(550, "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled."))), blocked, sure{blocked: proven}, []cause.ID{unknown, cause.AccountSuspended}},
		{"an access rule", with(toBob(smtpReply(554, "5.7.1", "554 5.7.1 <bob@example.org>: Recipient address rejected: Access denied"))), blocked, sure{blocked: likely}, []cause.ID{unknown}},
		{"a closed group", with(toBob(smtpReply(550, "5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"))), blocked, sure{blocked: proven}, nil},
		{"refused without a reason", with(toBob(smtpReply(550, "5.1.0", "550 5.1.0 <bob@example.org>: Recipient address rejected: no"))), refused, sure{refused: proven}, recipients},
		{"greylisted", with(toBob(smtpReply(450, "4.2.0", "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted"))), cause.Greylisted, nil, recipients},
		{"a limit on sending", with(toBob(smtpReply(550, "5.4.5", "550 5.4.5 Daily user sending quota exceeded."))), cause.OutboundSendingRestricted, nil, recipients},

		{"the user's own mailbox is full", with(toRecipient(overQuota, "RCPT", "")), cause.MailboxFull, nil, recipients},
		{"the same, named", with(toRecipient(overQuota, "RCPT", "Jane@example.net")), cause.MailboxFull, nil, recipients},
		{"said of the sender", with(toRecipient(overQuota, "MAIL", "bob@example.org")), cause.MailboxFull, nil, recipients},
		{"no recipient named", with(toRecipient(smtpReply(550, "5.2.1", "550 5.2.1 disabled"), "RCPT", "")), "", sure{cause.SenderAddressNotPermitted: possible}, recipients},
		{"a full mailbox at the login", newRun().add(imap, refusedWith("PLAIN", imapNo("OVERQUOTA", "full"))), cause.MailboxFull, sure{cause.MailboxFull: proven}, recipients},
	})
}

// The page quotes the reply, and names the recipient.
func TestRecipientIsNamed(t *testing.T) {
	d := newRun().add(smtp465, toBob(smtpReply(550, "5.1.1", "550 5.1.1 User unknown"))).diagnose(t)
	f := d.Leading()
	if f == nil {
		t.Fatal("no finding")
	}
	p, _ := cause.PageOf(f.Cause)
	if got := p.Sentence(prose.English(), f.Args); !strings.Contains(got, "bob@example.org") {
		t.Errorf("%q names nobody", got)
	}
	quoted := false
	for _, a := range f.Actions {
		quoted = quoted || strings.Contains(a.Text(prose.English()), "550 5.1.1 User unknown")
	}
	if refused := find(d, cause.RecipientRefused); !quoted || refused == nil || refused.SuppressedBy != cause.RecipientUnknown {
		t.Errorf("quoted %v; %+v", quoted, refused)
	}
}

func TestSignInBlockedByPolicy(t *testing.T) {
	const blocked = cause.SignInBlockedByPolicy
	said := func(text string) *run { return newRun().add(imap, refusedWith("XOAUTH2", imapNo("", text))) }
	checkCases(t, []ruleCase{
		{"no consent", said("AADSTS65001: The user or administrator has not consented to use the application with ID 'x'"), blocked, sure{blocked: likely}, []cause.ID{cause.ConditionalAccessBlocked, cause.WrongPassword}},
		{"Google's controls", said("admin_policy_enforced"), blocked, sure{blocked: likely}, []cause.ID{cause.ConditionalAccessBlocked}},
		{"the place", said("AADSTS53003: Access has been blocked by Conditional Access policies"), cause.ConditionalAccessBlocked, nil, []cause.ID{blocked}},
		{"no reason", said("AUTHENTICATE failed."), "", nil, []cause.ID{blocked}},
	})
}

// A reply in a run never means what only a sent message shows.
func TestRepliesMeanNothingUnseen(t *testing.T) {
	for _, text := range []string{
		"552 5.3.4 Message size exceeds fixed limit", "550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
		"554 5.7.1 Message detected as spam", "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
	} {
		for _, command := range []string{"MAIL", "RCPT"} {
			r := stage.Reply{Command: command, Code: 550, Enhanced: strings.Fields(text)[1], Lines: []string{text}}
			for _, g := range reply.Classify(stage.Submit, stage.SMTP, r) {
				if _, unseen := diagnose.Unseen(g.Cause); unseen {
					t.Errorf("%s at %s means %s", text, command, g.Cause)
				}
			}
		}
	}
}
