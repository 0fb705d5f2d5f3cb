package stage

import "time"

// Facts is what a stage saw: one of the ...Facts types of this package, by
// pointer. Facts are kept also when the stage failed; a nil Facts means that
// nothing was seen.
type Facts interface{ stage() Stage }

// newFacts returns an empty Facts for a stage, to decode into.
func newFacts(s Stage) Facts {
	switch s {
	case Resolve:
		return new(ResolveFacts)
	case Connect:
		return new(ConnectFacts)
	case Handshake:
		return new(TLSFacts)
	case Greeting:
		return new(GreetingFacts)
	case Upgrade:
		return new(StartTLSFacts)
	case Capabilities:
		return new(CapabilityFacts)
	case Login:
		return new(LoginFacts)
	case Mailbox:
		return new(MailboxFacts)
	case Submit:
		return new(SubmitFacts)
	case Fetch:
		return new(FetchFacts)
	case Clock:
		return new(ClockFacts)
	}
	return nil
}

// ResolveFacts says what a name led to.
type ResolveFacts struct {
	Host           string   `json:"host"`
	Literal        bool     `json:"literal,omitempty"`        // the host is an IP address; nothing was looked up
	Implementation string   `json:"implementation,omitempty"` // who decided: "cgo", "go", "windows", "server" (--resolver), "plain" (name servers that don't know EDNS(0), in the place of "go")
	Addresses      []string `json:"addresses,omitempty"`      // those to be dialled, in order of preference
	NotDialled     []string `json:"not_dialled,omitempty"`    // beyond the limit of addresses, or of the other family
	HostsFile      bool     `json:"hosts_file,omitempty"`     // the hosts file has this name
	Lookups        []Lookup `json:"lookups,omitempty"`        // what name servers said, one question each
	LessKnown      bool     `json:"less_known,omitempty"`     // no name server could be asked for an explanation, or Go's own resolver decided in a build without cgo
	Error          string   `json:"error,omitempty"`          // the system resolver's words
}

// LookupOutcome is how a name server answered one question.
type LookupOutcome string

const (
	LookupAnswer      LookupOutcome = "answer"
	LookupNXDomain    LookupOutcome = "nxdomain"
	LookupNoData      LookupOutcome = "no-data"
	LookupServFail    LookupOutcome = "servfail"
	LookupRefused     LookupOutcome = "refused"
	LookupTimeout     LookupOutcome = "timeout"
	LookupLoop        LookupOutcome = "loop"
	LookupUnreachable LookupOutcome = "unreachable" // the server could not be asked
	LookupOther       LookupOutcome = "other"       // another RCODE, or a malformed answer
)

// Lookup is one question to one name server.
type Lookup struct {
	Index     int           `json:"index"`  // order in which the questions were put
	Server    string        `json:"server"` // ip:port
	Type      string        `json:"type"`   // "A", "AAAA"
	Outcome   LookupOutcome `json:"outcome"`
	RCode     string        `json:"rcode,omitempty"`    // "NXDOMAIN"
	Extended  string        `json:"extended,omitempty"` // extended DNS error (RFC 8914): "15 Blocked: text"
	TTL       *uint32       `json:"ttl,omitempty"`      // seconds; the smallest of the answer
	CNAMEs    []string      `json:"cnames,omitempty"`
	Addresses []string      `json:"addresses,omitempty"`
	Truncated bool          `json:"truncated,omitempty"` // the answer was cut to fit a datagram, and TCP brought none (RFC 7766 5)
	Plain     bool          `json:"plain,omitempty"`     // the server doesn't know EDNS(0), and was asked without it (RFC 6891 7)
	Time      Millis        `json:"ms"`
	Error     string        `json:"error,omitempty"`
}

// ConnectFacts says how each address took the connection.
type ConnectFacts struct {
	Address     string    `json:"address,omitempty"` // ip:port that the dialogue uses
	Local       string    `json:"local,omitempty"`   // our ip:port
	Attempts    []Attempt `json:"attempts,omitempty"`
	RoundTrip   *Millis   `json:"round_trip_ms,omitempty"` // the kernel's estimate, where it tells
	Retransmits *int      `json:"retransmits,omitempty"`
}

