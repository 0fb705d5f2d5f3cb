package stage

import "time"

// Facts is what a stage observed: a pointer to one of the ...Facts types of this
// package. Facts are kept even when the stage failed; nil Facts mean that nothing was
// observed.
type Facts interface{ stage() Stage }

// newFacts returns empty Facts for a stage, to decode into.
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
	case Search:
		return new(SearchFacts)
	}
	return nil
}

// ResolveFacts is what resolving a host name produced.
type ResolveFacts struct {
	Host           string   `json:"host"`
	Literal        bool     `json:"literal,omitempty"`        // the host is an IP address; nothing was looked up
	Implementation string   `json:"implementation,omitempty"` // what resolved the name: "cgo", "go", "windows", "server" (--resolver), "plain" (as "go", for name servers that don't support EDNS(0))
	Addresses      []string `json:"addresses,omitempty"`      // those to dial, in order of preference
	NotDialled     []string `json:"not_dialled,omitempty"`    // beyond the limit of addresses, or of the other address family
	HostsFile      bool     `json:"hosts_file,omitempty"`     // the hosts file contains this name
	Lookups        []Lookup `json:"lookups,omitempty"`        // answers of name servers, one per query
	LessKnown      bool     `json:"less_known,omitempty"`     // no name server could be queried for an explanation, or a build without cgo used Go's own resolver
	Error          string   `json:"error,omitempty"`          // the system resolver's error text
}

// LookupOutcome is how a name server answered one query.
type LookupOutcome string

const (
	LookupAnswer      LookupOutcome = "answer"
	LookupNXDomain    LookupOutcome = "nxdomain"
	LookupNoData      LookupOutcome = "no-data"
	LookupServFail    LookupOutcome = "servfail"
	LookupRefused     LookupOutcome = "refused"
	LookupTimeout     LookupOutcome = "timeout"
	LookupLoop        LookupOutcome = "loop"
	LookupUnreachable LookupOutcome = "unreachable" // the server could not be queried
	LookupOther       LookupOutcome = "other"       // another RCODE, or a malformed answer
)

// Lookup is one query to one name server.
type Lookup struct {
	Index     int           `json:"index"`          // order in which the queries were sent
	Server    string        `json:"server"`         // ip:port
	Name      string        `json:"name,omitempty"` // queried, if it is not the host
	Type      string        `json:"type"`           // "A", "AAAA", "TLSA"
	Outcome   LookupOutcome `json:"outcome"`
	RCode     string        `json:"rcode,omitempty"`    // "NXDOMAIN"
	Extended  string        `json:"extended,omitempty"` // extended DNS error (RFC 8914): "15 Blocked: text"
	TTL       *uint32       `json:"ttl,omitempty"`      // seconds; the smallest in the answer
	CNAMEs    []string      `json:"cnames,omitempty"`
	Addresses []string      `json:"addresses,omitempty"`
	TLSA      []TLSA        `json:"tlsa,omitempty"`
	Truncated bool          `json:"truncated,omitempty"` // the answer was truncated, and a retry over TCP brought none (RFC 7766 5)
	Plain     bool          `json:"plain,omitempty"`     // the server doesn't support EDNS(0), and was queried without it (RFC 6891 7)
	Time      Millis        `json:"ms"`
	Error     string        `json:"error,omitempty"`

	// Authenticated is set if the name server claims to have validated the answer by
	// DNSSEC (the AD bit, RFC 4035 3.2.3). Only for queries about TLSA is it asked to
	// say so (RFC 6840 5.7).
	Authenticated bool `json:"authenticated,omitempty"`
}

// TLSA is a TLSA record (RFC 6698 2.1): which certificate, or whose, a service has.
type TLSA struct {
	Usage    uint8  `json:"usage"`         // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 2.1)
	Selector uint8  `json:"selector"`      // 0 the certificate, 1 its SubjectPublicKeyInfo
	Matching uint8  `json:"matching_type"` // 0 in full, 1 SHA-256, 2 SHA-512
	Data     []byte `json:"data"`
}

// ConnectFacts is what dialling each address produced.
type ConnectFacts struct {
	Address     string    `json:"address,omitempty"` // ip:port that the dialogue uses
	Local       string    `json:"local,omitempty"`   // our ip:port
	Attempts    []Attempt `json:"attempts,omitempty"`
	RoundTrip   *Millis   `json:"round_trip_ms,omitempty"` // the kernel's estimate, where available
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
	DialReset              DialOutcome = "reset" // accepted, then reset before connect(2) returned
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

	// Rejection is set if an ICMP message ended the attempt. Only Linux reports this.
	Rejection *Rejection `json:"rejection,omitempty"`
}

