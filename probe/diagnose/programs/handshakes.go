package programs

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// Handshakes returns the checks that make the handshakes of other programs. For each
// endpoint of rec that got as far as encryption, there is one for each ClientHello
// of the table that differs from the run's own. They use the run's address, and two
// checks of one endpoint share them.
func Handshakes(rec *stage.Record) []stage.Check {
	var all []stage.Check
	place := make(map[string]int) // of the first one for an endpoint, by what is dialled
	for i := range rec.Checks {
		c := &rec.Checks[i]
		address := chart.IPOf(chart.OrEmpty(stage.FactsOf[*stage.ConnectFacts](c)).Address)
		if c.Check.FollowUp() || address == "" || !begun(c) {
			continue
		}
		e := c.Check.Endpoint
		key := e.Address() + " " + string(e.Protocol) + " " + string(e.Security) + " " + address
		first, ok := place[key]
		if ok {
			for n := range hellos {
				all[first+n].Parents = append(all[first+n].Parents, c.Check.ID)
			}
			continue
		}
		place[key] = len(all)
		for _, h := range hellos {
			all = append(all, stage.Check{
				ID: c.Check.ID + "/as-" + string(h), Kind: stage.KindProgram, Subject: c.Check.Subject, Endpoint: e, Public: c.Check.Public,
				Parents: []string{c.Check.ID}, Round: 1,
				Manner: stage.Manner{Address: address, Hello: h},
			})
		}
	}
	return all
}

// begun reports whether a check got as far as its handshake.
func begun(c *stage.CheckRecord) bool {
	r := c.Result(stage.Handshake)
	return r != nil && r.Status != stage.Skip
}

// hellos are the ClientHellos that are sent to each endpoint.
var hellos = func() (all []stage.Hello) {
	for _, k := range kinds {
		if k.hello != stage.HelloUsual && !slices.Contains(all, k.hello) {
			all = append(all, k.hello)
		}
	}
	return all
}()

// Connections returns the number of connections made to each endpoint.
func Connections() int { return len(hellos) }
