package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/cmd/internal/surveyor"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/walk"
	"maildoctor/profiles"
	"maildoctor/profiles/survey"
)

// surveyFlags are the flags of profiles validate that go with --probe.
type surveyFlags struct {
	networkFlags
	on       bool
	format   string
	output   string
	resume   string
	domains  []string
	parallel int
	pause    time.Duration
	connect  time.Duration
	stage    time.Duration
	profiles *[]string    // --profiles
	typed    []stage.Flag // for the command that goes on
}

// surveyForms are the values of --format.
var surveyForms = []string{"text", "markdown", "json"}

// Defaults of --parallel and --pause: a survey is in no hurry.
const (
	surveyParallel = 8
	surveyPause    = time.Second
)

func (f *surveyFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.on, "probe", false, "look at the servers, names and domains, without a login, and say which entries hold")
	fs.StringSliceVar(&f.domains, "domain", nil, "look only at these domains or profiles, a `LIST`")
	fs.StringVar(&f.format, "format", "text", "`FORM` of the answer: "+strings.Join(surveyForms, ", "))
	fs.StringVar(&f.output, "output", "", "write the answer to `FILE`")
	fs.StringVar(&f.resume, "resume", "", "keep what was seen in `FILE`, and go on from there when it exists")
	fs.IntVar(&f.parallel, "parallel", surveyParallel, "visit at most this many `SERVERS` at a time")
	fs.DurationVar(&f.pause, "pause", surveyPause, "wait for a `TIME` between two visits to the same registered domain")
	fs.DurationVar(&f.connect, "connect-timeout", probe.DefaultConnectTimeout, "limit for each connection, a `TIME`")
	fs.DurationVar(&f.stage, "timeout", probe.DefaultStageTimeout, "limit for each later stage, a `TIME`")
	f.registerOnly(fs, "ipv4", "ipv6", "resolver", "control-resolver", "ca-file", "private", "allow-private-fetch")
}

// validateCommand is profiles validate.
func validateCommand(s console.Streams, dirs *[]string) *cobra.Command {
	f := surveyFlags{profiles: dirs}
	cmd := &cobra.Command{
		Use:   "validate FILE | DIR... | --probe [DIR]",
		Short: "finds every mistake in profile files; with --probe, what is out of date",
		Long: `validate reads profile files and says what is wrong in them, line by line.

With --probe, it looks at what the profiles are about: names, mail exchangers,
published settings, and the servers as far as their capabilities. Nobody logs in.
A server is visited once, however many domains have it, and a few once more at the
end. Without DIR these are all known profiles; in DIR, profiles or files of
Thunderbird's database (ISPDB) as they are. It says for each domain, with file and
line:

  holds               the servers answer as the entry says
  dead                the domain or all servers for a protocol no longer exist
  moved               the domain's mail goes elsewhere
  differs             a server answers, but not as the entry says
  could be encrypted  the entry says no encryption, the server offers it
  self-published      the domain publishes the same itself, so that the entry can go
  not from here       it can't be told on this network, or not now

An entry is blamed only if other servers were reached in the same way before and
after.

Exit codes: 0 all hold, 1 some don't, or it could not be told, 2 usage or a bad
file, 130 interrupted.`,
		Example: `  maildoctor profiles validate own.toml
  maildoctor profiles validate --probe
  maildoctor profiles validate --probe ispdb --resume ispdb.journal --format markdown`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.on {
				return cmdline.Between(0, 1, "at most one directory")(cmd, args)
			}
			return cmdline.Between(1, -1, "profile files, or directories of them")(cmd, args)
		},
		ValidArgsFunction: cmdline.Files("toml", "xml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.on {
				f.typed = typedFlags(cmd, func(name string) bool { return name == "probe" })
				return f.survey(cmd.Context(), s, args)
			}
			var stray []string
			cmd.Flags().Visit(func(x *pflag.Flag) {
				if cmd.LocalNonPersistentFlags().Lookup(x.Name) != nil {
					stray = append(stray, "--"+x.Name)
				}
			})
			if len(stray) > 0 {
				return fault.Usage("%s without --probe: expected both, or neither", stray[0])
			}
			return validate(s, args)
		},
	}
	f.register(cmd)
	return cmd
}

