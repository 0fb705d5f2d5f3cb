package stage

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Millis is a duration that is written as a number of milliseconds. It is kept
// to the microsecond, so that what is read back equals what was written.
type Millis time.Duration

// maxMillis is more than any run takes, and less than overflows.
const maxMillis = 1e12

// Ms rounds a duration to the microsecond.
func Ms(d time.Duration) Millis { return Millis(d.Round(time.Microsecond)) }

// Duration returns m as a time.Duration.
func (m Millis) Duration() time.Duration { return time.Duration(m) }

// MarshalJSON writes milliseconds with at most three decimals.
func (m Millis) MarshalJSON() ([]byte, error) {
	us := time.Duration(m).Microseconds()
	return strconv.AppendFloat(nil, float64(us)/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
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
