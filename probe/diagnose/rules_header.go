package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// headerRules are about servers that wait for a PROXY protocol header.
var headerRules = []Rule{{
	Cause: cause.ProxyProtocolExpected,
	Needs: []chart.Need{
		chart.Met(stage.Greeting, stage.Closed, stage.Reset, stage.Silent, stage.TemporarilyOut),
		chart.Met(stage.Handshake, append(slices.Clone(chart.BrokenOff), stage.PlaintextAnswer)...),
	},
	Explains: []cause.ID{
		cause.ConnectionResetAfterAccept, cause.TLSHandshakeInterrupted, cause.AcceptNoGreeting, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant, cause.ImplicitTLSPortSpokenPlain,
		cause.TLSClientCertRequired, cause.ServerBusyGreeting, cause.AntivirusConnectionProxyBroken, cause.SlowPath, cause.TLSSpokenToPlaintextPort, cause.GreetingRefusedByPolicy, cause.WrongProtocolOnPort, cause.GreetingDelayTarpit,
	},
	Judge: wantsHeader,
}}

// wantsHeader: a connection that was turned away is accepted after a proxy header.
// If a second try without it succeeded too, the header made no difference.
func wantsHeader(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if chart.BehindHeader(c.FollowUp(k, stage.AskProxyHeader)) != chart.Yes {
		return nil
	}
	h := proven()
	if chart.Went(c.FollowUp(k, stage.AskAgain), r.Stage) == chart.Yes {
		h.Confidence = cause.Possible
	}
	return h.says(prose.Then(chart.Shows(k, r), say.GoesOnBehindHeader()))
}
