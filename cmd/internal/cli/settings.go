package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
)

// settingsFlags are the flags of settings.
type settingsFlags struct {
	networkFlags
	exportFlags
	programFlags
	output  string
	user    string
	dirs    []string
	format  string
	verbose bool
	linear  bool
	tested  bool

	profile *handover.Settings // the profile's, for --program; nil: none has been found
}

// settingsForms are the values of --format.
var settingsForms = []string{"text", "json"}

func settingsCommand(s console.Streams) *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use:   "settings ADDRESS | DOMAIN | PROFILE",
		Short: "shows what to type into a mail program; tests nothing",
		Long: `settings shows the servers that belong to an address. Where no profile has them,
it asks what the domain publishes: autoconfig, PACC, SRV records, Autodiscover,
its mail exchangers, and Thunderbird's database, which learns the domain and not
the address. Nothing is tested. With --verified the servers are, without a login, and
what a source is wrong about is said.

With --as it writes the file that a program takes, or the block to paste into one,
in that program's own words. There is no password in it. What a form can't express,
or can't quote safely, is refused.

With --program it shows what to type where in a mail program: the way to the
dialog, and each field by its label, in the program's language where that is known.

Exit codes: 0 found, 1 nothing found, 2 usage, a bad file, or a form that can't
express the settings.`,
		Example: `  maildoctor settings jane@q.com
  maildoctor settings jane@firm.example -v
  maildoctor settings jane@q.com --as mobileconfig --output q.mobileconfig
  maildoctor settings jane@q.com --as qr
  maildoctor settings jane@q.com --program thunderbird`,
		Args:              cmdline.Between(1, 1, "one address such as jane@q.com, domain or profile"),
		ValidArgsFunction: cmdline.First(subjects),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.settings(cmd.Context(), s, args[0])
		},
	}
	fs := cmd.Flags()
	f.networkFlags.register(fs)
	f.exportFlags.register(fs)
	f.programFlags.register(fs)
	fs.StringVar(&f.output, "output", "", "with --as: write to `FILE`; never over a file that exists; a QR code becomes a picture where it ends in .png")
	fs.StringVar(&f.user, "user", "", "with --as: the `NAME` to log in with, where it is not the one that the settings tell")
	fs.StringSliceVar(&f.dirs, "profiles", nil, "read profiles from `DIR` as well; they override the built-in ones")
	fs.StringVar(&f.format, "format", "text", "`FORM` of the answer: text or json")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "show what every source says")
	fs.BoolVar(&f.tested, "verified", false, "connect to the servers, without a login, and show those that answer as they should")
	registerLinear(fs, &f.linear)
	return cmd
}

// settings shows the catalogue's settings or, if there are none, the published ones.
func (f *settingsFlags) settings(ctx context.Context, s console.Streams, arg string) error {
	if !slices.Contains(settingsForms, f.format) {
		return fault.Usage("--format %q: expected text or json", f.format)
	}
	if err := errors.Join(f.networkFlags.validate(), f.programFlags.validate(), f.validateExport()); err != nil {
		return err
	}
	c, err := loadCatalogue(f.dirs)
	if err != nil {
		return err
	}
	m, err := c.Find(arg)
	switch {
	case err != nil && !askable(arg, m, err) && !(f.asksAll() && m.Domain != ""):
		return notFound(arg, err, ofProfiles(f.dirs))
	case err != nil || f.asksAll() && m.Domain != "":
		return f.published(ctx, s, c, m)
	case f.as != "":
		return f.exportProfile(ctx, s, m)
	}
	f.profile = new(fromProfile(m))
	switch {
	case f.tested:
		by, err := f.means()
		if err != nil {
			return err
		}
		return f.answered(ctx, s, by, discover.Known(m))
	case f.format == "json":
		err = f.writeJSON(s, discover.Known(m), answer.Argument(m), nil)
	default:
		err = answer.Profile(s, m, f.shown(s, discover.Known(m), answer.Argument(m)))
	}
	if err == nil && len(m.Profile.Endpoints) == 0 {
		return fault.Exit(fault.ExitProblems)
	}
	return err
}

// fromProfile returns the settings that a profile has.
func fromProfile(m profiles.Match) handover.Settings {
	return handover.FromProfile(m, say.ShownFrom(prose.Data(m.Profile.Source.Title), answer.When(m.Profile.Source)))
}

