package diagnose

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// refusedIfStrict lists all such faults, because repairing one leaves the others.
func refusedIfStrict(_ *chart.Case, k *chart.Exam, _ stage.CertFault) *Hit {
	var all []prose.Value
	for _, f := range k.TLS.Faults {
		if slices.Contains(chart.StrictFaults, f.ID) {
			all = append(all, chart.CertificateFault(k.TLS, f))
		}
	}
	return proven().as(cause.Warn).with(cause.SlotWhat, prose.Then(all...)).holds(k.Passed(stage.Handshake))
}
