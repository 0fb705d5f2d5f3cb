package stage

import "slices"

// Stage is one step of a check.
type Stage string

const (
	Resolve      Stage = "resolve"      // host name to addresses
	Connect      Stage = "connect"      // TCP
	Handshake    Stage = "tls"          // the TLS handshake and the certificate
	Greeting     Stage = "greeting"     // the server's first line
	Upgrade      Stage = "starttls"     // what is said before TLS, up to the reply to STARTTLS or STLS
	Capabilities Stage = "capabilities" // CAPABILITY, CAPA, EHLO
	Login        Stage = "login"        // SASL, LOGIN, USER and PASS, APOP
	Mailbox      Stage = "mailbox"      // IMAP, POP3: what the mailbox holds
	Submit       Stage = "submit"       // SMTP: is the sender taken
	Fetch        Stage = "fetch"        // follow-ups alone: an HTTP request
	Clock        Stage = "clock"        // follow-ups alone: a time server
)

// told is every stage, in the order in which a report tells of them.
var told = []Stage{
	Resolve, Connect, Handshake, Greeting, Upgrade, Capabilities, Login, Mailbox, Submit, Fetch,
}

// Rank returns the place of a stage in the order in which a report tells of them.
// Unknown ones come last.
func (s Stage) Rank() int {
	if i := slices.Index(told, s); i >= 0 {
		return i
	}
	return len(told)
}

// Known reports whether a report tells of this stage.
func (s Stage) Known() bool { return slices.Contains(told, s) }

// Status is the outcome of a stage.
type Status string

const (
	Pass Status = "pass"
	Warn Status = "warn" // it went on, and something is not as it should be
	Fail Status = "fail"
	Skip Status = "skip" // not looked at, which is never "fine"; Reason says why
)

// Reason says why a stage was skipped.
type Reason string

const (
	Blocked             Reason = "blocked"               // an earlier stage failed; BlockedBy names it
	NoPassword          Reason = "no-password"           // none was given
	NoUser              Reason = "no-user"               // a domain or URL was given, and no account
	NoSender            Reason = "no-sender"             // no address is known that mail could be sent from
	CleartextNotAllowed Reason = "cleartext-not-allowed" // the password would cross the network readable
	SettingsNotVerified Reason = "settings-not-verified" // whoever named the server could be anybody on the way
	LoginBudget         Reason = "login-budget"          // one more wrong try might lock the account
	PasswordUnavailable Reason = "password-unavailable"  // it was to be had when it is needed, and was not
	UnvouchedHost       Reason = "unvouched-host"        // nobody but a certificate names the server: see [AskCertificateName]
	NotPossible         Reason = "not-possible"          // this system cannot do it
	NotApplicable       Reason = "not-applicable"        // not a part of this connection
	NotAsked            Reason = "not-asked"             // left out by an option
	Interrupted         Reason = "interrupted"           // the user stopped the run, or the stream ends here
	OutOfTime           Reason = "out-of-time"           // the run's own time limit
)
