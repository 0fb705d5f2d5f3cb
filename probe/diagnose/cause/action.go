package cause

import (
	"maps"
	"slices"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// ActionID identifies what an action asks for, however it is worded. Causes that ask
// for the same thing share an id. Ids are stable.
type ActionID string

// The ids of actions that are on no page, or that other code refers to.
const (
	AskForName       ActionID = "ask-for-name"       // ask whether a name in the certificate is the server's
	UseWay           ActionID = "use-way"            // use settings that this run has seen working
	UseOtherProtocol ActionID = "use-other-protocol" // set the account up with the other protocol for receiving
	AllowClearLogin  ActionID = "allow-cleartext-login"
)

// ActionKind classifies actions, for programs that act on them without reading the
// text.
type ActionKind string

const (
	UseProven      ActionKind = "use-way"         // use settings that this run has seen working
	ChangeSettings ActionKind = "change-settings" // use settings other than those that were tried
	CheckSettings  ActionKind = "check-settings"  // compare the settings with what the provider publishes
	OtherProgram   ActionKind = "other-program"   // use another mail program, or a web page
	Wait           ActionKind = "wait"            // leave everything as it is, and try again later
	RetryElsewhere ActionKind = "retry-elsewhere" // try over another Internet connection
	RunAgain       ActionKind = "run-again"       // run maildoctor again, with other options
	CheckPassword  ActionKind = "check-password"
	ChangeAccount  ActionKind = "change-account" // at the provider's web page
	Repair         ActionKind = "repair"         // repair what one is responsible for: this computer, the network, the server
	Contact        ActionKind = "contact"        // ask somebody, or inform them
	Read           ActionKind = "read"           // read a page by somebody else
	Beware         ActionKind = "beware"         // avoid doing something
)

// ActionKinds lists all kinds.
var ActionKinds = []ActionKind{
	UseProven, ChangeSettings, CheckSettings, OtherProgram, Wait, RetryElsewhere, RunAgain, CheckPassword,
	ChangeAccount, Repair, Contact, Read, Beware,
}

// Action is something to do, and who does it.
type Action struct {
	ID    ActionID
	Kind  ActionKind
	Who   Who
	About []prose.Value // what it is about, such as a place: with another value it is another action

	Advises []Advice      // settings that it advises; see [Advice]
	After   time.Duration // Wait: how long; 0 if unknown
	Else    bool          // it applies only if the action before it was refuted, in all its wordings

	// Beside says that it costs little and does no harm, so that it may be listed
	// although its cause is merely possible beside another one.
	Beside bool

	line          *line       // on a page
	args          prose.Args  // of the line
	text, command prose.Value // of an action that is on no page
	where         prose.Value // follows the text; see [Action.In]
}

// Saying returns an action that is on no page, with its words. text is one or more
// whole sentences, to follow the actor and a colon; command is what to type, and
// follows them.
func (a Action) Saying(text, command prose.Value) Action {
	a.line, a.text, a.command = nil, text, command
	return a
}

// In returns the action with where to carry it out: a whole sentence that follows its
// text.
func (a Action) In(where prose.Value) Action {
	a.where = where
	return a
}

// TypedIn reports whether the action is carried out by the user in the settings of a
// mail program.
func (a Action) TypedIn() bool {
	return a.Who == You && (a.Kind == UseProven || a.Kind == ChangeSettings || a.Kind == CheckSettings)
}

// Text returns one or more whole sentences, to follow the actor and a colon.
func (a Action) Text(l *prose.Language) string {
	return l.Text(a.Said())
}

// Said returns the same as a value.
func (a Action) Said() prose.Value {
	said := a.text
	if a.line != nil {
		said = prose.Filled(prose.ID(a.ID), a.line.Template, a.args, generalFor(a.args))
	}
	if a.where.Empty() {
		return said
	}
	return prose.Sentences(said, a.where)
}

// Command returns what to type, to follow the text; "" for most actions.
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

// Equal reports whether two actions are equal in every respect.
func (a Action) Equal(o Action) bool {
	return a.Same(o) && a.Kind == o.Kind && a.Who == o.Who && a.After == o.After && a.Beside == o.Beside && a.Else == o.Else && slices.Equal(a.Advises, o.Advises) &&
		a.line == o.line && maps.EqualFunc(a.args, o.args, prose.Value.Equal) && a.text.Equal(o.text) && a.command.Equal(o.command) && a.where.Equal(o.where)
}

// AdviceKind says which setting an advice concerns.
type AdviceKind string

const (
	AdviseEndpoint      AdviceKind = "endpoint"       // a port and its encryption, at the server that failed
	AdviseSubmission    AdviceKind = "submission"     // one of the ports for sending, at the server that failed
	AdviseOtherProtocol AdviceKind = "other-protocol" // the other protocol for receiving
	AdvisePassword      AdviceKind = "auth"           // how to send the password: readable under TLS, or not
	AdviseUserName      AdviceKind = "user"           // a form of the user name
	AdviseIPv4          AdviceKind = "ipv4"           // IPv4 only
	AdviseOtherResolver AdviceKind = "other-resolver" // other name servers
)

// Advice is one setting that an action advises, as a value, so that it can be
// compared with what a run has tried. An action that advises several settings lists
// them all, and is refuted if one of them is.
type Advice struct {
	Kind     AdviceKind
	Port     uint16         // AdviseEndpoint: 0 is the port that failed, [TLSPort] the protocol's port for implicit TLS
	Security stage.Security // AdviseEndpoint
	Form     string         // AdvisePassword: "plain" or "encrypted"; AdviseUserName: "full" or "local"
}

// TLSPort stands for a protocol's port for TLS from the first byte (RFC 8314 3),
// whichever the protocol is.
const TLSPort uint16 = 1

// Values of Advice.Form.
const (
	PlainPassword     = "plain"
	EncryptedPassword = "encrypted"
	FullAddress       = "full"
	LocalPart         = "local"
)
