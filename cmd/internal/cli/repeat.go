package cli

import (
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// unrepeated are flags of check that a command which makes the run again does not have:
// where the password comes from, for a command may hold one, and what is asked of one run
// alone.
var unrepeated = []string{"password-stdin", "password-command", "token-command", "dry-run", "save"}

// paths are flags whose value names a file or a directory of this computer.
var paths = []string{"ca-file", "profiles"}

// repeated returns the flags that were typed and that bear on a run, in the order in
// which help has them.
func (f *checkFlags) repeated(cmd *cobra.Command) []stage.Flag {
	var report pflag.FlagSet // flags that say where the report goes, and how it looks
	registered := &cobra.Command{}
	new(outputFlags).register(registered)
	report.AddFlagSet(registered.Flags())
	var out []stage.Flag
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Changed || report.Lookup(flag.Name) != nil || slices.Contains(unrepeated, flag.Name) {
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

// valuesOf returns the values that a flag is typed with: one that is empty for a switch,
// which stands alone.
func valuesOf(flag *pflag.Flag) []string {
	switch v := flag.Value.(type) {
	case pflag.SliceValue:
		if flag.Name != "profiles" {
			return []string{strings.Join(v.GetSlice(), ",")}
		}
		dirs := v.GetSlice()
		for i, d := range dirs {
			if strings.ContainsAny(d, `,"`) { // commas stand between values
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

// command is a command line to paste; nobody translates it.
func command(words ...string) prose.Value {
	return prose.Data(report.Command(runtime.GOOS, words...))
}

// withFlags are the words of a command and then its flags.
func withFlags(flags []stage.Flag, words ...string) []string {
	for _, f := range flags {
		words = append(words, f.Words()...)
	}
	return words
}

// ofProfiles are the flags that name directories of profiles.
func ofProfiles(dirs []string) []stage.Flag {
	var out []stage.Flag
	for _, d := range dirs {
		out = append(out, stage.Flag{Name: "--profiles", Path: d})
	}
	return out
}
