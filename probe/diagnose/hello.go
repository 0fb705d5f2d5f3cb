package diagnose

import "maildoctor/probe/stage"

// onlyHELO: EHLO was refused, for what was said in it, or because it isn't known
// (RFC 5321 4.2.4): a very old server, or a firewall that takes it away.
func onlyHELO(_ *Case, k *Check, r *stage.Result) *Hit {
	reply := k.ehloRefused(r)
	if reply == nil || reply.Code < 500 || listed(reply).Cause != "" {
		return nil
	}
	h := likely()
	if reply.Code == 500 || reply.Code == 502 {
		h.with("no_ehlo", "yes")
	}
	return h.with("reply", cutAt(stage.Visible(reply.Text()), maxReply)).
		says(describe(k, r) + "; EHLO was refused: " + stage.Visible(reply.Text()))
}

// listedHello: EHLO was refused for the address that it came from.
func listedHello(_ *Case, k *Check, r *stage.Result) *Hit {
	reply := k.ehloRefused(r)
	if reply == nil || listed(reply).Cause == "" {
		return nil
	}
	return (&Hit{Confidence: listed(reply).Confidence}).with("reply", cutAt(stage.Visible(reply.Text()), maxReply)).
		says(describe(k, r) + "; EHLO was refused: " + stage.Visible(reply.Text()))
}

// ehloRefused returns the refusal of EHLO where HELO was taken in its place; nil
// where there is none.
func (k *Check) ehloRefused(r *stage.Result) *stage.Reply {
	reply := k.caps.HelloRefused
	if r.Stage == stage.Upgrade {
		reply = k.upgrade.Reply
	}
	if reply == nil || reply.Command != "EHLO" {
		return nil
	}
	return reply
}

// listed returns what speaks for a block list in a refusal of EHLO; the zero guess
// where nothing does.
func listed(reply *stage.Reply) Guess {
	for _, g := range Classify(stage.Capabilities, stage.SMTP, *reply) {
		if g.Cause == ClientIPDNSBLOnSubmission {
			return g
		}
	}
	return Guess{}
}
