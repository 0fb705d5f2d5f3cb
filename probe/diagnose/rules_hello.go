package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// onlyHELO: EHLO was refused, for what was said in it, or because it isn't known
// (RFC 5321 4.2.4): a very old server, or a firewall that takes it away.
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

// listedHello: EHLO was refused for the address that it came from.
func listedHello(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	said := k.EhloRefused(r)
	if said == nil || listed(said).Cause == "" {
		return nil
	}
	return (&Hit{Confidence: listed(said).Confidence}).with(cause.SlotReply, prose.Cut(said.Text(), maxReply)).
		says(prose.Then(chart.Shows(k, r), say.EHLORefused(chart.ShowsReply(said))))
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
