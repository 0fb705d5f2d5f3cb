package probe_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// floods are servers that send without end, one for each stage that speaks.
var floods = []probetest.Fault{
	probetest.EndlessGreeting, probetest.EndlessBanner, probetest.EndlessCapabilities, probetest.EndlessCapability,
	probetest.EndlessContinuations, probetest.EndlessReply, probetest.EndlessMailbox, probetest.HugeLiteral, probetest.UnknownResponses,
}

// floodConfigs calls f for each of them.
func floodConfigs(f func(name string, c probetest.Config)) {
	hostileConfigs(func(name string, c probetest.Config, _ string) {
		if slices.Contains(floods, c.Faults[0]) {
			f(name, c)
		}
	})
}

// mostOfCheck is what a record may hold of one check, in bytes of JSON, whatever its server
// sends.
const mostOfCheck = 128 << 10

// TestFloodsLeaveLittleBehind: what is kept of a server that sends without end is bounded,
// transcript included.
func TestFloodsLeaveLittleBehind(t *testing.T) {
	floodConfigs(func(name string, c probetest.Config) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHealthy(t, 0, c)
				defer h.close()
				h.endpoints[0].Security = stage.Security(c.Security)
				opt := h.options()
				opt.CleartextLogin = true
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				for i := range rec.Checks {
					b, err := json.Marshal(rec.Checks[i])
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%s: %d lines, %d bytes", rec.Checks[i].Check.ID, len(rec.Checks[i].Transcript), len(b))
					if len(b) > mostOfCheck {
						t.Errorf("%s: %d bytes are kept, more than %d", outcome(&rec.Checks[i]), len(b), mostOfCheck)
					}
				}
			})
		})
	})
}