// Rejection is an ICMP message that ended a connection attempt (RFC 792 "Destination
// Unreachable", RFC 4443 3.1).
type Rejection struct {
	By  string       `json:"by"` // IP address of the machine that sent it
	Why RejectReason `json:"why"`
}

// RejectReason is the reason given in an ICMP message.
type RejectReason string

const (
	RejectNetwork    RejectReason = "network"    // no route to the network
	RejectHost       RejectReason = "host"       // no host found at this address
	RejectPort       RejectReason = "port"       // no listener on the port, or a firewall that claims so
	RejectProhibited RejectReason = "prohibited" // administratively prohibited (RFC 1812 5.2.7.1)
	RejectOther      RejectReason = "other"
)

// TLSFacts is what the handshake produced and what was found about the certificate.
type TLSFacts struct {
	ServerName  string        `json:"server_name,omitempty"` // SNI sent; empty for an IP address
	Version     string        `json:"version,omitempty"`     // "TLS 1.3"
	CipherSuite string        `json:"cipher_suite,omitempty"`
	Group       string        `json:"group,omitempty"`   // key exchange, "X25519MLKEM768"
	DHBits      int           `json:"dh_bits,omitempty"` // size of the finite-field group, if the server chose one ([HelloOld] only)
	ALPN        string        `json:"alpn,omitempty"`
	Chain       []Certificate `json:"chain,omitempty"`       // as sent by the server, leaf first
	Faults      []CertFault   `json:"cert_faults,omitempty"` // all of them
	System      Trust         `json:"system_roots,omitempty"`
	Public      Trust         `json:"public_roots,omitempty"`
	CAFile      Trust         `json:"ca_file,omitempty"`
	Root        *Certificate  `json:"root,omitempty"` // the root at which the trusted chain ends
	Verified    bool          `json:"verified"`       // name, validity period, and chain to the system's roots or the CA file
	ClientAuth  bool          `json:"client_certificate_asked,omitempty"`
	Alert       string        `json:"alert,omitempty"`       // "handshake_failure (40)"
	FirstBytes  string        `json:"first_bytes,omitempty"` // what a peer that doesn't speak TLS sent, safe to show
	Error       string        `json:"error,omitempty"`
}

// Trust is the result of building a chain to one root store.
type Trust string

const (
	Trusted    Trust = "trusted"
	NotTrusted Trust = "not-trusted"
	TrustLocal Trust = "local-root" // system roots only: trusted through a root that no public root store has
)

// CertFaultID names one fault of a certificate or chain.
type CertFaultID string

const (
	CertExpired           CertFaultID = "expired"
	CertNotYetValid       CertFaultID = "not-yet-valid"
	CertNameMismatch      CertFaultID = "name-mismatch"
	CertNoNames           CertFaultID = "no-names"           // no subjectAltName at all
	CertSelfSigned        CertFaultID = "self-signed"        // a single certificate, signed with its own key
	CertUnknownAuthority  CertFaultID = "unknown-authority"  // no chain to a trusted root
	CertLocalRoot         CertFaultID = "local-root"         // trusted only through a root added to this machine
	CertIssuerExpired     CertFaultID = "issuer-expired"     // an issuer on the only path to a root has expired
	CertWeakKey           CertFaultID = "weak-key"           // RSA below 2048 bits, ECDSA below 224
	CertWeakSignature     CertFaultID = "weak-signature"     // MD5 or SHA-1
	CertUnparsable        CertFaultID = "unparsable"         // crypto/x509 can't parse it
	CertWrongUsage        CertFaultID = "wrong-usage"        // extended key usage excludes TLS servers
	CertPathInvalid       CertFaultID = "path-invalid"       // constraints of an issuing CA are violated
	CertNotInPublicBundle CertFaultID = "not-public"         // --ca-file or the system roots trust it; no public root store does
	CertMissingLink       CertFaultID = "missing-link"       // an issuer that the chain names was not sent
	CertExpiresSoon       CertFaultID = "expires-soon"       // a warning
	CertExpiredExtra      CertFaultID = "expired-in-chain"   // an expired certificate was sent that the chain doesn't need
	CertChainMisordered   CertFaultID = "chain-out-of-order" // most programs accept it

	// Violations of RFC 5280 that only strict programs reject.
	CertNotCritical  CertFaultID = "constraints-not-critical"  // a CA whose basicConstraints are not critical
	CertNoKeyUsage   CertFaultID = "no-key-usage"              // a CA without keyUsage
	CertNoSubjectKey CertFaultID = "no-subject-key-identifier" // a CA without subjectKeyIdentifier
	CertNoIssuerKey  CertFaultID = "no-authority-key-identifier"
	CertSignsAsNoCA  CertFaultID = "may-sign-and-is-no-ca" // keyCertSign in a certificate that is not a CA's
)

