package report

import (
	"strconv"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// shortLabels returns short distinct names for checks, by Check.ID: "POP3 995", or
// with the host if needed. A follow-up is named by its id.
func shortLabels(rec *stage.Record) map[string]prose.Value {
	count := make(map[string]int)
	short := func(c *stage.CheckRecord) string {
		return protocolName(c.Check.Endpoint.Protocol) + " " + strconv.Itoa(int(c.Check.Endpoint.Port))
	}
	for _, c := range endpointChecks(rec) {
		count[short(c)]++
	}
	out := make(map[string]prose.Value)
	whose := owners(rec)
	for i := range rec.Checks {
		c := &rec.Checks[i]
		long := prose.Data(protocolName(c.Check.Endpoint.Protocol) + " " + c.Check.Endpoint.Address())
		owner := whose[c.Check.ID]
		switch {
		case !owner.Empty():
			out[c.Check.ID] = say.CellOwned(long, owner)
		case c.Check.FollowUp():
			out[c.Check.ID] = prose.Data(c.Check.ID)
		case count[short(c)] > 1:
			out[c.Check.ID] = long
		default:
			out[c.Check.ID] = prose.Data(short(c))
		}
	}
	return out
}
