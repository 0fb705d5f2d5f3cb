package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// configuredRules are about what mail programs on this machine have.
var configuredRules = []Rule{
	{
		Cause: cause.SettingsDifferFromProfile,
		Needs: []chart.Need{chart.Seen(stage.Capabilities), chart.Seen(stage.Login)},
		Judge: configuredOtherwise,
	},
}

// configuredOtherwise: a mail program has other settings than a server that works as
// far as it was tested. Other settings that work as well are nobody's mistake.
func configuredOtherwise(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if r.Stage != lastLooked(k) {
		return nil
	}
	many := severalDiffer(c, k)
	var h *Hit
	var has, changes, failing, said, names []prose.Value
	nameAlone, inClear := true, false
	for _, s := range c.Configured(k) {
		s.Differs = s.Wrong()
		if len(s.Differs) == 0 {
			continue
		}
		o := configuredSure(k, s)
		if h == nil || o.Confidence.Rank() < h.Confidence.Rank() {
			h = o
		}
		is, change := configuredWords(k, s, many)
		name := chart.ProgramName(s.Account)
		names, has, changes, said = prose.AppendNew(names, name), append(has, is), append(changes, change), append(said, say.ConfiguredSays(name))
		nameAlone = nameAlone && !s.ServerDiffers()
		switch {
		case !s.ServerDiffers():
		case s.Tried != nil && s.Tried.Failed() != nil:
			failing = prose.AppendNew(failing, chart.Place{Host: s.Server.Host, Port: s.Server.Port}.Name())
		case s.InClear():
			inClear = true
		}
	}
	if h == nil {
		return nil
	}
	return h.with(cause.SlotProgram, prose.And(names...)).with(cause.SlotSeveral, prose.Set(many)).
		with(cause.SlotConfigured, prose.All(has...)).with(cause.SlotChanges, prose.All(changes...)).with(cause.SlotFailing, prose.And(failing...)).
		with(cause.SlotNameAlone, prose.Set(nameAlone)).with(cause.SlotInClear, prose.Set(inClear)).says(prose.Then(said...))
}

// severalDiffer reports whether more than one account of a program has other settings,
// so that each has to be named.
func severalDiffer(c *chart.Case, k *chart.Exam) bool {
	differ := make(map[*stage.Configured]bool)
	for _, o := range c.Checks {
		if o.Check.Subject != k.Check.Subject {
			continue
		}
		for _, s := range c.Configured(o) {
			if len(s.Wrong()) > 0 {
				differ[s.Account] = true
			}
		}
	}
	return len(differ) > 1
}

// lastLooked returns the last of the two stages by which settings are judged that a
// check has passed: a login tells more than the capabilities.
func lastLooked(k *chart.Exam) stage.Stage {
	if k.Passed(stage.Login) {
		return stage.Login
	}
	return stage.Capabilities
}

// configuredSure returns how sure it is that a program's settings are wrong.
func configuredSure(k *chart.Exam, s chart.Configured) *Hit {
	switch {
	case s.ServerDiffers() && s.Tried != nil && s.Tried.Failed() != nil:
		return proven().as(cause.Warn)
	case !s.ServerDiffers() && !k.Passed(stage.Login):
		return possible().as(cause.Warn) // the server may know more than one name for an account
	}
	return likely().as(cause.Warn)
}

// configuredWords says what a program has and should have, and what to change there,
// and which program that is where there are many.
func configuredWords(k *chart.Exam, s chart.Configured, many bool) (has, change prose.Value) {
	server := say.OutgoingServer()
	if k.Check.Endpoint.Protocol.Receives() {
		server = say.IncomingServer()
	}
	var changes []prose.Value
	for _, f := range s.Differs {
		changes = append(changes, configuredChange(f, s))
	}
	if many {
		name := chart.ProgramName(s.Account)
		return say.ConfiguredIn(s.Instead(s.Differs), server, name), say.ConfiguredIn(prose.And(changes...), server, name)
	}
	return say.ConfiguredServer(s.Instead(s.Differs), server), say.ConfiguredServer(prose.And(changes...), server)
}

// configuredChange says what to change a field to.
func configuredChange(f stage.Field, s chart.Configured) prose.Value {
	_, right := s.Values(f)
	switch f {
	case stage.FieldHost:
		return say.TheServerName(right)
	case stage.FieldPort:
		return say.ThePort(right)
	case stage.FieldSecurity:
		return say.TheEncryption(right)
	default:
		return say.TheUserName(right)
	}
}
