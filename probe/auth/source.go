package auth

import "context"

// Source is where a secret comes from when a login needs it, such as a command or a
// token endpoint.
type Source struct {
	ask func(context.Context) (Secret, error)
}

// NewSource returns a Source that asks a function. It should return when the context
// ends, and its error must not hold a secret: it is shown.
func NewSource(ask func(context.Context) (Secret, error)) *Source { return &Source{ask} }

// Ask returns the secret, or why it isn't to be had.
func (s *Source) Ask(ctx context.Context) (Secret, error) { return s.ask(ctx) }
