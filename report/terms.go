package report

import (
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// stageNames are the names of stages in a sentence.
var stageNames = map[stage.Stage]prose.Value{
	stage.Resolve:      say.StageName(),
	stage.Connect:      say.StageConnect(),
	stage.Handshake:    say.StageTLS(),
	stage.Greeting:     say.StageGreeting(),
	stage.Upgrade:      say.StageStartTLS(),
	stage.Capabilities: say.StageCapabilities(),
	stage.Login:        say.StageLogin(),
	stage.Mailbox:      say.StageMailbox(),
	stage.Submit:       say.StageSender(),
	stage.Fetch:        say.StageFetch(),
	stage.Clock:        say.StageClock(),
	stage.Search:       say.StageSearch(),
}

// stageName returns the name of a stage in a sentence.
func stageName(s stage.Stage) prose.Value {
	if name, ok := stageNames[s]; ok {
		return name
	}
	return prose.Data(string(s))
}

// Severities are the names of severities.
var Severities = map[cause.Severity]prose.Value{
	cause.Fail: say.SeverityFail(), cause.Warn: say.SeverityWarn(), cause.Info: say.SeverityInfo(),
}

// Confidences are the names of confidences.
var Confidences = map[cause.Confidence]prose.Value{
	cause.Proven: say.ConfidenceProven(), cause.Likely: say.ConfidenceLikely(), cause.Possible: say.ConfidencePossible(),
}

// Party returns this report's term for a party that can act. The servers' operator
// has one name in it: the provider if a profile says who that is, else the operator.
func (r *Report) Party(w cause.Who) prose.Value {
	if w == cause.Provider || w == cause.Operator {
		w = cause.Operator
		if r.known {
			w = cause.Provider
		}
	}
	return cause.Parties[w]
}

// Security returns the name of an encryption setting in mail programs.
func Security(s stage.Security) prose.Value {
	switch s {
	case stage.TLS:
		return prose.Data("SSL/TLS")
	case stage.StartTLS, stage.StartTLSIfOffered:
		return prose.Data("STARTTLS")
	case stage.None:
		return say.SettingsNone()
	}
	return prose.Data(string(s))
}

// protocolName returns the protocol's name in a row.
func protocolName(p stage.Protocol) string {
	switch p {
	case stage.POP3:
		return "POP3"
	case stage.IMAP:
		return "IMAP"
	case stage.SMTP:
		return "SMTP"
	}
	return stage.Visible(string(p))
}

// texts puts values into words, each to follow a colon.
func texts(l *prose.Language, values []prose.Value) []string {
	var out []string
	for _, v := range values {
		out = append(out, l.Text(v))
	}
	return out
}

// sentences puts non-empty values into whole sentences.
func sentences(l *prose.Language, values ...prose.Value) []string {
	var out []string
	for _, v := range values {
		if !v.Empty() {
			out = append(out, l.Sentence(v))
		}
	}
	return out
}

// Hint says that there is nothing to do, or where more information is. It may end in
// a command to type.
type Hint struct {
	Text    string // one or more whole sentences
	Command string // "maildoctor settings jane@q.com"; empty: none
}

// Empty reports whether there is no hint.
func (h Hint) Empty() bool { return h == Hint{} }

// Whole returns the text with its command.
func (h Hint) Whole() string {
	if h.Command == "" {
		return h.Text
	}
	return h.Text + " " + h.Command
}

// hint puts a hint into words. The command is data and is not translated.
func hint(l *prose.Language, said []prose.Value, command string) Hint {
	return Hint{strings.Join(sentences(l, said...), " "), l.Text(prose.Data(command))}
}
