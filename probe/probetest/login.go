package probetest

import (
	"cmp"
	"encoding/base64"
	"errors"
	"strings"
)

// refusals are the replies that refuse a login, by fault.
var refusals = map[Fault]map[Protocol]string{
	WrongPassword: {
		IMAP: "NO [AUTHENTICATIONFAILED] Authentication failed.",
		POP3: "-ERR [AUTH] Authentication failed.",
		SMTP: "535 5.7.8 Error: authentication failed",
	},
	AuthTemporary: {
		IMAP: "NO [UNAVAILABLE] Temporary authentication failure.",
		POP3: "-ERR [SYS/TEMP] Temporary authentication failure.",
		SMTP: "454 4.7.0 Temporary authentication failure",
	},
	MaildropLocked: {
		IMAP: "NO [INUSE] The mailbox is in use by another session",
		POP3: "-ERR [IN-USE] The maildrop is locked by another session",
	},
	AccountSuspended: {
		IMAP: "NO [CONTACTADMIN] This account is suspended",
		POP3: "-ERR [SYS/PERM] This account is suspended",
		SMTP: "525 5.7.13 This account is suspended",
	},
	PasswordExpired: {
		IMAP: "NO [EXPIRED] The password has expired",
		POP3: "-ERR [AUTH] The password has expired",
		SMTP: "535 5.7.8 The password has expired",
	},
	TooManySessions: {
		IMAP: "NO [LIMIT] Too many simultaneous connections",
		POP3: "-ERR [IN-USE] Too many simultaneous connections",
		SMTP: "421 4.7.0 Too many simultaneous connections",
	},
	LoginTooOften: {
		IMAP: "NO [LIMIT] Too many logins, try again later",
		POP3: "-ERR [LOGIN-DELAY] Minimum time between logins not over",
		SMTP: "454 4.7.0 Too many login attempts, try again later",
	},
	AppPassword: {
		IMAP: "NO [ALERT] Application-specific password required",
		POP3: "-ERR [AUTH] Application-specific password required",
		SMTP: "534 5.7.9 Application-specific password required",
	},
}

// refusalOrder is the precedence of the login faults.
var refusalOrder = []Fault{
	AuthTemporary, TooManySessions, LoginTooOften, AccountSuspended,
	PasswordExpired, AppPassword, WrongPassword, MaildropLocked,
}

// refuse returns the reply that refuses a login, or "" if it is accepted. tag is
// IMAP's, with its space.
func (c *Config) refuse(tag string, proven bool) string {
	if c.LoginReply != "" {
		return tag + c.LoginReply
	}
	for _, f := range refusalOrder {
		if text := refusals[f][c.Protocol]; c.has(f) && text != "" {
			return tag + text
		}
	}
	if !proven && !c.has(AnyPassword) {
		return tag + refusals[WrongPassword][c.Protocol]
	}
	return ""
}

// settle decides a login. It returns true for success, for which the caller sends the
// reply. Otherwise it sends the refusal or ends the session.
func (s *session) settle(tag, mechanism string, c claim) bool {
	s.echo.user, s.echo.password = c.user, cmp.Or(c.password, s.Users[c.user])
	refusal := s.refuse(tag, c.proven)
	s.server.sawLogin(Login{User: c.user, Mechanism: mechanism, OK: refusal == ""})
	switch {
	case s.has(LoginSilent):
		s.hang()
	case s.has(DropAtLogin):
		s.over = true
	case s.has(EndlessReply):
		s.flood(refusalStart[s.Protocol]+tag, "x")
	case refusal != "":
		s.say(refusal)
		s.over = s.over || strings.HasPrefix(refusal, "421")
	default:
		s.user = c.user
		return true
	}
	return false
}

var refusalStart = map[Protocol]string{IMAP: "* NO ", POP3: "-ERR ", SMTP: "535 5.7.8 "}

// prompts are the beginnings of challenges.
var prompts = map[Protocol]string{IMAP: "+ ", POP3: "+ ", SMTP: "334 "}

// errCancelled is returned if the client sent "*" instead of a response.
var errCancelled = errors.New("cancelled")

// failures are the replies to failed exchanges.
var failures = map[error]map[Protocol]string{
	errMechanism: {
		IMAP: "NO [CANNOT] Unsupported authentication mechanism",
		POP3: "-ERR Unsupported authentication mechanism",
		SMTP: "504 5.5.4 Error: authentication mechanism not available",
	},
	errCancelled: {
		IMAP: "BAD Authentication cancelled",
		POP3: "-ERR Authentication cancelled",
		SMTP: "501 5.7.0 Authentication cancelled",
	},
	errExchange: {
		IMAP: "BAD Malformed response",
		POP3: "-ERR Malformed response",
		SMTP: "501 5.5.2 Malformed response",
	},
}

// sasl performs the exchange that a command started, and sends the reply if it fails.
// line is the command as the client sent it; tag is IMAP's, with its space.
func (s *session) sasl(tag, line, mechanism, initial string) (c claim, ok bool) {
	if initial != "" {
		s.echo.heard(line)
	}
	c, err := s.authenticate(mechanism, initial)
	if err == nil {
		return c, true
	}
	failure := errExchange
	for _, known := range []error{errMechanism, errCancelled} {
		if errors.Is(err, known) {
			failure = known
		}
	}
	s.say(tag + failures[failure][s.Protocol])
	return c, false
}

// authenticate performs a SASL exchange (RFC 4422). initial is the client's initial
// response in base64: "=" for an empty one, or "" if there is none.
func (s *session) authenticate(mechanism, initial string) (claim, error) {
	x, err := newExchange(s.Config, mechanism, s.state())
	if err != nil {
		return claim{}, err
	}
	var response []byte
	if initial != "" {
		if response, err = decode(initial); err != nil {
			return claim{}, err
		}
		s.echo.heard(initial)
	}
	for {
		challenge, done, err := x.Next(response)
		if err != nil {
			return x.result(), err
		}
		if done && !s.has(EndlessContinuations) {
			return x.result(), nil
		}
		if response, err = s.ask(challenge); err != nil {
			return x.result(), err
		}
		for s.has(EndlessContinuations) && !s.over {
			s.ask([]byte("and again"))
		}
	}
}

// ask sends a challenge and reads the response.
func (s *session) ask(challenge []byte) ([]byte, error) {
	s.write(prompts[s.Protocol] + base64.StdEncoding.EncodeToString(challenge) + "\r\n")
	line, ok := s.line()
	switch {
	case !ok:
		return nil, errExchange
	case line == "*":
		return nil, errCancelled
	}
	s.echo.heard(line)
	return decode(line)
}

// decode decodes base64. The result is never nil.
func decode(s string) ([]byte, error) {
	if s == "=" || s == "" {
		return []byte{}, nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errExchange
	}
	return b, nil
}
