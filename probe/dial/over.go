package dial

import (
	"context"
	"time"
)

// Over reports whether the run has ended. A connection whose deadline is the
// run's may notice an instant before the context does.
func Over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}
