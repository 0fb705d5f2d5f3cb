package cmdline

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Meant completes a command line without its command, which is then the usual one:
// maildoctor jane@q.com. It also accepts flags before the command. A word that is
// neither a command nor accepted by the usual one is left in place, and is refused
// later.
func Meant(root *cobra.Command, usual string, args []string, accepts func(word string) bool) []string {
	if len(args) > 1 && slices.Contains([]string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}, args[0]) {
		last := len(args) - 1 // the word that is being typed
		return slices.Concat(args[:1], Meant(root, usual, args[1:last], accepts), args[last:])
	}
	cmd, _, err := root.Find([]string{usual})
	if err != nil || slices.ContainsFunc(args, func(a string) bool { return a == "--version" }) {
		return args
	}
	i := firstWord(cmd.Flags(), args)
	switch {
	case i < 0 && (len(args) == 0 || !strings.HasPrefix(args[0], "-") || slices.Contains([]string{"-h", "--help"}, args[0])):
		return args
	case i < 0: // only flags
		return slices.Concat([]string{usual}, args)
	case isCommand(root, args[i]):
		return slices.Concat(args[i:i+1], args[:i], args[i+1:])
	case accepts(args[i]):
		return slices.Concat([]string{usual}, args)
	}
	return args
}

// firstWord returns the index of the first argument that is neither a flag nor the
// value of one; -1 if there is none.
func firstWord(flags *pflag.FlagSet, args []string) int {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			return -1
		case a == "-" || !strings.HasPrefix(a, "-"):
			return i
		case takesNext(flags, a):
			i++
		}
	}
	return -1
}

// takesNext reports whether the next argument is the value of this flag.
func takesNext(flags *pflag.FlagSet, arg string) bool {
	if strings.Contains(arg, "=") {
		return false
	}
	f := flags.Lookup(strings.TrimLeft(arg, "-"))
	return strings.HasPrefix(arg, "--") && f != nil && f.NoOptDefVal == ""
}

// isCommand reports whether a word is the name of a command, including cobra's own.
func isCommand(root *cobra.Command, word string) bool {
	return slices.Contains([]string{"help", "completion"}, word) ||
		slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == word || c.HasAlias(word) })
}
