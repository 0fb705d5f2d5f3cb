package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/display"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/auth"
	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/resolve"
	"maildoctor/probe/smtp"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// checkFlags are the flags of check.
type checkFlags struct {
	secretFlags
	outputFlags
	networkFlags
	pace       paceFlags
	resume     resumeFlags
	smoke      smokeFlags
	kept       keptFlags
	list       *targetList // on standard input; nil: there is none
	user       string
	noLogin    bool
	cleartext  bool
	forgeable  bool
	noFollowUp bool
	clients    bool
	dryRun     bool
	trustLocal bool
	profileDir []string
	protocols  []string
	mechanism  string
	hello      string
	sender     string
	recipient  string
	save       string
	connect    time.Duration
	stage      time.Duration
	run        time.Duration
	days       int
	sinks      []probe.Sink      // besides the saved file and the display
	dns        *resolve.Resolver // the one in the runner's options
	flags      []stage.Flag      // for commands that repeat the run
}

func checkCommand(s console.Streams) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check ADDRESS | DOMAIN | PROFILE | URL... | - | --file FILE",
		Short: "tests receiving and sending, and names the cause of a failure",
		Long: `check tests DNS, TCP, TLS, STARTTLS and login of every mail server that belongs
to an address, a domain or a profile, or of the endpoints given as URLs.

Without a password, everything up to the login is tested. The password is asked
for on a terminal, or comes from --password-stdin, --password-command or the
variable MAILDOCTOR_PASSWORD; no flag takes one. It is sent only over verified
encryption, and is never written down.

Where no profile knows the address, or a server of its profile fails before the
login, what the domain publishes is asked and tried; --private asks the domain
alone, --no-follow-up doesn't ask where a profile fails.

With --clients, the servers are dialled once more as old programs and devices do
that know less (TLS 1.0, 1.1 or 1.2 at most, RSA key exchange, no server name),
without any password. A table says who would not connect and why: that is often
why mail works in one program and not in another.

With --file, a smoke file says what to test, as whom, and what is expected of
it; maildoctor init writes one. With -, the targets are read from standard
input, one a line; lines that begin with # are skipped. In both cases the time
of the whole run is not limited, and what mail programs have is not read.

URLs: imap:// imaps:// pop3:// pop3s:// smtp:// (submission) smtps://, with
?starttls=required|if-offered|never.

Exit codes: 0 works, 1 problems found or could not tell, 2 usage or a bad file,
3 maildoctor itself failed, 130 interrupted. Warnings are 0, or 1 with --strict.
With --format nagios they are those of plugins: 0 works, 1 works with warnings,
2 does not work, 3 could not tell, wrong usage, a failure, interrupted.`,
		Example: `  maildoctor check jane@q.com
  maildoctor check q.com --format json
  maildoctor check --file smoke.toml --only production --strict
  maildoctor check imaps://imap.example.net smtp://smtp.example.net --user jane
  maildoctor check - --no-login --format jsonl <servers.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.smoke.name != "" {
				return nil
			}
			return cmdline.Between(1, -1, "an address such as jane@q.com, a domain, a profile or a URL")(cmd, args)
		},
		ValidArgsFunction: targetsTyped(s.Language),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.flags = f.repeated(cmd)
			if slices.Contains(args, dash) {
				f.list = new(targetList)
			}
			return f.check(cmd.Context(), s, args)
		},
	}
	f.register(cmd)
	f.smoke.register(cmd)
	f.outputFlags.register(cmd)
	cmd.Flags().BoolVar(&f.kept.without, "no-compare", false, "don't read what mail programs on this computer have; off without a terminal in any case, and where CI is set")
	return cmd
}

func (f *checkFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.user, "user", "", "log in as `NAME`, if that is not what the profile says; needed to log in at a URL")
	fs.BoolVar(&f.stdin, "password-stdin", false, "read the password from standard input, up to the end of the line")
	fs.StringVar(&f.command, "password-command", "", "run `COMMAND` in the shell when a login needs it; the first line that it prints is the password")
	fs.StringVar(&f.tokenCmd, "token-command", "", "run `COMMAND` likewise; the first line that it prints is an OAuth 2.0 access token")
	fs.BoolVar(&f.noLogin, "no-login", false, "test everything up to the login")
	fs.StringVar(&f.mechanism, "auth", "", "log in only with `MECHANISM`, such as PLAIN, SCRAM-SHA-256, XOAUTH2")
	fs.BoolVar(&f.cleartext, "allow-cleartext-login", false, "where the settings say \"no encryption\", send the password unencrypted")
	fs.BoolVar(&f.forgeable, "allow-unverified-settings", false, "send the password even to servers named only by what somebody on the way could have forged, such as DNS records")
	fs.StringSliceVar(&f.protocols, "protocol", nil, "test only these protocols: `LIST`, of imap, pop3 and smtp")
	f.networkFlags.register(fs)
	fs.BoolVar(&f.trustLocal, "trust-local-roots", false, "trust roots added to this computer for known providers too")
	fs.IntVar(&f.days, "certificate-days", 0, "warn when a certificate expires in fewer than `DAYS`; 21, fewer for short-lived ones")
	fs.StringVar(&f.hello, "helo", "", "greet SMTP servers as `NAME`, not with this computer's address")
	fs.StringVar(&f.sender, "from", "", "try `ADDRESS` as the sender; needed if the user name is not an address")
	fs.StringVar(&f.recipient, "to", "", "try `ADDRESS` as the recipient, and send nothing; without a login where none is on offer or asked for")
	fs.BoolVar(&f.noFollowUp, "no-follow-up", false, "make no follow-up probes")
	fs.BoolVar(&f.clients, "clients", false, "see which other programs and devices would connect, such as scanners: "+strconv.Itoa(programs.Connections())+" more connections for each server")
	fs.StringSliceVar(&f.profileDir, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	fs.DurationVar(&f.connect, "connect-timeout", probe.DefaultConnectTimeout, "limit for each connection, a `TIME`")
	fs.DurationVar(&f.stage, "timeout", probe.DefaultStageTimeout, "limit for each later stage, a `TIME`")
	fs.DurationVar(&f.run, "run-timeout", probe.DefaultRunTimeout, "limit for all servers of one account, a `TIME` from their start; none with a smoke file or a list")
	f.pace.register(fs)
	f.resume.register(fs)
	fs.BoolVar(&f.dryRun, "dry-run", false, "print what would be tested, and test nothing")
	fs.StringVar(&f.save, "save", "", "write the run to `FILE`, for maildoctor report; never over an existing file")
}

// check is the command: it turns arguments into targets, targets into a plan, the
// plan into a run, and the run into a report.
func (f *checkFlags) check(ctx context.Context, s console.Streams, args []string) error {
	if err := f.validate(); err != nil {
		return err
	}
	if err := f.readSmoke(args); err != nil {
		return err
	}
	if err := f.readOlder(s); err != nil {
		return err
	}
	if err := f.readResumed(s); err != nil {
		return err
	}
	if err := f.readList(s, args); err != nil {
		return err
	}
	catalogue, err := loadCatalogue(f.profileDir)
	if err != nil {
		return err
	}
	ts, unknown, err := f.examined(args, catalogue)
	if err != nil {
		return err
	}
	wanted, err := protocols(f.protocols)
	if err != nil {
		return err
	}
	opt, err := f.options(s, args)
	if err != nil {
		return err
	}
	f.list.tell(s)
	plan, err := f.planned(ctx, s, args, ts, unknown, wanted, catalogue, &opt)
	if err != nil {
		return err
	}
	opt.Linked = linked(catalogue)
	if f.dryRun {
		return f.writePlan(s, plan)
	}
	file, err := f.openFiles()
	if err != nil {
		return err
	}
	// The password comes last, when nothing else can go wrong.
	var c display.Curtain
	opt.Credentials, err = f.credentials(ctx, s, opt, plan, ts, &c)
	if err != nil {
		file.Discard()
		f.discard()
		return err
	}
	err = execute(ctx, s, plan, opt, f.outputFlags, file, &c)
	f.howToGoOn(s, err)
	return err
}

// planned returns what is going to be tested: what the arguments say, with what was found
// out about them, or the plan of the run that is gone on with.
func (f *checkFlags) planned(ctx context.Context, s console.Streams, args []string, ts []probe.Target, unknown map[int]profiles.Match, wanted []stage.Protocol, c *profiles.Catalogue, opt *probe.Options) (stage.Plan, error) {
	if opt.Earlier = f.resume.run; opt.Earlier != nil {
		opt.Discover = f.search(c, opt).during
		return f.resumed(ts)
	}
	f.discover(ctx, ts, unknown, c, opt)
	if err := f.kept.read(s); err != nil {
		return stage.Plan{}, err
	}
	f.kept.apply(ts)
	return f.plan(ts, wanted, unknown, args)
}

// examined returns the targets of the arguments, of the smoke file or of the list.
func (f *checkFlags) examined(args []string, catalogue *profiles.Catalogue) ([]probe.Target, map[int]profiles.Match, error) {
	switch {
	case f.smoke.file != nil:
		return f.smoke.targets(catalogue, f.flags)
	case f.list != nil:
		return f.list.targets(catalogue, f.user, f.flags)
	}
	return targets(args, f.user, catalogue, f.flags...)
}

// plan returns what is going to be tested. It is an error if that is nothing because of
// --protocol.
func (f *checkFlags) plan(ts []probe.Target, wanted []stage.Protocol, unknown map[int]profiles.Match, args []string) (stage.Plan, error) {
	plan := probe.NewPlan(ts, wanted)
	if len(plan.Checks) == 0 && offersMail(ts) {
		switch {
		case f.smoke.file != nil:
			args = []string{f.smoke.name}
		case f.list != nil:
			args = []string{listName}
		}
		return plan, fault.Usage("nothing to test: no server of %s speaks %s", strings.Join(args, ", "), strings.Join(f.protocols, " or "))
	}
	return plan, f.smoke.expect(&plan, ts, unknown)
}

// openFiles opens everything that will be written, before anything is tested.
func (f *checkFlags) openFiles() (*saved.File, error) {
	file, err := saved.Create(f.save)
	if err != nil {
		return nil, err
	}
	if err := f.open(f.save, f.against, f.resume.name, f.caFile, f.smoke.name); err != nil {
		file.Discard()
		return nil, err
	}
	return file, nil
}

// validate refuses flags that exclude each other or make no sense.
func (f *checkFlags) validate() error {
	f.mechanism = strings.ToUpper(f.mechanism)
	f.user, f.sender = profiles.Narrow(f.user), profiles.Narrow(f.sender)
	switch {
	case f.connect <= 0, f.stage <= 0, f.run <= 0:
		return fault.Usage("--connect-timeout, --timeout, --run-timeout: expected more than 0s")
	case f.days < 0:
		return fault.Usage("--certificate-days %d: expected 0 or more", f.days)
	case f.dryRun && (f.save != "" || f.chain != ""):
		return fault.Usage("--dry-run and --save or --save-chain: expected one of them; nothing is tested that could be saved")
	case f.noLogin && (f.stdin || f.command != "" || f.tokenCmd != ""):
		return fault.Usage("--no-login and a password source: expected only one of them")
	}
	if f.mechanism != "" && !slices.Contains(mechanisms, f.mechanism) {
		return fault.Usage("--auth %q: expected %s", f.mechanism, strings.Join(mechanisms, ", "))
	}
	if err := cleanName(f.hello); err != nil {
		return fault.Usage("--helo: %v", err)
	}
	if f.sender != "" && smtp.CheckSender(f.sender) != nil {
		return fault.Usage("--from %q: expected an e-mail address, such as jane@example.net", f.sender)
	}
	if f.recipient != "" && smtp.CheckRecipient(f.recipient) != nil {
		return fault.Usage("--to %q: expected an e-mail address, such as jane@example.net", f.recipient)
	}
	for _, validate := range []func() error{f.pace.validate, f.networkFlags.validate, f.outputFlags.validate} {
		if err := validate(); err != nil {
			return err
		}
	}
	return nil
}

// mechanisms are the values of --auth, including the protocols' own login commands.
var mechanisms = []string{
	string(auth.ScramSHA256Plus), string(auth.ScramSHA1Plus), string(auth.ScramSHA256), string(auth.ScramSHA1),
	string(auth.Plain), string(auth.LoginSASL), string(auth.CramMD5), string(auth.XOAuth2), string(auth.OAuthBearer),
	string(auth.IMAPLogin), string(auth.UserPass), string(auth.APOP),
}

// cleanName refuses characters that can't be in a protocol's command line.
func cleanName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("%q: expected printable ASCII without spaces", name)
	}
	return nil
}

// options turns the flags into the runner's options, except the password.
func (f *checkFlags) options(s console.Streams, args []string) (probe.Options, error) {
	o := probe.Options{
		Version: Version, Commit: thisBuild().id(), Arguments: visible(args), Flags: f.flags, System: probe.ThisSystem(),
		NoLogin: f.noLogin, CleartextLogin: f.cleartext, ForgeableLogin: f.forgeable, NoFollowUps: f.noFollowUp, Programs: f.clients, Compare: f.kept.wanted, Private: f.private, PrivateFetch: f.privateFetch,
		Mechanism: auth.Mechanism(f.mechanism), Hello: f.hello, Sender: f.sender, Recipient: f.recipient, Family: f.family(),
		TrustLocalRoots: f.trustLocal, CertificateDays: f.days, CAFile: f.caFile != "",
		ConnectTimeout: f.connect, StageTimeout: f.stage, RunTimeout: f.run, Sinks: f.sinks,
		Controls: probe.PublicControls(), Catalogue: profiles.Public,
	}
	f.pace.apply(&o)
	var err error
	if len(f.controls) > 0 {
		o.Controls.Resolvers = nil
	}
	for _, c := range f.controls {
		server, err := resolve.ParseServer(c)
		if err != nil {
			return o, fault.Usage("--control-resolver: %w", err)
		}
		o.Controls.Resolvers = append(o.Controls.Resolvers, server)
	}
	if f.dns, o.ResolverAddress, err = f.names(); err != nil {
		return o, err
	}
	o.Resolver = f.dns
	waited := s.MayWait(f.caFile)
	o.Roots, err = f.roots()
	waited()
	return o, err
}

// credentials gives the password to the one account that it belongs to.
func (f *checkFlags) credentials(ctx context.Context, s console.Streams, o probe.Options, plan stage.Plan, ts []probe.Target, hide *display.Curtain) (map[int]probe.Credential, error) {
	if f.noLogin {
		return nil, nil
	}
	if f.smoke.givesPasswords() {
		return f.smoke.credentials(ctx, s, hide)
	}
	src, err := f.passwordSource(s, ts)
	if err != nil {
		return nil, err
	}
	if src == nil && (f.smoke.file != nil || f.list != nil) {
		return nil, nil // nobody is asked: the one is complete, the other has taken standard input
	}
	who := accounts(ts)
	switch {
	case src == nil && (len(who) != 1 || !mayPrompt(s, o, plan)):
		return nil, nil
	case src == nil:
		return prompted(s, ts)
	case len(who) == 0:
		return nil, fault.Usage("%s gives a password, but there is no user name: expected an e-mail address, or --user NAME", src.name)
	case len(who) > 1:
		return nil, fault.Usage("%s gives a password for one account, but these are %d: test them one at a time", src.name, len(who))
	}
	c, err := src.credential(ctx, s, hide)
	if err != nil {
		return nil, err
	}
	return forAll(ts, c), nil
}

// passwordSource returns where the password comes from; nil if nothing was named.
func (f *checkFlags) passwordSource(s console.Streams, ts []probe.Target) (*source, error) {
	switch {
	case !f.kept.stored:
		return f.named(s)
	case f.stdin || f.command != "" || f.tokenCmd != "":
		return nil, fault.Usage("--use-stored-password and another source of a password: expected one of them")
	}
	return new(f.kept.storedPassword(ts)), nil
}

// forAll gives a credential to each target that logs in; they are one account.
func forAll(ts []probe.Target, c probe.Credential) map[int]probe.Credential {
	out := make(map[int]probe.Credential)
	for i, t := range ts {
		if account(t, ts) != "" {
			out[i] = c
		}
	}
	return out
}

func loadCatalogue(dirs []string) (*profiles.Catalogue, error) {
	c, err := profiles.Load(append(profiles.DefaultDirs(), dirs...)...)
	if err != nil {
		return nil, fault.Usage("%w", err)
	}
	return c, nil
}

// protocols reads the values of --protocol.
func protocols(names []string) ([]stage.Protocol, error) {
	var out []stage.Protocol
	for _, n := range names {
		p := stage.Protocol(strings.ToLower(n))
		if p != stage.IMAP && p != stage.POP3 && p != stage.SMTP {
			return nil, fault.Usage("--protocol %q: expected imap, pop3 or smtp", n)
		}
		out = append(out, p)
	}
	return out, nil
}

func visible(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = stage.Visible(a)
	}
	return out
}
