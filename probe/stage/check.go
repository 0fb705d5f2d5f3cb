package stage

// Kind says what a check examines.
type Kind string

const (
	KindEndpoint Kind = "endpoint" // an endpoint of the plan
	KindTLS      Kind = "tls"      // follow-up: the same port with implicit TLS, up to the greeting
	KindLogin    Kind = "login"    // follow-up: the same endpoint, logging in by another mechanism
	KindFetch    Kind = "fetch"    // follow-up: an issuer's certificate by HTTP (RFC 5280 4.2.2.1)
)

// QuestionID names what a follow-up is to find out.
type QuestionID string

const (
	AskPortSpeaksTLS QuestionID = "does-the-port-speak-tls"
	AskIssuer        QuestionID = "is-an-intermediate-missing"
	AskPlainLogin    QuestionID = "does-plain-login-work"
)

// Check is one examination: of an endpoint or, as a follow-up, of whatever its
// question needs.
type Check struct {
	ID       string   `json:"id"` // "imap-993"; a follow-up's is its parent's, a slash and a word
	Kind     Kind     `json:"kind"`
	Subject  int      `json:"subject"` // index into Plan.Subjects
	Endpoint Endpoint `json:"endpoint,omitzero"`
	Optional bool     `json:"optional,omitempty"` // its failure alone is a warning
	Note     string   `json:"note,omitempty"`     // id of the profile note that concerns this endpoint
	User     string   `json:"user,omitempty"`     // user name that logs in here, where it is not the subject's
	Public   bool     `json:"public,omitempty"`   // a host of the embedded catalogue: its certificates lead to public roots

	// Follow-ups alone.
	Parents   []string   `json:"parents,omitempty"` // the checks that raised the question
	Question  QuestionID `json:"question,omitempty"`
	Round     int        `json:"round,omitempty"`     // 1 or 2; 0 for the plan's own checks
	Mechanism string     `json:"mechanism,omitempty"` // KindLogin: the one to use
	URL       string     `json:"url,omitempty"`       // KindFetch: the address to fetch
}

// FollowUp reports whether the check was ordered by a question. Verdict and
// rows count the other checks alone.
func (c Check) FollowUp() bool { return c.Round > 0 }

// Order returns the stages this check passes through.
func (c Check) Order() []Stage {
	switch c.Kind {
	case KindFetch:
		return []Stage{Fetch}
	case KindTLS:
		return []Stage{Resolve, Connect, Handshake, Greeting}
	case KindLogin:
		order := c.Endpoint.Order()
		return order[:len(order)-1]
	default:
		return c.Endpoint.Order()
	}
}

// Question is a follow-up that the rules ask for. It becomes the [Check] that
// answers it.
type Question struct {
	Check Check `json:"check"`
}
