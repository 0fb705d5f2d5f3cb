package probe_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain checks that no test leaves a goroutine behind. With an environment variable
// set, the test binary is the benchmarks' server instead.
func TestMain(m *testing.M) {
	if hold := os.Getenv(benchServerVariable); hold != "" {
		serveBenchmark(hold)
		return
	}
	goleak.VerifyTestMain(m)
}
