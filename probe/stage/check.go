package stage

import "slices"

// Kind says what a check examines.
type Kind string

const (
	KindEndpoint Kind = "endpoint" // an endpoint of the plan; as a follow-up, one that was not in the plan
	KindConnect  Kind = "connect"  // follow-up: a TCP connection only
	KindGreeting Kind = "greeting" // follow-up: a cleartext connection, up to the greeting; we send nothing
	KindTLS      Kind = "tls"      // follow-up: up to the TLS handshake; with implicit TLS and a protocol, up to the greeting
	KindLogin    Kind = "login"    // follow-up: login at the same endpoint in another way
	KindFetch    Kind = "fetch"    // follow-up: an HTTP request
	KindLookup   Kind = "lookup"   // follow-up: a DNS lookup
	KindTime     Kind = "time"     // follow-up: a query to a time server (RFC 5905)
	KindTunnel   Kind = "tunnel"   // follow-up: a CONNECT request to an HTTP proxy (RFC 9110 9.3.6)
	KindSearch   Kind = "search"   // follow-up: what is published for the domain in Endpoint.Host; each source is an [EventSource]

	// KindProgram is a TLS handshake as another mail program would make it, up to the
	// server's response ([Record.Programs]). No conclusion about the run itself is
	// drawn from it.
	KindProgram Kind = "program"

	// Trials of what a smoke file expects and no ordinary check looks at
	// ([Record.Trials]). No conclusion about the run itself is drawn from them.
	KindWrongPassword Kind = "wrong-password" // a login with a random password
	KindRelay         Kind = "relay"          // SMTP: mail for a stranger, without a login; reset before DATA
	KindPublished     Kind = "published"      // like KindSearch, whether or not anything has failed
	KindTLSA          Kind = "tlsa"           // a DNS lookup of the TLSA records of Endpoint.Host and Endpoint.Port
)

// Trial reports whether a check of this kind is made only because a smoke file expects
// something.
func (k Kind) Trial() bool {
	return k == KindWrongPassword || k == KindRelay || k == KindPublished || k == KindTLSA
}

// Hello is a variant of the TLS ClientHello.
type Hello string

const (
	HelloUsual  Hello = ""       // what crypto/tls sends
	HelloSmall  Hello = "small"  // without post-quantum key shares: it fits into one segment
	HelloNoName Hello = "no-sni" // without server_name (RFC 6066 3)
	// HelloOld offers TLS 1.0 to 1.2 with every cipher suite used since TLS 1.0,
	// including finite-field groups of any size. The handshake ends at the server's
	// response.
	HelloOld Hello = "old"

	// ClientHellos of older programs and devices. The handshake also ends at the
	// server's response, and the certificate in it is checked.
	HelloTLS10    Hello = "tls-1.0"              // TLS 1.0 at most
	HelloTLS11    Hello = "tls-1.1"              // TLS 1.1 at most
	HelloTLS12    Hello = "tls-1.2"              // TLS 1.2 at most
	HelloRSA      Hello = "rsa-key-exchange"     // TLS 1.2 at most, RSA key exchange only
	HelloTLS10RSA Hello = "tls-1.0-rsa-exchange" // both limits
)

// BreaksOff reports whether a handshake with this ClientHello ends at the server's
// response: no session is established, and no dialogue can follow.
func (h Hello) BreaksOff() bool {
	switch h {
	case HelloUsual, HelloSmall, HelloNoName:
		return false
	}
	return true
}

// SmallSegment is a segment size, in bytes, that every path lets through (RFC 9293
// 3.7.1: the IPv4 default when no MSS option is received).
const SmallSegment = 536

// Latin1 is ISO 8859-1 as the encoding of passwords, in place of UTF-8 (RFC 4616 2).
const Latin1 = "latin-1"

// Kinds of PROXY protocol headers with which a connection may begin (PROXY protocol
// 2.1): one that names no client, and one that gives this machine's real address.
// Postfix accepts only the second.
const (
	ProxyUnknown = "unknown"
	ProxyNamed   = "named"
)

