package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/probe/stage"
)

// unrepeated are flags of check that are left out of a command that repeats the run:
// sources of the password, because a command may contain one, and flags for a single
// run.
var unrepeated = []string{"password-stdin", "password-command", "token-command", "dry-run", "save", "use-stored-password", "file", "set", "no-compare", "only", "skip", "resume"}

// paths are flags whose value names a file or directory of this computer.
var paths = []string{"ca-file", "profiles", "resume", "output"}

// repeated returns the typed flags that affect a run, in the order of the help text.
func (f *checkFlags) repeated(cmd *cobra.Command) []stage.Flag {
	var report pflag.FlagSet // flags for where the report goes, and how it looks
	registered := &cobra.Command{}
	new(outputFlags).register(registered)
	report.AddFlagSet(registered.Flags())
	return typedFlags(cmd, func(name string) bool { return report.Lookup(name) != nil || slices.Contains(unrepeated, name) })
}

// typedFlags returns the flags that were typed, but for those that are left out, in the
// order of the help text.
func typedFlags(cmd *cobra.Command, left func(name string) bool) []stage.Flag {
	var out []stage.Flag
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Changed || left(flag.Name) {
			return
		}
		for _, value := range valuesOf(flag) {
			one := stage.Flag{Name: "--" + flag.Name}
			if slices.Contains(paths, flag.Name) {
				one.Path = stage.Visible(value)
			} else {
				one.Value = stage.Visible(value)
			}
			out = append(out, one)
		}
	})
	return out
}

// valuesOf returns the values of a typed flag; an empty one for a switch, which is
// written alone.
func valuesOf(flag *pflag.Flag) []string {
	switch v := flag.Value.(type) {
	case pflag.SliceValue:
		if flag.Name != "profiles" {
			return []string{strings.Join(v.GetSlice(), ",")}
		}
		dirs := v.GetSlice()
		for i, d := range dirs {
			if strings.ContainsAny(d, `,"`) { // commas separate values
				dirs[i] = `"` + strings.ReplaceAll(d, `"`, `""`) + `"`
			}
		}
		return dirs
	default:
		if flag.Value.Type() == "bool" {
			return []string{""}
		}
		return []string{flag.Value.String()}
	}
}

// ofProfiles returns the flags for directories of profiles.
func ofProfiles(dirs []string) []stage.Flag {
	var out []stage.Flag
	for _, d := range dirs {
		out = append(out, stage.Flag{Name: "--profiles", Path: d})
	}
	return out
}
