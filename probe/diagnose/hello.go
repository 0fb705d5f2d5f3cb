package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// onlyHELO: EHLO was refused, for what was said in it, or because it isn't known
// (RFC 5321 4.2.4): a very old server, or a firewall that takes it away.
func onlyHELO(_ *Case, k *Check, r *stage.Result) *Hit {
	said := k.ehloRefused(r)
	if said == nil || said.Code < 500 || listed(said).Cause != "" {
		return nil
	}
	h := likely()
	if said.Code == 500 || said.Code == 502 {
		h.with("no_ehlo", "yes")
	}
	return h.with("reply", cutAt(stage.Visible(said.Text()), maxReply)).
		says(describe(k, r) + "; EHLO was refused: " + stage.Visible(said.Text()))
}

// listedHello: EHLO was refused for the address that it came from.
func listedHello(_ *Case, k *Check, r *stage.Result) *Hit {
	said := k.ehloRefused(r)
	if said == nil || listed(said).Cause == "" {
		return nil
	}
	return (&Hit{Confidence: listed(said).Confidence}).with("reply", cutAt(stage.Visible(said.Text()), maxReply)).
		says(describe(k, r) + "; EHLO was refused: " + stage.Visible(said.Text()))
}

// ehloRefused returns the refusal of EHLO where HELO was taken in its place; nil
// where there is none.
func (k *Check) ehloRefused(r *stage.Result) *stage.Reply {
	said := k.caps.HelloRefused
	if r.Stage == stage.Upgrade {
		said = k.upgrade.Reply
	}
	if said == nil || said.Command != "EHLO" {
		return nil
	}
	return said
}

// listed returns what speaks for a block list in a refusal of EHLO; the zero guess
// where nothing does.
func listed(said *stage.Reply) reply.Guess {
	for _, g := range reply.Classify(stage.Capabilities, stage.SMTP, *said) {
		if g.Cause == cause.ClientIPDNSBLOnSubmission {
			return g
		}
	}
	return reply.Guess{}
}
