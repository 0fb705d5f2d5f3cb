package report

import (
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Configured is an account as a mail program has it, next to what the run has seen.
type Configured struct {
	*stage.Configured
	Subject string // the argument that it belongs to
	Title   string // the program, what it calls the account, and where that stands
	Servers []ConfiguredServer
}

// ConfiguredServer is a server of such an account.
type ConfiguredServer struct {
	*stage.ConfiguredServer
	Outcome ConfiguredOutcome
	Check   string            // Check.ID of the server of the run that it was compared with; empty: none
	Fields  []ConfiguredField // those in which the two differ
	Sign    Sign
	Said    string // the outcome, in words
}

// ConfiguredField is a field in which a program differs from what works.
type ConfiguredField struct {
	Field       chart.Field
	Has, Should string
}

// ConfiguredOutcome is what comes of comparing a server of a mail program with the
// run.
type ConfiguredOutcome string

const (
	ConfiguredSame      ConfiguredOutcome = "same"       // it is the server of the run, which works
	ConfiguredSameFails ConfiguredOutcome = "same-fails" // it is the server of the run, which doesn't work
	ConfiguredDiffers   ConfiguredOutcome = "differs"    // another one works
	ConfiguredWorksToo  ConfiguredOutcome = "works-too"  // it is another one, and works as well
	ConfiguredUnknown   ConfiguredOutcome = "unknown"    // no server works, or none was examined, that it could be compared with
)

// configured compares what mail programs have with what the run has seen.
func configured(l *prose.Language, rec *stage.Record) []Configured {
	var out []Configured
	var c *chart.Case
	for i := range rec.Header.Plan.Subjects {
		subject := &rec.Header.Plan.Subjects[i]
		if len(subject.Configured) > 0 && c == nil {
			c = chart.New(rec)
		}
		for j := range subject.Configured {
			a := &subject.Configured[j]
			one := Configured{Configured: a, Subject: stage.Visible(subject.Argument), Title: l.Text(configuredTitle(a))}
			for n := range a.Servers {
				one.Servers = append(one.Servers, configuredServer(l, c, i, &a.Servers[n]))
			}
			out = append(out, one)
		}
	}
	return out
}

func configuredTitle(a *stage.Configured) prose.Value {
	return say.ConfiguredTitle(prose.Data(a.Name), prose.Data(a.Account), prose.Data(a.Place))
}

// configuredServer compares one server of a program.
func configuredServer(l *prose.Language, c *chart.Case, subject int, s *stage.ConfiguredServer) ConfiguredServer {
	out := ConfiguredServer{ConfiguredServer: s, Outcome: ConfiguredUnknown, Sign: SignNotReached}
	label := Server{Endpoint: s.Endpoint}.Label()
	pair, ok := counterpart(c, subject, s)
	if !ok {
		out.Said = l.Title(say.ConfiguredLine(label, say.ConfiguredUnknown()))
		return out
	}
	out.Check = pair.Right.Check.ID
	for _, f := range pair.Differs {
		has, right := pair.Values(f)
		out.Fields = append(out.Fields, ConfiguredField{f, l.Text(has), l.Text(right)})
	}
	var said prose.Value
	out.Outcome, out.Sign, said = judged(pair)
	out.Said = l.Title(say.ConfiguredLine(label, said))
	return out
}

// counterpart finds the check that a server of a program is compared with.
func counterpart(c *chart.Case, subject int, s *stage.ConfiguredServer) (chart.Configured, bool) {
	for _, k := range c.Checks {
		if k.Check.Subject != subject {
			continue
		}
		for _, pair := range c.Configured(k) {
			if pair.Server == s {
				return pair, true
			}
		}
	}
	return chart.Configured{}, false
}

func judged(pair chart.Configured) (ConfiguredOutcome, Sign, prose.Value) {
	works := pair.Right.Failed() == nil
	wrong := pair.Wrong()
	switch {
	case len(pair.Differs) == 0 && works:
		return ConfiguredSame, SignPass, say.ConfiguredSame()
	case len(pair.Differs) == 0:
		return ConfiguredSameFails, SignFail, say.ConfiguredSameFails()
	case len(wrong) == 0:
		return ConfiguredWorksToo, SignPass, say.ConfiguredWorksToo(pair.Instead(pair.Differs))
	case works:
		return ConfiguredDiffers, SignFail, pair.Instead(wrong)
	}
	return ConfiguredUnknown, SignNotReached, say.ConfiguredNothingWorks(pair.Instead(pair.Differs))
}