// CertFault is one fault of a certificate chain.
type CertFault struct {
	ID      CertFaultID `json:"id"`
	Depth   int         `json:"depth"`            // index into Chain
	Detail  string      `json:"detail,omitempty"` // names, dates, bits or algorithm
	Warning bool        `json:"warning,omitempty"`
}

// Certificate is one certificate of a chain.
type Certificate struct {
	Subject    string    `json:"subject"`
	Issuer     string    `json:"issuer"`
	Names      []string  `json:"names,omitempty"` // DNS names and IP addresses in subjectAltName
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

// GreetingFacts describes the server's greeting.
type GreetingFacts struct {
	Reply
	Wait         Millis   `json:"wait_ms"` // from the connection, or the end of the handshake, to the greeting
	Software     string   `json:"software,omitempty"`
	ServerDate   string   `json:"server_date,omitempty"` // RFC 3339, if the greeting contains a time
	Capabilities []string `json:"capabilities,omitempty"`
	APOP         bool     `json:"apop,omitempty"`        // POP3: the greeting contains an APOP timestamp (withheld)
	FirstBytes   string   `json:"first_bytes,omitempty"` // what was received instead of a greeting
}

// StartTLSFacts describes the dialogue before TLS.
type StartTLSFacts struct {
	Offered       bool     `json:"offered"`
	Accepted      bool     `json:"accepted"`
	Capabilities  []string `json:"capabilities,omitempty"`   // before TLS; not used after the handshake
	Reply         *Reply   `json:"reply,omitempty"`          // to STARTTLS, or a refusal before it
	EarlyBytes    int      `json:"early_bytes,omitempty"`    // received after the reply to STARTTLS and before TLS
	EarlyText     string   `json:"early_text,omitempty"`     // the beginning of those bytes
	LoginDisabled bool     `json:"login_disabled,omitempty"` // before TLS
	Insisted      bool     `json:"insisted,omitempty"`       // STARTTLS was sent although it was not offered
}

// CapabilityFacts is what the server announces, asked on the connection that login
// would use.
type CapabilityFacts struct {
	List       []string `json:"list"`                 // one entry per capability, as the server wrote it
	Mechanisms []string `json:"mechanisms,omitempty"` // SASL mechanisms, upper case
	// LoginDisabled is set for IMAP LOGINDISABLED, or if no way to log in is offered.
	LoginDisabled bool   `json:"login_disabled,omitempty"`
	StartTLS      bool   `json:"starttls,omitempty"` // offered while TLS is not in force
	Pipelining    bool   `json:"pipelining,omitempty"`
	Size          *int64 `json:"size,omitempty"`          // SMTP SIZE in bytes; 0 means no fixed maximum (RFC 1870 4)
	HelloRefused  *Reply `json:"hello_refused,omitempty"` // the negative reply to EHLO, after which HELO was used or failed too
	Unsupported   bool   `json:"unsupported,omitempty"`   // POP3 without CAPA
	Reply         *Reply `json:"reply,omitempty"`         // the negative reply to CAPABILITY or CAPA, or to both EHLO and HELO
}

// LoginFacts describes a login. The user name is the plan's; no part of the password is
// here.
type LoginFacts struct {
	Mechanism      string   `json:"mechanism,omitempty"` // "PLAIN", "SCRAM-SHA-256-PLUS", "IMAP LOGIN" (the command), "USER/PASS", "APOP"
	Offered        []string `json:"offered,omitempty"`
	Why            string   `json:"why,omitempty"` // why this mechanism: "strongest-offered", "forced", "only-one-offered", "follow-up"
	Reply          *Reply   `json:"reply,omitempty"`
	InitialReply   bool     `json:"initial_response,omitempty"` // sent, which saves one round trip (RFC 4959, RFC 4954)
	Iterations     int      `json:"iterations,omitempty"`       // SCRAM
	ChannelBinding string   `json:"channel_binding,omitempty"`  // "tls-exporter", "tls-server-end-point"
	OAuthStatus    string   `json:"oauth_status,omitempty"`     // the status of the error challenge (RFC 7628 3.2.2)
	OAuthScope     string   `json:"oauth_scope,omitempty"`
	ServerError    string   `json:"server_error,omitempty"` // SCRAM e= (RFC 5802 7), such as "channel-bindings-dont-match"
	Encrypted      bool     `json:"encrypted"`              // over verified TLS
	Sent           bool     `json:"sent"`                   // a credential left this machine

	// Oddities are the kinds of unusual characters in the password, if the login was
	// refused.
	Oddities []Oddity `json:"oddities,omitempty"`

	// TokenAudience and TokenExpires are from a refused token, if it can be parsed
	// (RFC 9068).
	TokenAudience []string  `json:"token_audience,omitempty"`
	TokenExpires  time.Time `json:"token_expires,omitzero"`

	// Provider is the catalogue's provider that owns a web page linked in the refusal.
	// It is set if the login was refused and nothing else tells whose server it is.
	Provider *Linked `json:"provider,omitempty"`

	// Spared says why no login was tried: an earlier login, or why there was no
	// password.
	Spared        *Spared `json:"spared,omitempty"`
	PasswordError string  `json:"password_error,omitempty"`
}

// Spared is an earlier login, not accepted by the server, because of which another was
// not tried: that one might have locked the account. The zero value means that the
// run's one additional login, for a follow-up, was already used.
type Spared struct {
	Check   string    `json:"check,omitempty"`   // the check that tried it; empty if in an earlier run
	Refused bool      `json:"refused,omitempty"` // the server refused it; otherwise no answer came
	Host    string    `json:"host,omitempty"`    // where, in an earlier run
	At      time.Time `json:"at,omitzero"`       // when
	Again   time.Time `json:"again,omitzero"`    // when the account will be tried again without a change; zero: only after something has changed
}

// Oddity is a kind of unusual character in a password. It reveals neither the
// characters nor their positions or number.
type Oddity string

const (
	SpaceAtEnd      Oddity = "space-at-an-end"      // white space, including line breaks, at the beginning or end
	InvisibleInside Oddity = "invisible-characters" // such as U+200B
	UnusualSpace    Oddity = "unusual-space"        // such as U+00A0, inside
	CurlyQuotes     Oddity = "curly-quotes"         // U+2018 to U+201D
	GroupsOfFour    Oddity = "groups-of-four"       // abcd efgh ijkl mnop: an app password as displayed
	Decomposed      Oddity = "decomposed-letters"   // letters separate from their accents, or other forms that SASLprep replaces (RFC 4013 2.2)
	LettersOfLatin1 Oddity = "letters-of-latin-1"   // beyond ASCII, and all within ISO 8859-1
	LettersBeyond   Oddity = "letters-beyond"       // beyond ISO 8859-1
	AppPasswordLike Oddity = "app-password-like"    // sixteen letters of one case, together or in hyphenated groups of four
)

// MailboxFacts is what opening a mailbox reported.
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
	Reply      *Reply            `json:"reply,omitempty"`    // a negative reply
	Unparsed   []string          `json:"unparsed,omitempty"` // commands whose reply the library could not parse
}