// Manner says how a follow-up differs from what a mail program does. The zero value
// means that it does not differ.
type Manner struct {
	Address     string   `json:"address,omitempty"`     // the only IP address to dial; no name is looked up
	Resolvers   []string `json:"resolvers,omitempty"`   // ip:port; these name servers are asked instead of the system's
	MaxSegment  int      `json:"max_segment,omitempty"` // bytes; 0: the system's default
	Hello       Hello    `json:"hello,omitempty"`
	ProxyHeader string   `json:"proxy_header,omitempty"` // begin the connection with a PROXY protocol header: ProxyUnknown or ProxyNamed
	Insist      bool     `json:"insist,omitempty"`       // send STARTTLS although it is not offered
	Mechanism   string   `json:"mechanism,omitempty"`    // KindLogin: the mechanism to use
	Tidy        bool     `json:"tidy,omitempty"`         // KindLogin: remove from the password what copying added to it
	Encoding    string   `json:"encoding,omitempty"`     // KindLogin: Latin1, or empty for UTF-8
}

// QuestionID names what a follow-up is meant to find out.
type QuestionID string

const (
	AskPortSpeaksTLS   QuestionID = "does-the-port-speak-tls"
	AskPortSpeaksPlain QuestionID = "does-the-port-speak-in-clear"
	AskStartTLSHere    QuestionID = "does-starttls-work-on-the-port"
	AskSibling         QuestionID = "does-another-port-work"
	AskWeb             QuestionID = "does-the-host-answer-at-443"
	AskWebCertificate  QuestionID = "which-certificate-is-at-443"
	AskOtherProvider   QuestionID = "do-other-providers-answer"
	AskProxyHeader     QuestionID = "does-the-port-wait-for-a-proxy"
	AskAgain           QuestionID = "is-it-the-same-again"
	AskOtherAddress    QuestionID = "is-it-the-same-at-another-address"
	AskSmallHello      QuestionID = "does-a-small-clienthello-pass"
	AskSmallSegments   QuestionID = "do-small-segments-pass"
	AskOldTLS          QuestionID = "does-old-tls-work"
	AskWithoutName     QuestionID = "what-is-shown-without-a-name"
	AskIssuer          QuestionID = "is-an-intermediate-missing"
	AskInsist          QuestionID = "is-starttls-understood-though-not-offered"
	AskNobody          QuestionID = "does-an-address-answer-that-nobody-has"
	AskHTTP            QuestionID = "does-the-port-speak-http"
	AskPortal          QuestionID = "does-a-web-page-come-as-it-should"
	AskProxy           QuestionID = "does-the-proxy-let-mail-through"
	AskOtherResolvers  QuestionID = "what-do-other-name-servers-say"
	AskControlName     QuestionID = "can-any-name-be-looked-up"
	AskNonsenseName    QuestionID = "does-a-nonsense-name-exist"
	AskNearName        QuestionID = "is-a-similar-name-meant"
	AskTime            QuestionID = "what-time-is-it"

	AskCertificateElsewhere QuestionID = "which-certificate-is-where-other-name-servers-lead"
	AskStrangerCertificate  QuestionID = "which-certificate-does-another-provider-show"
	AskPublished            QuestionID = "does-another-published-server-work"
	AskConfigured           QuestionID = "does-the-server-in-the-mail-program-work"
	AskSources              QuestionID = "what-is-published-now"
	AskDisagreeing          QuestionID = "is-it-right-what-another-source-names"
	AskCertificateName      QuestionID = "does-the-name-in-the-certificate-work"
	AskStrangerStartTLS     QuestionID = "does-another-provider-offer-starttls"

	AskPlainLogin    QuestionID = "does-plain-login-work"
	AskOtherLogin    QuestionID = "does-another-mechanism-work"
	AskUserForm      QuestionID = "is-another-form-of-the-user-name-accepted"
	AskTidyPassword  QuestionID = "is-the-password-accepted-without-stray-characters"
	AskOtherEncoding QuestionID = "is-the-password-accepted-in-another-encoding"
)

