package dial

import (
	"context"
	"time"
)

// Over reports whether the run has ended. A connection with the run's deadline may time
// out an instant before the context does.
func Over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}
