package stage

import "slices"

// Stage is one step of a check.
type Stage string

const (
	Resolve      Stage = "resolve"      // host name lookup
	Connect      Stage = "connect"      // TCP
	Handshake    Stage = "tls"          // the TLS handshake and the certificate
	Greeting     Stage = "greeting"     // the server's greeting
	Upgrade      Stage = "starttls"     // the dialogue before TLS, up to the reply to STARTTLS or STLS
	Capabilities Stage = "capabilities" // CAPABILITY, CAPA, EHLO
	Login        Stage = "login"        // SASL, LOGIN, USER and PASS, APOP
	Mailbox      Stage = "mailbox"      // IMAP, POP3: mailbox contents and quota
	Submit       Stage = "submit"       // SMTP: whether the sender is accepted
	Fetch        Stage = "fetch"        // follow-ups only: an HTTP request
	Clock        Stage = "clock"        // follow-ups only: a query to a time server
	Search       Stage = "search"       // follow-ups only: queries to the sources of settings
)

// told is every stage, in the order in which a report presents them.
var told = []Stage{
	Resolve, Connect, Handshake, Greeting, Upgrade, Capabilities, Login, Mailbox, Submit, Fetch,
}

// Rank returns the position of a stage in the order in which a report presents them.
// Unknown stages come last.
func (s Stage) Rank() int {
	if i := slices.Index(told, s); i >= 0 {
		return i
	}
	return len(told)
}

// Known reports whether reports present this stage.
func (s Stage) Known() bool { return slices.Contains(told, s) }

// Status is the outcome of a stage.
type Status string

const (
	Pass Status = "pass"
	Warn Status = "warn" // the check continued, but something is not as it should be
	Fail Status = "fail"
	Skip Status = "skip" // not examined, which never means "fine"; Reason says why
)

// Reason says why a stage was skipped.
type Reason string

const (
	Blocked             Reason = "blocked"               // an earlier stage failed; BlockedBy names it
	NoPassword          Reason = "no-password"           // no password was given
	NoUser              Reason = "no-user"               // a domain or URL was given, but no account
	NoSender            Reason = "no-sender"             // no sender address is known
	CleartextNotAllowed Reason = "cleartext-not-allowed" // the password would be sent in cleartext
	SettingsNotVerified Reason = "settings-not-verified" // anyone on the network path could have named the server
	LoginBudget         Reason = "login-budget"          // one more failed login might lock the account
	PasswordUnavailable Reason = "password-unavailable"  // the password was to be obtained when needed, and couldn't be
	UnvouchedHost       Reason = "unvouched-host"        // only a certificate names the server: see [AskCertificateName]
	NotPossible         Reason = "not-possible"          // this system can't do it
	NotApplicable       Reason = "not-applicable"        // not part of this connection
	NotAsked            Reason = "not-asked"             // excluded by an option
	Interrupted         Reason = "interrupted"           // the user stopped the run, or the stream ends here
	OutOfTime           Reason = "out-of-time"           // the run's time limit was reached
)
