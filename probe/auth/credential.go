package auth

import (
	"strings"

	"github.com/xdg-go/stringprep"

	"maildoctor/probe/stage"
)

// sendable returns a *stage.Error with BadCredential if m can't transmit the user name
// or secret. Its text gives the reason, never the value.
func sendable(m Mechanism, req Request) error {
	secret := req.Secret.Reveal()
	switch {
	case strings.ContainsRune(req.User, 0):
		return bad("the user name contains a NUL byte")
	case strings.ContainsRune(secret, 0):
		return bad("the password contains a NUL byte")
	}
	switch m {
	case ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1:
		return preparable(req.User, secret)
	case UserPass:
		return oneLine(req.User, secret)
	case APOP:
		// The name ends at the space before the digest (RFC 1939 7).
		if strings.Contains(req.User, " ") {
			return bad("the user name contains a space, which APOP cannot send")
		}
		return oneLine(req.User, "")
	case XOAuth2:
		return bearer(req.User, secret)
	case OAuthBearer:
		return bearer(req.User, secret)
	}
	return nil
}

func bad(words string) error { return stage.Errorf(stage.BadCredential, "%s", words) }

// preparable applies SASLprep (RFC 4013), as SCRAM does (RFC 5802 5.1).
func preparable(user, secret string) error {
	if _, err := stringprep.SASLprep.Prepare(user); err != nil {
		return bad("the user name contains a character that SASLprep (RFC 4013) forbids, so SCRAM cannot send it")
	}
	if _, err := stringprep.SASLprep.Prepare(secret); err != nil {
		return bad("the password contains a character that SASLprep (RFC 4013) forbids, so SCRAM cannot use it")
	}
	return nil
}

// oneLine rejects characters that would end the command early.
func oneLine(user, secret string) error {
	switch {
	case strings.ContainsAny(user, "\r\n"):
		return bad("the user name contains a line break")
	case strings.ContainsAny(secret, "\r\n"):
		return bad("the password contains a line break")
	}
	return nil
}

// bearer rejects characters that a bearer credential can't contain: the separator in
// the user name, and anything but visible ASCII in the token (RFC 6750 2.1).
func bearer(user, token string) error {
	if strings.ContainsRune(user, 1) {
		return bad("the user name contains a control character")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return bad("the token contains a space, a line break or a character that is not ASCII")
	}
	return nil
}
