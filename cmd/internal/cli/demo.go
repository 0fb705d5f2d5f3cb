package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/demo"
	"maildoctor/cmd/internal/display"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/prose"
)

// demoFlags are the flags that demo shares with check.
type demoFlags struct {
	noLogin, noFollowUp, private, clients bool
	save                                  string
}

func demoCommand(s console.Streams) *cobra.Command {
	var out outputFlags
	var f demoFlags
	var list bool
	cmd := &cobra.Command{
		Use:   "demo [CASE]",
		Short: "runs check against mail servers inside this program",
		Long: `demo starts mail servers, a name server and a certificate authority inside this
program, on loopback addresses, and runs check against them: no network, no
account. The servers work, or have the fault that CASE names. Follow-up probes
to the rest of the world are answered inside this program too.`,
		Example: `  maildoctor demo
  maildoctor demo --list
  maildoctor demo cert-expired -v`,
		Args:              cmdline.Between(0, 1, "one case; maildoctor demo --list names them"),
		ValidArgsFunction: cmdline.First(demos(s.Language)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.validate(); err != nil {
				return err
			}
			if err := out.readOlder(s); err != nil {
				return err
			}
			if list {
				return listDemos(s)
			}
			name := demo.Cases[0].Name
			if len(args) > 0 {
				name = args[0]
			}
			if c, ok := demo.Named(name); ok {
				return demonstrate(cmd.Context(), s, c, out, f)
			}
			if near := cmdline.Mistyped(name, demo.Names()); near != "" {
				return fault.Usage("no demo %q; did you mean %s?", name, near)
			}
			return fault.Usage("no demo %q; maildoctor demo --list names them", name)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the cases")
	cmd.Flags().BoolVar(&f.noLogin, "no-login", false, "test everything up to the login")
	cmd.Flags().BoolVar(&f.noFollowUp, "no-follow-up", false, "make no follow-up probes")
	cmd.Flags().BoolVar(&f.private, "private", false, "contact nobody but the provider's hosts and the resolver")
	cmd.Flags().BoolVar(&f.clients, "clients", false, "see which other programs and devices would connect")
	cmd.Flags().StringVar(&f.save, "save", "", "write the run to `FILE`, for maildoctor report")
	out.register(cmd)
	return cmd
}

func listDemos(s console.Streams) error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, c := range demo.Cases {
		fmt.Fprintf(w, "%s\t%s\n", s.Language.Text(prose.Data(c.Name)), s.Language.Text(c.About))
	}
	return w.Flush()
}

// demonstrate runs a case: another profile, resolver, roots and way to connect for
// the plan and the runner of check.
func demonstrate(ctx context.Context, s console.Streams, c demo.Case, out outputFlags, f demoFlags) error {
	file, err := saved.Create(f.save)
	if err != nil {
		return err
	}
	if err := out.open(f.save, out.against); err != nil {
		file.Discard()
		return err
	}
	world, err := c.Start()
	if err != nil {
		return fault.Own("demo: %w", err)
	}
	defer world.Close()
	opt := world.Options()
	opt.Version, opt.Commit, opt.Arguments = Version, thisBuild().id(), []string{"demo", c.Name}
	opt.NoLogin, opt.NoFollowUps, opt.Programs, opt.Private = f.noLogin, f.noFollowUp, f.clients, f.private
	return execute(ctx, s, probe.NewPlan([]probe.Target{world.Target()}, nil), opt, out, file, new(display.Curtain))
}
