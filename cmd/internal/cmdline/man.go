package cmdline

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/fault"
)

// ManCommand returns the command that writes the manual pages of a version, of which
// the date may be unknown.
func ManCommand(out io.Writer, version string, date time.Time) *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "writes a manual page, for man",
		Long: `man writes a manual page to standard output, in the form that man reads: that of
maildoctor as a whole, or of one command.`,
		Example: `  maildoctor man | man -l -
  maildoctor man check | man -l -
  maildoctor man check > ~/.local/share/man/man1/maildoctor-check.1`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return commandNames(cmd.Root(), args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, err := commandAt(cmd.Root(), args)
			if err != nil {
				return err
			}
			return manual(out, of, version, date)
		},
	}
}

// commandAt returns the command at a path of names.
func commandAt(root *cobra.Command, path []string) (*cobra.Command, error) {
	cmd := root
	for _, name := range path {
		i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
		if i < 0 {
			return nil, NoArguments(cmd, []string{name})
		}
		cmd = cmd.Commands()[i]
	}
	return cmd, nil
}

// manual writes the page of a command with cobra's own generator.
func manual(w io.Writer, cmd *cobra.Command, version string, date time.Time) error {
	cmd.Root().DisableAutoGenTag = true
	forManual(cmd)
	header := &doc.GenManHeader{Source: cmd.Root().Name() + " " + version, Manual: cmd.Root().Name()}
	if !date.IsZero() {
		header.Date = &date
	}
	var page bytes.Buffer
	err := doc.GenMan(cmd, header, &page)
	if err == nil {
		_, err = w.Write(asTyped.ReplaceAll(page.Bytes(), []byte("$1$2$3")))
	}
	if err != nil {
		return fault.Own("%w", err)
	}
	return nil
}

// asTyped matches the generator's output for a flag and its default. It puts the
// default of a switch in brackets and a text in quotes, but neither is typed like
// that.
var asTyped = regexp.MustCompile(`(?m)^(\\fB-.*\\fP)(?:\[=\]|(=)\"?([^\"\n]*)\"?)$`)

// forManual puts what the manual pages share where the generator finds it: the
// commands and, instead of a default, the name of the value.
func forManual(cmd *cobra.Command) {
	for i, c := range cmd.Commands() {
		if i == 0 {
			cmd.Long = strings.TrimSpace(cmp.Or(cmd.Long, cmd.Short)) + "\n"
		}
		cmd.Long += fmt.Sprintf("\n    %-12s%s", c.Name(), c.Short)
	}
	cmd.InitDefaultHelpFlag()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name, about := pflag.UnquoteUsage(f)
		if f.NoOptDefVal == "" && !slices.Contains([]string{"", "0", "[]"}, f.DefValue) {
			about += " (" + f.DefValue + ")"
		}
		f.DefValue, f.Usage = name, strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`).Replace(about)
		if f.NoOptDefVal != "" {
			f.DefValue = ""
		}
	})
}
