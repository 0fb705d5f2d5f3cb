package smtp

import (
	"context"

	"maildoctor/probe/stage"
)

// declaredSize is the size of the message that MAIL FROM announces, in bytes
// (RFC 1870 6).
const declaredSize = "1024"

// Submit asks whether the server takes mail from the sender of the [Options] to the
// recipient, and reads the size it takes; it sends no message. Many
// servers tell only at RCPT what they think of a sender, of its address and of the
// hello, so RCPT belongs to the question. Where the server takes pipelined commands,
// RSET and QUIT go out with it; [Session.Quit] reads their replies. Faults are
// Rejected and TemporarilyOut with the reply to MAIL or RCPT, BadCredential for an
// address that must not be sent, NotOffered for one that needs SMTPUTF8, and those
// of the connection. Where the sender was taken, the facts say Accepted also with a
// fault: what came at RCPT may be about this recipient.
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
	mail, to, err := s.envelope(h, facts)
	if err != nil {
		return facts, err
	}
	together := h.offers("PIPELINING")
	if together {
		// RFC 2920 3.1: RCPT and RSET may stand inside a group, QUIT ends one.
		err = s.c.Send(mail, to, "RSET", "QUIT")
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
		if err := s.c.Send(to); err != nil {
			return facts, err
		}
		s.unread++
	}
	return facts, s.recipient(facts)
}

// envelope returns MAIL FROM with the parameters that the server offers, and RCPT TO. It
// puts the addresses in them into the facts.
func (s *Session) envelope(h *hello, facts *stage.SubmitFacts) (mail, rcpt string, err error) {
	sender, international, err := mailPath(s.opt.Sender)
	if err != nil {
		return "", "", err
	}
	facts.Sender = sender
	recipient := sender
	if s.opt.Recipient != "" {
		var too bool
		if recipient, too, err = mailPath(s.opt.Recipient); err != nil {
			return "", "", err
		}
		facts.Recipient, international = recipient, international || too
	}
	mail = "MAIL FROM:<" + sender + ">"
	if h.offers("SIZE") {
		mail += " SIZE=" + declaredSize
	}
	if international {
		if !h.offers("SMTPUTF8") { // RFC 6531 3.2
			return "", "", stage.Errorf(stage.NotOffered, "the address needs SMTPUTF8, which is not offered")
		}
		mail += " SMTPUTF8"
	}
	return mail, "RCPT TO:<" + recipient + ">", nil
}
