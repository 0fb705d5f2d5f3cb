package cli

import (
	"context"
	"crypto/x509"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// demoTimeouts are shorter than those of a real run: nobody wants to wait half a
// minute to see a silent port.
const (
	demoConnect = 2 * time.Second
	demoStage   = 3 * time.Second
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
		Args:              between(0, 1, "one case; maildoctor demo --list names them"),
		ValidArgsFunction: first(demos(s.Language)),
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
			name := demoCases[0].name
			if len(args) > 0 {
				name = args[0]
			}
			for _, c := range demoCases {
				if c.name == name {
					return demo(cmd.Context(), s, c, out, f)
				}
			}
			if near := mistyped(name, demoNames()); near != "" {
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

func demoNames() []string {
	var out []string
	for _, c := range demoCases {
		out = append(out, c.name)
	}
	return out
}

func listDemos(s console.Streams) error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, c := range demoCases {
		fmt.Fprintf(w, "%s\t%s\n", s.Language.Text(prose.Data(c.name)), s.Language.Text(c.about))
	}
	return w.Flush()
}

// demo runs a case: another profile, resolver, roots and way to connect for the plan
// and the runner of check.
func demo(ctx context.Context, s console.Streams, c demoCase, out outputFlags, f demoFlags) error {
	file, err := createSaved(f.save)
	if err != nil {
		return err
	}
	if err := out.open(f.save, out.against); err != nil {
		file.discard()
		return err
	}
	provider, err := probetest.StartProvider(c.provider())
	if err != nil {
		return fault.Own("demo: %w", err)
	}
	defer provider.Close()
	// The demonstration's authority replaces the public ones.
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(provider.Root.PEM())
	roots, err := tlsinspect.NewRoots(pool, pool, nil)
	if err != nil {
		return fault.Own("demo: %w", err)
	}
	opt := probe.Options{
		Version: Version, Commit: thisBuild().id(), System: probe.ThisSystem(), Demo: c.name,
		NoLogin: f.noLogin, NoFollowUps: f.noFollowUp, Programs: f.clients, Private: f.private, Controls: demoControls(provider.Strangers),
		Arguments: []string{"demo", c.name},
		Roots:     roots, Dial: provider.Dial,
		Resolver: resolve.New(resolve.Options{Server: provider.Resolver}),

		ConnectTimeout: demoConnect, StageTimeout: demoStage,
		Credentials: map[int]probe.Credential{0: {Secret: auth.NewSecret(c.password())}},
	}
	// The demonstration's network, and its name server, are inside this program.
	opt.System.LinkUp, opt.System.Resolvers, opt.System.Proxies = true, []string{provider.Resolver}, nil
	return execute(ctx, s, probe.NewPlan([]probe.Target{demoTarget(provider)}, nil), opt, out, file, new(curtain))
}

// demoControls returns the unrelated servers of the demonstration, which are also
// inside this program.
func demoControls(s *probetest.Strangers) stage.Controls {
	return stage.Controls{
		Resolvers: []string{s.Resolver}, Name: s.Name, Hosts: []string{s.Host}, Portal: s.Portal, Time: s.Time, Nobody: s.Nobody,
	}
}

// demoTarget returns the account of the demonstration, with a profile of its own.
func demoTarget(provider *probetest.Provider) probe.Target {
	profile := &stage.Profile{
		ID: "demo", Name: "Demo Mail", Date: "2026-11-22", Source: "this demonstration", Builtin: true,
		Domains: []string{provider.Domain}, UserName: stage.FullAddress,
		MailboxBytes: 700 << 20, MessageBytes: 10 << 20,
	}
	t := probe.Target{Subject: stage.Subject{
		Argument: probetest.DemoUser, Kind: stage.SubjectAddress, Domain: provider.Domain,
		Address: probetest.DemoUser, User: probetest.DemoUser, Profile: profile,
	}}
	for _, e := range provider.Endpoints {
		if e.Unlisted {
			continue
		}
		endpoint := stage.Endpoint{
			Protocol: stage.Protocol(e.Protocol), Host: e.Host, Port: e.Port, Security: demoSecurity[e.Security],
		}
		profile.Endpoints = append(profile.Endpoints, endpoint)
		t.Endpoints = append(t.Endpoints, probe.PlannedEndpoint{Endpoint: endpoint, Optional: e.Optional, Public: true})
	}
	return t
}

var demoSecurity = map[probetest.Security]stage.Security{
	probetest.ImplicitTLS: stage.TLS,
	probetest.StartTLS:    stage.StartTLS,
	probetest.Cleartext:   stage.None,
}
