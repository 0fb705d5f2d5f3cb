package report

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// certFaults say what is wrong with a certificate.
var certFaults = map[stage.CertFaultID]func(shown) prose.Value{
	stage.CertExpired:           func(s shown) prose.Value { return say.CertExpired(prose.Minute(s.cert.NotAfter)) },
	stage.CertNotYetValid:       func(s shown) prose.Value { return say.CertNotYetValid(prose.Minute(s.cert.NotBefore)) },
	stage.CertNameMismatch:      func(s shown) prose.Value { return say.CertNameMismatch(s.names()) },
	stage.CertNoNames:           func(shown) prose.Value { return say.CertNoNames() },
	stage.CertSelfSigned:        func(shown) prose.Value { return say.CertSelfSigned() },
	stage.CertUnknownAuthority:  func(s shown) prose.Value { return say.CertUnknownAuthority(named(s.cert.Issuer)) },
	stage.CertLocalRoot:         func(s shown) prose.Value { return say.CertLocalRoot(named(s.root())) },
	stage.CertIssuerExpired:     func(shown) prose.Value { return say.CertIssuerExpired() },
	stage.CertWeakKey:           func(shown) prose.Value { return say.CertWeakKey() },
	stage.CertWeakSignature:     func(shown) prose.Value { return say.CertWeakSignature() },
	stage.CertUnparsable:        func(shown) prose.Value { return say.CertUnparsable() },
	stage.CertWrongUsage:        func(shown) prose.Value { return say.CertWrongUsage() },
	stage.CertPathInvalid:       func(shown) prose.Value { return say.CertPathInvalid() },
	stage.CertNotInPublicBundle: func(shown) prose.Value { return say.CertNotPublic() },
	stage.CertMissingLink:       func(shown) prose.Value { return say.CertMissingLink() },
	stage.CertExpiresSoon:       func(s shown) prose.Value { return say.CertExpiresSoon(prose.Minute(s.cert.NotAfter)) },
	stage.CertExpiredExtra:      func(shown) prose.Value { return say.CertExpiredInChain() },
	stage.CertChainMisordered:   func(shown) prose.Value { return say.CertChainOutOfOrder() },
}

// shown is a certificate that has a fault, in the chain in which it came.
type shown struct {
	cert stage.Certificate
	tls  *stage.TLSFacts
}

func (s shown) names() prose.Value { return prose.And(prose.Datas(s.cert.Names)...) }

// root is the subject of the root that was trusted, or else the issuer.
func (s shown) root() string {
	if s.tls.Root != nil {
		return s.tls.Root.Subject
	}
	return s.cert.Issuer
}

// named is the common name of a subject, in quotation marks.
func named(subject string) prose.Value { return prose.Data(`"` + chart.CommonName(subject) + `"`) }

// certificateFaults lists the faults of a certificate, grave ones first: one
// that failed is not said to warn as well.
func certificateFaults(f *stage.TLSFacts) (said prose.Value) {
	var parts []prose.Value
	for _, warning := range []bool{false, true} {
		for _, x := range f.Faults {
			if x.Warning != warning || warning && len(parts) > 0 {
				continue
			}
			if x.ID == stage.CertNotInPublicBundle && slices.ContainsFunc(f.Faults, isLocalRoot) {
				continue
			}
			parts = prose.AppendNew(parts, certFault(f, x))
		}
		if len(parts) > 0 {
			return say.CellCertificate(prose.Then(parts...))
		}
	}
	return said
}

func isLocalRoot(f stage.CertFault) bool { return f.ID == stage.CertLocalRoot }

func certFault(f *stage.TLSFacts, x stage.CertFault) prose.Value {
	s := shown{tls: f}
	if x.Depth >= 0 && x.Depth < len(f.Chain) {
		s.cert = f.Chain[x.Depth]
	}
	if words, ok := certFaults[x.ID]; ok {
		return words(s)
	}
	return prose.Data(string(x.ID))
}
