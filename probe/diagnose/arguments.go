package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// argsOf returns a hit's arguments, including those that every hit has.
func argsOf(h hit) []filled {
	args := baseArgs(h.check, h.stage)
	for _, a := range h.args {
		args = fill(args, a.slot, a.value)
	}
	return args
}

// baseArgs returns the arguments that every page may use, and those that the pages
// of a stage may use. Text from servers and files is made safe to show. Arguments
// that depend on all the checks of a finding are added by settle.
func baseArgs(k *chart.Exam, s stage.Stage) []filled {
	e := k.Check.Endpoint
	args := make([]filled, 0, 8)
	args = fill(args, cause.SlotHost, orGeneral(cause.SlotHost, prose.Data(e.Host)))
	args = fill(args, cause.SlotProtocol, orGeneral(cause.SlotProtocol, prose.Data(chart.ProtocolName(e.Protocol))))
	args = fill(args, cause.SlotProvider, k.ProviderName())
	args = fill(args, cause.SlotParty, k.Party())
	if s == stage.Login {
		args = fill(args, cause.SlotMechanism, orGeneral(cause.SlotMechanism, prose.Data(k.Login.Mechanism)))
	}
	return args
}

// named returns values by the names of their slots.
func named(args []filled) prose.Args {
	out := make(prose.Args, len(args))
	for _, a := range args {
		out[a.slot.String()] = a.value
	}
	return out
}

// orGeneral returns a value or, if it is empty, the slot's general words.
func orGeneral(slot cause.Slot, v prose.Value) prose.Value {
	if v.Empty() {
		return cause.General(slot.String())
	}
	return v
}

// bySureness returns words for titles, which have no alternative lines: what is
// proven is stated, and anything less gets "may be".
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