// DialOutcome is how a connection attempt ended.
type DialOutcome string

const (
	DialConnected          DialOutcome = "connected"
	DialRefused            DialOutcome = "refused"
	DialTimeout            DialOutcome = "timed-out"
	DialNetworkUnreachable DialOutcome = "network-unreachable"
	DialHostUnreachable    DialOutcome = "host-unreachable"
	DialProhibited         DialOutcome = "prohibited"
	DialReset              DialOutcome = "reset" // accepted and reset before connect(2) had returned
	DialInterrupted        DialOutcome = "interrupted"
	DialOther              DialOutcome = "other"
)

// Attempt is one address dialled.
type Attempt struct {
	Index   int         `json:"index"` // order of preference
	Address string      `json:"address"`
	Outcome DialOutcome `json:"outcome"`
	Time    Millis      `json:"ms"`
	Error   string      `json:"error,omitempty"`

	// Rejection is set where a machine rejected the attempt by an ICMP message; only
	// Linux tells.
	Rejection *Rejection `json:"rejection,omitempty"`
}

// Rejection is an ICMP message that ended the attempt to connect (RFC 792
// "Destination Unreachable", RFC 4443 3.1).
type Rejection struct {
	By  string       `json:"by"` // IP address of the machine that sent it
	Why RejectReason `json:"why"`
}

// RejectReason is what an ICMP message gives as the reason.
type RejectReason string

const (
	RejectNetwork    RejectReason = "network"    // no way leads there
	RejectHost       RejectReason = "host"       // nobody has this address, as far as was looked
	RejectPort       RejectReason = "port"       // nobody listens, or a firewall says so
	RejectProhibited RejectReason = "prohibited" // a rule forbids it (RFC 1812 5.2.7.1)
	RejectOther      RejectReason = "other"
)

// TLSFacts says how the handshake went and what the certificate is worth.
type TLSFacts struct {
	ServerName  string        `json:"server_name,omitempty"` // SNI sent; empty for an IP address
	Version     string        `json:"version,omitempty"`     // "TLS 1.3"
	CipherSuite string        `json:"cipher_suite,omitempty"`
	Group       string        `json:"group,omitempty"`   // key exchange, "X25519MLKEM768"
	DHBits      int           `json:"dh_bits,omitempty"` // size of the finite field group, where the server chose one ([HelloOld] alone)
	ALPN        string        `json:"alpn,omitempty"`
	Chain       []Certificate `json:"chain,omitempty"`       // as the server sent it, leaf first
	Faults      []CertFault   `json:"cert_faults,omitempty"` // all of them
	System      Trust         `json:"system_roots,omitempty"`
	Public      Trust         `json:"public_roots,omitempty"`
	CAFile      Trust         `json:"ca_file,omitempty"`
	Root        *Certificate  `json:"root,omitempty"` // the root that the trusted chain ends in
	Verified    bool          `json:"verified"`       // name, time, and chain to the system's roots or the CA file
	ClientAuth  bool          `json:"client_certificate_asked,omitempty"`
	Alert       string        `json:"alert,omitempty"`       // "handshake_failure (40)"
	FirstBytes  string        `json:"first_bytes,omitempty"` // what a peer that doesn't speak TLS sent, made visible
	Error       string        `json:"error,omitempty"`
}

// Trust is the outcome of building a chain to one set of roots.
type Trust string

const (
	Trusted    Trust = "trusted"
	NotTrusted Trust = "not-trusted"
	TrustLocal Trust = "local-root" // system roots alone: trusted through a root that no public list has
)

// CertFaultID names one fault of a certificate or chain.
type CertFaultID string

