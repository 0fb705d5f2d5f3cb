package auth

import "context"

// Source provides a secret when a login needs it, for example from a command or a token
// endpoint.
type Source struct {
	ask func(context.Context) (Secret, error)
}

// NewSource returns a Source that calls ask. The function should return when the
// context ends. Its error is shown, so it must not contain a secret.
func NewSource(ask func(context.Context) (Secret, error)) *Source { return &Source{ask} }

// Ask returns the secret, or an error that says why it isn't available.
func (s *Source) Ask(ctx context.Context) (Secret, error) { return s.ask(ctx) }
