// Package cmdline has what a command line is made of, on cobra and whatever its
// commands do: the arguments that they refuse, help, completion and manual pages.
package cmdline

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/slip"
)

// Between refuses fewer than least and more than most arguments (no limit if most is
// negative). The error repeats nothing that was typed, because a password may be
// among it.
func Between(least, most int, expected string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0 && least > 0:
			return fault.Usage("%s what? Expected %s", cmd.Name(), expected)
		case most >= 0 && len(args) > most && most == 0:
			return fault.Usage("%s: expected no argument", cmd.CommandPath())
		case most >= 0 && len(args) > most:
			return fault.Usage("%s: %d arguments; expected %s", cmd.Name(), len(args), expected)
		}
		return nil
	}
}

// NoArguments refuses a word that is no command, without repeating it: it may be a
// URL with a password in it.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := Mistyped(args[0], names(cmd.Commands())); near != "" {
		return fault.Usage("no such command; did you mean %s?", near)
	}
	return fault.Usage("no such command; %s --help lists them", cmd.CommandPath())
}

// Mistyped returns the known word that was probably meant; empty if none is similar.
func Mistyped(word string, known []string) string {
	return strings.Join(slip.Nearest(strings.ToLower(word), known, 1), "")
}

// names returns the names of commands.
func names(all []*cobra.Command) []string {
	var out []string
	for _, c := range all {
		if c.IsAvailableCommand() {
			out = append(out, c.Name())
		}
	}
	return out
}

// FlagError describes an error in a flag in our own words. It repeats nothing that
// may be a password: neither what follows an unknown flag, nor the value of a flag
// that takes none.
func FlagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, unknown)
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		name, _ := pflag.UnquoteUsage(missing.GetFlag())
		return fault.Usage("--%s: expected %s after it", missing.GetFlag().Name, name)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return badValue(invalid.GetFlag(), invalid.GetValue())
	}
	return fault.Usage("a flag without a name; %s --help lists them", cmd.CommandPath())
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := "--" + unknown.GetSpecifiedName()
	if unknown.GetSpecifiedShortnames() != "" {
		name = "-" + unknown.GetSpecifiedName()
	}
	if strings.HasPrefix(name, "-p") || strings.HasPrefix(name, "--pass") {
		return fault.Usage("unknown flag %s; no flag takes a password: leave it out to be asked for it, or see --password-stdin and --password-command", name)
	}
	if near := Mistyped(unknown.GetSpecifiedName(), flagNames(cmd)); near != "" && strings.HasPrefix(name, "--") {
		return fault.Usage("unknown flag %s; did you mean --%s?", name, near)
	}
	return fault.Usage("unknown flag %s; %s --help lists them", name, cmd.CommandPath())
}

// flagNames returns the flags of a command.
func flagNames(cmd *cobra.Command) []string {
	var out []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { out = append(out, f.Name) })
	return out
}

// kinds says what a flag expects, by the type of its value.
var kinds = map[string]string{
	"int":         "a whole number",
	"duration":    "a time such as 30s or 2m",
	"count":       "the flag alone",
	"stringSlice": "values separated by commas, without quotes",
}

// badValue refuses the value of a flag.
func badValue(f *pflag.Flag, value string) error {
	if f.Value.Type() == "bool" {
		return fault.Usage("--%s: expected no value after it", f.Name)
	}
	return fault.Usage("--%s %q: expected %s", f.Name, value, kinds[f.Value.Type()])
}
