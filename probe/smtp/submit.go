package smtp

import (
	"context"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// declaredSize is the size of the message that MAIL FROM announces, in bytes
// (RFC 1870 6).
const declaredSize = "1024"

// Submit asks whether the server takes mail from the sender of the [Options],
// and reads the size it takes; it sends no message. Where the server takes
// pipelined commands, RCPT for the sender's own address goes out with MAIL, since
// many servers tell only there what they think of a sender, and RSET and QUIT do
// as well; [Session.Quit] reads their replies. Else it sends them. Faults are
// Rejected and TemporarilyOut with the reply to MAIL or RCPT, BadCredential for an
// address that must not be sent, NotOffered for one that needs SMTPUTF8, and those
// of the connection.
func (s *Session) Submit(ctx context.Context) (*stage.SubmitFacts, error) {
	defer s.c.Begin(ctx, stage.Submit)()
	facts := &stage.SubmitFacts{}
	h, _, err := s.greet()
	if err != nil {
		return facts, err
	}
	facts.SizeLimit = h.size()
	if s.opt.Sender == "" {
		return facts, nil
	}
	facts.Sender = stage.Visible(s.opt.Sender)
	mail, sender, err := mailCommand(h, s.opt.Sender)
	if err != nil {
		return facts, err
	}
	facts.Sender = sender
	together := h.offers("PIPELINING")
	if together {
		// RFC 2920 3.1: RCPT and RSET may stand inside a group, QUIT ends one.
		err = s.c.Send(mail, "RCPT TO:<"+sender+">", "RSET", "QUIT")
		s.said, s.unread = true, 3
	} else {
		err = s.c.Send(mail)
	}
	if err != nil {
		return facts, err
	}
	r, err := s.reply("MAIL")
	if len(r.Lines) > 0 {
		facts.Reply = &r
	}
	if err != nil {
		return facts, err
	}
	if err := check(r, 250); err != nil {
		return facts, err
	}
	s.reset, facts.Accepted = true, true
	if !together {
		return facts, nil
	}
	return facts, s.recipient(facts)
}

// recipient reads the reply to RCPT. A refusal counts where it says that it is about
// who sends, and from where; any other may be about this recipient, and mail for
// other people goes elsewhere.
func (s *Session) recipient(facts *stage.SubmitFacts) error {
	r, err := s.reply("RCPT")
	s.unread--
	if err != nil {
		return nil // the sender was taken; RCPT is a question more
	}
	if r.Code < 550 || !ofSender(r) {
		return nil
	}
	facts.Accepted, facts.Reply = false, &r
	return check(r, 250)
}

// senderWords are how servers say that a refusal is about the sender, as Postfix
// does with its default of smtpd_delay_reject.
var senderWords = []string{"sender", "client host", "helo command", "blocked using", "not owned", "not logged in", "authenticat"}

// ofSender reports whether a refusal is about who sends: by its enhanced status
// code (RFC 3463 3.2) or by its words.
func ofSender(r stage.Reply) bool {
	text := strings.ToLower(r.Text())
	return r.Enhanced == "5.1.7" || r.Enhanced == "5.1.8" || slices.ContainsFunc(senderWords, func(word string) bool {
		return strings.Contains(text, word)
	})
}

// mailCommand returns MAIL FROM with the parameters that the server offers, and
// the address in it.
func mailCommand(h *hello, address string) (line, sender string, err error) {
	sender, international, err := mailPath(address)
	if err != nil {
		return "", "", err
	}
	line = "MAIL FROM:<" + sender + ">"
	if h.offers("SIZE") {
		line += " SIZE=" + declaredSize
	}
	if international {
		if !h.offers("SMTPUTF8") { // RFC 6531 3.2
			return "", "", stage.Errorf(stage.NotOffered, "the address needs SMTPUTF8, which is not offered")
		}
		line += " SMTPUTF8"
	}
	return line, sender, nil
}
