package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/profiles/export"
)

// completer returns the values that a flag or an argument may have.
type completer = cobra.CompletionFunc

// fixed completes values that are known, and no files.
func fixed(values ...string) completer {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// files completes the names of files with one of these endings.
func files(endings ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

// directories completes names of directories.
func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// first completes the first argument alone.
func first(f completer) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// listed completes names with what they are about.
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

// subjects completes what check can be given: the ids of profiles, and with a dot in
// them the domains.
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

// subjectsTyped completes them once something is typed: beside the commands, all of them
// would be in the way.
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
		for _, c := range demoCases {
			names, about = append(names, c.name), append(about, l.Text(c.about))
		}
		return names, about
	})
}

// values are what flags may be given, by name. Any other flag with a value has one that
// nobody can guess.
var values = map[string]completer{
	"as":       fixed(export.Names()...),
	"format":   fixed(formatNames()...),
	"color":    fixed(colourModes...),
	"protocol": fixed("imap", "pop3", "smtp"),
	"auth":     fixed(mechanisms...),
	"ca-file":  files("pem", "crt", "cer"),
	"against":  files("jsonl"),
	"profiles": directories,
	"source":   fixed(append(sourceNames(), "all")...),

	"sign-cert": files("pem", "crt", "cer"),
	"sign-key":  files("pem", "key"),

	// Any file.
	"save": nil, "save-chain": nil, "output": nil,
}

// completeFlags says of every flag of a command and of those below it what its value may
// be.
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
				panic(err) // the flag is there
			}
		})
	}
	for _, c := range cmd.Commands() {
		completeFlags(c)
	}
}
