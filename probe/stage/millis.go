package stage

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Millis is a duration that is encoded as a number of milliseconds. It is rounded to
// the microsecond, so that decoding returns the encoded value.
type Millis time.Duration

// maxMillis is longer than any run, and small enough not to overflow.
const maxMillis = 1e12

// Ms rounds a duration to the microsecond.
func Ms(d time.Duration) Millis { return Millis(d.Round(time.Microsecond)) }

// Duration returns m as a time.Duration.
func (m Millis) Duration() time.Duration { return time.Duration(m) }

// MarshalJSON implements [json.Marshaler]. It writes milliseconds with at most three
// decimals.
func (m Millis) MarshalJSON() ([]byte, error) {
	us := time.Duration(m).Microseconds()
	return strconv.AppendFloat(nil, float64(us)/1000, 'f', -1, 64), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *Millis) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return err
	}
	if math.IsNaN(f) || math.Abs(f) > maxMillis {
		return fmt.Errorf("%s: expected a number of milliseconds up to %g", b, float64(maxMillis))
	}
	*m = Millis(time.Duration(math.Round(f*1000)) * time.Microsecond)
	return nil
}
