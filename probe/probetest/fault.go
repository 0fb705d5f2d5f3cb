package probetest

// Fault is a fault of a server. Faults may be combined unless they contradict each
// other; the one that is met first shows.
type Fault string

// Faults of the connection and its greeting.
const (
	Silent          Fault = "silent"           // accepts and never sends anything
	SlowGreeting    Fault = "slow-greeting"    // greets after Config.Delay
	CloseAtOnce     Fault = "close-at-once"    // accepts and closes
	ResetAtOnce     Fault = "reset-at-once"    // accepts and resets
	GreetingRefused Fault = "greeting-refused" // 554, * BYE, -ERR: permanent
	GreetingBusy    Fault = "greeting-busy"    // 421, * BYE [UNAVAILABLE], -ERR [SYS/TEMP]: temporary
	GreetingMangled Fault = "greeting-mangled" // a line that is valid in no protocol
	GreetingSSH     Fault = "greeting-ssh"     // another service answers on this port
	GreetingHTTP    Fault = "greeting-http"
	GreetingFTP     Fault = "greeting-ftp"
	GreetingIMAP    Fault = "greeting-imap"
	GreetingPOP3    Fault = "greeting-pop3"
	GreetingSMTP    Fault = "greeting-smtp"
	PreAuth         Fault = "preauth"        // IMAP: * PREAUTH, even before TLS
	DelayedDialog   Fault = "delayed-dialog" // every reply comes after Config.Delay
)

// Faults before and during the TLS handshake.
const (
	StallHandshake        Fault = "stall-handshake"         // receives the ClientHello and sends nothing
	CloseInHandshake      Fault = "close-in-handshake"      // closes after the ClientHello
	ResetInHandshake      Fault = "reset-in-handshake"      // resets after the ClientHello
	EHLORefused           Fault = "ehlo-refused"            // SMTP: supports only HELO
	StartTLSNotOffered    Fault = "starttls-not-offered"    // not announced, and refused
	StartTLSRefused       Fault = "starttls-refused"        // announced, and refused: 454
	StartTLSDropped       Fault = "starttls-dropped"        // accepted, then closed
	StartTLSPlaintext     Fault = "starttls-plaintext"      // accepted, then continues in cleartext
	StartTLSInjected      Fault = "starttls-injected"       // a plaintext reply after the acceptance (CVE-2011-0411)
	CapabilitiesRefused   Fault = "capabilities-refused"    // CAPA, CAPABILITY, or both EHLO and HELO are refused
	CapabilitiesTemporary Fault = "capabilities-temporary"  // the same, temporarily: 421, NO [UNAVAILABLE], -ERR [SYS/TEMP]
	DropAfterCapabilities Fault = "drop-after-capabilities" // closes instead of replying to the next command
)

// Faults of the login. A correct password is accepted unless the fault prevents it.
const (
	LoginNeedsTLS     Fault = "login-needs-tls"     // in cleartext: LOGINDISABLED, [PRIVACYREQUIRED], 538
	AuthNotOffered    Fault = "auth-not-offered"    // no AUTH, no mechanism, LOGINDISABLED
	WrongPassword     Fault = "wrong-password"      // every password is refused
	AnyPassword       Fault = "any-password"        // every password is accepted that is sent as such
	AuthTemporary     Fault = "auth-temporary"      // [UNAVAILABLE], [SYS/TEMP], 454 4.7.0
	MaildropLocked    Fault = "maildrop-locked"     // -ERR [IN-USE], NO [INUSE]
	AccountSuspended  Fault = "account-suspended"   // refused permanently, with the reason
	PasswordExpired   Fault = "password-expired"    // [EXPIRED], 535 5.7.13
	TooManySessions   Fault = "too-many-sessions"   // [LIMIT], [IN-USE], 421 4.7.0
	LoginTooOften     Fault = "login-too-often"     // [LOGIN-DELAY], [LIMIT], 454 4.7.0
	AppPassword       Fault = "app-password"        // an app password is required
	ScramMany         Fault = "scram-iterations"    // SCRAM: 2,147,483,647 iterations
	ScramBadProof     Fault = "scram-bad-proof"     // SCRAM: the server's signature is wrong
	ScramUnbound      Fault = "scram-unbound"       // SCRAM: no channel binding matches, as with Cyrus under TLS 1.3
	ScramNoProof      Fault = "scram-no-proof"      // SCRAM: success without the server's signature
	LoginSilent       Fault = "login-silent"        // no reply to the credential
	DropAtLogin       Fault = "drop-at-login"       // closes instead of replying to the credential
	DropAfterLogin    Fault = "drop-after-login"    // reports success and closes
	RefuseInitialSASL Fault = "no-initial-response" // an initial response is refused
)

// Faults after the login.
const (
	MailboxRefused   Fault = "mailbox-refused"   // EXAMINE or STAT is refused
	MailboxBroken    Fault = "mailbox-broken"    // EXAMINE or STAT: a temporary internal error
	AccountFull      Fault = "account-full"      // over quota: 100 %, [OVERQUOTA], 452 4.2.2
	QuotaNearlyFull  Fault = "quota-nearly-full" // IMAP: 96 % in use
	IDRequired       Fault = "id-required"       // IMAP: EXAMINE requires ID before
	SenderRefused    Fault = "sender-refused"    // MAIL FROM: 550 5.7.1
	SendingLimited   Fault = "sending-limited"   // MAIL FROM: 450 4.7.1
	SizeSmall        Fault = "size-small"        // SMTP: SIZE of 1 MB
	OpenRelay        Fault = "open-relay"        // SMTP: mail is accepted without login
	NoPipelining     Fault = "no-pipelining"     // not offered, and pipelined commands are dropped
	NoUIDL           Fault = "no-uidl"           // POP3: UIDL is not supported
	HugeLiteral      Fault = "huge-literal"      // IMAP: a literal of 2 GiB in the reply to LIST, which is really sent
	UnknownResponses Fault = "unknown-responses" // IMAP: untagged responses that are in no RFC
	QuitIgnored      Fault = "quit-ignored"      // no reply to QUIT or LOGOUT, and the connection stays open
)

// Faults of a hostile server. The endless ones send until the client closes the
// connection.
const (
	EndlessGreeting      Fault = "endless-greeting"      // a greeting without a line ending
	EndlessBanner        Fault = "endless-banner"        // endless 220- or * OK lines
	EndlessCapabilities  Fault = "endless-capabilities"  // an endless list
	EndlessCapability    Fault = "endless-capability"    // a list with one endless line
	EndlessContinuations Fault = "endless-continuations" // login: endless challenges
	EndlessReply         Fault = "endless-reply"         // the reply to the credential is an endless line
	EndlessMailbox       Fault = "endless-mailbox"       // endless lines about the mailbox
	LineAMinute          Fault = "line-a-minute"         // the list is sent at a line per minute
	ByteASecond          Fault = "byte-a-second"         // the greeting is sent at a byte per second
	NULs                 Fault = "nuls"                  // NULs in every reply
	ControlCharacters    Fault = "control-characters"    // escape sequences in every reply
	NotUTF8              Fault = "not-utf8"              // Latin-1 in every reply
)

// Faults of a server that repeats what the client sent to log in, in the reply to it
// and in every later one.
const (
	EchoWhole  Fault = "echo-whole"  // the lines as received
	EchoCut    Fault = "echo-cut"    // user name and password in two lines, split within the password
	EchoBase64 Fault = "echo-base64" // user name and password in base64
	EchoHex    Fault = "echo-hex"    // user name and password in hexadecimal
	EchoFolded Fault = "echo-folded" // user name and password in upper case
)
