package smtp

import (
	"context"

	"maildoctor/probe/stage"
)

// declaredSize is the message size announced in MAIL FROM, in bytes (RFC 1870 6).
const declaredSize = "1024"

// Submit finds out whether the server accepts mail from the sender of the [Options] to
// the recipient, without sending a message. It includes RCPT, because many servers
// reject a sender, its IP address or the EHLO argument only there. If the server
// supports pipelining, RSET and QUIT are sent at the same time; [Session.Quit] reads
// their replies.
//
// Faults are Rejected and TemporarilyOut with the reply to MAIL or RCPT, and those of
// the connection. An address that must not be sent is BadCredential, and one that needs
// SMTPUTF8 is NotOffered without it. If the sender was accepted, Accepted is set even
// with a fault, because the reply to RCPT may concern only this recipient.
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
		// RFC 2920 3.1: RCPT and RSET may be inside a command group, QUIT must end one.
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

// envelope returns MAIL FROM with the parameters that the server supports, and RCPT TO.
// It adds their addresses to the facts.
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
