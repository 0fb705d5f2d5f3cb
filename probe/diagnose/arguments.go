package diagnose

import (
	"maps"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// baseArgs adds to a hit's arguments those that every page may use, and those that
// the pages of a stage may. What servers and files wrote is made fit to be shown.
// Those that depend on all the checks of a finding are added by settle.
func baseArgs(k *chart.Exam, own prose.Args, s stage.Stage) prose.Args {
	e := k.Check.Endpoint
	base := map[cause.Slot]prose.Value{
		cause.SlotHost:     orGeneral(cause.SlotHost, prose.Data(e.Host)),
		cause.SlotProtocol: orGeneral(cause.SlotProtocol, prose.Data(chart.ProtocolName(e.Protocol))),
		cause.SlotProvider: k.ProviderName(),
	}
	if s == stage.Login {
		base[cause.SlotMechanism] = orGeneral(cause.SlotMechanism, prose.Data(k.Login.Mechanism))
	}
	args := argsOf(base)
	maps.Copy(args, own)
	return args
}

// argsOf names values by the slots that they fill.
func argsOf(slots map[cause.Slot]prose.Value) prose.Args {
	args := make(prose.Args, len(slots))
	for slot, v := range slots {
		args[slot.String()] = v
	}
	return args
}

// orGeneral returns a value or, where it is empty, the slot's general words.
func orGeneral(slot cause.Slot, v prose.Value) prose.Value {
	if v.Empty() {
		return cause.General(slot.String())
	}
	return v
}

// bySureness returns words for titles, which have no lines to choose from: what is
// proven is said, and what is not may be.
func bySureness(c cause.Confidence) map[cause.Slot]prose.Value {
	if c == cause.Proven {
		return map[cause.Slot]prose.Value{
			cause.SlotGetLost:     say.SurelyGetLost(),
			cause.SlotUnderstands: say.SurelyUnderstands(),
			cause.SlotHaveNone:    say.SurelyHaveNone(),
			cause.SlotAreOffered:  say.SurelyAreOffered(),
			cause.SlotTakesOut:    say.SurelyTakesOut(),
		}
	}
	return map[cause.Slot]prose.Value{
		cause.SlotGetLost:     say.GeneralGetLost(),
		cause.SlotUnderstands: say.GeneralUnderstands(),
		cause.SlotHaveNone:    say.GeneralHaveNone(),
		cause.SlotAreOffered:  say.GeneralAreOffered(),
		cause.SlotTakesOut:    say.GeneralTakesOut(),
	}
}
