package programs

import (
	"strings"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// handshake judges by the handshake that represents a kind of programs.
func (e exam) handshake(k Kind) Judgement {
	if j := e.unencrypted(); j.Verdict != "" {
		return j
	}
	c := e.others[k.hello]
	if c == nil {
		return notKnown(BecauseNotTried, say.ProgramNotTried())
	}
	j := e.answered(k, c)
	j.Shown = c.Check.ID
	return j
}

// unencrypted judges if the run itself did not get as far as encryption; else it
// returns zero.
func (e exam) unencrypted() Judgement {
	r := e.own.Result(stage.Handshake)
	bad := e.own.Failed()
	switch {
	case r == nil, r.Status == stage.Skip && r.Reason == stage.NotApplicable:
		return notKnown(BecauseNoTLS, say.ProgramInClear())
	case r.Status != stage.Skip:
		return Judgement{}
	case bad != nil:
		return notKnown(BecauseNoTLS, say.ProgramNotReached(faultOf(bad)))
	}
	return notKnown(BecauseNotTried, say.ProgramNotTried())
}

// answered judges the outcome of a handshake.
func (e exam) answered(k Kind, c *stage.CheckRecord) Judgement {
	r, f := c.Result(stage.Handshake), chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](c))
	if r == nil || r.Status == stage.Skip {
		if bad := c.Failed(); bad != nil {
			return notKnown(BecauseNoTLS, say.ProgramNotReached(faultOf(bad)))
		}
		return notKnown(BecauseNotTried, say.ProgramNotTried())
	}
	switch {
	case r.Fault == stage.BadCertificate:
		return e.certificate(f)
	case r.Status == stage.Fail:
		return e.refused(k, r, f)
	case k.least != "" && f.Version < k.least: // the names of versions sort in order
		return fails(BecauseVersion, say.ProgramChoseOlder(prose.Data(f.Version)))
	}
	return connects(say.ProgramBegins(prose.Data(f.Version), prose.Data(f.CipherSuite)))
}

// certificate judges an invalid certificate: that of the run, or another one that
// only such a program receives.
func (e exam) certificate(f *stage.TLSFacts) Judgement {
	own := chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](e.own))
	if own.Verified && len(f.Chain) > 0 && len(own.Chain) > 0 && f.Chain[0].SHA256 != own.Chain[0].SHA256 {
		why := BecauseCertificate
		if f.ServerName == "" && own.ServerName != "" {
			why = BecauseName
		}
		return fails(why, say.ProgramOtherCertificate(faultsOf(f, worse)))
	}
	return fails(BecauseCertificate, say.ProgramCertificate(faultsOf(f, worse)))
}

// worse reports whether a fault is more than a warning.
func worse(f stage.CertFault) bool { return !f.Warning }

// faultsOf names selected faults of a certificate.
func faultsOf(f *stage.TLSFacts, which func(stage.CertFault) bool) prose.Value {
	var words []prose.Value
	for _, x := range f.Faults {
		if which(x) {
			words = prose.AppendNew(words, chart.CertificateFault(f, x))
		}
	}
	return prose.Then(words...)
}

// refused judges a handshake that the server ended.
func (e exam) refused(k Kind, r *stage.Result, f *stage.TLSFacts) Judgement {
	alert, old := prose.Data(f.Alert), k.hello.BreaksOff()
	switch {
	case r.Fault == stage.HandshakeTimeout:
		return notKnown(BecauseSilent, say.ProgramNoAnswer())
	case r.Fault == stage.TLSVersion && old:
		return fails(BecauseVersion, say.ProgramRefusesVersion(alert))
	case r.Fault == stage.TLSVersion:
		return fails(BecauseVersion, say.ProgramBrokeOff(faultOf(r)))
	case r.Fault == stage.ClientCertAsked:
		return fails(BecauseClientCert, say.ProgramClientAsked())
	case old && e.takesVersionOf(k) && nothingShared(f):
		return fails(BecauseSuites, say.ProgramRefusesSuites(alert))
	case old && nothingShared(f):
		return fails(BecauseRefused, say.ProgramRefusesBoth(alert))
	case alertNumber(f) == "112": // unrecognized_name (RFC 6066 3)
		return fails(BecauseName, say.ProgramRefusesName(alert))
	case f.Alert != "":
		return fails(BecauseRefused, say.ProgramRefuses(alert))
	}
	return fails(BecauseRefused, say.ProgramBrokeOff(faultOf(r)))
}

// wider maps a ClientHello to the one of the same version with all cipher suites.
var wider = map[stage.Hello]stage.Hello{stage.HelloRSA: stage.HelloTLS12, stage.HelloTLS10RSA: stage.HelloTLS10}

// takesVersionOf reports whether the server has been seen to accept the TLS version
// of a kind of programs, with other cipher suites.
func (e exam) takesVersionOf(k Kind) bool {
	c := e.others[wider[k.hello]]
	return c != nil && chart.OrEmpty(stage.FactsOf[*stage.TLSFacts](c)).Version != ""
}

// nothingShared reports whether an alert says that there is no common version or
// cipher suite: handshake_failure, insufficient_security (RFC 8446 6.2).
func nothingShared(f *stage.TLSFacts) bool { return alertNumber(f) == "40" || alertNumber(f) == "71" }

// alertNumber returns the number of the alert with which the server ended the
// handshake.
func alertNumber(f *stage.TLSFacts) string {
	_, number, _ := strings.Cut(f.Alert, "(")
	return strings.TrimSuffix(number, ")")
}

// faultOf describes the fault of a stage in a few words.
func faultOf(r *stage.Result) prose.Value { return chart.Fault(r.Stage, r.Fault, prose.Value{}) }
