package auth

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"

	"github.com/emersion/go-sasl"

	"maildoctor/probe/stage"
)

// plainClient implements PLAIN (RFC 4616): one message and no challenge.
type plainClient struct {
	user   string
	secret Secret
}

func (c *plainClient) Start() (mech string, ir []byte, err error) {
	return sasl.NewPlainClient("", c.user, c.secret.Reveal()).Start()
}

func (c *plainClient) Next([]byte) ([]byte, error) { return nil, tooMany(Plain) }

func (c *plainClient) Done() error { return nil }

func (c *plainClient) Seen() Seen { return Seen{} }

// loginClient implements LOGIN (draft-murchison-sasl-login). Servers word their prompts
// differently, or leave them empty, so only the order counts: user name, then password.
// No initial response is sent, because not every server accepts one.
type loginClient struct {
	user   string
	secret Secret
	asked  int
}

func (c *loginClient) Start() (mech string, ir []byte, err error) {
	c.asked = 0
	return string(LoginSASL), nil, nil
}

func (c *loginClient) Next([]byte) ([]byte, error) {
	c.asked++
	switch c.asked {
	case 1:
		return []byte(c.user), nil
	case 2:
		return []byte(c.secret.Reveal()), nil
	}
	return nil, tooMany(LoginSASL)
}

func (c *loginClient) Done() error {
	if c.asked < 2 {
		return incomplete(LoginSASL)
	}
	return nil
}

func (c *loginClient) Seen() Seen { return Seen{} }

// cramClient implements CRAM-MD5 (RFC 2195): the response to the only challenge is its
// keyed digest.
type cramClient struct {
	user     string
	secret   Secret
	answered bool
}

func (c *cramClient) Start() (mech string, ir []byte, err error) {
	c.answered = false
	return string(CramMD5), nil, nil
}

func (c *cramClient) Next(challenge []byte) ([]byte, error) {
	if c.answered {
		return nil, tooMany(CramMD5)
	}
	if len(challenge) == 0 {
		// The digest of an empty challenge would always be the same, and thus as good
		// as the password.
		return nil, stage.Errorf(stage.Malformed, "CRAM-MD5: an empty challenge")
	}
	c.answered = true
	mac := hmac.New(md5.New, []byte(c.secret.Reveal()))
	mac.Write(challenge)
	return []byte(c.user + " " + hex.EncodeToString(mac.Sum(nil))), nil
}

func (c *cramClient) Done() error {
	if !c.answered {
		return incomplete(CramMD5)
	}
	return nil
}

func (c *cramClient) Seen() Seen { return Seen{} }