// survey is profiles validate --probe.
func (f *surveyFlags) survey(ctx context.Context, s console.Streams, args []string) error {
	if err := f.validate(); err != nil {
		return err
	}
	table, err := loadCatalogue(*f.profiles)
	if err != nil {
		return err
	}
	entries, place, err := f.entries(s, args, table)
	if err != nil {
		return err
	}
	title := say.SurveyTitle(prose.Count(len(entries)), place)
	origin := walk.Origin{Kind: "profiles-validate-probe", Digest: surveyor.Digest(entries), Title: s.Language.Text(title)}
	if entries, err = f.only(entries); err != nil {
		return err
	}
	look, err := f.surveyor(s, table)
	if err != nil {
		return err
	}
	out, journal, err := f.files(origin)
	if err != nil {
		return err
	}
	if journal != nil {
		defer journal.Close()
		look.Walk.Journal = journal
		if n := journal.Known(); n > 0 {
			fmt.Fprintln(s.Err, s.Language.Sentence(say.SurveyKnown(prose.Count(n), prose.Data(f.resume))))
		}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	seen, err := look.See(ctx, entries)
	if s.ErrTerminal {
		fmt.Fprint(s.Err, "\r\x1b[K")
	}
	a := surveyed{title: title, others: seen.Again.Asked, complete: ctx.Err() == nil}
	for _, e := range entries {
		a.findings = append(a.findings, survey.Judge(e, seen, table))
	}
	return f.conclude(s, args, a, out, err)
}

// conclude writes the answer, and returns the exit code.
func (f *surveyFlags) conclude(s console.Streams, args []string, a surveyed, out *destination, failed error) error {
	a.sort()
	if err := f.write(s, a, out); err != nil {
		return fault.Own("%w", err)
	}
	if !a.complete {
		f.howToGoOn(s, args)
	}
	switch {
	case failed != nil:
		return fault.Own("%w", failed)
	case !a.complete:
		return fault.Exit(fault.ExitInterrupted)
	case slices.ContainsFunc(a.findings, func(x survey.Finding) bool { return !x.Is(survey.Holds) }):
		return fault.Exit(fault.ExitProblems)
	}
	return nil
}

// write writes the answer to standard output or to the file.
func (f *surveyFlags) write(s console.Streams, a surveyed, out *destination) error {
	render := map[string]func(console.Streams) error{"text": a.text, "markdown": a.markdown, "json": a.json}[f.format]
	if out == nil {
		return render(s)
	}
	err := out.write(func(w io.Writer) error {
		s := s
		s.Out, s.OutTerminal = w, false
		return render(s)
	})
	if err == nil {
		fmt.Fprintln(s.Out, s.Language.Sentence(say.SurveyWritten(prose.Data(f.output))))
	}
	return err
}

// howToGoOn says how to resume, on the error output.
func (f *surveyFlags) howToGoOn(s console.Streams, args []string) {
	l := s.Language
	if f.resume == "" {
		fmt.Fprintln(s.Err, l.Sentence(say.SurveyNoResume()))
		return
	}
	words := append([]string{"maildoctor", "profiles", "validate", "--probe"}, args...)
	fmt.Fprintf(s.Err, "%s\n  %s\n", l.Title(say.SurveyResume()), l.Text(console.Command(console.WithFlags(f.typed, words...)...)))
}

func (f *surveyFlags) validate() error {
	switch {
	case !slices.Contains(surveyForms, f.format):
		return fault.Usage("--format %q: expected %s", f.format, strings.Join(surveyForms, ", "))
	case f.parallel < 1:
		return fault.Usage("--parallel %d: expected 1 or more", f.parallel)
	case f.pause < 0:
		return fault.Usage("--pause %s: expected 0s or more", f.pause)
	case f.connect <= 0, f.stage <= 0:
		return fault.Usage("--connect-timeout, --timeout: expected more than 0s")
	}
	return f.networkFlags.validate()
}

// entries returns what there is to look at, and what it is called.
func (f *surveyFlags) entries(s console.Streams, args []string, table *profiles.Catalogue) ([]survey.Entry, prose.Value, error) {
	if len(args) == 0 {
		all, err := survey.FromProfiles(table)
		if err != nil {
			return nil, prose.Value{}, fault.Usage("%w", err)
		}
		return all, say.SurveyCatalogue(), nil
	}
	all, err := surveyor.Read(args[0], importedBy(s))
	if err != nil {
		return nil, prose.Value{}, fault.Usage("%w", err)
	}
	return all, prose.Data(filepath.ToSlash(filepath.Clean(args[0]))), nil
}

// only keeps what --domain asks for.
func (f *surveyFlags) only(entries []survey.Entry) ([]survey.Entry, error) {
	if len(f.domains) == 0 {
		return entries, nil
	}
	var out []survey.Entry
	for _, want := range f.domains {
		want = strings.ToLower(profiles.Narrow(want))
		n := len(out)
		for _, e := range entries {
			if e.Domain == want || e.Profile == want {
				out = append(out, e)
			}
		}
		if len(out) == n {
			return nil, fault.Usage("--domain %q: expected a domain or the id of a profile that is among those to look at", stage.Visible(want))
		}
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(out, func(e survey.Entry) bool {
		id := e.ID() + " " + e.File
		twice := seen[id]
		seen[id] = true
		return twice
	}), nil
}

// files opens what will be written, before anything is looked at.
func (f *surveyFlags) files(origin walk.Origin) (out *destination, journal *walk.Journal, err error) {
	if f.resume != "" {
		journal, err = walk.Open(f.resume, origin)
		if err != nil {
			return nil, nil, fault.Usage("--resume: %w", files.Expecting("the name of a journal, or of a new file", err))
		}
	}
	if f.output == "" {
		return nil, journal, nil
	}
	out = &destination{name: f.output}
	if err := out.open(); err != nil {
		if journal != nil {
			err = errors.Join(err, journal.Close())
		}
		return nil, nil, err
	}
	return out, journal, nil
}

// surveyor connects the network with what looks at it.
func (f *surveyFlags) surveyor(s console.Streams, table *profiles.Catalogue) (*surveyor.Surveyor, error) {
	by, err := f.means()
	if err != nil {
		return nil, err
	}
	asker := f.asker(table, by)
	asker.Sources, asker.Private = surveyor.OwnSources, true
	look := &surveyor.Surveyor{
		Names: asker.Names, Asker: asker, Nonce: asker.Nonce,
		Walk: walk.Options{Parallel: f.parallel, Pause: f.pause, Told: counting(s)},
	}
	if look.Others, err = f.otherResolvers(); err != nil {
		return nil, err
	}
	opt := probe.Options{
		Version: Version, System: probe.ThisSystem(), NoLogin: true, NoFollowUps: true, Private: true, Family: f.family(),
		Resolver: by.names, ResolverAddress: by.server, Roots: by.roots, CAFile: f.caFile != "", Catalogue: profiles.Public,
		ConnectTimeout: f.connect, StageTimeout: f.stage, Parallel: 1,
	}
	look.Examine = func(ctx context.Context, e stage.Endpoint) (*stage.CheckRecord, error) {
		t := probe.Target{
			Subject:   stage.Subject{Argument: e.Host, Kind: stage.SubjectURL},
			Endpoints: []probe.PlannedEndpoint{{Endpoint: e, Public: profiles.Public(e.Host)}},
		}
		rec, err := probe.Examine(ctx, probe.NewPlan([]probe.Target{t}, nil), opt)
		if err != nil {
			return nil, err
		}
		return &rec.Checks[0], nil
	}
	return look, nil
}

// otherResolvers are the name servers that are asked about names that seem to be gone.
func (f *surveyFlags) otherResolvers() ([]surveyor.Other, error) {
	servers := f.controls
	if len(servers) == 0 && !f.private {
		servers = probe.PublicControls().Resolvers
	}
	var out []surveyor.Other
	for _, arg := range servers {
		server, err := resolve.ParseServer(arg)
		if err != nil {
			return nil, fault.Usage("--control-resolver: %w", err)
		}
		out = append(out, surveyor.Other{Server: server, Names: dnsNames{resolve.New(resolve.Options{Server: server, Family: f.family()})}})
	}
	return out, nil
}

// counting shows on a terminal how far a walk is; nil if there is none.
func counting(s console.Streams) func(done, all int) {
	if !s.ErrTerminal {
		return nil
	}
	return func(done, all int) {
		fmt.Fprintf(s.Err, "\r\x1b[K%s", s.Language.Text(say.SurveyProgress(prose.Count(done), prose.Count(all))))
	}
}
