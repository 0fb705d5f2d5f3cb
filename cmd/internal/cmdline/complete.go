package cmdline

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Completer returns the values that a flag or an argument may have.
type Completer = cobra.CompletionFunc

// Fixed completes known values, and no files.
func Fixed(values ...string) Completer {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// Files completes the names of files with one of these endings.
func Files(endings ...string) Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

// Directories completes names of directories.
func Directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// First completes only the first argument.
func First(f Completer) Completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// Listed completes names with their descriptions.
func Listed(names func() (names, about []string)) Completer {
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

// CompleteFlags registers the completions of every flag of a command and its
// subcommands, by the flag's name; nil means any file. The values of flags that are
// not among them can't be predicted.
func CompleteFlags(cmd *cobra.Command, values map[string]Completer) {
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
		CompleteFlags(c, values)
	}
}
