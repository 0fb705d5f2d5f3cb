package cmdline

import (
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Help prepares the help texts of a whole tree of commands, and cobra's own commands
// in it.
func Help(root *cobra.Command) {
	prepare()
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	refuseWords(root)
	foldHelp(root)
}

// refuseWords makes cobra's own commands refuse arguments as ours do.
func refuseWords(root *cobra.Command) {
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	completion.Short = "writes a script that completes commands, flags and values in a shell"
	completion.Args = NoArguments
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, shell := range completion.Commands() {
		shell.Short = "writes the script for " + shell.Name()
		shell.Args = Between(0, 0, "")
	}
}

// helpWidth is the width of the flags' description, in columns.
const helpWidth = 80

// prepare sets global variables of cobra.
var prepare = sync.OnceFunc(func() {
	cobra.MousetrapHelpText = "" // after a double click we ask
	cobra.AddTemplateFunc("folded", func(fs *pflag.FlagSet) string { return fs.FlagUsagesWrapped(helpWidth) })
})

// foldHelp keeps help texts within a terminal's usual width, and flags in the order
// of their declaration, which groups them by meaning.
func foldHelp(root *cobra.Command) {
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", "folded .LocalFlags",
		".InheritedFlags.FlagUsages", "folded .InheritedFlags",
	).Replace(root.UsageTemplate()))
	for _, c := range root.Commands() {
		c.Flags().SortFlags = false
	}
}

// helpCommand shows the help of a command.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "shows all flags of a command",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return commandNames(root, args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, err := commandAt(root, args)
			if err != nil {
				return err
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// commandNames completes the path of a command.
func commandNames(root *cobra.Command, path []string) []string {
	cmd, rest, err := root.Find(path)
	if err != nil || len(rest) > 0 {
		return nil
	}
	var out []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return out
}
