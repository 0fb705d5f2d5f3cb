package report

import "maildoctor/probe/stage"

// disagreement is what a setting in which a mail program doesn't agree with the run is
// recognised by in another run. The value is not part of it, as with expectations: another
// wrong port is the same disagreement. Of several servers alike, the n-th is compared with
// the n-th.
type disagreement struct {
	program        stage.ProgramID
	place, account string
	protocol       stage.Protocol
	n              int
	field          string // empty: there was no server to compare with
}

// disagreements returns the settings in which mail programs don't agree, with whether they
// are known to be wrong. A program that has the server of the run agrees, also where that
// server doesn't work.
func disagreements(all []Configured) map[disagreement]bool {
	out := make(map[disagreement]bool)
	seen := make(map[disagreement]int)
	for _, a := range all {
		for _, s := range a.Servers {
			k := disagreement{program: a.Program, place: a.Place, account: a.Account, protocol: s.Protocol}
			seen[k]++
			k.n = seen[k]
			if s.Outcome != ConfiguredDiffers && s.Outcome != ConfiguredUnknown {
				continue
			}
			wrong := s.Outcome == ConfiguredDiffers
			if len(s.Fields) == 0 {
				out[k] = wrong
			}
			for _, f := range s.Fields {
				k.field = f.Field
				out[k] = wrong
			}
		}
	}
	return out
}

// programsStood reports whether mail programs disagree in nothing in which they didn't in
// the older run. What nobody could tell then and is known to be wrong now is news, and so
// is that there is nothing left to compare.
func (c *Comparison) programsStood(old, new *Report) bool {
	switch {
	case !new.Options.Compare || agrees(new.Configured):
		return true
	case !haveServers(new.Configured):
		return old.Options.Compare && !haveServers(old.Configured)
	}
	then := disagreements(old.Configured)
	for k, wrong := range disagreements(new.Configured) {
		if was, known := then[k]; !known || wrong && !was {
			return false
		}
	}
	for _, a := range new.Configured {
		for _, s := range a.Servers {
			if s.Outcome == ConfiguredSameFails && !c.stood.endpoints[s.Check] {
				return false
			}
		}
	}
	return true
}
