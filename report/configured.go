package report

import (
	"slices"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
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
	Said    string // the outcome in words, with the program's own labels where they are known
	Where   string // where in the program that is changed; empty if nothing is to be, or an action says so
	Spoken  string // the same for a screen reader
}

// ConfiguredField is a field in which a program differs from what works: "host", "port",
// "security" or "user".
type ConfiguredField struct {
	Field       string
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

// configured compares what mail programs have with what the run has seen. p is the
// program that the actions are placed in; nil: none.
func configured(l *prose.Language, rec *stage.Record, p *dialogs.Program) []Configured {
	var out []Configured
	var c *chart.Case
	for i := range rec.Header.Plan.Subjects {
		subject := &rec.Header.Plan.Subjects[i]
		if len(subject.Configured) > 0 && c == nil {
			c = chart.New(rec)
		}
		for j := range subject.Configured {
			a := &subject.Configured[j]
			one := Configured{Configured: a, Subject: stage.Visible(subject.Argument), Title: l.Title(configuredTitle(a))}
			labels := labelsOf(a.Program, p)
			for n := range a.Servers {
				server := configuredServer(l, c, i, &a.Servers[n], labels)
				if server.Outcome == ConfiguredDiffers && labels != nil && labels != p {
					server.Where = l.Sentence(Where(labels, server.Protocol))
					server.Spoken = l.Sentence(whereBy(labels, say.DialogThenSaid, []stage.Protocol{server.Protocol}))
				}
				one.Servers = append(one.Servers, server)
			}
			out = append(out, one)
		}
	}
	return out
}

func configuredTitle(a *stage.Configured) prose.Value {
	if a.Relayed {
		return say.ConfiguredRelayed(chart.ProgramName(a))
	}
	return say.ConfiguredTitle(chart.ProgramName(a), prose.Data(a.Account), prose.Data(a.Place))
}

// labelsOf returns the labels of a program: p itself, or another one in the same language;
// nil if they aren't known.
func labelsOf(id stage.ProgramID, p *dialogs.Program) *dialogs.Program {
	switch {
	case p == nil:
		return dialogs.For(id, dialogs.English)
	case p.ID == id:
		return p
	}
	return dialogs.For(id, p.Language)
}

// configuredServer compares one server of a program.
func configuredServer(l *prose.Language, c *chart.Case, subject int, s *stage.ConfiguredServer, labels *dialogs.Program) ConfiguredServer {
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
		out.Fields = append(out.Fields, ConfiguredField{string(f), l.Text(has), l.Text(right)})
	}
	var said prose.Value
	out.Outcome, out.Sign, said = judged(pair, labels)
	if s.Unchecked {
		said = say.ConfiguredUnchecked(said)
	}
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

func judged(pair chart.Configured, labels *dialogs.Program) (ConfiguredOutcome, Sign, prose.Value) {
	wrong := pair.Wrong()
	switch {
	case len(pair.Differs) == 0 && pair.Right.Failed() == nil:
		return ConfiguredSame, SignPass, say.ConfiguredSame()
	case len(pair.Differs) == 0:
		return ConfiguredSameFails, SignFail, say.ConfiguredSameFails()
	case len(wrong) > 0:
		return ConfiguredDiffers, SignFail, instead(pair, wrong, labels)
	case pair.Known() && pair.Serves() == chart.Yes:
		return ConfiguredWorksToo, SignPass, say.ConfiguredWorksToo(instead(pair, pair.Differs, labels))
	}
	return ConfiguredUnknown, SignNotReached, say.ConfiguredNothingWorks(instead(pair, pair.Differs, labels))
}

// dialogFields are the fields of dialogs in which servers can differ.
var dialogFields = map[stage.Field]dialogs.Field{
	stage.FieldHost: dialogs.Host, stage.FieldPort: dialogs.Port, stage.FieldSecurity: dialogs.Security, stage.FieldUser: dialogs.User,
}

// instead says what a program has instead of what should be there, in its own labels. A
// program with a URL in place of the fields is not taken apart.
func instead(pair chart.Configured, fields []stage.Field, p *dialogs.Program) prose.Value {
	protocol := pair.Server.Protocol
	if p == nil {
		return pair.Instead(fields)
	}
	if _, _, url := p.URL(pair.Server.Endpoint, ""); url {
		return pair.Instead(fields)
	}
	var all []prose.Value
	for _, f := range fields {
		has, right := pair.Values(f)
		name := Label(p.Field(dialogFields[f], protocol))
		if f == stage.FieldSecurity {
			h, r := choice(p, pair.Server.Security, protocol), choice(p, pair.Right.Check.Endpoint.Security, protocol)
			if !h.Empty() && !r.Empty() {
				has, right = h, r
			}
		}
		if name.Empty() && f != stage.FieldSecurity {
			return pair.Instead(fields)
		}
		if name.Empty() {
			all = append(all, say.ConfiguredInstead(has, right))
			continue
		}
		all = append(all, say.ConfiguredEntry(name, has, right))
	}
	return prose.Then(all...)
}

// choice returns what a program calls a way of encryption; nothing if that isn't known.
func choice(p *dialogs.Program, s stage.Security, protocol stage.Protocol) prose.Value {
	switch {
	case p.Box(protocol) && s == stage.None:
		return say.DialogNotTicked()
	case p.Box(protocol):
		return say.DialogTicked()
	}
	return Label(p.Choice(s, protocol))
}

// haveServers reports whether any program tells what it has.
func haveServers(all []Configured) bool {
	return slices.ContainsFunc(all, func(a Configured) bool { return len(a.Servers) > 0 })
}

// agrees reports whether every server that a program has is right.
func agrees(all []Configured) bool {
	for _, a := range all {
		for _, s := range a.Servers {
			if s.Outcome != ConfiguredSame && s.Outcome != ConfiguredWorksToo {
				return false
			}
		}
	}
	return haveServers(all)
}
