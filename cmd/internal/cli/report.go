package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"maildoctor/probe/stage"
)

func reportCommand(s Streams) *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "report FILE",
		Short: "shows a saved run again, and diagnoses it anew",
		Long: `report reads what check --save has written. The conclusions are drawn anew from
what was seen then: a newer maildoctor may find more in an old file.`,
		Example: `  maildoctor check jane@q.com --save run.jsonl
  maildoctor report run.jsonl -v`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.validate(); err != nil {
				return err
			}
			return replay(s, args[0], out)
		},
	}
	out.register(cmd)
	return cmd
}

// replay renders a saved run. The exit code is the run's.
func replay(s Streams, name string, out outputFlags) error {
	f, err := os.Open(name)
	if err != nil {
		return usage("%w", err)
	}
	defer f.Close()
	stream, err := stage.ReadStream(f)
	if errors.Is(err, stage.ErrNewerFormat) {
		return usage("%s: %w; a newer maildoctor is needed", name, err)
	}
	if err != nil {
		return usage("%s: %w", name, err)
	}
	r := conclude(stream)
	if err := out.write(s, r); err != nil {
		return err
	}
	return exit(codeOf(stream, r, out.strict))
}
