package probetest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
)

// errMechanism is returned for a mechanism that is not offered.
var errMechanism = errors.New("mechanism not offered")

// errExchange is returned if the client violated its mechanism.
var errExchange = errors.New("malformed response")

// exchange is the server side of one SASL exchange. Next returns an error if the
// exchange fails; whether the credentials were correct is only in the result.
type exchange interface {
	sasl.Server
	result() claim
}

// claim is who the client claims to be, and whether that was proved.
type claim struct {
	user     string
	password string // as sent; empty if the mechanism doesn't send it
	proven   bool
}

func (c *claim) result() claim { return *c }

// offered returns the mechanisms of c that can be used. Those with channel binding need
// TLS.
func offered(c *Config, secure bool) []string {
	return slices.DeleteFunc(slices.Clone(c.Mechanisms), func(m string) bool {
		return strings.HasSuffix(m, "-PLUS") && !secure
	})
}

// newExchange starts an exchange. state is the TLS state, or nil in cleartext.
func newExchange(c *Config, mechanism string, state *tls.ConnectionState) (exchange, error) {
	if !slices.Contains(offered(c, state != nil), mechanism) {
		return nil, errMechanism
	}
	switch mechanism {
	case "PLAIN":
		return &plain{users: c.Users}, nil
	case "LOGIN":
		return &login{users: c.Users}, nil
	case "CRAM-MD5":
		return &cram{users: c.Users, host: c.Hello}, nil
	case "XOAUTH2":
		return &oauth{users: c.Users, parse: parseXOAuth2}, nil
	case "OAUTHBEARER":
		return &oauth{users: c.Users, parse: parseOAuthBearer}, nil
	}
	if strings.HasPrefix(mechanism, "SCRAM-") {
		return newScram(c, mechanism, state)
	}
	return nil, errMechanism
}

// check completes a claim that was sent with a password.
func (c *claim) check(users map[string]string, user, password string) {
	want, known := users[user]
	c.user, c.password, c.proven = user, password, known && want == password
}

// plain implements PLAIN (RFC 4616).
type plain struct {
	claim
	users map[string]string
}

func (p *plain) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		return nil, false, nil
	}
	parts := bytes.Split(response, []byte{0})
	if len(parts) != 3 {
		return nil, false, errExchange
	}
	p.check(p.users, string(parts[1]), string(parts[2]))
	return nil, true, nil
}

// login implements LOGIN (draft-murchison-sasl-login).
type login struct {
	claim
	users map[string]string
	step  int
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil && l.step == 0 {
		return []byte("Username:"), false, nil
	}
	l.step++
	if l.step == 1 {
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	l.check(l.users, l.user, string(response))
	return nil, true, nil
}

// cram implements CRAM-MD5 (RFC 2195).
type cram struct {
	claim
	users     map[string]string
	host      string
	challenge string
}

func (c *cram) Next(response []byte) (challenge []byte, done bool, err error) {
	if c.challenge == "" {
		c.challenge = fmt.Sprintf("<%d.%d@%s>", serial.Add(1), time.Now().Unix(), c.host)
		return []byte(c.challenge), false, nil
	}
	i := bytes.LastIndexByte(response, ' ')
	if i < 0 {
		return nil, false, errExchange
	}
	c.user = string(response[:i])
	password, known := c.users[c.user]
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(c.challenge))
	c.proven = known && hex.EncodeToString(mac.Sum(nil)) == string(response[i+1:])
	return nil, true, nil
}

// oauth implements XOAUTH2 and OAUTHBEARER (RFC 7628). If the token is refused, a
// challenge gives the reason, to which the client sends an empty response.
type oauth struct {
	claim
	users  map[string]string
	parse  func(string) (user, token string, ok bool)
	failed bool
}

func (o *oauth) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		return nil, false, nil
	}
	if o.failed {
		return nil, true, nil
	}
	user, token, ok := o.parse(string(response))
	if !ok {
		return nil, false, errExchange
	}
	o.check(o.users, user, token)
	if o.proven {
		return nil, true, nil
	}
	o.failed = true
	return []byte(`{"status":"401","schemes":"bearer","scope":"https://mail.example.test/"}`), false, nil
}

func parseXOAuth2(s string) (user, token string, ok bool) {
	parts := strings.Split(s, "\x01")
	if len(parts) != 4 || parts[2] != "" || parts[3] != "" {
		return "", "", false
	}
	user, isUser := strings.CutPrefix(parts[0], "user=")
	token, isToken := strings.CutPrefix(parts[1], "auth=Bearer ")
	return user, token, isUser && isToken
}

func parseOAuthBearer(s string) (user, token string, ok bool) {
	header, rest, _ := strings.Cut(s, "\x01")
	if !strings.HasSuffix(rest, "\x01\x01") || !strings.HasPrefix(header, "n,") || !strings.HasSuffix(header, ",") {
		return "", "", false
	}
	user = strings.TrimPrefix(strings.Trim(strings.TrimPrefix(header, "n,"), ","), "a=")
	user = strings.NewReplacer("=2C", ",", "=3D", "=").Replace(user)
	for pair := range strings.SplitSeq(rest, "\x01") {
		if t, is := strings.CutPrefix(pair, "auth=Bearer "); is {
			token, ok = t, true
		}
	}
	return user, token, ok
}