// SubmitFacts says whether a message would be accepted, as far as can be seen without
// sending one.
type SubmitFacts struct {
	Sender    string `json:"sender,omitempty"`    // MAIL FROM
	Recipient string `json:"recipient,omitempty"` // RCPT TO; the sender unless a recipient was named
	Accepted  bool   `json:"accepted,omitempty"`  // may be set together with a fault, when the refusal may concern only one recipient
	Reply     *Reply `json:"reply,omitempty"`     // to MAIL FROM, or the negative reply to RCPT TO
	SizeLimit *int64 `json:"size_limit,omitempty"`
}

// FetchFacts is the outcome of an HTTP follow-up.
type FetchFacts struct {
	URL       string       `json:"url"`
	Address   string       `json:"address,omitempty"`
	Status    int          `json:"status,omitempty"` // HTTP
	Bytes     int          `json:"bytes,omitempty"`
	Location  string       `json:"location,omitempty"`  // target of a redirection
	Date      string       `json:"date,omitempty"`      // the server's Date, RFC 3339
	Offset    *Millis      `json:"offset_ms,omitempty"` // how far the server's clock is ahead of this machine's
	Found     *Certificate `json:"found,omitempty"`
	Issued    bool         `json:"issued,omitempty"`    // the fetched certificate signed the one in question
	Completes bool         `json:"completes,omitempty"` // adding it makes the chain trusted by the system's or public roots
	Error     string       `json:"error,omitempty"`
}

// ClockFacts is a time server's answer (RFC 5905).
type ClockFacts struct {
	Server  string  `json:"server"`
	Address string  `json:"address,omitempty"`   // ip:port
	Time    string  `json:"time,omitempty"`      // RFC 3339
	Offset  *Millis `json:"offset_ms,omitempty"` // how far the server's clock is ahead of this machine's
	Stratum int     `json:"stratum,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// SearchFacts is what a search for published settings during a run came to.
type SearchFacts struct {
	Found   []SourceID `json:"found,omitempty"`   // sources that name servers, the most trusted first
	Failed  []SourceID `json:"failed,omitempty"`  // sources that could not be read
	Servers []Named    `json:"servers,omitempty"` // that they name, the best first; guesses don't count
	Network string     `json:"network,omitempty"` // what the network does where no answer can be believed, such as [NetworkInventsNames]
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
func (*SearchFacts) stage() Stage     { return Search }
