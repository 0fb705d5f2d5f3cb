package cli

import (
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Version is the first part of the output of --version; the build may set it.
var Version = "0.1.0"

// build is the source of this program's build.
type build struct {
	commit   string    // abbreviated; empty: not recorded
	date     time.Time // of the commit
	modified bool      // with uncommitted changes
}

// commitDigits is the number of digits that identify a commit.
const commitDigits = 12

// thisBuild is what the go command has recorded about this program.
var thisBuild = sync.OnceValue(func() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info)
})

func buildOf(info *debug.BuildInfo) build {
	var b build
	if info == nil {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value[:min(len(s.Value), commitDigits)]
		case "vcs.time":
			b.date, _ = time.Parse(time.RFC3339, s.Value)
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

// id returns the commit for JSON reports and saved runs; empty if it is not
// recorded.
func (b build) id() string {
	if b.commit != "" && b.modified {
		return b.commit + "+modified"
	}
	return b.commit
}

// line returns what --version prints after the program's name.
func (b build) line(version string) string {
	if b.commit == "" {
		return version + ", commit unknown"
	}
	return fmt.Sprintf("%s, commit %s, %s", version, b.id(), b.date.UTC().Format(time.DateOnly))
}
