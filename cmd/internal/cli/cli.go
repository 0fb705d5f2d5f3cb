// Package cli is the command line of maildoctor, with one file per command. Only
// this package imports all others: it turns arguments into targets, reads passwords,
// connects resolver, roots and sinks with the runner, and writes reports.
package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// Main runs the command line and returns the exit code.
func Main(args []string, s console.Streams) (code int) {
	defer func() {
		if p := recover(); p != nil {
			// The value isn't shown: it may hold server data or a secret.
			fmt.Fprintf(s.Err, "maildoctor: internal error: %T\n%s", p, debug.Stack())
			code = fault.ExitOwnFault
		}
	}()
	s = s.Complete()
	if p := pluginOf(args); p != nil {
		return p.main(args, s)
	}
	return conduct(args, s)
}

// conduct runs a command and returns its exit code.
func conduct(args []string, s console.Streams) int {
	exit := begin(args, s)
	if exit == nil {
		return fault.ExitWorks
	}
	if exit.Err != nil {
		complain(s, exit.Err)
	}
	return exit.Code
}

// begin runs a command and returns what ended it; nil if that is success.
func begin(args []string, s console.Streams) *fault.Error {
	root := newRoot(s)
	root.SetArgs(cmdline.Meant(root, "check", withPasted(args), checkable))
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return nil
	}
	exit, ok := errors.AsType[*fault.Error](err)
	if !ok {
		exit = &fault.Error{Code: fault.ExitUsage, Err: err} // cobra's own errors are about usage
	}
	return exit
}

// complain writes an error. Problems with profile files begin with file, line and
// column, where editors look for them; other errors begin with the program's name.
func complain(s console.Streams, err error) {
	if _, ok := errors.AsType[*profiles.LoadError](err); ok {
		fmt.Fprintln(s.Err, complaint(err))
		return
	}
	fmt.Fprintf(s.Err, "maildoctor: %s\n", complaint(err))
}

// complaint returns an error's text, safe to show: it may quote arguments and files
// that contain control characters.
func complaint(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, l := range lines {
		lines[i] = stage.Visible(l)
	}
	return strings.Join(lines, "\n")
}

// newRoot builds the tree of commands.
func newRoot(s console.Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "maildoctor [ADDRESS...]",
		Short: "finds out why e-mail does not work, and what to do",
		Long: `maildoctor finds out why e-mail does not work on this computer, on this
network, with these settings. It names the cause and says what to do. An address
without a command is checked.

It changes no settings, deletes nothing and sends no message.

In every command that shows a report, -v is --verbose.`,
		Example: `  maildoctor jane@q.com           test receiving and sending, and name the cause
  maildoctor settings jane@q.com  what to type into a mail program
  maildoctor demo                 see it work, without a network or an account`,
		Version:       thisBuild().line(Version),
		Args:          cmdline.NoArguments,
		SilenceUsage:  true,
		SilenceErrors: true,

		ValidArgsFunction: subjectsTyped,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !s.InTerminal || !s.ErrTerminal {
				return cmd.Help()
			}
			return ask(cmd.Context(), s)
		},
	}
	root.AddCommand(
		checkCommand(s), compareCommand(s), demoCommand(s), settingsCommand(s), publishCommand(s), explainCommand(s),
		profilesCommand(s), reportCommand(s), serveCommand(s), initCommand(s), cmdline.ManCommand(s.Out, Version, thisBuild().date),
	)
	root.Flags().BoolVar(new(bool), "version", false, "show the version, the commit and its date") // without -v, which is --verbose
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(cmdline.FlagError)
	cmdline.Help(root) // first, because it sets the order of flags for the rest
	cmdline.CompleteFlags(root, values)
	return root
}
