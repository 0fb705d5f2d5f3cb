package reply_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
)

// What the large servers say of recipients and messages, as it stands in a bounce or a
// log.
func TestSearchKnowsDeliveries(t *testing.T) {
	const unknown, full, blocked, large, spam = cause.RecipientUnknown, cause.RecipientMailboxFull, cause.RecipientBlocked, cause.MessageTooLarge, cause.MessageRefusedAsSpam
	for _, c := range []struct {
		text string
		want cause.ID
	}{
		{"550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table", unknown},
		{"550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address", unknown},
		{"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@example.org not found by SMTP address lookup", unknown},
		{"550 5.4.1 Recipient address rejected: Access denied. [AM0EUR01FT005.eop-EUR01.prod.protection.outlook.com]", unknown},
		{"554 delivery error: dd This user doesn't have a yahoo.com account (bob@yahoo.com) [0]", unknown},
		{"550 Unrouteable address", unknown},
		{"550 Requested action not taken: mailbox unavailable", unknown},
		{"552-5.2.2 The recipient's inbox is out of storage space and inactive.", full},
		{"552 5.2.2 <bob@example.org>: user is over quota", full},
		{"554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded", full},
		{"552 1 Requested mail action aborted, mailbox not found... quota exceeded", full},
		{"550 5.2.1 The email account that you tried to reach is disabled.", blocked},
		{"554 5.7.1 <bob@example.org>: Recipient address rejected: Access denied", blocked},
		{"550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated", blocked},
		{"554 30 Sorry, your message to bob@yahoo.com cannot be delivered. This account has been disabled or discontinued [#102].", blocked},
		{"552 5.3.4 Message size exceeds fixed limit", large},
		{"552-5.2.3 Your message exceeded Google's message size limits.", large},
		{"552 Message size exceeds maximum permitted", large},
		{"550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", large},
		{"550-5.7.26 Your email has been blocked because the sender is unauthenticated.", spam},
		{"550 5.7.509 Access denied, sending domain example.net does not pass DMARC verification and has a DMARC policy of reject.", spam},
		{"550-5.7.1 Our system has detected that this message is likely unsolicited mail.", spam},
		{"554 5.7.1 Message identified as SPAM", spam},
		{"550 5.7.23 The message was rejected because of Sender Policy Framework violation", spam},

		// Words alike about something else.
		{"553 5.1.8 <jane@example.net>: Sender address rejected: Domain not found", cause.SenderAddressNotPermitted},
		{"550-Verification failed for <jane@example.net> 550-No such user here 550 Sender verify failed", cause.SenderAddressNotPermitted},
		{"550 5.4.5 Daily user sending quota exceeded. - gsmtp", cause.OutboundSendingRestricted},
		{"535 5.7.8 Error: authentication failed: unknown user", cause.WrongUsernameFormat},
		{"a1 NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", cause.MailboxFull},
		{"-ERR [SYS/PERM] mailbox is full, over quota", cause.MailboxFull},
		{"554 5.7.1 Service unavailable; Client host [192.0.2.77] blocked using zen.spamhaus.org", cause.ClientIPDNSBLOnSubmission},

		{"AADSTS65001: The user or administrator has not consented to use the application", cause.SignInBlockedByPolicy},
		{"Error 400: admin_policy_enforced", cause.SignInBlockedByPolicy},
	} {
		if g := reply.Search(c.text, ""); len(g) == 0 || g[0].Cause != c.want {
			t.Errorf("%q: %v, want %s", c.text, g, c.want)
		}
	}
}
