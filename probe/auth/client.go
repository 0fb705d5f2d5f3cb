package auth

import "maildoctor/probe/stage"

// NewClient returns a client for the SASL mechanism that [Choose] selected. There is
// none for the protocols' own commands (IMAP LOGIN, USER/PASS, APOP), which the
// dialogues implement.
//
// The error is a *stage.Error: BadCredential if the mechanism can't transmit the user
// name or secret, NoMechanism if the connection lacks what it needs.
func NewClient(m Mechanism, req Request) (Client, error) {
	if err := sendable(m, req); err != nil {
		return nil, err
	}
	switch m {
	case ScramSHA256Plus, ScramSHA1Plus, ScramSHA256, ScramSHA1:
		return newScram(m, req, newNonce)
	case Plain:
		return &plainClient{user: req.User, secret: req.Secret}, nil
	case LoginSASL:
		return &loginClient{user: req.User, secret: req.Secret}, nil
	case CramMD5:
		return &cramClient{user: req.User, secret: req.Secret}, nil
	case XOAuth2, OAuthBearer:
		return newOAuth(m, req), nil
	}
	return nil, stage.Errorf(stage.NoMechanism, "%s is no SASL mechanism that is spoken here", short(string(m)))
}

// tooMany is the error for a server that sends more challenges than the mechanism has.
func tooMany(m Mechanism) error {
	return stage.Errorf(stage.TooManyRounds, "%s: one challenge more than the mechanism has", m)
}

// incomplete is the error for a server that reports success too early.
func incomplete(m Mechanism) error {
	return stage.Errorf(stage.Malformed, "%s: the server said yes before the exchange was complete", m)
}
