package diagnose

import (
	"maps"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// args adds to a hit's arguments those that every page may use, and those that
// the pages of a stage may. What servers and files wrote is made fit to be shown.
// Those that depend on all the checks of a finding are added by settle.
func baseArgs(k *chart.Exam, own prose.Args, s stage.Stage) prose.Args {
	e := k.Check.Endpoint
	args := prose.Args{
		cause.SlotHost.String():     orGeneral(cause.SlotHost, prose.Data(e.Host)),
		cause.SlotProtocol.String(): orGeneral(cause.SlotProtocol, prose.Data(chart.ProtocolName(e.Protocol))),
		cause.SlotProvider.String(): k.ProviderName(),
	}
	if s == stage.Login {
		args[cause.SlotMechanism.String()] = orGeneral(cause.SlotMechanism, prose.Data(k.Login.Mechanism))
	}
	maps.Copy(args, own)
	return args
}

// orGeneral returns a value or, where it is empty, the slot's general words.
func orGeneral(slot cause.Slot, v prose.Value) prose.Value {
	if v.Empty() {
		return cause.General(slot.String())
	}
	return v
}
