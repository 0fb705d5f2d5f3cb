package probetest

// Fault is one thing that is wrong with a server. Several may be combined where
// they do not contradict each other; the one met first in a dialogue shows.
type Fault string

// Faults of the connection and its greeting.
const (
	Silent          Fault = "silent"           // accepts, and never says a word
	SlowGreeting    Fault = "slow-greeting"    // greets after Config.Delay
	CloseAtOnce     Fault = "close-at-once"    // accepts and closes
	ResetAtOnce     Fault = "reset-at-once"    // accepts and resets
	GreetingRefused Fault = "greeting-refused" // 554, * BYE, -ERR: not for you
	GreetingBusy    Fault = "greeting-busy"    // 421, * BYE [UNAVAILABLE], -ERR [SYS/TEMP]: not now
	GreetingMangled Fault = "greeting-mangled" // a line that no protocol knows
	GreetingSSH     Fault = "greeting-ssh"     // another service answers on this port
	GreetingHTTP    Fault = "greeting-http"
	GreetingFTP     Fault = "greeting-ftp"
	GreetingIMAP    Fault = "greeting-imap"
	GreetingPOP3    Fault = "greeting-pop3"
	GreetingSMTP    Fault = "greeting-smtp"
	PreAuth         Fault = "preauth"        // IMAP: * PREAUTH, before TLS too
	DelayedDialog   Fault = "delayed-dialog" // every reply comes after Config.Delay
)

// Faults of the way to TLS.
const (
	StallHandshake        Fault = "stall-handshake"         // takes the ClientHello and says nothing
	CloseInHandshake      Fault = "close-in-handshake"      // closes after the ClientHello
	ResetInHandshake      Fault = "reset-in-handshake"      // resets after the ClientHello
	EHLORefused           Fault = "ehlo-refused"            // SMTP: knows HELO alone
	StartTLSNotOffered    Fault = "starttls-not-offered"    // not in the list, and refused
	StartTLSRefused       Fault = "starttls-refused"        // in the list, and refused: 454
	StartTLSDropped       Fault = "starttls-dropped"        // accepted, then closed
	StartTLSPlaintext     Fault = "starttls-plaintext"      // accepted, then goes on in clear
	StartTLSInjected      Fault = "starttls-injected"       // a plaintext reply behind the acceptance (CVE-2011-0411)
	CapabilitiesRefused   Fault = "capabilities-refused"    // CAPA, CAPABILITY, or both EHLO and HELO are refused
	CapabilitiesTemporary Fault = "capabilities-temporary"  // the same, for now: 421, NO [UNAVAILABLE], -ERR [SYS/TEMP]
	DropAfterCapabilities Fault = "drop-after-capabilities" // closes instead of answering the next command
)

// Faults of logging in. A right password passes where the fault doesn't forbid it.
const (
	LoginNeedsTLS     Fault = "login-needs-tls"     // in clear: LOGINDISABLED, [PRIVACYREQUIRED], 538
	AuthNotOffered    Fault = "auth-not-offered"    // no AUTH, no mechanism, LOGINDISABLED
	WrongPassword     Fault = "wrong-password"      // every password is wrong
	AuthTemporary     Fault = "auth-temporary"      // [UNAVAILABLE], [SYS/TEMP], 454 4.7.0
	MaildropLocked    Fault = "maildrop-locked"     // -ERR [IN-USE], NO [INUSE]
	AccountSuspended  Fault = "account-suspended"   // refused for good, and it says why
	PasswordExpired   Fault = "password-expired"    // [EXPIRED], 535 5.7.13
	TooManySessions   Fault = "too-many-sessions"   // [LIMIT], [IN-USE], 421 4.7.0
	LoginTooOften     Fault = "login-too-often"     // [LOGIN-DELAY], [LIMIT], 454 4.7.0
	AppPassword       Fault = "app-password"        // an application-specific password is asked for
	ScramMany         Fault = "scram-iterations"    // SCRAM: 2,147,483,647 iterations
	ScramBadProof     Fault = "scram-bad-proof"     // SCRAM: the server's signature is wrong
	ScramUnbound      Fault = "scram-unbound"       // SCRAM: no channel binding fits, as of Cyrus under TLS 1.3
	ScramNoProof      Fault = "scram-no-proof"      // SCRAM: success without the server's signature
	LoginSilent       Fault = "login-silent"        // no answer to the credential
	DropAtLogin       Fault = "drop-at-login"       // closes instead of answering the credential
	DropAfterLogin    Fault = "drop-after-login"    // says yes and closes
	RefuseInitialSASL Fault = "no-initial-response" // an initial response is refused
)

// Faults of what comes after the login.
const (
	MailboxRefused   Fault = "mailbox-refused"   // EXAMINE or STAT says no
	MailboxBroken    Fault = "mailbox-broken"    // EXAMINE or STAT: an internal error, for now
	AccountFull      Fault = "account-full"      // over quota: 100 %, [OVERQUOTA], 452 4.2.2
	QuotaNearlyFull  Fault = "quota-nearly-full" // IMAP: 96 % in use
	IDRequired       Fault = "id-required"       // IMAP: EXAMINE wants ID first
	SenderRefused    Fault = "sender-refused"    // MAIL FROM: 550 5.7.1
	SendingLimited   Fault = "sending-limited"   // MAIL FROM: 450 4.7.1
	SizeSmall        Fault = "size-small"        // SMTP: SIZE of 1 MB
	OpenRelay        Fault = "open-relay"        // SMTP: mail is taken without login
	NoPipelining     Fault = "no-pipelining"     // not offered, and what came along is dropped
	NoUIDL           Fault = "no-uidl"           // POP3: UIDL isn't known
	HugeLiteral      Fault = "huge-literal"      // IMAP: a literal of 2 GiB in the answer to LIST, and it comes
	UnknownResponses Fault = "unknown-responses" // IMAP: untagged responses that no RFC knows
	QuitIgnored      Fault = "quit-ignored"      // no answer to QUIT or LOGOUT, and no close
)

// Faults of a hostile server. The endless ones send until the client closes.
const (
	EndlessGreeting      Fault = "endless-greeting"      // a greeting without a line end
	EndlessBanner        Fault = "endless-banner"        // 220- or * OK lines without end
	EndlessCapabilities  Fault = "endless-capabilities"  // a list without end
	EndlessCapability    Fault = "endless-capability"    // a list whose one line never ends
	EndlessContinuations Fault = "endless-continuations" // login: challenge upon challenge
	EndlessReply         Fault = "endless-reply"         // the answer to the credential never ends a line
	EndlessMailbox       Fault = "endless-mailbox"       // lines without end about the mailbox
	LineAMinute          Fault = "line-a-minute"         // the list comes at a line a minute
	ByteASecond          Fault = "byte-a-second"         // the greeting comes at a byte a second
	NULs                 Fault = "nuls"                  // NULs in every reply
	ControlCharacters    Fault = "control-characters"    // escape sequences in every reply
	NotUTF8              Fault = "not-utf8"              // Latin-1 in every reply
)

// Faults of a server that repeats what the client sent to log in: in the reply
// to it and in every later one.
const (
	EchoWhole  Fault = "echo-whole"  // the lines as they came
	EchoCut    Fault = "echo-cut"    // name and password, cut within the password into two lines
	EchoBase64 Fault = "echo-base64" // name and password in base64
	EchoHex    Fault = "echo-hex"    // name and password in hexadecimal
	EchoFolded Fault = "echo-folded" // name and password in capitals
)
