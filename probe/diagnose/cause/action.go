package cause

import (
	"maps"
	"slices"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// ActionID names what an action asks for, in whichever words: two causes that ask
// for the same thing have it in common. Ids are stable.
type ActionID string

// The ids of actions that stand on no page, or that others name as well.
const (
	AskForName       ActionID = "ask-for-name"       // whether a name in the certificate is the server's
	UseWay           ActionID = "use-way"            // type in what this run has seen working
	UseOtherProtocol ActionID = "use-other-protocol" // set the account up with the other protocol for receiving
	AllowClearLogin  ActionID = "allow-cleartext-login"
)

// ActionKind says of what kind an action is, for whoever has to act on it without
// reading.
type ActionKind string

const (
	UseProven      ActionKind = "use-way"         // type in settings that this run has seen working
	ChangeSettings ActionKind = "change-settings" // type in others than those that were tried
	CheckSettings  ActionKind = "check-settings"  // compare them with what the provider publishes
	OtherProgram   ActionKind = "other-program"   // use another mail program, or a web page
	Wait           ActionKind = "wait"            // leave all as it is, and try again later
	RetryElsewhere ActionKind = "retry-elsewhere" // try by another way into the internet
	RunAgain       ActionKind = "run-again"       // run maildoctor again, in another manner
	CheckPassword  ActionKind = "check-password"
	ChangeAccount  ActionKind = "change-account" // at the provider's web page
	Repair         ActionKind = "repair"         // mend what one looks after: this computer, the network, the server
	Contact        ActionKind = "contact"        // ask somebody, or tell him
	Read           ActionKind = "read"           // a page of somebody else
	Beware         ActionKind = "beware"         // leave something undone
)

// ActionKinds are all kinds.
var ActionKinds = []ActionKind{
	UseProven, ChangeSettings, CheckSettings, OtherProgram, Wait, RetryElsewhere, RunAgain, CheckPassword,
	ChangeAccount, Repair, Contact, Read, Beware,
}

// Action is something to do, and who does it.
type Action struct {
	ID    ActionID
	Kind  ActionKind
	Who   Who
	About []prose.Value // what it is about, such as a place: the same about something else is another action

	Advises []Advice      // what it says to use; see [Advice]
	After   time.Duration // Wait: how long; 0 where nobody can say
	Else    bool          // it stands only where the one before it was refuted, in all its wordings

	// Beside says that it costs little and harms nobody, so that it may be named
	// although its cause is merely possible beside another one.
	Beside bool

	line          *line       // of a page
	args          prose.Args  // of the line
	text, command prose.Value // of an action that stands on no page
}

// Saying returns an action that stands on no page, with its words. They are whole
// sentences, to stand behind who acts and a colon; command is to be typed behind them.
func (a Action) Saying(text, command prose.Value) Action {
	a.line, a.text, a.command = nil, text, command
	return a
}

// Text returns one or more whole sentences, to stand behind who acts and a colon.
func (a Action) Text(l *prose.Language) string {
	return l.Text(a.Said())
}

// Said is the same as a value.
func (a Action) Said() prose.Value {
	if a.line == nil {
		return a.text
	}
	return prose.Filled(prose.ID(a.ID), a.line.Template, a.args, generalFor(a.args))
}

// Command returns what is to be typed, behind the text; "" for most actions.
func (a Action) Command(l *prose.Language) string {
	switch {
	case a.line == nil:
		return l.Text(a.command)
	case a.line.command == nil:
		return ""
	}
	return fill(l, a.line.command, a.args, false)
}

// Same reports whether two actions ask for the same thing.
func (a Action) Same(o Action) bool {
	return a.ID == o.ID && slices.EqualFunc(a.About, o.About, prose.Value.Equal)
}

// Equal reports whether two actions are alike in everything.
func (a Action) Equal(o Action) bool {
	return a.Same(o) && a.Kind == o.Kind && a.Who == o.Who && a.After == o.After && a.Beside == o.Beside && a.Else == o.Else && slices.Equal(a.Advises, o.Advises) &&
		a.line == o.line && maps.EqualFunc(a.args, o.args, prose.Value.Equal) && a.text.Equal(o.text) && a.command.Equal(o.command)
}

// AdviceKind says what an advice is about.
type AdviceKind string

const (
	AdviseEndpoint      AdviceKind = "endpoint"       // a port and its encryption, at the server that failed
	AdviseSubmission    AdviceKind = "submission"     // one of the ports for sending, at the server that failed
	AdviseOtherProtocol AdviceKind = "other-protocol" // the other protocol for receiving
	AdvisePassword      AdviceKind = "auth"           // a way of sending the password: readable under TLS, or not
	AdviseUserName      AdviceKind = "user"           // a form of the user name
	AdviseIPv4          AdviceKind = "ipv4"           // IPv4 alone
	AdviseOtherResolver AdviceKind = "other-resolver" // other name servers
)

// Advice is one setting that an action says to use, as a value, so that it can be
// held against what a run has tried. An action that advises several names them all:
// it is refuted where one of them is.
type Advice struct {
	Kind     AdviceKind
	Port     uint16         // AdviseEndpoint: 0 is the port that failed, [TLSPort] that of the protocol for TLS
	Security stage.Security // AdviseEndpoint
	Form     string         // AdvisePassword: "plain" or "encrypted"; AdviseUserName: "full" or "local"
}

// TLSPort stands for the port that a protocol has for TLS from the first byte (RFC
// 8314 3), whichever the protocol is.
const TLSPort uint16 = 1

// Forms of an advice.
const (
	PlainPassword     = "plain"
	EncryptedPassword = "encrypted"
	FullAddress       = "full"
	LocalPart         = "local"
)
