package chart

import (
	"slices"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// maxSaid bounds quoted server text within evidence, in bytes, so that the
// conclusion from it stays in view.
const maxSaid = 300

// Shows describes a result by itself, as evidence: the fault and the facts.
func Shows(k *Exam, r *stage.Result) prose.Value {
	words, facts := Fault(r.Stage, r.Fault, prose.Value{}), k.factsShown(r)
	if r.Stage == stage.Handshake && k.Noise() {
		words = say.FaultNoise()
	}
	switch {
	case !words.Empty() && !facts.Empty():
		return say.FaultShown(words, facts)
	case !words.Empty():
		return words
	case !facts.Empty():
		return facts
	}
	return prose.Data(string(r.Status))
}

// factsShown describes the facts of a stage.
func (k *Exam) factsShown(r *stage.Result) prose.Value {
	switch {
	case r.Stage == stage.Resolve:
		return ShowsLookups(k.Resolve)
	case r.Stage == stage.Connect:
		return ShowsAttempts(k.Connect)
	case r.Stage == stage.Handshake:
		return ShowsTLS(k.TLS)
	case r.Stage == stage.Upgrade && r.Fault == stage.EarlyData:
		return say.EarlyBytes(prose.Count(k.Upgrade.EarlyBytes), prose.Quoted(prose.Shorten(FirstLine(k.Upgrade.EarlyText), maxSaid)))
	}
	return ShowsReply(k.Reply(r.Stage))
}

// ShowsReply returns a server's reply in one line.
func ShowsReply(r *stage.Reply) prose.Value {
	if r == nil {
		return prose.Value{}
	}
	return prose.Cut(r.Text(), maxSaid)
}

// ShowsText returns server text cut to the length that evidence has room for.
func ShowsText(s string) prose.Value { return prose.Cut(s, maxSaid) }

// ShowsLookups says how each name server answered.
func ShowsLookups(f *stage.ResolveFacts) prose.Value {
	var all []prose.Value
	for _, l := range f.Lookups {
		outcome := byID("lookup-"+string(l.Outcome), say.LookupOther(), prose.Args{})
		if l.Truncated {
			outcome = say.LookupCutShort()
		}
		all = append(all, say.Lookup(prose.Data(l.Server), prose.Data(l.Type), prose.Data(f.Host), outcome, prose.Data(l.Extended)))
	}
	return prose.Then(all...)
}

// ShowsAttempts says how each address responded to the connection attempt.
func ShowsAttempts(f *stage.ConnectFacts) prose.Value {
	var all []prose.Value
	for _, a := range f.Attempts {
		address, took := prose.Data(a.Address), prose.Duration(a.Time)
		attempt := byID("attempt-"+string(a.Outcome), say.AttemptOther(address, took), prose.Args{"address": address, "time": took})
		all = append(all, byWord(a, attempt))
	}
	return prose.Then(all...)
}

// byWord adds the sender of the message that ended an attempt, if there was one.
func byWord(a stage.Attempt, attempt prose.Value) prose.Value {
	r := a.Rejection
	switch who := rejects(a); {
	case who == OnTheWay && a.Outcome != stage.DialProhibited:
		return say.AttemptRejectedBy(attempt, prose.Data(r.By))
	case who == TheHost:
		return say.AttemptFirewall(attempt)
	case who == NobodySaid && r != nil && r.Why == stage.RejectHost && a.Outcome == stage.DialHostUnreachable:
		return say.AttemptNobody(attempt, prose.Data(r.By))
	}
	return attempt
}

// ShowsTLS says why the handshake failed or the certificate was rejected.
func ShowsTLS(f *stage.TLSFacts) prose.Value {
	var all []prose.Value
	faults := worthSaying(f.Faults)
	for i, c := range faults {
		if last := i == len(faults)-1 || faults[i+1].Depth != c.Depth; last {
			all = append(all, ShowsCertificateFault(f, c))
		} else {
			all = append(all, CertificateFault(f, c)) // the certificate is described once
		}
	}
	if f.Alert != "" {
		all = append(all, say.TLSAlert(prose.Data(f.Alert)))
	}
	if f.FirstBytes != "" {
		all = append(all, say.TLSFirstBytes(ShowsText(FirstLine(f.FirstBytes))))
	}
	return prose.Then(all...)
}

// worthSaying removes the fault "on no public list" of a root that another fault
// describes as added here.
func worthSaying(faults []stage.CertFault) []stage.CertFault {
	local := func(c stage.CertFault) bool { return c.ID == stage.CertLocalRoot }
	if !slices.ContainsFunc(faults, local) {
		return faults
	}
	return slices.DeleteFunc(slices.Clone(faults), func(c stage.CertFault) bool { return c.ID == stage.CertNotInPublicBundle })
}

// ShowsCertificateFault describes one fault, and which certificate has it.
func ShowsCertificateFault(f *stage.TLSFacts, c stage.CertFault) prose.Value {
	words := CertificateFault(f, c)
	if c.Depth < 0 || c.Depth >= len(f.Chain) {
		return words
	}
	return say.CertificateFault(words, ShowsCertificate(f.Chain[c.Depth]))
}

// ShowsCertificate describes what a technician compares with another place.
func ShowsCertificate(c stage.Certificate) prose.Value {
	return say.Certificate(prose.Data(c.Subject), prose.Data(c.Issuer), prose.Day(c.NotBefore), prose.Day(c.NotAfter), prose.Data(c.SHA256))
}

// ShowsChosen describes what the server chose: "TLS 1.2 with
// TLS_RSA_WITH_AES_128_CBC_SHA".
func (v Variations) ShowsChosen() prose.Value {
	group := prose.Data(v.Old.Group)
	if UsualGroup(v.Old.Group) {
		group = prose.Value{}
	}
	return say.TLSChosen(prose.Data(v.Old.Version), prose.Data(v.Old.CipherSuite), group)
}

// ShowsProvoked says what a silent port answered, and to what.
func (k *Exam) ShowsProvoked() prose.Value {
	if k.ToHTTP {
		return say.ProvokedByHTTP(prose.Figure(k.webStatus))
	}
	return say.ProvokedByTLS(ShowsText(k.Provoked))
}
