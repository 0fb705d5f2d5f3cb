package cli

import (
	"os"
	"runtime/debug"
)

// manyChecks is the number of checks from which memory matters more than time.
const manyChecks = 1000

// economical makes the collector run more often while a large plan is carried out and
// reported: what is kept of it grows with the plan, and by default as much again would be
// used up before a collection. It returns a function that ends this. GOGC in the
// environment has precedence.
func economical(checks int) (usual func()) {
	if checks < manyChecks || os.Getenv("GOGC") != "" {
		return func() {}
	}
	const percent = 40
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}
