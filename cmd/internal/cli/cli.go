// Package cli is the command line of maildoctor: one file a command. It is the
// only place that sees the whole house: it turns arguments into targets, reads
// passwords, wires resolver, roots and sinks to the runner, and writes reports.
package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every output format.
const (
	exitWorks       = 0
	exitProblems    = 1 // problems found, or could not tell
	exitUsage       = 2 // usage, or a bad file
	exitOwnFault    = 3 // maildoctor itself failed
	exitInterrupted = 130
)

// Version is what --version prints; the build sets it.
var Version = "0.1.0"

// exitError ends a command with a code. err may be nil where everything has
// been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage returns an error of the user's making: exit 2.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// ownFault returns an error of maildoctor's or of the machine: exit 3.
func ownFault(format string, args ...any) error {
	return &exitError{exitOwnFault, fmt.Errorf(format, args...)}
}

// Main runs the command line and returns the exit code.
func Main(args []string, s Streams) (code int) {
	defer func() {
		if p := recover(); p != nil {
			// Neither the panic's value nor the stack's arguments are shown beyond the
			// program counters: a value may hold what a server sent.
			fmt.Fprintf(s.Err, "maildoctor: internal error: %T\n%s", p, debug.Stack())
			code = exitOwnFault
		}
	}()
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return exitWorks
	}
	exit, ok := errors.AsType[*exitError](err)
	if !ok {
		exit = &exitError{exitUsage, err} // cobra's own errors are about usage
	}
	if exit.err != nil {
		fmt.Fprintf(s.Err, "maildoctor: %v\n", exit.err)
	}
	return exit.code
}

// newRoot builds the tree of commands.
func newRoot(s Streams) *cobra.Command {
	cobra.MousetrapHelpText = "" // after a double click we ask; see ask
	root := &cobra.Command{
		Use:   "maildoctor",
		Short: "finds out why e-mail does not work, and what to do",
		Long: `maildoctor finds out why e-mail does not work on this computer, on this
network, with these settings. It names the cause and says what to do.

It changes no settings, deletes nothing and sends no message.`,
		Version:       Version,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !s.InTerminal || !s.ErrTerminal {
				return cmd.Help()
			}
			return ask(cmd.Context(), s)
		},
	}
	root.AddCommand(
		checkCommand(s), demoCommand(s), settingsCommand(s), explainCommand(s),
		profilesCommand(s), reportCommand(s),
	)
	return root
}
