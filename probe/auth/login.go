package auth

import (
	"crypto/tls"

	"github.com/emersion/go-sasl"

	"maildoctor/probe/stage"
)

// Mechanism is the name of a SASL mechanism in upper case, or of a protocol's own
// command.
type Mechanism string

const (
	ScramSHA256Plus Mechanism = "SCRAM-SHA-256-PLUS" // RFC 7677
	ScramSHA1Plus   Mechanism = "SCRAM-SHA-1-PLUS"   // RFC 5802
	ScramSHA256     Mechanism = "SCRAM-SHA-256"
	ScramSHA1       Mechanism = "SCRAM-SHA-1"
	Plain           Mechanism = "PLAIN"    // RFC 4616
	LoginSASL       Mechanism = "LOGIN"    // draft-murchison-sasl-login
	CramMD5         Mechanism = "CRAM-MD5" // RFC 2195
	XOAuth2         Mechanism = "XOAUTH2"
	OAuthBearer     Mechanism = "OAUTHBEARER" // RFC 7628

	IMAPLogin Mechanism = "IMAP LOGIN" // the LOGIN command (RFC 9051 6.2.3)
	UserPass  Mechanism = "USER/PASS"  // RFC 1939 7
	APOP      Mechanism = "APOP"       // RFC 1939 7
)

// Request describes a login.
type Request struct {
	User      string
	Secret    Secret
	Token     bool      // Secret is an OAuth 2.0 access token
	Force     Mechanism // the only mechanism to use; empty: choose one
	FollowUp  bool      // Force was set by a follow-up, not by the user
	Encrypted bool      // over verified TLS
	Host      string    // the server's host name and port, for OAUTHBEARER
	Port      uint16

	// TLS is the connection's state, for channel binding; nil in cleartext.
	TLS *tls.ConnectionState
}

// clear reports whether the login would be sent in cleartext.
func (r Request) clear() bool { return r.TLS == nil && !r.Encrypted }

// Client performs one mechanism. Start and Next are those of go-sasl; the other methods
// describe the exchange once it has ended. Its errors are *stage.Error and repeat no
// server text other than what is in Seen.
type Client interface {
	sasl.Client

	// Done is called when the server reports success. It returns an error if the
	// exchange is incomplete, or the server has not proved itself (RFC 5802 5).
	Done() error

	// Seen returns what may be reported about the exchange.
	Seen() Seen
}

// Seen is what may be reported about an exchange. Its text is safe to show.
type Seen struct {
	Iterations     int    // SCRAM
	ChannelBinding string // "tls-exporter", "tls-server-end-point"
	ServerError    string // SCRAM: the value of e= (RFC 5802 7), such as "channel-bindings-dont-match"
	OAuthStatus    string // from the error challenge (RFC 7628 3.2.2)
	OAuthScope     string
}

// Tell adds what was seen to the facts of the login. Text from the server passes
// through safe first, which withholds what repeats the secret.
func (s Seen) Tell(f *stage.LoginFacts, safe func(string) string) {
	f.Iterations, f.ChannelBinding = s.Iterations, s.ChannelBinding
	f.OAuthStatus, f.OAuthScope = safe(s.OAuthStatus), safe(s.OAuthScope)
	f.ServerError = safe(s.ServerError)
}
