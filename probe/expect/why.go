package expect

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// stageNames are the stages' names in sentences.
var stageNames = map[stage.Stage]prose.Value{
	stage.Resolve: say.StageName(), stage.Connect: say.StageConnect(), stage.Handshake: say.StageTLS(), stage.Greeting: say.StageGreeting(),
	stage.Upgrade: say.StageStartTLS(), stage.Capabilities: say.StageCapabilities(), stage.Login: say.StageLogin(),
	stage.Mailbox: say.StageMailbox(), stage.Submit: say.StageSender(), stage.Search: say.StageSearch(),
}

// skips say why a stage was not tried.
var skips = map[stage.Reason]prose.Value{
	stage.NoPassword:          say.ExpectNoPassword(),
	stage.NoUser:              say.ExpectNoUser(),
	stage.NotAsked:            say.ExpectLeftOut(),
	stage.NoSender:            say.CellNoSender(),
	stage.CleartextNotAllowed: say.CellReadable(),
	stage.SettingsNotVerified: say.CellForgeable(),
	stage.LoginBudget:         say.CellBudget(),
	stage.PasswordUnavailable: say.CellNoPassword(),
	stage.NotPossible:         say.CellNotPossible(),
}

// unreached returns why nothing was seen in a stage of a check: it was not tried, it
// failed, or an earlier one did. Failures are reported by themselves.
func unreached(c *stage.CheckRecord, name stage.Stage) ruling {
	r := c.Result(name)
	switch {
	case r == nil:
		return open(say.ExpectUntried())
	case r.Status == stage.Fail:
		return open(say.ExpectFailed(stageNames[name]))
	case r.Status != stage.Skip:
		return open(say.ExpectNotSaid())
	}
	switch r.Reason {
	case stage.Blocked:
		return open(say.ExpectBlocked(stageNames[r.BlockedBy]))
	case stage.Interrupted:
		return open(say.CellInterrupted(waited(r)))
	case stage.OutOfTime:
		return open(say.CellOutOfTime(waited(r)))
	}
	if why, ok := skips[r.Reason]; ok {
		return open(why)
	}
	return open(say.ExpectUntried())
}

// waited returns how long a stage had been waiting; empty if it hadn't begun.
func waited(r *stage.Result) prose.Value {
	if r.Time == 0 {
		return prose.Value{}
	}
	return prose.Duration(r.Time)
}

// unreached is [unreached] for the check itself.
func (k *exam) unreached(name stage.Stage) ruling { return unreached(k.c, name) }
