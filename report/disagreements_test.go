package report_test

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// settingsOf is the report of a run that was to compare what mail programs have.
func settingsOf(changes ...func(*stage.Stream)) *report.Report {
	c := sample.Get("configured")
	c.Stream.Header.Options.Compare = true
	for _, change := range changes {
		change(c.Stream)
	}
	rec := c.Record()
	return report.New(prose.English(), rec, diagnose.Diagnose(rec))
}

func programs(s *stage.Stream) []stage.Configured { return s.Header.Plan.Subjects[0].Configured }

// Only a mail program or a setting that disagrees now and didn't then is news.
func TestOnlyNewDisagreementsFail(t *testing.T) {
	right := func(s *stage.Stream) { s.Header.Plan.Subjects[0].Configured = programs(s)[1:] }
	port := func(program, server int, port uint16) func(*stage.Stream) {
		return func(s *stage.Stream) { programs(s)[program].Servers[server].Port = port }
	}
	userToo := func(s *stage.Stream) { programs(s)[0].Servers[1].User = "somebody" } // of Thunderbird, where the port is wrong
	mended := func(s *stage.Stream) {
		programs(s)[0].Servers = slices.Delete(programs(s)[0].Servers, 0, 1)
	}
	third := func(s *stage.Stream) {
		more := programs(s)[0]
		more.Program, more.Name = stage.ProgramEvolution, "Evolution"
		s.Header.Plan.Subjects[0].Configured = append(programs(s), more)
	}
	second := func(s *stage.Stream) {
		programs(s)[0].Servers = append(programs(s)[0].Servers, programs(s)[0].Servers[1])
	}
	optional := func(s *stage.Stream) {
		right(s)
		for _, c := range s.Header.Plan.Checks {
			if c.ID == "imap-993" {
				programs(s)[0].Servers = append(programs(s)[0].Servers, stage.ConfiguredServer{Endpoint: c.Endpoint})
			}
		}
	}
	idle := failedAt("imap-993", stage.Connect, stage.Refused)
	none := func(s *stage.Stream) { s.Header.Plan.Subjects[0].Configured = nil }
	notAsked := func(s *stage.Stream) { s.Header.Options.Compare = false }
	broken := failedAt("smtp-587", stage.Connect, stage.Refused)
	of := func(changes ...func(*stage.Stream)) []func(*stage.Stream) { return changes }
	for _, tt := range []struct {
		name     string
		old, new []func(*stage.Stream)
		exit     int
	}{
		{"the same", of(), of(), 0},
		{"another wrong value", of(), of(port(0, 1, 2525)), 0},
		{"one is mended", of(), of(mended), 0},
		{"one was right", of(mended), of(), 1},
		{"a further program", of(), of(third), 1},
		{"a further program's other setting", of(), of(port(1, 0, 25)), 1},
		{"a further setting", of(), of(userToo), 1},
		{"a setting fewer", of(userToo), of(), 0},
		{"none was read then", of(none), of(), 1},
		{"none is there now", of(), of(none), 1},
		{"none in both", of(none), of(none), 0},
		{"none was asked for then", of(none, notAsked), of(none), 1},
		{"seen without being asked for", of(notAsked), of(), 0},
		{"could not be told then", of(right, port(0, 0, 25), broken), of(right, port(0, 0, 25)), 1},
		{"can't be told now", of(right, port(0, 0, 25)), of(right, port(0, 0, 25), broken), 1}, // for the server
		{"agrees with what fails in both", of(right, broken), of(right, broken), 0},
		{"agrees with what fails now", of(right), of(right, broken), 1},
		{"agrees with an optional one that fails in both", of(optional, idle), of(optional, idle), 0},
		{"agrees with an optional one that fails now", of(optional), of(optional, idle), 1},
		{"the same server a second time", of(), of(second), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := settingsOf(tt.new...)
			r.CompareWith(settingsOf(tt.old...), "then", "now")
			if r.ExitCode(false) != 1 {
				t.Fatal("nothing is wrong")
			}
			r.NewsOnly = true
			if got := r.ExitCode(false); got != tt.exit {
				t.Errorf("exit %d, want %d", got, tt.exit)
			}
		})
	}
}
