package auth

import (
	"encoding/json"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// oauthClient implements OAUTHBEARER (RFC 7628) and its predecessor XOAUTH2: one
// message that contains the token. A server that refuses first sends an error challenge
// with the reason. The client has to answer that with a dummy response before the final
// reply comes.
type oauthClient struct {
	mech   Mechanism
	req    Request
	dummy  []byte // the response to an error challenge
	failed bool
	seen   Seen
}

func newOAuth(m Mechanism, req Request) *oauthClient {
	c := &oauthClient{mech: m, req: req, dummy: []byte{}}
	if m == OAuthBearer {
		c.dummy = []byte{1} // RFC 7628 3.2.3
	}
	return c
}

func (c *oauthClient) Start() (mech string, ir []byte, err error) {
	c.failed, c.seen = false, Seen{}
	var b strings.Builder
	if c.mech == XOAuth2 {
		b.WriteString("user=" + c.req.User)
	} else {
		b.WriteString("n,") // RFC 5801 4: the GS2 header
		if c.req.User != "" {
			b.WriteString("a=" + saslName(c.req.User))
		}
		b.WriteString(",")
		if c.req.Host != "" {
			b.WriteString("\x01host=" + c.req.Host)
		}
		if c.req.Port != 0 {
			b.WriteString("\x01port=" + strconv.Itoa(int(c.req.Port)))
		}
	}
	b.WriteString("\x01auth=Bearer " + c.req.Secret.Reveal() + "\x01\x01")
	return string(c.mech), []byte(b.String()), nil
}

// saslName escapes the two characters that are separators in a GS2 header (RFC 5801 4).
func saslName(s string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s)
}

func (c *oauthClient) Next(challenge []byte) ([]byte, error) {
	if c.failed {
		return nil, tooMany(c.mech)
	}
	c.failed = true
	status, scope := parseOAuthError(challenge)
	c.seen.OAuthStatus, c.seen.OAuthScope = c.safe(status), c.safe(scope)
	return c.dummy, nil
}

// safe returns a word from the server, unless it repeats the token.
func (c *oauthClient) safe(s string) string {
	if c.req.Secret.In(s) {
		return repeatsSecret
	}
	return short(s)
}

func (c *oauthClient) Done() error {
	if c.failed {
		return stage.Errorf(stage.Malformed, "%s: the server said yes after it had sent an error", c.mech)
	}
	return nil
}

func (c *oauthClient) Seen() Seen { return c.seen }

// maxOAuthError is the maximum length of the error challenge, in bytes.
const maxOAuthError = 4 << 10

// parseOAuthError parses the error challenge (RFC 7628 3.2.2). It returns empty strings
// if that fails. Some servers send the status as a number.
func parseOAuthError(challenge []byte) (status, scope string) {
	if len(challenge) > maxOAuthError {
		return "", ""
	}
	var in struct {
		Status any    `json:"status"`
		Scope  string `json:"scope"`
	}
	// A scope of the wrong type is an error, but the status is decoded.
	_ = json.Unmarshal(challenge, &in)
	switch s := in.Status.(type) {
	case string:
		status = s
	case float64:
		status = strconv.FormatFloat(s, 'f', -1, 64)
	}
	return status, in.Scope
}
