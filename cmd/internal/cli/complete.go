package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/demo"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/profiles/export"
)

// completer returns the values that a flag or an argument may have.
type completer = cobra.CompletionFunc

// fixed completes known values, and no files.
func fixed(values ...string) completer {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// filesEnding completes the names of files with one of these endings.
func filesEnding(endings ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

// directories completes names of directories.
func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// first completes only the first argument.
func first(f completer) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// listed completes names with their descriptions.
func listed(names func() (names, about []string)) completer {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var out []string
		all, about := names()
		for i, n := range all {
			if strings.HasPrefix(n, typed) {
				out = append(out, cobra.CompletionWithDesc(n, about[i]))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// subjects completes the arguments of check: the ids of profiles and, once a dot is
// typed, the domains.
func subjects(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	dirs, _ := cmd.Flags().GetStringSlice("profiles")
	c, err := loadCatalogue(dirs)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return listed(func() (names, about []string) {
		for _, p := range c.Profiles() {
			names, about = append(names, p.ID), append(about, p.Name)
			if strings.Contains(typed, ".") {
				for _, d := range c.Domains(p) {
					names, about = append(names, d), append(about, p.Name)
				}
			}
		}
		return names, about
	})(cmd, args, typed)
}

// subjectsTyped completes subjects once something is typed. Before that, all of them
// would obscure the commands.
func subjectsTyped(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if typed == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return subjects(cmd, args, typed)
}

// causes completes the ids of causes.
func causes(l *prose.Language) completer {
	return listed(func() (names, about []string) {
		for _, p := range cause.Pages() {
			names, about = append(names, string(p.ID)), append(about, p.Title(l, nil))
		}
		return names, about
	})
}

// demos completes the cases of demo.
func demos(l *prose.Language) completer {
	return listed(func() (names, about []string) {
		for _, c := range demo.Cases {
			names, about = append(names, c.Name), append(about, l.Text(c.About))
		}
		return names, about
	})
}

// values has the possible values of flags, by name. The values of other flags can't
// be predicted.
var values = map[string]completer{
	"as":       fixed(export.Names()...),
	"format":   fixed(formatNames()...),
	"color":    fixed(colourModes...),
	"protocol": fixed("imap", "pop3", "smtp"),
	"auth":     fixed(mechanisms...),
	"ca-file":  filesEnding("pem", "crt", "cer"),
	"against":  filesEnding("jsonl"),
	"profiles": directories,
	"source":   fixed(append(sourceNames(), "all")...),

	"sign-cert": filesEnding("pem", "crt", "cer"),
	"sign-key":  filesEnding("pem", "key"),

	// Any file.
	"save": nil, "save-chain": nil, "output": nil,
}

// completeFlags registers the completions of every flag of a command and its
// subcommands.
func completeFlags(cmd *cobra.Command) {
	for _, fs := range []*pflag.FlagSet{cmd.LocalNonPersistentFlags(), cmd.PersistentFlags()} {
		fs.VisitAll(func(f *pflag.Flag) {
			complete, known := values[f.Name]
			if !known {
				complete = cobra.NoFileCompletions
			}
			if _, has := cmd.GetFlagCompletionFunc(f.Name); has || complete == nil {
				return
			}
			if err := cmd.RegisterFlagCompletionFunc(f.Name, complete); err != nil {
				panic(err) // impossible: the flag exists
			}
		})
	}
	for _, c := range cmd.Commands() {
		completeFlags(c)
	}
}
