package auth

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// stars is printed in place of a secret.
const stars = "***"

// repeatsSecret replaces text from the server that repeats a secret.
const repeatsSecret = "(withheld: it repeats what was sent to log in)"

// Secret is a password or token. Every formatter prints it as ***. Only [Secret.Reveal]
// returns the text.
//
// It holds functions instead of a string, because fmt and slog don't call methods of
// unexported fields and would print a string found by reflection.
type Secret struct {
	reveal func() string
	traces func() []*traces // matches text that reveals the secret, for each of its forms; computed when first needed
}

// NewSecret returns a Secret that holds s.
func NewSecret(s string) Secret {
	return Secret{
		reveal: func() string { return s },
		traces: sync.OnceValue(func() []*traces {
			var all []*traces
			for _, form := range forms(s) {
				all = append(all, newTraces(form))
			}
			return all
		}),
	}
}

// Reveal returns the text of the secret, or "" for the zero Secret.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String returns "***".
func (Secret) String() string { return stars }

// GoString returns "***".
func (Secret) GoString() string { return stars }

// Format writes "***" for every verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, stars) }

// LogValue returns "***".
func (Secret) LogValue() slog.Value { return slog.StringValue(stars) }

// MarshalText returns "***". encoding/json uses it too.
func (Secret) MarshalText() ([]byte, error) { return []byte(stars), nil }

// Short reports whether the secret has one to three bytes. Such a secret occurs in half
// of all lines by chance, and withholding those would reveal it. [Secret.In] therefore
// never finds it; the whole reply to a login is withheld instead.
func (s Secret) Short() bool {
	n := len(s.Reveal())
	return n > 0 && n < encodedPiece
}

// In reports whether a line from a server that may know the secret repeats it, whole
// or in part:
//
//   - in plain text, in any letter case, even if quoted, escaped, percent-encoded, in
//     UTF-16 or backwards: the secret, or a part of at least six bytes and half its
//     length;
//   - inside base64 (either alphabet, padded or not, at any alignment) or hex, even if
//     one is wrapped in the other: any part of four bytes; inside base32, of six.
//
// In never finds an empty secret, nor a short one ([Secret.Short]). It also looks for
// the forms that [Secret.Tidy] and [Secret.Latin1] return.
func (s Secret) In(line string) bool {
	if s.traces == nil {
		return false
	}
	return slices.ContainsFunc(s.traces(), func(t *traces) bool { return t.in(line) })
}
