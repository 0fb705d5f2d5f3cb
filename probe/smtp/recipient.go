package smtp

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// recipient reads the reply to RCPT. Whatever refuses is a result, but for a server
// that doesn't know the sender's own address: mail for other people goes elsewhere. A refusal
// that is about who sends takes Accepted back.
func (s *Session) recipient(facts *stage.SubmitFacts) error {
	r, err := s.reply("RCPT")
	s.unread--
	if err != nil {
		return err
	}
	if r.Code/10 == 25 || s.opt.Recipient == "" && unknownRecipient(r) { // 251: it goes on to another address
		return nil
	}
	facts.Reply = &r
	if ofSender(r) {
		facts.Accepted = false
	}
	return check(r, 250)
}

// unknownRecipientWords are how servers say that they have no such mailbox.
var unknownRecipientWords = []string{
	"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "no such address", "unknown recipient", "recipient unknown",
	"unknown local", "user not found", "mailbox not found", "recipient not found", "does not exist", "doesn't exist", "mailbox unavailable",
	"unrouteable address", "unroutable address", "no mailbox here",
}

// unknownRecipient reports whether a refusal says for good that there is no such
// recipient: by its enhanced status code (RFC 3463 3.2) or by its words.
func unknownRecipient(r stage.Reply) bool {
	switch r.Enhanced {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10":
		return true
	case "", "5.0.0", "5.1.0":
		return r.Code >= 500 && has(r, unknownRecipientWords) && !has(r, []string{"sender", "authenticat", "denied", "not permitted"})
	}
	return false
}

// senderWords are how servers say that a refusal is about who sends, and from
// where, as Postfix does at RCPT with its default of smtpd_delay_reject.
var senderWords = []string{
	"sender", "client host", "helo", "ehlo", "blocked", "blacklist", "block list", "blocklist", "spamhaus", "dnsbl", "not owned", "not logged in", "authenticat",
	"relay", "greylist", "graylist", "grey list", "gray list", "grey-list", "gray-list", "sending", "to send", "outgoing", "rate limit", "too many", "too much",
	"ip address", "client address", "reverse dns", "ptr record", "hostname", "starttls",
}

// ofSender reports whether a refusal is about who sends, or about the server: by its
// words, or by its enhanced status code (RFC 3463 3.2 to 3.8). Without either, a
// refusal for now is about the server.
func ofSender(r stage.Reply) bool {
	if has(r, senderWords) || r.Enhanced == "5.1.7" || r.Enhanced == "5.1.8" || r.Enhanced == "4.1.7" || r.Enhanced == "4.1.8" {
		return true
	}
	if has(r, []string{"recipient", "mailbox"}) {
		return false
	}
	_, subject, _ := strings.Cut(r.Enhanced, ".")
	subject, _, _ = strings.Cut(subject, ".")
	switch subject {
	case "1", "2":
		return false
	case "3", "4", "7":
		return true
	}
	return r.Temporary()
}

// has reports whether a reply has one of these words, whatever their case.
func has(r stage.Reply, words []string) bool {
	text := strings.ToLower(r.Text())
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