const (
	CertExpired           CertFaultID = "expired"
	CertNotYetValid       CertFaultID = "not-yet-valid"
	CertNameMismatch      CertFaultID = "name-mismatch"
	CertNoNames           CertFaultID = "no-names"           // no subjectAltName at all
	CertSelfSigned        CertFaultID = "self-signed"        // a lone certificate, signed with its own key
	CertUnknownAuthority  CertFaultID = "unknown-authority"  // no chain to a trusted root
	CertLocalRoot         CertFaultID = "local-root"         // trusted only through a root added to this machine
	CertIssuerExpired     CertFaultID = "issuer-expired"     // an issuer on the only path has expired
	CertWeakKey           CertFaultID = "weak-key"           // RSA below 2048 bits, ECDSA below 224
	CertWeakSignature     CertFaultID = "weak-signature"     // MD5 or SHA-1
	CertUnparsable        CertFaultID = "unparsable"         // Go's parser refuses it
	CertWrongUsage        CertFaultID = "wrong-usage"        // not for servers
	CertPathInvalid       CertFaultID = "path-invalid"       // constraints of a CA are violated
	CertNotInPublicBundle CertFaultID = "not-public"         // --ca-file or system roots trust it; no public list does
	CertMissingLink       CertFaultID = "missing-link"       // an issuer named by the chain was not sent
	CertExpiresSoon       CertFaultID = "expires-soon"       // a warning
	CertExpiredExtra      CertFaultID = "expired-in-chain"   // an expired certificate was sent that isn't needed
	CertChainMisordered   CertFaultID = "chain-out-of-order" // harmless to most

	// What programs refuse that take RFC 5280 by the word, and nobody else.
	CertNotCritical  CertFaultID = "constraints-not-critical"  // a CA whose basicConstraints are not critical
	CertNoKeyUsage   CertFaultID = "no-key-usage"              // a CA without keyUsage
	CertNoSubjectKey CertFaultID = "no-subject-key-identifier" // a CA without subjectKeyIdentifier
	CertNoIssuerKey  CertFaultID = "no-authority-key-identifier"
	CertSignsAsNoCA  CertFaultID = "may-sign-and-is-no-ca" // keyCertSign without being a CA
)

// CertFault is one fault of a certificate chain.
type CertFault struct {
	ID      CertFaultID `json:"id"`
	Depth   int         `json:"depth"`            // index into Chain
	Detail  string      `json:"detail,omitempty"` // figures: names, dates, bits, algorithm
	Warning bool        `json:"warning,omitempty"`
}

// Certificate is one certificate of a chain.
type Certificate struct {
	Subject    string    `json:"subject"`
	Issuer     string    `json:"issuer"`
	Names      []string  `json:"names,omitempty"` // DNS names and IP addresses of subjectAltName
	NotBefore  time.Time `json:"not_before"`
	NotAfter   time.Time `json:"not_after"`
	Serial     string    `json:"serial"`
	SHA256     string    `json:"sha256"` // of the whole certificate, lower-case hex
	Key        string    `json:"key"`    // "ECDSA P-256", "RSA 2048"
	Signature  string    `json:"signature"`
	CA         bool      `json:"ca,omitempty"`
	SelfSigned bool      `json:"self_signed,omitempty"`
	Issuers    []string  `json:"issuer_urls,omitempty"` // AIA caIssuers (RFC 5280 4.2.2.1)
	DER        []byte    `json:"der,omitempty"`
}

// GreetingFacts is the server's first line.
type GreetingFacts struct {
	Reply
	Wait         Millis   `json:"wait_ms"` // from the connection, or the end of the handshake, to the line
	Software     string   `json:"software,omitempty"`
	ServerDate   string   `json:"server_date,omitempty"` // RFC 3339, where the greeting tells the time
	Capabilities []string `json:"capabilities,omitempty"`
	APOP         bool     `json:"apop,omitempty"`        // POP3: a timestamp is there (withheld)
	FirstBytes   string   `json:"first_bytes,omitempty"` // what came instead of a greeting
}

// StartTLSFacts is what was said before TLS.
type StartTLSFacts struct {
	Offered       bool     `json:"offered"`
	Accepted      bool     `json:"accepted"`
	Capabilities  []string `json:"capabilities,omitempty"`   // before TLS; nothing is concluded from them afterwards
	Reply         *Reply   `json:"reply,omitempty"`          // to STARTTLS, or the refusal that came before it
	EarlyBytes    int      `json:"early_bytes,omitempty"`    // sent after the reply and before TLS
	EarlyText     string   `json:"early_text,omitempty"`     // the beginning of it
	LoginDisabled bool     `json:"login_disabled,omitempty"` // before TLS
	Insisted      bool     `json:"insisted,omitempty"`       // STARTTLS was sent although it was not offered
}

