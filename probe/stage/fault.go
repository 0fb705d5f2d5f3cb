package stage

import "fmt"

// Fault says what went wrong in a stage, as far as the stage itself can tell. The set
// is closed. The rules in package diagnose find out why it happened.
type Fault string

// Name resolution.
const (
	NameNotFound  Fault = "name-not-found"  // NXDOMAIN (RFC 2308 2.1)
	NoAddress     Fault = "no-address"      // the name exists and has neither A nor AAAA (RFC 2308 2.2)
	ServFail      Fault = "servfail"        // the resolver returned SERVFAIL
	DNSRefused    Fault = "dns-refused"     // the resolver refused the query
	DNSTimeout    Fault = "dns-timeout"     // no answer from the resolver
	DNSLoop       Fault = "dns-loop"        // a CNAME chain without an end
	DNSUnreached  Fault = "dns-unreachable" // no resolver could be queried: no route, refused, none configured
	LookupFailed  Fault = "lookup-failed"   // the system's resolver failed without giving a reason
	BadAddress    Fault = "bad-address"     // an address that no server can have: 0.0.0.0, ::
	AddressFamily Fault = "address-family"  // there are addresses, but none of the family selected by -4 or -6
)

// Connecting.
const (
	Refused            Fault = "refused"             // RST: nothing listens, or a firewall says so
	ConnectTimeout     Fault = "connect-timeout"     // no answer to SYN
	NetworkUnreachable Fault = "network-unreachable" // no route from here
	HostUnreachable    Fault = "host-unreachable"    // ICMP says that the host can't be reached
	Prohibited         Fault = "prohibited"          // this machine prohibits it: EACCES, EPERM, EINVAL from a blackhole route
	ConnectFailed      Fault = "connect-failed"      // anything else
)

// TLS handshake.
const (
	PlaintextAnswer  Fault = "plaintext-answer"  // the peer answered the ClientHello in cleartext; FirstBytes holds the answer
	HandshakeTimeout Fault = "handshake-timeout" // no answer, or the handshake was not completed in time
	HandshakeClosed  Fault = "handshake-closed"  // EOF during the handshake
	HandshakeReset   Fault = "handshake-reset"   // RST during the handshake
	TLSAlert         Fault = "tls-alert"         // the server sent an alert
	TLSVersion       Fault = "tls-version"       // the server supports only versions that are refused here
	TLSProtocol      Fault = "tls-protocol"      // the server violated the protocol
	ClientCertAsked  Fault = "client-certificate-required"
	BadCertificate   Fault = "bad-certificate" // one or more certificate faults; the facts list them all
)

// Dialogue, in every stage that exchanges lines.
const (
	Silent          Fault = "silent"           // the deadline passed and nothing had been received
	Stalled         Fault = "stalled"          // the deadline passed in the middle of a reply
	Closed          Fault = "closed"           // EOF
	Reset           Fault = "reset"            // connection reset
	WrongProtocol   Fault = "wrong-protocol"   // the first bytes belong to another protocol
	Malformed       Fault = "malformed"        // a reply that is not valid in the protocol
	TooLong         Fault = "too-long"         // a line or total beyond the limit
	Rejected        Fault = "rejected"         // a permanent negative reply
	TemporarilyOut  Fault = "temporary"        // a transient negative reply
	Bye             Fault = "bye"              // the server ended the session on its own
	NotOffered      Fault = "not-offered"      // STARTTLS or STLS is not announced; in the submit stage, SMTPUTF8 where the address needs it
	PreAuth         Fault = "preauth"          // IMAP PREAUTH before TLS: STARTTLS is no longer possible (RFC 9051 11.1)
	EarlyData       Fault = "early-data"       // bytes after the STARTTLS reply, before TLS (CVE-2011-0411)
	NoMechanism     Fault = "no-mechanism"     // none of the offered mechanisms can be used here
	ServerProof     Fault = "server-proof"     // SCRAM: the server did not prove that it knows the password (RFC 5802 5)
	TooManyRounds   Fault = "too-many-rounds"  // an iteration count or exchange beyond the limit
	BadCredential   Fault = "bad-credential"   // the user name or password cannot be sent (NUL, line break, forbidden by SASLprep)
	Unparsed        Fault = "unparsed"         // a reply that the library could not parse; no fault of the mail service
	WriteFailed     Fault = "write-failed"     // sending failed
	FetchFailed     Fault = "fetch-failed"     // an HTTP follow-up failed
	NoTime          Fault = "no-time"          // a time server gave no usable answer
	InternalProblem Fault = "internal-problem" // a bug in maildoctor
)

// Error is why a stage failed: the fault, and the underlying error or server reply.
type Error struct {
	Fault Fault
	Reply *Reply // the server's reply if it refused, else nil
	Err   error  // may be nil
}

// Errorf returns an *Error with the fault and a formatted underlying error.
func Errorf(f Fault, format string, args ...any) *Error {
	return &Error{Fault: f, Err: fmt.Errorf(format, args...)}
}

// Refusal returns the *Error for a negative reply: [TemporarilyOut] if the reply is
// transient, else [Rejected].
func Refusal(r Reply) *Error {
	f := Rejected
	if r.Temporary() {
		f = TemporarilyOut
	}
	return &Error{Fault: f, Reply: &r}
}

func (e *Error) Error() string {
	switch {
	case e.Reply != nil:
		return string(e.Fault) + ": " + e.Reply.Text()
	case e.Err != nil:
		return string(e.Fault) + ": " + e.Err.Error()
	}
	return string(e.Fault)
}

// Unwrap returns the underlying error.
func (e *Error) Unwrap() error { return e.Err }
