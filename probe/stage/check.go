package stage

// Kind says what a check examines.
type Kind string

const (
	KindEndpoint Kind = "endpoint" // an endpoint of the plan; as a follow-up, one that was not planned
	KindConnect  Kind = "connect"  // follow-up: a TCP connection and nothing more
	KindGreeting Kind = "greeting" // follow-up: a connection in clear, on which we say nothing, up to the greeting
	KindTLS      Kind = "tls"      // follow-up: up to the TLS handshake; with implicit TLS and a protocol, up to the greeting
	KindLogin    Kind = "login"    // follow-up: the same endpoint, logging in otherwise
	KindFetch    Kind = "fetch"    // follow-up: an HTTP request
	KindLookup   Kind = "lookup"   // follow-up: a name is looked up
	KindTime     Kind = "time"     // follow-up: a time server is asked (RFC 5905)
	KindTunnel   Kind = "tunnel"   // follow-up: an HTTP proxy is asked for a connection (RFC 9110 9.3.6)

	// KindProgram is the handshake of another kind of mail program, up to the server's
	// answer ([Record.Programs]). Nothing about the run itself is concluded from it.
	KindProgram Kind = "program"
)

// Hello is a form of the TLS ClientHello.
type Hello string

const (
	HelloUsual  Hello = ""       // what crypto/tls sends
	HelloSmall  Hello = "small"  // without post-quantum key shares: it fits into one segment
	HelloNoName Hello = "no-sni" // without server_name (RFC 6066 3)
	// HelloOld offers TLS 1.0 to 1.2 with every cipher suite in use since, finite
	// field groups of any size among them. The handshake ends at the server's answer.
	HelloOld Hello = "old"

	// What older programs and devices offer. The handshake ends at the server's answer
	// as well, and the certificate in it is judged.
	HelloTLS10    Hello = "tls-1.0"              // TLS 1.0 at most
	HelloTLS11    Hello = "tls-1.1"              // TLS 1.1 at most
	HelloTLS12    Hello = "tls-1.2"              // TLS 1.2 at most
	HelloRSA      Hello = "rsa-key-exchange"     // TLS 1.2 at most, without any other key exchange
	HelloTLS10RSA Hello = "tls-1.0-rsa-exchange" // both limits
)

// BreaksOff reports whether a handshake with this ClientHello ends at the server's
// answer: nothing is agreed on, and no dialogue can follow.
func (h Hello) BreaksOff() bool {
	switch h {
	case HelloUsual, HelloSmall, HelloNoName:
		return false
	}
	return true
}

// SmallSegment is the size of segments, in bytes, that every path lets through
// (RFC 9293 3.7.1: what holds for IPv4 without the option).
const SmallSegment = 536

// Latin1 is an encoding of passwords, ISO 8859-1, that is otherwise UTF-8 (RFC 4616
// 2).
const Latin1 = "latin-1"

// The lines of proxies with which a connection may begin (PROXY protocol 2.1): one that
// names no client, and one that names this machine, as it is. Postfix takes the second alone.
const (
	ProxyUnknown = "unknown"
	ProxyNamed   = "named"
)

// Manner says in what a follow-up differs from what a mail program does. The
// zero value: in nothing.
type Manner struct {
	Address     string   `json:"address,omitempty"`     // this IP address is dialled and no other; no name is looked up
	Resolvers   []string `json:"resolvers,omitempty"`   // ip:port; these name servers decide in the place of the system's
	MaxSegment  int      `json:"max_segment,omitempty"` // bytes; 0: as the system does
	Hello       Hello    `json:"hello,omitempty"`
	ProxyHeader string   `json:"proxy_header,omitempty"` // the connection begins with the line of a proxy: ProxyUnknown or ProxyNamed
	Insist      bool     `json:"insist,omitempty"`       // STARTTLS is sent although it is not offered
	Mechanism   string   `json:"mechanism,omitempty"`    // KindLogin: the one to use
	Tidy        bool     `json:"tidy,omitempty"`         // KindLogin: the password without what came into it by copying
	Encoding    string   `json:"encoding,omitempty"`     // KindLogin: Latin1, or empty for UTF-8
}

// QuestionID names what a follow-up is to find out.
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
	AskCertificateName      QuestionID = "does-the-name-in-the-certificate-work"
	AskStrangerStartTLS     QuestionID = "does-another-provider-offer-starttls"

	AskPlainLogin    QuestionID = "does-plain-login-work"
	AskOtherLogin    QuestionID = "does-another-mechanism-work"
	AskUserForm      QuestionID = "is-another-form-of-the-user-name-accepted"
	AskTidyPassword  QuestionID = "is-the-password-accepted-without-stray-characters"
	AskOtherEncoding QuestionID = "is-the-password-accepted-in-another-encoding"
)

// Check is one examination: of an endpoint or, as a follow-up, of whatever its
// question needs.
type Check struct {
	ID        string   `json:"id"` // "imap-993"; a follow-up's is its parent's, a slash and a word
	Kind      Kind     `json:"kind"`
	Subject   int      `json:"subject"` // index into Plan.Subjects
	Endpoint  Endpoint `json:"endpoint,omitzero"`
	Optional  bool     `json:"optional,omitempty"`  // its failure alone is a warning
	Note      NoteID   `json:"note,omitempty"`      // id of the profile note that concerns this endpoint
	User      string   `json:"user,omitempty"`      // user name that logs in here, where it is not the subject's
	UserForm  UserForm `json:"user_form,omitempty"` // how the profile forms user names here, where that is not as in Profile.UserName
	Public    bool     `json:"public,omitempty"`    // a host of the embedded catalogue: its certificates lead to public roots
	Forgeable bool     `json:"forgeable,omitempty"` // whoever answers for the name servers could have named this server: no login there
	Group     int      `json:"group,omitempty"`     // checks of the plan that share a host or an account have the same; 0 is a group as well

	// Follow-ups alone.
	Parents  []string   `json:"parents,omitempty"` // the checks that raised the question
	Question QuestionID `json:"question,omitempty"`
	Round    int        `json:"round,omitempty"` // 1 or 2; 0 for the plan's own checks
	Manner   Manner     `json:"manner,omitzero"`
	URL      string     `json:"url,omitempty"` // KindFetch: the address to fetch; KindTunnel: the proxy
}

// FollowUp reports whether the check was ordered by a question. Verdict and
// rows count the other checks alone.
func (c Check) FollowUp() bool { return c.Round > 0 }

// Order returns the stages this check passes through.
func (c Check) Order() []Stage {
	switch c.Kind {
	case KindFetch, KindTunnel:
		return []Stage{Fetch}
	case KindTime:
		return []Stage{Clock}
	case KindLookup:
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
	default:
		return c.Endpoint.Order()
	}
}

// tlsOrder goes up to the handshake, however the endpoint comes to it, and up to
// the greeting where that is what comes next.
func (c Check) tlsOrder() []Stage {
	switch {
	case c.Endpoint.Security == StartTLS, c.Endpoint.Security == StartTLSIfOffered:
		return []Stage{Resolve, Connect, Greeting, Upgrade, Handshake}
	case c.Endpoint.Protocol == "", c.Manner.Hello.BreaksOff():
		return []Stage{Resolve, Connect, Handshake}
	}
	return []Stage{Resolve, Connect, Handshake, Greeting}
}

// Question is a follow-up that the rules ask for. It becomes the [Check] that
// answers it.
type Question struct {
	Check Check `json:"check"`
}
