package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

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