// Check is one examination: of an endpoint or, as a follow-up, of whatever answers its
// question.
type Check struct {
	ID        string        `json:"id"` // "imap-993"; for a follow-up, its parent's id, a slash and a word
	Kind      Kind          `json:"kind"`
	Subject   int           `json:"subject"` // index into Plan.Subjects
	Endpoint  Endpoint      `json:"endpoint,omitzero"`
	Optional  bool          `json:"optional,omitempty"`  // its failure alone is a warning
	Note      NoteID        `json:"note,omitempty"`      // the profile note about this endpoint
	User      string        `json:"user,omitempty"`      // user name to log in with here, if not the subject's
	UserForm  UserForm      `json:"user_form,omitempty"` // how the profile forms user names here, if not as in Profile.UserName
	Public    bool          `json:"public,omitempty"`    // the host is in the embedded catalogue: its certificate must chain to a public root
	Forgeable bool          `json:"forgeable,omitempty"` // whoever controls the name servers' answers could have named this server: no login there
	Expects   []Expectation `json:"expects,omitempty"`   // of the plan's file
	Group     int           `json:"group,omitempty"`     // the same for checks of the plan that share a host or an account; 0 is a valid group

	// For further tries only; see [Check.Repeats].
	Try   int `json:"try,omitempty"`   // 2 for the second
	Crowd int `json:"crowd,omitempty"` // how many connections from here the server had when it refused the try before; this one is made when there is no other

	// For follow-ups and further tries. A try has the check that it repeats as its parent.
	Parents []string `json:"parents,omitempty"` // the checks that raised the question

	// For follow-ups only.
	Question QuestionID `json:"question,omitempty"`
	Round    int        `json:"round,omitempty"` // 1 or 2; 0 for the plan's own checks
	Manner   Manner     `json:"manner,omitzero"`
	URL      string     `json:"url,omitempty"` // KindFetch: the address to fetch; KindTunnel: the proxy
}

// FollowUp reports whether the check answers a question of the rules. Only the other
// checks count towards the verdict and get rows.
func (c Check) FollowUp() bool { return c.Round > 0 }

// Order returns the stages this check passes through.
func (c Check) Order() []Stage {
	switch c.Kind {
	case KindFetch, KindTunnel:
		return []Stage{Fetch}
	case KindTime:
		return []Stage{Clock}
	case KindSearch, KindPublished:
		return []Stage{Search}
	case KindLookup, KindTLSA:
		return []Stage{Resolve}
	case KindConnect:
		return []Stage{Resolve, Connect}
	case KindGreeting:
		return []Stage{Resolve, Connect, Greeting}
	case KindTLS, KindProgram:
		return c.tlsOrder()
	case KindLogin:
		order := c.Endpoint.Order()
		if c.Manner.Mechanism != "" {
			return order // the same name and password: it shows whether mail is served
		}
		return order[:len(order)-1]
	case KindWrongPassword:
		order := c.Endpoint.Order()
		return order[:len(order)-1]
	case KindRelay:
		return slices.DeleteFunc(c.Endpoint.Order(), func(s Stage) bool { return s == Login })
	default:
		return c.Endpoint.Order()
	}
}

// tlsOrder returns the stages up to the handshake, with implicit TLS or STARTTLS, and
// up to the greeting where the greeting follows the handshake.
func (c Check) tlsOrder() []Stage {
	switch {
	case c.Endpoint.Security == StartTLS, c.Endpoint.Security == StartTLSIfOffered:
		return []Stage{Resolve, Connect, Greeting, Upgrade, Handshake}
	case c.Endpoint.Protocol == "", c.Manner.Hello.BreaksOff():
		return []Stage{Resolve, Connect, Handshake}
	}
	return []Stage{Resolve, Connect, Handshake, Greeting}
}

// Question is a follow-up that the rules ask for. Its Check is the one that answers it.
type Question struct {
	Check Check `json:"check"`
}
