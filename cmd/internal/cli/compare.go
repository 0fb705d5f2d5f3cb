package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/kept"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/installed"
)

// keptFlags say what to read of mail programs, and whether to.
type keptFlags struct {
	files   []string
	sets    []string
	stored  bool // use the password that a program has stored
	without bool // check: don't look
	wanted  bool // compare: look in any case, and say so where there is nothing

	found kept.Accounts
	done  bool // they were read
}

func compareCommand(s console.Streams) *cobra.Command {
	var f checkFlags
	f.kept.wanted = true
	cmd := &cobra.Command{
		Use:   "compare [ADDRESS | DOMAIN | PROFILE]",
		Short: "compares what mail programs have with what works",
		Long: `compare reads what the mail programs of this machine have been given for an
address, tests the account's servers and those of the programs, and names each
field to change. Without an address it takes those that the programs have.

It reads servers and user names of Thunderbird, Evolution, neomutt, mutt, msmtp,
isync and fetchmail, and the variables of web applications, in .env and in the
environment. --file reads another file, such as an export of Thunderbird for Android
(k9) or of Outlook's registry (outlook); --set takes what somebody reads off a
screen. No command that stands in a file is run.

All flags of check apply.

Exit codes: 0 all agrees, 1 something differs, does not work or could not be told,
2 usage or a bad file, 3 maildoctor itself failed, 130 interrupted.`,
		Example: `  maildoctor compare
  maildoctor compare jane@q.com
  maildoctor compare jane@q.com --set imap=mail.q.com:143/starttls,user=jane
  maildoctor compare jane@q.com --file k9:settings.k9s`,
		Args:              cmdline.Between(0, 1, "one address such as jane@q.com, domain or profile"),
		ValidArgsFunction: cmdline.First(subjects),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.flags = f.repeated(cmd)
			return f.compare(cmd.Context(), s, args)
		},
	}
	f.register(cmd)
	f.outputFlags.register(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&f.kept.files, "file", nil, "read the settings in `FORMAT:PATH` instead of this machine's programs, FORMAT: "+strings.Join(installed.Formats(), ", ")+"; may be given several times")
	fs.StringArrayVar(&f.kept.sets, "set", nil, "compare these `SETTINGS` instead, such as imap=mail.example.com:143/starttls,user=jane; may be given several times")
	fs.BoolVar(&f.kept.stored, "use-stored-password", false, "log in with the password that a program's file has in readable form")
	return cmd
}

// compare is the command: check, of what the programs have.
func (f *checkFlags) compare(ctx context.Context, s console.Streams, args []string) error {
	if err := f.kept.validate(); err != nil {
		return err
	}
	if err := f.kept.read(s); err != nil {
		return err
	}
	if len(args) == 0 {
		args = f.kept.found.Addresses()
	}
	if len(args) == 0 {
		f.kept.tell(s)
		return fault.Usage("no mail program on this machine has an account whose settings can be read; expected an address, and what the program has:" +
			"\n  maildoctor compare jane@q.com --set imap=mail.q.com:993/tls,user=jane")
	}
	return f.check(ctx, s, args)
}

// validate refuses what makes no sense.
func (f *keptFlags) validate() error {
	if f.stored && len(f.files)+len(f.sets) > 0 {
		return fault.Usage("--use-stored-password with --file or --set: expected the programs of this machine; somebody else's password is not used")
	}
	return nil
}

// looks reports whether mail programs are read at all: by compare and, for a person at
// a terminal, by check.
func (f *keptFlags) looks(s console.Streams) bool {
	ci, _ := s.LookupEnv("CI")
	return f.wanted || !f.without && s.InTerminal && s.OutTerminal && ci == ""
}

// read reads what mail programs have. A file that was named has to be right.
func (f *keptFlags) read(s console.Streams) error {
	if !f.looks(s) || f.done {
		return nil
	}
	f.done = true
	here := installed.Here()
	here.Variables = s.Environ()
	found, err := kept.Read(kept.Source{Files: f.files, Sets: f.sets, Here: here})
	if err != nil {
		return fault.Usage("%w", err)
	}
	switch {
	case len(f.files) == 0:
	case len(found.Problems) > 0:
		return fault.Usage("%s", found.Problems[0])
	case len(found.All) == 0:
		return fault.Usage("--file %s: expected an account with a server in it", strings.Join(f.files, ", --file "))
	}
	f.found = found
	return nil
}

// tell says what could not be read.
func (f *keptFlags) tell(s console.Streams) {
	for _, p := range f.found.Problems {
		s.Tell("", say.ConfiguredCannot(prose.Data(p.String())))
	}
}

// apply adds what programs have to the targets that it belongs to. A target of which no
// server is known is tested at the servers that its program has.
func (f *keptFlags) apply(ts []probe.Target) {
	for i := range ts {
		t := &ts[i]
		mine := f.found.Of(t.Subject)
		t.Subject.Configured = kept.Configured(mine)
		if f.wanted {
			t.Subject.Configured = append(t.Subject.Configured, kept.Relayed(f.found.Relayed)...)
		}
		if f.wanted && len(t.Endpoints) == 0 {
			t.Endpoints = plannedOf(t.Subject.Configured)
		}
	}
}

// plannedOf returns the endpoints that programs have, each once.
func plannedOf(all []stage.Configured) []probe.PlannedEndpoint {
	var out []probe.PlannedEndpoint
	for _, a := range all {
		for _, s := range a.Servers {
			known := func(p probe.PlannedEndpoint) bool { return p.Endpoint == s.Endpoint }
			if s.Host != "" && s.Port != 0 && s.Security != "" && !slices.ContainsFunc(out, known) {
				out = append(out, probe.PlannedEndpoint{Endpoint: s.Endpoint, User: s.User})
			}
		}
	}
	return out
}

// storedPassword is the source of a password that a program keeps for the account of
// the targets.
func (f *keptFlags) storedPassword(ts []probe.Target) source {
	return source{name: "--use-stored-password", read: func(context.Context) (string, error) {
		i := slices.IndexFunc(ts, func(t probe.Target) bool { return account(t, ts) != "" })
		if i >= 0 {
			if password, ok := kept.Stored(f.found.Of(ts[i].Subject)); ok {
				return password, nil
			}
		}
		return "", errors.New("no program here keeps a password for this account in readable form")
	}}
}
