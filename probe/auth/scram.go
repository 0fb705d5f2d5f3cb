package auth

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/xdg-go/scram"

	"maildoctor/probe/stage"
)

// Limits on what a server may demand in SCRAM.
const (
	maxIterations   = 1_000_000 // about a second of computation, which the library can't interrupt
	maxScramMessage = 4 << 10   // bytes
)

// scramClient implements SCRAM (RFC 5802, RFC 7677), with or without channel binding.
// It checks messages before the library parses them.
type scramClient struct {
	mech  Mechanism
	step  func(string) (string, error) // a closure: the library's type holds the password as a string
	nonce string                       // the client's nonce
	round int                          // messages received from the server so far
	valid bool                         // the server has proved that it knows the password
	ended bool                         // no further challenge is expected
	in    func(string) bool            // Secret.In
	seen  Seen
}

// newNonce returns 130 random bits as letters and digits.
func newNonce() string { return rand.Text() }

func newScram(m Mechanism, req Request, nonce func() string) (*scramClient, error) {
	hash := scram.SHA1
	if m == ScramSHA256 || m == ScramSHA256Plus {
		hash = scram.SHA256
	}
	library, err := hash.NewClient(req.User, req.Secret.Reveal(), "")
	if err != nil {
		// The library's error text may repeat the user name.
		return nil, bad("the user name or the password contains a character that SASLprep (RFC 4013) forbids")
	}
	c := &scramClient{mech: m, nonce: nonce(), in: req.Secret.In}
	library.WithMinIterations(1).WithNonceGenerator(func() string { return c.nonce })

	binding, able := bindingOf(req.TLS)
	var talk *scram.ClientConversation
	switch {
	case m.binds() && !able:
		return nil, stage.Errorf(stage.NoMechanism, "%s needs channel binding, which this connection does not give", m)
	case m.binds():
		c.seen.ChannelBinding = string(binding.Type)
		talk = library.NewConversationWithChannelBinding(binding)
	case able && req.Force == "":
		// Channel binding is possible and Choose prefers every -PLUS mechanism, so the
		// server offered none. Saying so exposes an attacker who removed it from the
		// list (RFC 5802 6).
		talk = library.NewConversationAdvertisingChannelBinding()
	default:
		talk = library.NewConversation()
	}
	c.step = func(in string) (string, error) {
		out, err := talk.Step(in)
		c.valid = talk.Valid()
		return out, err
	}
	return c, nil
}

func (c *scramClient) Start() (mech string, ir []byte, err error) {
	first, err := c.step("")
	if err != nil {
		return "", nil, stage.Errorf(stage.InternalProblem, "%s: an exchange can be started once only", c.mech)
	}
	return string(c.mech), []byte(first), nil
}

func (c *scramClient) Next(challenge []byte) ([]byte, error) {
	if c.ended {
		return nil, tooMany(c.mech)
	}
	if len(challenge) > maxScramMessage {
		c.ended = true
		return nil, stage.Errorf(stage.TooLong, "%s: a message of more than %d bytes", c.mech, maxScramMessage)
	}
	c.round++
	message := string(challenge)
	if word, ok := serverError(message); ok {
		// The final reply follows after a response to this.
		c.ended, c.seen.ServerError = true, short(word)
		if c.in(word) {
			c.seen.ServerError = repeatsSecret
		}
		return []byte{}, nil
	}
	if c.round == 1 {
		return c.first(message)
	}
	return c.final(message)
}

// first responds to the server's first message.
func (c *scramClient) first(message string) ([]byte, error) {
	n, err := checkServerFirst(message, c.nonce)
	c.seen.Iterations = n
	if err != nil {
		c.ended = true
		return nil, err
	}
	out, err := c.step(message)
	if err != nil {
		c.ended = true
		return nil, malformedScram("the server's first message")
	}
	return []byte(out), nil
}

// final verifies the server's signature.
func (c *scramClient) final(message string) ([]byte, error) {
	c.ended = true
	if _, err := c.step(message); err != nil || !c.valid {
		return nil, stage.Errorf(stage.ServerProof, "%s: the server's signature is not that of one who knows the password", c.mech)
	}
	return []byte{}, nil
}

func (c *scramClient) Done() error {
	if !c.valid {
		return stage.Errorf(stage.ServerProof, "%s: the server said yes and did not prove that it knows the password", c.mech)
	}
	return nil
}

func (c *scramClient) Seen() Seen { return c.seen }

func malformedScram(what string) error {
	return stage.Errorf(stage.Malformed, "SCRAM: %s does not follow RFC 5802 7", what)
}

// serverError returns the value of e=, which the server may send in place of either
// message.
func serverError(message string) (word string, ok bool) {
	word, ok = strings.CutPrefix(message, "e=")
	if !ok {
		return "", false
	}
	word, _, _ = strings.Cut(word, ",")
	return word, true
}

// checkServerFirst checks what the library does not: that the nonce is printable and
// longer than ours, and that the iteration count is within the limit. If the count can
// be parsed, it is returned even with an error.
func checkServerFirst(message, ours string) (iterations int, err error) {
	fields := strings.Split(message, ",")
	if len(fields) < 3 {
		return 0, malformedScram("the server's first message")
	}
	nonce, ok := strings.CutPrefix(fields[0], "r=")
	if !ok || !strings.HasPrefix(nonce, ours) || len(nonce) == len(ours) || !printable(nonce) {
		return 0, malformedScram("the server's nonce")
	}
	count, ok := strings.CutPrefix(fields[2], "i=")
	if !ok || strings.TrimLeft(strings.TrimPrefix(count, "-"), "0123456789") != "" || strings.Trim(count, "-") == "" {
		return 0, malformedScram("the iteration count")
	}
	iterations, err = strconv.Atoi(count)
	if err != nil || iterations < 1 || iterations > maxIterations {
		return iterations, stage.Errorf(stage.TooManyRounds,
			"SCRAM: an iteration count of %s, where 1 to %d is accepted", short(count), maxIterations)
	}
	return iterations, nil
}

// printable reports whether s is visible ASCII only, as a nonce must be.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}
