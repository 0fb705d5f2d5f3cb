package report

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// certificateFaults lists the faults of a certificate, failures first. If there is a
// failure, warnings are left out.
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
			parts = prose.AppendNew(parts, chart.CertificateFault(f, x))
		}
		if len(parts) > 0 {
			return say.CellCertificate(prose.Then(parts...))
		}
	}
	return said
}

func isLocalRoot(f stage.CertFault) bool { return f.ID == stage.CertLocalRoot }
