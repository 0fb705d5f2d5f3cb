package auth

import (
	"fmt"
	"log/slog"
)

// stars stands in the place of a secret, whoever formats it.
const stars = "***"

// Secret is a password or token. Every formatter prints it as ***; the only way
// to the text is [Secret.Reveal].
//
// It holds a function and not a string: fmt and slog skip methods on unexported
// fields, and would print a string that they find by reflection.
type Secret struct{ reveal func() string }

// NewSecret keeps s.
func NewSecret(s string) Secret { return Secret{func() string { return s }} }

// Reveal returns the secret text; empty for the zero Secret.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether there is no secret, or an empty one.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String returns three asterisks.
func (Secret) String() string { return stars }

// GoString returns three asterisks.
func (Secret) GoString() string { return stars }

// Format writes three asterisks, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, stars) }

// LogValue returns three asterisks.
func (Secret) LogValue() slog.Value { return slog.StringValue(stars) }

// MarshalText returns three asterisks; encoding/json uses it too.
func (Secret) MarshalText() ([]byte, error) { return []byte(stars), nil }
