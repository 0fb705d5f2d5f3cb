package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// onlyHELO: EHLO was refused because of its argument, or because it isn't supported
// (RFC 5321 4.2.4): by a very old server, or by a firewall that removes it.
func onlyHELO(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	said := k.EhloRefused(r)
	if said == nil || said.Code < 500 || listed(said).Cause != "" {
		return nil
	}
	h := likely()
	if said.Code == 500 || said.Code == 502 {
		h.with(cause.SlotNoEHLO, prose.Set(true))
	}
	return h.with(cause.SlotReply, prose.Cut(said.Text(), maxReply)).
		says(prose.Then(chart.Shows(k, r), say.EHLORefused(chart.ShowsReply(said))))
}

// listedHello: EHLO was refused because of the client's IP address.
func listedHello(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	said := k.EhloRefused(r)
	if said == nil || listed(said).Cause == "" {
		return nil
	}
	return (&Hit{Confidence: listed(said).Confidence}).with(cause.SlotReply, prose.Cut(said.Text(), maxReply)).
		says(prose.Then(chart.Shows(k, r), say.EHLORefused(chart.ShowsReply(said))))
}

// listed returns the guess that a refusal of EHLO is due to a block list, or the
// zero guess.
func listed(said *stage.Reply) reply.Guess {
	for _, g := range reply.Classify(stage.Capabilities, stage.SMTP, *said) {
		if g.Cause == cause.ClientIPDNSBLOnSubmission {
			return g
		}
	}
	return reply.Guess{}
}
