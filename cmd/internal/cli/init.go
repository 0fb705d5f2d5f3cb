package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/cmd/internal/smoke"
	"maildoctor/cmd/internal/starter"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// initFlags are the flags of init.
type initFlags struct {
	networkFlags
	dirs   []string
	output string
	schema bool
}

func initCommand(s console.Streams) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init [ADDRESS | DOMAIN | PROFILE | URL...]",
		Short: "writes a smoke file: servers, and what is expected of them",
		Long: `init writes a smoke file for check --file: which mail servers to test, as whom,
and what is expected of them. It connects to the servers of its arguments,
without a login, and writes what it sees as expectations: the days left of a
certificate, its names, the TLS version, the mechanisms offered. A server that
doesn't work is written as well, with a comment that says so. Without arguments
it writes an example.

With --schema it writes the JSON Schema of smoke files instead, for editors.

Exit codes: 0 written, 2 usage, 3 maildoctor itself failed, 130 interrupted.`,
		Example: `  maildoctor init jane@q.com --output smoke.toml
  maildoctor init imaps://imap.example.net smtp://smtp.example.net
  maildoctor init --schema --output smoke.schema.json`,
		ValidArgsFunction: subjects,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.init(cmd.Context(), s, args)
		},
	}
	fs := cmd.Flags()
	f.register(fs)
	fs.StringVar(&f.output, "output", "", "write to `FILE`; never over a file that exists")
	fs.BoolVar(&f.schema, "schema", false, "write the JSON Schema of smoke files")
	fs.StringSliceVar(&f.dirs, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	return cmd
}

// init is the command. The file is created before anything is tested.
func (f *initFlags) init(ctx context.Context, s console.Streams, args []string) error {
	if f.schema && len(args) > 0 {
		return fault.Usage("--schema and %d arguments: expected one of them", len(args))
	}
	if err := f.validate(); err != nil {
		return err
	}
	if f.output == "" {
		return f.write(ctx, s, args, nil)
	}
	file, err := files.Create("output", f.output, files.Public)
	if err != nil {
		return err
	}
	if err := f.write(ctx, s, args, file); err != nil {
		file.Close()
		os.Remove(f.output)
		return err
	}
	return nil
}

// write writes the file, or to standard output if file is nil.
func (f *initFlags) write(ctx context.Context, s console.Streams, args []string, file *os.File) error {
	text, err := f.text(ctx, s, args)
	if err != nil {
		return err
	}
	if file == nil {
		_, err := s.Out.Write(text)
		return own(err)
	}
	if _, err := file.Write(text); err != nil {
		return own(err)
	}
	if err := file.Close(); err != nil || f.schema {
		return own(err)
	}
	l := s.Language
	_, err = fmt.Fprintf(s.Out, "%s\n  %s\n", l.Title(say.InitWritten(prose.Data(f.output))), l.Text(console.Command("maildoctor", "check", "--file", f.output)))
	return own(err)
}

// own makes an error of writing maildoctor's own.
func own(err error) error {
	if err != nil {
		return fault.Own("%w", err)
	}
	return nil
}

// text returns what is to be written.
func (f *initFlags) text(ctx context.Context, s console.Streams, args []string) ([]byte, error) {
	name := f.output
	if name == "" {
		name = "smoke.toml"
	}
	switch {
	case f.schema:
		return smoke.Schema(), nil
	case len(args) == 0:
		return starter.Write(s.Language, nil, nil, name), nil
	}
	rec, err := f.look(ctx, s, args)
	if err != nil {
		return nil, err
	}
	return starter.Write(s.Language, rec, reportOf(s.Language, rec).Outcomes, name), nil
}

// look connects to the servers, as far as the login.
func (f *initFlags) look(ctx context.Context, s console.Streams, args []string) (*stage.Record, error) {
	c := checkFlags{
		networkFlags: f.networkFlags, profileDir: f.dirs, noLogin: true, noFollowUp: true, flags: ofProfiles(f.dirs),
		connect: probe.DefaultConnectTimeout, stage: probe.DefaultStageTimeout, run: probe.NoLimit, pace: usualPace,
	}
	catalogue, err := loadCatalogue(f.dirs)
	if err != nil {
		return nil, err
	}
	ts, unknown, err := targets(args, "", catalogue, c.flags...)
	if err != nil {
		return nil, err
	}
	opt, err := c.options(s, args)
	if err != nil {
		return nil, err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	c.discover(ctx, ts, unknown, catalogue, &opt)
	opt.Discover, opt.Catalogue = nil, profiles.Public
	rec, err := probe.Examine(ctx, probe.NewPlan(ts, nil), opt)
	switch {
	case rec == nil:
		return nil, own(err)
	case rec.End.State == stage.WasInterrupted:
		return nil, fault.Exit(fault.ExitInterrupted)
	}
	return rec, own(err)
}