// CapabilityFacts is what the server says that it can do, asked on the
// connection that login would use.
type CapabilityFacts struct {
	List       []string `json:"list"`                 // one entry a capability, as the server wrote it
	Mechanisms []string `json:"mechanisms,omitempty"` // SASL mechanisms, upper case
	// LoginDisabled is set for IMAP LOGINDISABLED, or where there is no way to log
	// in at all.
	LoginDisabled bool   `json:"login_disabled,omitempty"`
	StartTLS      bool   `json:"starttls,omitempty"` // offered here, without TLS in force
	Pipelining    bool   `json:"pipelining,omitempty"`
	Size          *int64 `json:"size,omitempty"`          // SMTP SIZE in bytes; 0 is "no fixed limit" (RFC 1870 4)
	HelloRefused  *Reply `json:"hello_refused,omitempty"` // the reply to EHLO where HELO had to serve, or failed too
	Unsupported   bool   `json:"unsupported,omitempty"`   // POP3 without CAPA
	Reply         *Reply `json:"reply,omitempty"`         // a refusal: of CAPABILITY or CAPA, or of EHLO and HELO both
}

// LoginFacts is how a login went. The user name is the plan's; no part of the
// password is here.
type LoginFacts struct {
	Mechanism      string   `json:"mechanism,omitempty"` // "PLAIN", "SCRAM-SHA-256-PLUS", "IMAP LOGIN" (the command), "USER/PASS", "APOP"
	Offered        []string `json:"offered,omitempty"`
	Why            string   `json:"why,omitempty"` // why this one: "strongest-offered", "forced", "only-one-offered", "follow-up"
	Reply          *Reply   `json:"reply,omitempty"`
	InitialReply   bool     `json:"initial_response,omitempty"` // one round trip saved (RFC 4959, RFC 4954)
	Iterations     int      `json:"iterations,omitempty"`       // SCRAM
	ChannelBinding string   `json:"channel_binding,omitempty"`  // "tls-exporter", "tls-server-end-point"
	OAuthStatus    string   `json:"oauth_status,omitempty"`     // the status of the error challenge (RFC 7628 3.2.2)
	OAuthScope     string   `json:"oauth_scope,omitempty"`
	ServerError    string   `json:"server_error,omitempty"` // SCRAM e= (RFC 5802 7), such as "channel-bindings-dont-match"
	Encrypted      bool     `json:"encrypted"`              // over verified TLS
	Sent           bool     `json:"sent"`                   // a credential left this machine

	// Where the login was refused: what kinds of unusual characters the password has.
	Oddities []Oddity `json:"oddities,omitempty"`

	// Where a token was refused that can be read (RFC 9068): for whom it is, and until when.
	TokenAudience []string  `json:"token_audience,omitempty"`
	TokenExpires  time.Time `json:"token_expires,omitzero"`

	// Where the login was refused, and nothing else tells whose server it is: the provider
	// of the catalogue to whom a web page in the reply belongs.
	Provider *Linked `json:"provider,omitempty"`

	// Where none was tried: for which login before it, or why there was no password.
	Spared        *Spared `json:"spared,omitempty"`
	PasswordError string  `json:"password_error,omitempty"`
}

// Spared is a login, not accepted by the server, for which another one was left out:
// that might have locked the account. Empty is the one more that a run has for a
// follow-up.
type Spared struct {
	Check   string    `json:"check,omitempty"`   // its check; empty where it was in an earlier run
	Refused bool      `json:"refused,omitempty"` // the server said no; else it came to no answer
	Host    string    `json:"host,omitempty"`    // in an earlier run: where
	At      time.Time `json:"at,omitzero"`       // and when
	Again   time.Time `json:"again,omitzero"`    // when the account is tried again by itself; zero: not before something changes
}

// Oddity is something unusual about the characters of a password. It tells kinds
// and nothing more: neither characters nor places nor numbers.
type Oddity string

