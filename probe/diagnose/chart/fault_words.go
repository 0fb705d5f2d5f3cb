package chart

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Fault describes a fault in a few words, for a line about the stage in which it
// occurred. limit is the time limit that ran out, or nothing. A fault that this
// version doesn't know is named by its id.
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

// StrictFaults are faults of a certificate that is accepted here, but refused by
// programs that enforce RFC 5280 to the letter.
var StrictFaults = []stage.CertFaultID{
	stage.CertNotCritical, stage.CertNoKeyUsage, stage.CertNoSubjectKey, stage.CertNoIssuerKey, stage.CertSignsAsNoCA,
}

// CertificateFault describes one fault of a certificate, to follow "certificate".
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

// byID returns the sentence with this id from the tables, or unknown if this version
// has none.
func byID(id string, unknown prose.Value, args prose.Args) prose.Value {
	if !prose.English().Has(prose.ID(id)) {
		return unknown
	}
	return prose.Phrase(prose.ID(id), args)
}

// orElse returns the first value that isn't empty.
func orElse(v, general prose.Value) prose.Value {
	if v.Empty() {
		return general
	}
	return v
}

// issuerName returns the name by which people know an issuer, in quotation marks;
// nothing if it has none.
func issuerName(dn string) prose.Value {
	if name := CommonName(dn); name != "" {
		return prose.Data(`"` + name + `"`)
	}
	return prose.Value{}
}

// IssuedBy returns the common name of the issuer of k's certificate, or says that it
// is unknown.
func (k *Exam) IssuedBy() prose.Value { return orElse(issuerName(k.IssuerName()), say.GeneralIssuer()) }

// ProtocolOf returns the name of a check's protocol as mail programs write it.
func (k *Exam) ProtocolOf() prose.Value { return prose.Data(ProtocolName(k.Check.Endpoint.Protocol)) }
