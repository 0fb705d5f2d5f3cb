package chart

import "maildoctor/probe/stage"

func IsHello(command string) bool { return command == "EHLO" || command == "HELO" }

// StrangerOffers reads the follow-up at a large provider's server.
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

// Insisted says what came of STARTTLS that was not offered: yes where encryption
// began, no where the server refused it.
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

// OffersEncryption reports whether the server has offered to encrypt: without that, a
// login that is missing does not wait for it.
func (k *Exam) OffersEncryption() bool { return k.Caps.StartTLS || k.Upgrade.Offered }

// NoWayIn reports whether a server for sending lists no way to log in, and none would
// be listed later.
func (k *Exam) NoWayIn() bool {
	return k.Check.Endpoint.Protocol == stage.SMTP && k.Passed(stage.Capabilities) && len(k.Caps.Mechanisms) == 0 &&
		(k.Encrypted() || !k.OffersEncryption())
}

// BareOfLogins reports whether the login was kept back in clear text where the server
// has none to offer.
func (k *Exam) BareOfLogins() bool {
	r := k.Result(stage.Login)
	return r != nil && r.Reason == stage.CleartextNotAllowed && k.NoWayIn()
}
