package reply

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// unseen are causes that only a message shows that was sent, or a comparison with
// another account. No reply in a run means them, because a run sends no message.
var unseen = []cause.ID{cause.MessageTooLarge, cause.MessageRefusedAsSpam, cause.WrongOutgoingServer, cause.OpenRelay}

// shown returns the guesses that a reply in a run can bear out.
func shown(guesses []Guess) []Guess {
	return slices.DeleteFunc(guesses, func(g Guess) bool { return slices.Contains(unseen, g.Cause) })
}

// toRecipient is the command whose reply is about the recipient (RFC 5321 4.1.1.3).
var toRecipient = []string{"RCPT"}

// ofRecipient are signs of what is wrong with the recipient. All are about RCPT: with
// MAIL, the same codes are about the sender.
var ofRecipient = []sign{
	{in: inSubmit, command: toRecipient, enhanced: []string{"5.2.2", "4.2.2"}, means: Likeliest(cause.RecipientMailboxFull, cause.MailboxFull)},
	{in: inSubmit, command: toRecipient, words: recipientFullWords, means: Likeliest(cause.RecipientMailboxFull, cause.MailboxFull)},
	{in: inSubmit, command: toRecipient, enhanced: []string{"5.2.1"}, means: One(cause.RecipientBlocked, cause.Likely)},
	{in: inSubmit, command: toRecipient, enhanced: closedCodes, means: One(cause.RecipientBlocked, cause.Likely)},
	{in: inSubmit, command: toRecipient, enhanced: []string{"5.7.1"}, words: []string{"recipient address rejected: access denied"}, means: One(cause.RecipientBlocked, cause.Likely)},
	{in: inSubmit, command: toRecipient, words: closedWords, means: One(cause.RecipientBlocked, cause.Likely)},
	{in: inSubmit, command: toRecipient, enhanced: []string{"5.1.1", "5.1.2", "5.1.6", "5.1.10"}, means: One(cause.RecipientUnknown, cause.Likely)},
	{in: inSubmit, command: toRecipient, codes: []int{550, 551, 553, 554}, words: unknownRecipientWords, means: One(cause.RecipientUnknown, cause.Likely)},
}

// ofDelivery are signs in a message that was pasted: what servers say about a message
// itself, and about recipients where only whole mail servers say it. In a run, some of
// these words are about the connection.
var ofDelivery = []sign{
	// The sender's domain and server (RFC 7372 3; RFC 7489 10.3; Google's and
	// Microsoft's codes).
	{enhanced: []string{"5.7.25"}, means: Likeliest(cause.MessageRefusedAsSpam, cause.GreetingRefusedByPolicy)},
	{enhanced: slices.Concat(codes("5.7.", 20, 24), codes("5.7.", 26, 32), codes("4.7.", 26, 32), []string{"5.7.509"}), means: One(cause.MessageRefusedAsSpam, cause.Likely)},
	{words: unprovenWords, means: One(cause.MessageRefusedAsSpam, cause.Likely)},

	{enhanced: []string{"5.3.4"}, means: Likeliest(cause.MessageTooLarge, cause.LimitDiffersFromProfile)},
	{enhanced: []string{"5.2.3"}, means: One(cause.MessageTooLarge, cause.Likely)},
	{codes: []int{0, 5}, words: sizeWords, means: One(cause.MessageTooLarge, cause.Likely)},

	{codes: []int{571}, means: Several(cause.RecipientBlocked, cause.MessageRefusedAsSpam, cause.OutboundSendingRestricted)}, // a widely used code of no RFC
	{words: []string{"delivery not authorized", "delivery not authorised"}, means: Several(cause.RecipientBlocked, cause.MessageRefusedAsSpam, cause.OutboundSendingRestricted)},
	{words: []string{"sendas privileges", "permissions to send as"}, means: Likeliest(cause.SenderAddressNotPermitted, cause.WrongOutgoingServer)},
	{codes: []int{0, 4}, words: []string{"greylist", "graylist", "grey-list", "recipient address rejected: please try again later", "recipient address rejected: try again later"}, means: One(cause.Greylisted, cause.Likely)},
	{codes: []int{451}, enhanced: []string{"4.7.1"}, words: []string{"try again later"}, means: Likeliest(cause.Greylisted, cause.ServerBusyGreeting, cause.MailboxBackendUnavailable)},
	{words: spamWords, means: Likeliest(cause.MessageRefusedAsSpam, cause.OutboundSendingRestricted)},

	{enhanced: []string{"5.4.1"}, words: []string{"recipient address rejected: access denied"}, means: Likeliest(cause.RecipientUnknown, cause.MXOrWebHostUsedAsServer)},
	{enhanced: []string{"5.4.310"}, means: One(cause.RecipientUnknown, cause.Likely)},
}

// vagueDelivery are signs that come last: RFC 5321's own words for 550 fit several
// causes.
var vagueDelivery = []sign{
	{codes: []int{550}, words: []string{"mailbox unavailable"}, means: Several(cause.RecipientUnknown, cause.RecipientBlocked)},
}

