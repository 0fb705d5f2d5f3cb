package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// bridgeRules are about programs that fetch mail on the user's own machine.
var bridgeRules = []Rule{
	{
		Cause: cause.LocalBridgeProblem,
		Needs: []chart.Need{chart.Met(stage.Connect), chart.Met(stage.Handshake, stage.BadCertificate), chart.Met(stage.Login, chart.Refused...)},
		Explains: append([]cause.ID{
			cause.ServiceNotListening, cause.MailPortsBlockedOnThisNetwork, cause.ServerUnreachable, cause.ConnectionResetAfterAccept, cause.DNSFilterBlocksHost,
			cause.CertSelfSigned, cause.CertMissingIntermediate, cause.CertNameMismatchHosting,
		}, unknownIssuer...),
		Judge: bridge,
	},
}

// bridgePorts are the default ports of such programs: Proton Mail Bridge and
// hydroxide (1143, 1025), DavMail (1143, 1110, 1025), Email OAuth 2.0 Proxy (1993,
// 1995, 1465, 1587). No provider's server uses them.
var bridgePorts = []uint16{1025, 1110, 1143, 1465, 1587, 1993, 1995}

// bridge: the servers are a program on this machine, which isn't running, or has a
// certificate or a password of its own.
func bridge(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	n, noted := k.Subject.Profile.Note(stage.NoteBridgeOnLocalhost)
	if r.Status != stage.Fail || !noted && !(k.OnThisMachine() && slices.Contains(bridgePorts, k.Check.Endpoint.Port)) {
		return nil
	}
	h := likely().linking(n)
	if !noted {
		h.with(cause.SlotByPort, prose.Set(true))
	}
	switch r.Stage {
	case stage.Login:
		return h.with(cause.SlotOwnPassword, prose.Set(true)).holds(k.RefusedLogin())
	case stage.Handshake:
		return h.with(cause.SlotOwnCertificate, prose.Set(true)).holds(k.OnThisMachine() && k.Has(stage.CertSelfSigned, stage.CertUnknownAuthority))
	}
	return h.holds(r.Fault == stage.Refused && (k.LeadsToLoopback() || k.OnThisMachine()))
}
