package report

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// SourceRow is the answer of one source of settings, in words.
type SourceRow struct {
	ID      string // [stage.SourceID]
	Outcome string // "found"
	Time    string
	Says    string // its first server of each protocol, or why there is none
}

// SourceRows puts sources into words, one row for each, in their order.
func SourceRows(l *prose.Language, sources []stage.Source) []SourceRow {
	var out []SourceRow
	for _, s := range sources {
		out = append(out, SourceRow{l.Text(prose.Data(string(s.ID))), l.Text(outcomeWords[s.Outcome]), l.Text(prose.Duration(s.Time)), l.Text(sourceSays(s))})
	}
	return out
}

var outcomeWords = map[stage.SourceOutcome]prose.Value{
	stage.SourceFound: say.DiscoveryOutcomeFound(), stage.SourceAbsent: say.DiscoveryOutcomeAbsent(), stage.SourceFailed: say.DiscoveryOutcomeFailed(),
	stage.SourceInvalid: say.DiscoveryOutcomeInvalid(), stage.SourceUnsafe: say.DiscoveryOutcomeUnsafe(), stage.SourceSkipped: say.DiscoveryOutcomeSkipped(),
}

func sourceSays(s stage.Source) prose.Value {
	var all []prose.Value
	known := make(map[stage.Protocol]bool)
	for _, set := range s.Settings {
		if !known[set.Protocol] {
			known[set.Protocol] = true
			all = append(all, say.DiscoveryServer(prose.Data(chart.ProtocolName(set.Protocol)), prose.Data(set.Address()), Security(set.Security)))
		}
	}
	if len(all) == 0 {
		return prose.Data(s.Detail)
	}
	return prose.All(all...)
}
