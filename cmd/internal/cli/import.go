package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/profiles"
	"maildoctor/profiles/importer"
)

func importCommand(s console.Streams) *cobra.Command {
	var into string
	cmd := &cobra.Command{
		Use: "import FILE | DIR...", Short: "makes profiles of autoconfig and .mobileconfig files",
		Long: "Makes profiles of files in Thunderbird's autoconfig format (config-v1.1.xml) and of\n" +
			"Apple's configuration profiles (.mobileconfig); of a directory, of all files whose names\n" +
			"end in .xml or .mobileconfig. No password is read. The profiles are written to the\n" +
			"directory of your own profiles, or to that of --into, each in a file named after the one\n" +
			"that it was made of. Profiles that you wrote yourself are never touched; those that were\n" +
			"imported before are replaced. A report says what was left out, what is in conflict with\n" +
			"another profile, and what looks odd.",
		Args:              cmdline.Between(1, -1, "autoconfig or .mobileconfig files, or directories of them"),
		ValidArgsFunction: cmdline.Files("xml", "mobileconfig"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runImport(s, args, into)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "write the profiles to `DIR` and not to that of your own profiles")
	return cmd
}

// runImport imports what can be read. Anything else is an error, after the report on
// the rest.
func runImport(s console.Streams, paths []string, into string) error {
	if into == "" {
		dir, err := profiles.UserDir()
		if err != nil {
			return fault.Usage("there is no directory of your own profiles: %w; give one by --into DIR", err)
		}
		into = dir
	}
	var all []importer.File
	for _, path := range paths {
		if strings.Contains(path, "://") {
			return fault.Usage("import reads files: save what is at the address as a file, and give its name")
		}
		found, err := importer.Read(path)
		if err != nil {
			return fault.Usage("%w", err)
		}
		all = append(all, found...)
	}
	today := time.Now().Format(time.DateOnly)
	made, report, unread := importer.Compile(all, importer.Origin{Source: func(f importer.File) profiles.Source {
		l, name := s.Language, prose.Data(filepath.Base(f.Name))
		return profiles.Source{Title: l.Text(say.ImportSource(name)), By: l.Text(say.ImportBy(name)), Date: today}
	}})
	if err := importer.Write(into, made, report); err != nil {
		return fault.Usage("%w", errors.Join(err, unread))
	}
	imported(s, report, into)
	if unread != nil {
		return fault.Usage("%w", unread)
	}
	return nil
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