const (
	SpaceAtEnd      Oddity = "space-at-an-end"      // white space before or behind it, line breaks among it
	InvisibleInside Oddity = "invisible-characters" // such as U+200B
	UnusualSpace    Oddity = "unusual-space"        // such as U+00A0 within
	CurlyQuotes     Oddity = "curly-quotes"         // U+2018 to U+201D
	GroupsOfFour    Oddity = "groups-of-four"       // abcd efgh ijkl mnop: an app password as it is shown
	Decomposed      Oddity = "decomposed-letters"   // letters apart from their accents, or other forms that SASLprep replaces (RFC 4013 2.2)
	LettersOfLatin1 Oddity = "letters-of-latin-1"   // beyond ASCII, and all of it in ISO 8859-1
	LettersBeyond   Oddity = "letters-beyond"       // beyond ISO 8859-1
	AppPasswordLike Oddity = "app-password-like"    // sixteen letters of one case, by themselves or with hyphens between fours
)

// MailboxFacts is what an opened mailbox tells.
type MailboxFacts struct {
	Messages   *int64            `json:"messages,omitempty"`
	Bytes      *int64            `json:"bytes,omitempty"`       // POP3: size of the maildrop
	QuotaUsed  *int64            `json:"quota_used,omitempty"`  // bytes (RFC 9208)
	QuotaLimit *int64            `json:"quota_limit,omitempty"` // bytes
	UIDL       *bool             `json:"uidl,omitempty"`
	SpecialUse map[string]string `json:"special_use,omitempty"` // "\\Sent" to folder name
	Namespace  string            `json:"namespace,omitempty"`   // personal prefix
	ServerID   map[string]string `json:"server_id,omitempty"`
	ReadOnly   bool              `json:"read_only,omitempty"`
	Reply      *Reply            `json:"reply,omitempty"`    // a refusal
	Unparsed   []string          `json:"unparsed,omitempty"` // commands whose answer the library could not read
}

// SubmitFacts is whether a message would be taken, as far as can be seen
// without sending one.
type SubmitFacts struct {
	Sender    string `json:"sender,omitempty"`    // MAIL FROM
	Recipient string `json:"recipient,omitempty"` // RCPT TO, where one was named; else it was the sender
	Accepted  bool   `json:"accepted,omitempty"`  // with a fault as well, where what was refused may be one recipient
	Reply     *Reply `json:"reply,omitempty"`     // to MAIL FROM, or the refusal of RCPT TO
	SizeLimit *int64 `json:"size_limit,omitempty"`
}

// FetchFacts is what an HTTP follow-up brought.
type FetchFacts struct {
	URL       string       `json:"url"`
	Address   string       `json:"address,omitempty"`
	Status    int          `json:"status,omitempty"` // HTTP
	Bytes     int          `json:"bytes,omitempty"`
	Location  string       `json:"location,omitempty"`  // where a redirection leads
	Date      string       `json:"date,omitempty"`      // the server's, RFC 3339
	Offset    *Millis      `json:"offset_ms,omitempty"` // how far that is ahead of this machine's clock
	Found     *Certificate `json:"found,omitempty"`
	Issued    bool         `json:"issued,omitempty"`    // it signed the certificate in question
	Completes bool         `json:"completes,omitempty"` // with it, the chain is trusted by system or public roots
	Error     string       `json:"error,omitempty"`
}

// ClockFacts is what a time server said (RFC 5905).
type ClockFacts struct {
	Server  string  `json:"server"`
	Address string  `json:"address,omitempty"`   // ip:port
	Time    string  `json:"time,omitempty"`      // RFC 3339
	Offset  *Millis `json:"offset_ms,omitempty"` // how far it is ahead of this machine's clock
	Stratum int     `json:"stratum,omitempty"`
	Error   string  `json:"error,omitempty"`
}

func (*ResolveFacts) stage() Stage    { return Resolve }
func (*ConnectFacts) stage() Stage    { return Connect }
func (*TLSFacts) stage() Stage        { return Handshake }
func (*GreetingFacts) stage() Stage   { return Greeting }
func (*StartTLSFacts) stage() Stage   { return Upgrade }
func (*CapabilityFacts) stage() Stage { return Capabilities }
func (*LoginFacts) stage() Stage      { return Login }
func (*MailboxFacts) stage() Stage    { return Mailbox }
func (*SubmitFacts) stage() Stage     { return Submit }
func (*FetchFacts) stage() Stage      { return Fetch }
func (*ClockFacts) stage() Stage      { return Clock }
