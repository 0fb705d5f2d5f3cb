package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// resumeFlags name a run to go on with.
type resumeFlags struct {
	name string
	run  *stage.Taken // nil: none was named
}

func (f *resumeFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "resume", "", "go on with the run saved in `FILE`, which ended early: what had been tested is taken over from there; give the same arguments")
}

// readResumed reads the run to go on with, before anything is tested.
func (f *checkFlags) readResumed(s console.Streams) (err error) {
	m := &f.resume
	switch {
	case m.name == "":
		return nil
	case f.dryRun:
		return fault.Usage("--dry-run and --resume: expected one of them")
	}
	if m.run, err = saved.Earlier(s, m.name, f.save != "" || f.verbose > 0); err != nil {
		return err
	}
	if other, ok := unlike(m.run.Header.Options.Flags, f.flags); ok {
		return fault.Usage("--resume %s: that run was made with other flags (%s); expected the same", m.name, other)
	}
	return nil
}

// ofPace are flags that may be others when a run is gone on with: they say how it is
// made, and not what is tested.
var ofPace = []string{"--parallel", "--per-address", "--spacing", "--retries", "--retry-wait", "--connect-timeout", "--timeout", "--run-timeout"}

// unlike returns a flag that only one of two runs has; ok is false if there is none.
func unlike(a, b []stage.Flag) (name string, ok bool) {
	for _, pair := range [][2][]stage.Flag{{a, b}, {b, a}} {
		for _, f := range pair[0] {
			if !slices.Contains(pair[1], f) && !slices.Contains(ofPace, f.Name) {
				return f.Name, true
			}
		}
	}
	return "", false
}

// resumed returns the plan of the run to go on with, if it was made of the same arguments
// or the same file. The targets get what it knows of them.
func (f *checkFlags) resumed(ts []probe.Target) (stage.Plan, error) {
	m := &f.resume
	plan := m.run.Header.Plan
	switch file := f.smoke.file; {
	case file == nil && plan.File != nil:
		return plan, fault.Usage("--resume %s: that run tested the smoke file %s; expected --file %s", m.name, plan.File.Path, plan.File.Path)
	case file != nil && plan.File == nil:
		return plan, fault.Usage("--resume %s: that run tested no smoke file; expected its arguments", m.name)
	case file != nil && file.Origin.SHA256 != plan.File.SHA256:
		return plan, fault.Usage("--resume %s: %s has changed since that run; begin afresh", m.name, f.smoke.name)
	}
	same := slices.EqualFunc(ts, plan.Subjects, func(t probe.Target, s stage.Subject) bool {
		return t.Subject.Argument == s.Argument && t.Subject.Kind == s.Kind && t.Subject.Label == s.Label && t.Subject.Line == s.Line
	})
	if !same {
		return plan, fault.Usage("--resume %s: that run tested something else; expected the same arguments, in the same order, and the same --only and --skip", m.name)
	}
	for i := range ts {
		ts[i].Subject = plan.Subjects[i]
	}
	return plan, f.sameExpectations(plan)
}

// sameExpectations refuses a run of the same file of which other expectations were
// chosen.
func (f *checkFlags) sameExpectations(plan stage.Plan) error {
	if f.smoke.file == nil {
		return nil
	}
	for _, c := range plan.Checks {
		same := func(a, b stage.Expectation) bool {
			return a.ID == b.ID && a.Severity == b.Severity && slices.Equal(a.Want, b.Want)
		}
		if !slices.EqualFunc(f.smoke.expectations(c), c.Expects, same) {
			return fault.Usage("--resume %s: that run expected other things of %s; expected the same --only and --skip", f.resume.name, c.Endpoint.Address())
		}
	}
	return nil
}

// howToGoOn says on the error output how to go on with a run of many that was
// interrupted, if it was saved.
func (f *checkFlags) howToGoOn(s console.Streams, ended error) {
	e, ok := errors.AsType[*fault.Error](ended)
	if !ok || e.Code != fault.ExitInterrupted || f.save == "" {
		return
	}
	words := []string{"maildoctor", "check"}
	switch {
	case f.smoke.file != nil:
		words = append(words, "--file", f.smoke.name)
		if len(f.smoke.only) > 0 {
			words = append(words, "--only", strings.Join(f.smoke.only, ","))
		}
		if len(f.smoke.skip) > 0 {
			words = append(words, "--skip", strings.Join(f.smoke.skip, ","))
		}
	case f.list != nil:
		words = append(words, dash)
	default:
		return
	}
	words = append(console.WithFlags(f.flags, words...), "--resume", f.save)
	l := s.Language
	fmt.Fprintf(s.Err, "\n%s\n  %s\n", l.Title(say.SurveyResume()), l.Text(console.Command(words...)))
}
