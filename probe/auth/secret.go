package auth

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// stars stands in the place of a secret, whoever formats it.
const stars = "***"

// repeatsSecret stands in the place of a server's words that repeat a secret.
const repeatsSecret = "(withheld: it repeats what was sent to log in)"

// Secret is a password or token. Every formatter prints it as ***; the only way
// to the text is [Secret.Reveal].
//
// It holds functions and not a string: fmt and slog skip methods on unexported
// fields, and would print a string that they find by reflection.
type Secret struct {
	reveal func() string
	traces func() []*traces // what gives the secret away, in each of its forms; made when first needed
}

// NewSecret keeps s.
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

// Short reports whether the secret is of one to three bytes. Such a one stands in half
// of all lines by chance: gaps where it stands would tell it. [Secret.In] finds it
// nowhere, and the whole reply to a login is withheld instead.
func (s Secret) Short() bool {
	n := len(s.Reveal())
	return n > 0 && n < encodedPiece
}

// In reports whether a line, of a server that may have been told the secret,
// repeats it, whole or in part:
//
//   - in plain text, in any letter case, also quoted, escaped, percent-encoded, in
//     UTF-16 or backwards: the secret, or a piece of it of at least six bytes and half
//     its length;
//   - inside base64 (either alphabet, padded or not, beginning anywhere) or hex, also
//     where one is wrapped in the other: any piece of four bytes; inside base32, of six.
//
// An empty secret is in no line, and a short one ([Secret.Short]) neither.
//
// The forms that [Secret.Tidy] and [Secret.Latin1] give count as the secret does.
func (s Secret) In(line string) bool {
	if s.traces == nil {
		return false
	}
	return slices.ContainsFunc(s.traces(), func(t *traces) bool { return t.in(line) })
}
