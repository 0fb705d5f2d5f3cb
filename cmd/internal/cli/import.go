package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/probe/web"
	"maildoctor/profiles"
	"maildoctor/profiles/importer"
)

// importFlags are the flags of profiles import.
type importFlags struct {
	networkFlags
	into  string
	limit time.Duration
}

func importCommand(s console.Streams) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: "import FILE | DIR | URL...", Short: "makes profiles of autoconfig and .mobileconfig files",
		Long: "Makes profiles of files in Thunderbird's autoconfig format (config-v1.1.xml) and of\n" +
			"Apple's configuration profiles (.mobileconfig); of a directory, of all files whose names\n" +
			"end in .xml or .mobileconfig; of a URL (https), of what is there. No password is read.\n" +
			"The profiles are written to the directory of your own profiles, or to that of --into,\n" +
			"each in a file named after the one that it was made of. Profiles that you wrote yourself\n" +
			"are never touched; those that were imported before are replaced. A report says what was\n" +
			"left out, what is in conflict with another profile, and what looks odd.",
		Example: "  maildoctor profiles import config-v1.1.xml\n" +
			"  maildoctor profiles import https://autoconfig.firm.example/mail/config-v1.1.xml",
		Args:              cmdline.Between(1, -1, "autoconfig or .mobileconfig files, directories of them, or https URLs"),
		ValidArgsFunction: cmdline.Files("xml", "mobileconfig"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), s, args)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.into, "into", "", "write the profiles to `DIR` and not to that of your own profiles")
	fs.DurationVar(&f.limit, "timeout", 30*time.Second, "limit for each URL, a `TIME`")
	f.registerOnly(fs, "ipv4", "ipv6", "resolver", "ca-file", "allow-private-fetch")
	return cmd
}

// run imports what can be read. Anything else is an error, after the report on the
// rest.
func (f *importFlags) run(ctx context.Context, s console.Streams, args []string) error {
	if f.limit <= 0 {
		return fault.Usage("--timeout: expected more than 0s")
	}
	if err := f.validate(); err != nil {
		return err
	}
	into := f.into
	if into == "" {
		dir, err := profiles.UserDir()
		if err != nil {
			return fault.Usage("there is no directory of your own profiles: %w; give one by --into DIR", err)
		}
		into = dir
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	var all []importer.File
	for _, arg := range args {
		found, err := f.read(ctx, arg)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	made, report, unread := importer.Compile(all, importedBy(s))
	if err := importer.Write(into, made, report); err != nil {
		return fault.Usage("%w", errors.Join(err, unread))
	}
	imported(s, report, into)
	if unread != nil {
		return fault.Usage("%w", unread)
	}
	return nil
}

// importedBy says of profiles that they were imported, from which file and when.
func importedBy(s console.Streams) importer.Origin {
	today := time.Now().Format(time.DateOnly)
	return importer.Origin{Source: func(f importer.File) profiles.Source {
		l, name := s.Language, prose.Data(f.Base())
		return profiles.Source{Title: l.Text(say.ImportSource(name)), URL: f.URL, By: l.Text(say.ImportBy(name)), Date: today}
	}}
}

// imported writes a report, and explains it.
func imported(s console.Streams, report *importer.Report, into string) {
	for _, r := range report.Remarks {
		fmt.Fprintln(s.Out, r)
	}
	count := func(k importer.Kind) prose.Value { return prose.Count(len(report.Of(k))) }
	summary := say.ImportSummary(count(importer.Imported), prose.Data(into), count(importer.Skipped), count(importer.Conflict), count(importer.Odd))
	fmt.Fprintln(s.Out, s.Language.Text(summary))
}

// read reads the files of a path, or what is at a URL.
func (f *importFlags) read(ctx context.Context, arg string) ([]importer.File, error) {
	if strings.Contains(arg, "://") {
		file, err := f.fetch(ctx, arg)
		return []importer.File{file}, err
	}
	found, err := importer.Read(arg)
	if err != nil {
		return nil, fault.Usage("%w", err)
	}
	return found, nil
}

// fetch fetches a file by HTTPS.
func (f *importFlags) fetch(ctx context.Context, arg string) (importer.File, error) {
	u, err := importURL(arg)
	if err != nil {
		return importer.File{}, err
	}
	by, err := f.means()
	if err != nil {
		return importer.File{}, err
	}
	client := f.asker(nil, by).Web.(webFetcher).Client
	limited, cancel := context.WithTimeout(ctx, f.limit)
	defer cancel()
	request := web.Request{URL: u.String()}
	if f.privateFetch {
		request.Own = ownAddress(limited, client.Lookup, u.Hostname())
	}
	shown := bare(u)
	a, err := client.Fetch(limited, request)
	switch {
	case errors.Is(context.Cause(ctx), probe.ErrInterrupted):
		return importer.File{}, fault.Exit(fault.ExitInterrupted)
	case limited.Err() != nil:
		err = fmt.Errorf("it was not there within %s", f.limit)
	case errors.Is(err, web.ErrNotPublic) && !f.privateFetch:
		err = fmt.Errorf("%w; if it is meant to be there, --allow-private-fetch", err)
	case err == nil && a.Status != http.StatusOK:
		err = fmt.Errorf("found the status %d, expected a file", a.Status)
	}
	if a != nil && len(a.Via) > 0 {
		if to, bad := url.Parse(a.URL); bad == nil {
			shown += " (-> " + bare(to) + ")"
		}
	}
	if err != nil {
		return importer.File{}, fault.Usage("%w", importer.Unfetched(shown, err))
	}
	return importer.File{Name: shown, Text: a.Body, URL: bare(u), Type: a.Type}, nil
}

// importURL parses a URL. A password in it is not repeated.
func importURL(arg string) (*url.URL, error) {
	u, err := url.Parse(arg)
	switch {
	case err != nil && strings.Contains(arg, "@") || err == nil && u.User != nil:
		return nil, fault.Usage("import: found a URL with a user name or password in it, expected one such as https://firm.example/config-v1.1.xml")
	case err != nil || u.Hostname() == "":
		return nil, fault.Usage("import %q: expected a URL such as https://firm.example/config-v1.1.xml", arg)
	case u.Scheme == "http":
		return nil, fault.Usage("import %s: expected https; what comes by http may have been changed on the way", bare(u))
	case u.Scheme != "https":
		return nil, fault.Usage("import %s: found %s, expected https", bare(u), u.Scheme)
	}
	return u, nil
}

// bare returns a URL as it may be shown and kept. The rest of it may be personal.
func bare(u *url.URL) string {
	return stage.Visible((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String())
}

// ownAddress returns an address of a host that the user has named; the zero one if it
// has none.
func ownAddress(ctx context.Context, lookup func(context.Context, string) ([]string, error), host string) netip.Addr {
	found, err := lookup(ctx, host)
	if err != nil || len(found) == 0 {
		return netip.Addr{}
	}
	ip, _ := netip.ParseAddr(found[0])
	return ip
}
