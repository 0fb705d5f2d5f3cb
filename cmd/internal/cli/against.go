package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// older is a saved run that the newer one is compared with.
type older struct {
	name   string
	stream *stage.Stream
}

// failures are the values of --fail-on.
var failures = []string{"any", "new"}

// validateFailOn refuses news without anything older.
func (o *outputFlags) validateFailOn() error {
	switch {
	case o.failOn != "" && !slices.Contains(failures, o.failOn) || o.failOn == "" && o.given != nil && o.given("fail-on"):
		return fault.Usage("--fail-on %q: expected %s", o.failOn, strings.Join(failures, " or "))
	case o.failOn == "new" && o.against == "":
		return fault.Usage("--fail-on new without --against: expected a saved run to compare with")
	}
	return nil
}

// readOlder reads the run of --against before anything is tested.
func (o *outputFlags) readOlder(s console.Streams) error {
	if o.against == "" {
		return nil
	}
	stream, err := saved.Read(s, o.against, o.verbose > 0)
	if err != nil {
		return err
	}
	o.older = &older{runName(o.against), stream}
	return nil
}

// compare compares a report with the older run, if there is one. file is what the
// newer run is written to, or read from.
func (o *outputFlags) compare(r *report.Report, file string) {
	if o.older == nil {
		return
	}
	name := r.Language.Text(say.SavedThisRun())
	if file != "" {
		name = runName(file)
	}
	if name == o.older.name {
		name, o.older.name = file, o.against
	}
	r.CompareWith(conclude(r.Language, o.older.stream), o.older.name, name)
	r.NewsOnly = o.failOn == "new"
}

// runName returns the name that a saved run is given in texts.
func runName(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
