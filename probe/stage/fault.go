package stage

import "fmt"

// Fault says what went wrong in a stage, as far as the stage itself can tell.
// The set is closed; why it happened is for the rules of package diagnose.
type Fault string

// Name resolution.
const (
	NameNotFound  Fault = "name-not-found"  // NXDOMAIN (RFC 2308 2.1)
	NoAddress     Fault = "no-address"      // the name exists and has neither A nor AAAA (RFC 2308 2.2)
	ServFail      Fault = "servfail"        // the resolver could not find out
	DNSRefused    Fault = "dns-refused"     // the resolver won't answer us
	DNSTimeout    Fault = "dns-timeout"     // no answer from the resolver
	DNSLoop       Fault = "dns-loop"        // a CNAME chain that ends nowhere
	DNSUnreached  Fault = "dns-unreachable" // no resolver could be asked: no route, refused, none configured
	LookupFailed  Fault = "lookup-failed"   // the system's resolver failed and said no more
	BadAddress    Fault = "bad-address"     // the answer cannot be a server: 0.0.0.0, ::
	AddressFamily Fault = "address-family"  // addresses exist, none of the family asked for by -4 or -6
)

// Connecting.
const (
	Refused            Fault = "refused"             // RST: nothing listens, or a firewall says so
	ConnectTimeout     Fault = "connect-timeout"     // no answer to SYN
	NetworkUnreachable Fault = "network-unreachable" // no route from here
	HostUnreachable    Fault = "host-unreachable"    // ICMP says that the host can't be reached
	Prohibited         Fault = "prohibited"          // this machine forbids it: EACCES, EPERM, EINVAL from a blackhole route
	ConnectFailed      Fault = "connect-failed"      // anything else
)

// TLS handshake.
const (
	PlaintextAnswer  Fault = "plaintext-answer"  // the peer answered the ClientHello in clear; FirstBytes tell with what
	HandshakeTimeout Fault = "handshake-timeout" // no answer, or none that ends the handshake
	HandshakeClosed  Fault = "handshake-closed"  // end of stream during the handshake
	HandshakeReset   Fault = "handshake-reset"   // RST during the handshake
	TLSAlert         Fault = "tls-alert"         // the server sent an alert
	TLSVersion       Fault = "tls-version"       // the server offers only versions that are refused here
	TLSProtocol      Fault = "tls-protocol"      // the server broke the protocol
	ClientCertAsked  Fault = "client-certificate-required"
	BadCertificate   Fault = "bad-certificate" // one or more certificate faults; the facts list them all
)

// Dialogue, in every stage that speaks.
const (
	Silent          Fault = "silent"           // the time was up and nothing had come
	Stalled         Fault = "stalled"          // the time was up in the middle of an answer
	Closed          Fault = "closed"           // end of stream
	Reset           Fault = "reset"            // connection reset
	WrongProtocol   Fault = "wrong-protocol"   // first bytes of another protocol
	Malformed       Fault = "malformed"        // an answer that the protocol doesn't know
	TooLong         Fault = "too-long"         // a line or total beyond the limit
	Rejected        Fault = "rejected"         // a negative answer, meant to last
	TemporarilyOut  Fault = "temporary"        // a negative answer that invites a later try
	Bye             Fault = "bye"              // the server said goodbye unasked
	NotOffered      Fault = "not-offered"      // STARTTLS or STLS isn't in the list; in the submit stage, SMTPUTF8 where the address needs it
	PreAuth         Fault = "preauth"          // IMAP PREAUTH before TLS: STARTTLS is no longer possible (RFC 9051 11.1)
	EarlyData       Fault = "early-data"       // bytes after the STARTTLS reply, before TLS (CVE-2011-0411)
	NoMechanism     Fault = "no-mechanism"     // no way to log in is offered that could be used here
	ServerProof     Fault = "server-proof"     // SCRAM: the server did not prove that it knows the password (RFC 5802 5)
	TooManyRounds   Fault = "too-many-rounds"  // an iteration count or exchange beyond the limit
	BadCredential   Fault = "bad-credential"   // the name or password cannot be sent (NUL, line break, forbidden by SASLprep)
	Unparsed        Fault = "unparsed"         // a reply that the library could not parse; no fault of the mail service
	WriteFailed     Fault = "write-failed"     // sending failed
	FetchFailed     Fault = "fetch-failed"     // an HTTP follow-up failed
	NoTime          Fault = "no-time"          // a time server gave no usable answer
	InternalProblem Fault = "internal-problem" // a fault of maildoctor
)

// Error is a failed stage: the fault, and the error or server reply behind it.
type Error struct {
	Fault Fault
	Reply *Reply // the server's words where it refused, else nil
	Err   error  // may be nil
}

// Errorf returns an *Error with a fault and a formatted cause.
func Errorf(f Fault, format string, args ...any) *Error {
	return &Error{Fault: f, Err: fmt.Errorf(format, args...)}
}

// Refusal returns the *Error for a negative reply: temporary if the reply says
// so, else rejected.
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
