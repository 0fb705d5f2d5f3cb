package chart

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Fault says a fault in a few words, to stand in a line about the stage in which it
// was met. limit is the time that was waited for, or nothing. A fault that only a
// later version knows is named by its id.
func Fault(s stage.Stage, f stage.Fault, limit prose.Value) prose.Value {
	switch {
	case f == "":
		return prose.Value{}
	case s == stage.Upgrade && f == stage.PreAuth:
		return say.FaultPreAuthNoWayBack()
	case s == stage.Submit && f == stage.NotOffered:
		return say.FaultNotOfferedSubmit()
	}
	return byID("fault-"+string(f), prose.Data(string(f)), prose.Args{"limit": limit})
}

// StrictFaults are those of a certificate that is accepted here, and refused by programs
// that take RFC 5280 by the word.
var StrictFaults = []stage.CertFaultID{
	stage.CertNotCritical, stage.CertNoKeyUsage, stage.CertNoSubjectKey, stage.CertNoIssuerKey, stage.CertSignsAsNoCA,
}

// CertificateFault says one fault of a certificate, to stand after "certificate".
func CertificateFault(f *stage.TLSFacts, x stage.CertFault) prose.Value {
	var c stage.Certificate
	if x.Depth >= 0 && x.Depth < len(f.Chain) {
		c = f.Chain[x.Depth]
	}
	issuer := issuerName(c.Issuer)
	switch x.ID {
	case stage.CertLocalRoot:
		if f.Root != nil {
			issuer = issuerName(f.Root.Subject)
		}
		return say.CertificateFaultLocalRoot(orElse(issuer, say.GeneralIssuer()))
	case stage.CertNameMismatch:
		if len(c.Names) == 0 {
			return say.CertificateFaultNoNames()
		}
	}
	return byID("certificate-fault-"+string(x.ID), prose.Data(string(x.ID)), prose.Args{
		"until":     orElse(prose.Minute(c.NotAfter), say.GeneralUntil()),
		"from":      orElse(prose.Minute(c.NotBefore), say.GeneralFrom()),
		"names":     prose.And(prose.Datas(c.Names)...),
		"issuer":    issuer,
		"key":       prose.Data(c.Key),
		"signature": prose.Data(c.Signature),
		"url":       prose.Data(aiaURL(c)),
		"detail":    prose.Data(x.Detail),
		"subject":   prose.Data(x.Detail),
	})
}

// byID is the sentence of the tables with this id, or something else where there is
// none: of what only a later version knows.
func byID(id string, unknown prose.Value, args prose.Args) prose.Value {
	if !prose.English().Has(prose.ID(id)) {
		return unknown
	}
	return prose.Phrase(prose.ID(id), args)
}

// orElse returns the first value that says something.
func orElse(v, general prose.Value) prose.Value {
	if v.Empty() {
		return general
	}
	return v
}

// issuerName is the name by which people know an issuer, in quotation marks;
// nothing where it has none.
func issuerName(dn string) prose.Value {
	if name := CommonName(dn); name != "" {
		return prose.Data(`"` + name + `"`)
	}
	return prose.Value{}
}

// IssuedBy names who issued k's certificate, by the common name, or says that
// nobody knows.
func (k *Exam) IssuedBy() prose.Value { return orElse(issuerName(k.IssuerName()), say.GeneralIssuer()) }

// ProtocolOf is the name that mail programs have for a check's protocol.
func (k *Exam) ProtocolOf() prose.Value { return prose.Data(ProtocolName(k.Check.Endpoint.Protocol)) }
