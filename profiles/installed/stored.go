package installed

import (
	"fmt"
	"log/slog"
)

// stars is printed in place of a password.
const stars = "***"

// Stored is a password that stood in a file. Every formatter prints it as ***; only
// [Stored.Reveal] returns it. It holds a function, because fmt and slog don't call the
// methods of unexported fields and would print text that they find by reflection.
type Stored struct{ reveal func() string }

func stored(password string) Stored {
	if password == "" {
		return Stored{}
	}
	return Stored{func() string { return password }}
}

// Reveal returns the password, for the one who logs in with it.
func (s Stored) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String returns "***".
func (Stored) String() string { return stars }

// GoString returns "***".
func (Stored) GoString() string { return stars }

// Format writes "***" for every verb.
func (Stored) Format(f fmt.State, _ rune) { fmt.Fprint(f, stars) }

// LogValue returns "***".
func (Stored) LogValue() slog.Value { return slog.StringValue(stars) }

// MarshalText returns "***". encoding/json uses it too.
func (Stored) MarshalText() ([]byte, error) { return []byte(stars), nil }
