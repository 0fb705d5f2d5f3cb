package report_test

import (
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// TestDiscovered: what a search found is said, and "nothing is published" only where
// somebody was asked.
func TestDiscovered(t *testing.T) {
	about := prose.Data("firm.test")
	of := func(id stage.SourceID, outcome stage.SourceOutcome, fault stage.Fault) stage.Source {
		return stage.Source{ID: id, Domain: "firm.test", Outcome: outcome, Fault: fault}
	}
	reached := func(s stage.Source) stage.Source {
		s.Contacts = []stage.Contact{{Host: "autoconfig.firm.test", Address: "192.0.2.1:443"}}
		return s
	}
	anyName := func(s stage.Source) stage.Source {
		s.Wildcard = true
		return s
	}
	absent := of(stage.SourceSRV, stage.SourceAbsent, "")
	silent := of(stage.SourceSRV, stage.SourceFailed, stage.DNSTimeout)
	unreached := of(stage.SourceAutoconfig, stage.SourceFailed, stage.DNSUnreached)
	refused := reached(of(stage.SourceAutoconfig, stage.SourceFailed, stage.Refused))
	guess := of(stage.SourceGuess, stage.SourceFound, "")
	for _, c := range []struct {
		name    string
		sources []stage.Source
		offline bool
		want    prose.Value
	}{
		{"found", []stage.Source{of(stage.SourceSRV, stage.SourceFound, "")}, false, say.DiscoveryFound(about, report.SourceIDs([]stage.SourceID{stage.SourceSRV}))},
		{"nothing", []stage.Source{absent}, false, say.DiscoveryNothing(about)},
		{"one could not be read", []stage.Source{absent, refused}, false, say.DiscoveryFailed(about, report.SourceIDs([]stage.SourceID{stage.SourceAutoconfig}))},
		{"no network", []stage.Source{of(stage.SourceCatalogue, stage.SourceAbsent, ""), unreached}, true, say.DiscoveryOffline(about)},
		{"no network, and nobody failed", []stage.Source{absent}, true, say.DiscoveryOffline(about)},
		{"no network, and found all the same", []stage.Source{of(stage.SourceOwn, stage.SourceFound, "")}, true, say.DiscoveryFound(about, report.SourceIDs([]stage.SourceID{stage.SourceOwn}))},
		{"no name server", []stage.Source{absent, silent, unreached}, false, say.DiscoveryNoResolver(about)},
		{"none configured", []stage.Source{of(stage.SourceMX, stage.SourceFailed, stage.LookupFailed), unreached}, false, say.DiscoveryNoResolver(about)},
		{"the time was up", []stage.Source{of(stage.SourceISPDB, stage.SourceFailed, ""), silent}, false, say.DiscoveryNoResolver(about)},
		{"a name server refuses", []stage.Source{silent, of(stage.SourceMX, stage.SourceFailed, stage.DNSRefused)}, false, say.DiscoveryFailed(about, report.SourceIDs([]stage.SourceID{stage.SourceSRV, stage.SourceMX}))},
		{"somebody was reached", []stage.Source{silent, refused}, false, say.DiscoveryFailed(about, report.SourceIDs([]stage.SourceID{stage.SourceSRV, stage.SourceAutoconfig}))},
		{"somebody was reached, and the time was up", []stage.Source{silent, reached(of(stage.SourceISPDB, stage.SourceFailed, ""))}, false, say.DiscoveryFailed(about, report.SourceIDs([]stage.SourceID{stage.SourceSRV, stage.SourceISPDB}))},
		{"names alone", []stage.Source{absent, guess}, false, say.DiscoveryGuessed(about)},
		{"names alone, and any name exists", []stage.Source{absent, anyName(guess)}, false, say.DiscoveryWildcard(about)},
		{"nothing, and any name exists", []stage.Source{anyName(absent)}, false, say.DiscoveryHidden(about)},
	} {
		if got := report.Discovered("firm.test", c.sources, !c.offline); len(got) != 1 || !got[0].Equal(c.want) {
			t.Errorf("%s: %q, want %q", c.name, inWords(got), prose.English().Text(c.want))
		}
	}
}

func inWords(all []prose.Value) (out []string) {
	for _, v := range all {
		out = append(out, prose.English().Text(v))
	}
	return out
}

// TestUnasked: a run that could ask nobody about a domain says what is missing, and what
// to do about it.
func TestUnasked(t *testing.T) {
	for _, linkUp := range []bool{true, false} {
		rec := &stage.Record{
			Header: stage.Header{System: stage.System{LinkUp: linkUp}, Plan: stage.Plan{Subjects: []stage.Subject{{
				Argument: "jane@firm.test", Kind: stage.SubjectAddress, Domain: "firm.test", Address: "jane@firm.test",
			}}}},
			Sources: []stage.Source{{ID: stage.SourceSRV, Domain: "firm.test", Outcome: stage.SourceFailed, Fault: stage.DNSUnreached}},
			End:     stage.End{State: stage.Complete},
		}
		r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
		want, do := "no name server answers this computer", "gives it name servers that answer"
		if !linkUp {
			want, do = "this computer is not connected to a network", "connect this computer to a network"
		}
		summary, next := strings.ToLower(r.SummaryText()), strings.ToLower(r.NoAction.Text)
		if r.Verdict != report.Unknown || !strings.Contains(summary, want) || !strings.Contains(next, do) || strings.Contains(summary, "nothing is published") {
			t.Errorf("%s: %q, %q; want %q, %q", r.Verdict, summary, next, want, do)
		}
	}
}