// deliveries are all signs about a message that was sent.
var deliveries = slices.Concat(ofDelivery, ofRecipient, vagueDelivery)

// delivery returns the causes of a refusal that is about the recipient or the message;
// nil if it is about neither. No settings of a mail program change that (RFC 3463 3.2
// and 3.5).
func delivery(found foundReply, message *lowered) []Guess {
	code := found.reply.Code
	if found.protocol != stage.SMTP || code != 0 && code != 571 && code/10 != 55 && code/10 != 45 || message.hasOne(ofSenderWords) || message.hasOne(listedWords) {
		return nil
	}
	r := found.reply
	r.Command = toRecipient[0]
	for i := range deliveries {
		if deliveries[i].fits(stage.Submit, stage.SMTP, &r, message) {
			return slices.Clone(deliveries[i].means)
		}
	}
	return nil
}

// inLoop reports whether a message went round in circles, which is nobody's here.
func inLoop(found foundReply, message *lowered) bool {
	return found.protocol == stage.SMTP && (found.reply.Enhanced == "5.4.6" || message.has("too many hops"))
}

// closedCodes are Exchange's, for groups and mailboxes that take mail only from some:
// Microsoft Learn, "NDR error codes in Exchange Online".
var closedCodes = append(codes("5.7.", 129, 136), "5.7.124", "5.7.12", "5.2.14")

// Words, in lower case, for the signs above.
var (
	// What is said about the sender although it resembles words about a recipient or a
	// message.
	ofSenderWords = []string{
		"sender verify", "sender address rejected", "sender address verification", "sender rejected", "sender unknown", "sender domain", "mail from command",
		"sending limit", "sending quota", "daily user", "sender address does not exist", "sender does not exist", "sender doesn't exist",
	}
	recipientFullWords = slices.Concat(quotaWords, []string{
		"mailbox over quota", "mailbox quota", "quota violation", "over its quota", "over the quota", "is over quota", "out of storage", "not enough space in mailbox",
		"insufficient mailbox storage", "mailbox has exceeded", "recipient storage full", "recipient's mailbox is full", "user has exhausted allowed storage space",
		"exceeded storage allocation", "inbox is full",
	})
	closedWords = []string{
		"sendernotauthenticatedforgroup", "sendernotauthenticatedformailbox", "resolver.rst.notauthorized", "resolver.rst.authrequired", "resolver.rst.restricted",
		"recipient is not allowed to receive", "recipient not allowed", "account that you tried to reach is disabled", "account that you tried to reach is inactive",
		"account has been disabled or discontinued", "recipient mailbox is disabled", "recipient account is disabled", "recipient is suspended",
		"this mailbox is disabled", "mailbox is inactive", "user is inactive", "not accepting mail from", "only accepts mail from", "does not accept mail from external",
		"not accepting messages from", "recipient rejected your", "recipient has blocked", "you are not allowed to send to this", "not authorized to send to this",
	}
	unknownRecipientWords = []string{
		"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "no such address", "no such person", "unknown recipient",
		"recipient unknown", "unknown local", "user not found", "mailbox not found", "recipient not found", "recipnotfound", "recipientnotfound", "does not exist",
		"doesn't exist", "unrouteable address", "unroutable address", "no mailbox here", "mailbox does not", "invalid recipient", "invalid mailbox", "unknown address",
		"address unknown", "not a valid recipient", "not a valid user", "doesn't have a", "no account by that name", "account that you tried to reach does not exist",
		"recipient does not", "not our customer", "no longer valid", "no longer available", "addressee unknown",
	}
	unprovenWords = []string{
		"does not pass dmarc", "dmarc policy", "dmarc check", "dmarc validation", "dmarc verification", "failed dmarc", "spf check", "spf fail", "spf validation",
		"spf record", "spf verification", "failed spf", "dkim fail", "failed dkim", "dkim check", "authentication checks", "unauthenticated email from",
		"sender policy framework", "is unauthenticated, which poses",
	}
	sizeWords = []string{
		"message size exceeds", "message too large", "message is too large", "message too big", "message is too big", "message file too big", "message exceeds",
		"exceeds size limit", "exceeds the size limit", "exceeds maximum message size", "exceeded maximum message size", "exceeds fixed maximum message size",
		"maximum message size", "message size limit", "message larger than", "databytes", "size limit exceeded", "mail size limit", "exceeds the maximum size",
		"message length exceeds", "message is too long", "message too long",
	}
	spamWords = []string{
		"unsolicited", "likely spam", "looks like spam", "detected as spam", "identified as spam", "considered spam", "recognized as spam", "appears to be spam",
		"spam content", "spam detected", "spam-like", "spam score", "high spam", "spam filter", "is spam", "as spam by", "contains spam", "prohibited content",
		"content rejected", "contains a virus", "contains malware", "bad content", "banned content", "very low reputation", "spam message",
		"[ts03]", "[ts04]", "[tss04]", "message blocked due to spam", "content is not acceptable", "content not acceptable",
	}
)
