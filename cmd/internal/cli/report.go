package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/handover"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/redact"
	"maildoctor/probe/stage"
)

// reportFlags are the flags of report.
type reportFlags struct {
	outputFlags
	exportFlags
	redact bool
	save   string
}

func reportCommand(s console.Streams) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report FILE",
		Short: "shows a saved run, and diagnoses it again",
		Long: `report reads what check --save has written. The conclusions are drawn again from
what was seen then: a newer maildoctor may find more in an old file.

With --redact, account names, the addresses of the computer and its network, and
its names are replaced, each by the same stand-in wherever it occurs; --save
writes the result to a new file, which can be shared.

With --save-chain, the certificates that the servers have shown are written to a
new file. They are in a saved run; a report, even in JSON, has only their facts.


With --as, the settings that worked in the run are written for a program, as
maildoctor settings --as does, and no report; --output names the file.`,
		Example: `  maildoctor check jane@q.com --save run.jsonl
  maildoctor report run.jsonl -v
  maildoctor report hotspot.jsonl --against wifi.jsonl
  maildoctor report run.jsonl --redact --save case.jsonl
  maildoctor report run.jsonl --as thunderbird --output config-v1.1.xml`,
		Args:              cmdline.Between(1, 1, "one file that check --save has written"),
		ValidArgsFunction: cmdline.First(cmdline.Files("jsonl")),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.save != "" && !f.redact {
				return fault.Usage("--save without --redact: expected both; %s can be copied as it is", args[0])
			}
			if err := f.exportFlags.validate(); err != nil {
				return err
			}
			if f.as != "" {
				return f.export(s, args[0])
			}
			if err := f.outputFlags.validate(); err != nil {
				return err
			}
			if err := f.readOlder(s); err != nil {
				return err
			}
			return f.replay(s, args[0])
		},
	}
	f.outputFlags.register(cmd)
	f.exportFlags.register(cmd.Flags())
	cmd.Flags().BoolVar(&f.redact, "redact", false, "replace account names, local addresses and machine names")
	cmd.Flags().StringVar(&f.save, "save", "", "with --redact: write the redacted run to `FILE`; never over an existing file")
	return cmd
}

// replay renders a saved run. The exit code is the run's.
func (f *reportFlags) replay(s console.Streams, name string) error {
	stream, err := saved.Read(s, name, f.redact || f.verbose > 0)
	if err != nil {
		return err
	}
	if err := f.open(name, f.against); err != nil {
		return err
	}
	if f.redact {
		if err := f.makeAnonymous(s, stream); err != nil {
			f.discard()
			return err
		}
	}
	rec := stage.Fold(stream)
	r := f.outputFlags.report(s, rec)
	f.compare(r, name)
	r.Exit = new(codeOf(r, f.strict))
	if err := errors.Join(f.outputFlags.write(s, r), f.shown.Write(s, rec)); err != nil {
		return err
	}
	return fault.Exit(f.code(r))
}

// makeAnonymous replaces everything in a stream that identifies its user. It
// verifies that the remaining stream leads to the same findings, and writes it to
// the named file.
func (f *reportFlags) makeAnonymous(s console.Streams, stream *stage.Stream) error {
	before := causesOf(stream)
	n := redact.InPlace(stream)
	if after := causesOf(stream); !slices.Equal(before, after) {
		return fault.Own("redacting would change the findings (%v before, %v after): nothing was written", before, after)
	}
	file, err := saved.Create(f.save)
	if err != nil || file == nil {
		return err
	}
	defer file.Close()
	if err := stream.Copy(file.StreamWriter); err != nil {
		return fault.Own("--save: %w", err)
	}
	s.Tell(s.SavedLabel(), say.SavedRedacted(prose.Data(f.save), prose.Count(n)))
	s.TellLabelled(say.SavedStillInIt(), say.SavedRemains())
	return nil
}

// causesOf returns the causes found in a run, in order.
func causesOf(stream *stage.Stream) []cause.ID {
	var out []cause.ID
	for _, f := range diagnose.Diagnose(stage.Fold(stream)).Findings {
		out = append(out, f.Cause)
	}
	return out
}

// export exports what a saved run has found to work, instead of a report.
func (f *reportFlags) export(s console.Streams, name string) error {
	switch {
	case len(f.files) > 1:
		return fault.Usage("--as %s: expected --output once", f.as)
	case f.redact || f.save != "" || f.against != "" || f.chain != "":
		return fault.Usage("--as %s: expected it without --redact, --save, --against and --save-chain", f.as)
	case f.given("fail-on") || f.strict:
		return fault.Usage("--as %s: expected it without --fail-on and --strict, which judge a report", f.as)
	case f.name != "" || f.labels != "":
		return fault.Usage("--as %s: expected it without --program and --language", f.as)
	case f.given("format"):
		return fault.Usage("--as %s, --format %s: expected one of them", f.as, f.format)
	}
	stream, err := saved.Read(s, name, false)
	if err != nil {
		return err
	}
	rec := stage.Fold(stream)
	e, err := handover.FromRun(rec, reportOf(s.Language, rec))
	if err != nil {
		return fault.Usage("--as %s: %w", f.as, err)
	}
	out := ""
	if len(f.files) > 0 {
		out = f.files[0]
	}
	return f.exportFlags.write(s, e, out)
}