// shown says how an answer is shown: for the program that was named, what is typed into
// it takes the place of the table of servers.
func (f *settingsFlags) shown(s console.Streams, r *discover.Result, subject string) answer.Shown {
	as := answer.Shown{Flags: ofProfiles(f.dirs), Verbose: f.verbose, Linear: s.Spoken(f.linear), Tested: f.tested}
	if p := f.program(s); p != nil {
		as.Servers = func() error {
			return dialog.Typist{Streams: s, Program: p, Linear: as.Linear}.Settings(f.found(r), subject)
		}
	}
	return as
}

// found returns what was found as settings to hand over: the profile's, as far as they
// are in the result, or those that are published.
func (f *settingsFlags) found(r *discover.Result) handover.Settings {
	if f.profile == nil {
		return publishedSettings(r)
	}
	e := *f.profile
	e.Keep(r)
	return e
}

// writeJSON writes what was found as JSON, and what sources are wrong about, with what is
// typed into the program that was
// named.
func (f *settingsFlags) writeJSON(s console.Streams, r *discover.Result, subject string, wrong []answer.Wrong) error {
	out := struct {
		answer.Settings
		Program *dialog.Program `json:"program,omitempty"`
	}{Settings: answer.JSON(r)}
	out.Address, out.Wrong = subject, wrong
	if p := f.program(s); p != nil {
		out.Program = dialog.Of(s.Language, p, f.found(r))
	}
	return s.WriteJSON(out)
}

// validateExport refuses flags that exclude --as, and flags that require it.
func (f *settingsFlags) validateExport() error {
	switch {
	case f.as != "" && f.name != "":
		return fault.Usage("--as %s, --program %s: expected one of them", f.as, f.name)
	case f.as != "" && f.format != "text":
		return fault.Usage("--as %s, --format %s: expected one of them", f.as, f.format)
	case f.as == "" && f.output != "":
		return fault.Usage("--output without --as: expected both")
	case f.as == "" && f.user != "":
		return fault.Usage("--user without --as: expected both")
	}
	return f.exportFlags.validate()
}

// exportProfile exports a profile's settings or, with --verified, those that answer.
func (f *settingsFlags) exportProfile(ctx context.Context, s console.Streams, m profiles.Match) error {
	e := fromProfile(m)
	if f.tested {
		by, err := f.means()
		if err != nil {
			return err
		}
		r := discover.Known(m)
		if _, err := f.verify(ctx, by, r); err != nil {
			return err
		}
		if !r.Found() {
			return f.notExported(s, r)
		}
		e.Keep(r)
	}
	return f.export(s, e, answer.Argument(m))
}

// export exports settings.
func (f *settingsFlags) export(s console.Streams, e handover.Settings, subject string) error {
	e.Named(f.user)
	if f.tested {
		e.Note(say.ExportVerified())
	} else {
		e.Note(say.ExportUntested(console.Command(console.WithFlags(ofProfiles(f.dirs), "maildoctor", "check", subject)...)))
	}
	return f.exportFlags.write(s, e, f.output)
}

// published shows what is published for an address or a domain.
func (f *settingsFlags) published(ctx context.Context, s console.Streams, c *profiles.Catalogue, m profiles.Match) error {
	by, err := f.means()
	if err != nil {
		return err
	}
	return f.answered(ctx, s, by, f.asker(c, by).Ask(ctx, m.Address, m.Domain))
}

// answered shows what was found or, with --verified, the part of it that answers.
func (f *settingsFlags) answered(ctx context.Context, s console.Streams, by means, found *discover.Result) error {
	var wrong []answer.Wrong
	var err error
	if f.tested {
		if wrong, err = f.verify(ctx, by, found); err != nil {
			return err
		}
	}
	switch {
	case f.as != "" && found.Found():
		return f.export(s, publishedSettings(found), answer.Subject(found))
	case f.as != "":
		return f.notExported(s, found)
	case f.format == "json":
		err = f.writeJSON(s, found, answer.Subject(found), wrong)
	default:
		answer.Wrongs(s, wrong)
		err = answer.Published(s, found, f.shown(s, found, answer.Subject(found)))
	}
	if err == nil && !found.Found() {
		return fault.Exit(fault.ExitProblems)
	}
	return err
}

// publishedSettings returns the settings to export.
func publishedSettings(r *discover.Result) handover.Settings {
	return handover.FromPublished(r, handover.Published{
		Best: answer.Best(r), Said: answer.Discovered(r),
		Forgeable: func(c discover.Candidate) bool { return forgeable(c, r.Domain) },
	})
}

// notExported says on standard error why there is nothing to export.
func (f *settingsFlags) notExported(s console.Streams, found *discover.Result) error {
	s.Out = s.Err
	if err := answer.Published(s, found, f.shown(s, found, answer.Subject(found))); err != nil {
		return err
	}
	return fault.Exit(fault.ExitProblems)
}
