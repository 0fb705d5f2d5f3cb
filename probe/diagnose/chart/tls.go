package chart

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// CertFault returns the first fault of any of these kinds.
func (k *Exam) CertFault(ids ...stage.CertFaultID) (stage.CertFault, bool) {
	return certFaultOf(k.TLS, ids...)
}

// Has reports whether the certificate has any of these faults.
func (k *Exam) Has(ids ...stage.CertFaultID) bool {
	_, ok := k.CertFault(ids...)
	return ok
}

// Leaf returns the certificate of the server itself.
func (k *Exam) Leaf() (stage.Certificate, bool) {
	if len(k.TLS.Chain) == 0 {
		return stage.Certificate{}, false
	}
	return k.TLS.Chain[0], true
}

// Until returns the end of validity of the certificate that a fault is about.
func (k *Exam) Until(f stage.CertFault) prose.Value { return prose.Minute(k.faulty(f).NotAfter) }

// From returns the start of validity of the certificate that a fault is about.
func (k *Exam) From(f stage.CertFault) prose.Value { return prose.Minute(k.faulty(f).NotBefore) }

// faulty returns the certificate that a fault is about; empty if it isn't known.
func (k *Exam) faulty(f stage.CertFault) stage.Certificate {
	if f.Depth < 0 || f.Depth >= len(k.TLS.Chain) {
		return stage.Certificate{}
	}
	return k.TLS.Chain[f.Depth]
}

// IntermediateExpired reports whether the only available chain contains an expired
// intermediate that issued the server's certificate. Roots don't count: they are
// left out of chains or replaced by newer ones, while an intermediate has to be
// renewed.
func (k *Exam) IntermediateExpired(f stage.CertFault) bool {
	if f.ID != stage.CertIssuerExpired || f.Warning || f.Depth != 1 || f.Depth >= len(k.TLS.Chain) {
		return false
	}
	issuer := k.TLS.Chain[f.Depth]
	return !issuer.SelfSigned && issuer.Subject != issuer.Issuer && !Named(CommonName(issuer.Subject), []string{"root"})
}

// Alerted reports whether the server sent one of these alerts (RFC 8446 6).
func (k *Exam) Alerted(names ...string) bool {
	name, _, _ := strings.Cut(k.TLS.Alert, " ")
	return slices.Contains(names, strings.TrimSpace(name))
}
