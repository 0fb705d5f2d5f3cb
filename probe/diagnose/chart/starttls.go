package chart

import "maildoctor/probe/stage"

func IsHello(command string) bool { return command == "EHLO" || command == "HELO" }

// StrangerOffers returns the outcome of the follow-up at a large provider's server.
func (c *Case) StrangerOffers(k *Exam) (Answer, string) {
	f := c.FollowUp(k, stage.AskStrangerStartTLS)
	if f == nil {
		return Unknown, ""
	}
	r := f.Result(stage.Upgrade)
	switch {
	case r == nil || r.Status == stage.Skip:
		return Unknown, ""
	case r.Fault == stage.NotOffered:
		return No, f.Check.Endpoint.Host
	case OrEmpty(stage.FactsOf[*stage.StartTLSFacts](f)).Offered:
		return Yes, f.Check.Endpoint.Host
	}
	return Unknown, ""
}

// Insisted returns the outcome of sending STARTTLS although it was not offered: yes
// if encryption began, no if the server refused it.
func Insisted(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	if r := f.Result(stage.Upgrade); r != nil && r.Status != stage.Skip {
		switch r.Fault {
		case stage.NotOffered, stage.Rejected, stage.TemporarilyOut:
			return No
		}
	}
	return ShookHands(f)
}

// OffersEncryption reports whether the server has offered to encrypt. If it has not,
// a missing login mechanism is not merely hidden until encryption begins.
func (k *Exam) OffersEncryption() bool { return k.Caps.StartTLS || k.Upgrade.Offered }

// NoWayIn reports whether a submission server lists no login mechanism, and would
// list none later either.
func (k *Exam) NoWayIn() bool {
	return k.Check.Endpoint.Protocol == stage.SMTP && k.Passed(stage.Capabilities) && len(k.Caps.Mechanisms) == 0 &&
		(k.Encrypted() || !k.OffersEncryption())
}

// BareOfLogins reports whether a login was withheld in clear text at a server that
// offers none anyway.
func (k *Exam) BareOfLogins() bool {
	r := k.Result(stage.Login)
	return r != nil && r.Reason == stage.CleartextNotAllowed && k.NoWayIn()
}
