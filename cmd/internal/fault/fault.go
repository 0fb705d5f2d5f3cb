// Package fault has the errors that end a command, each with its exit code: the
// user's own (usage, a bad file) and those of maildoctor or of the machine.
package fault

import "fmt"

// Exit codes, the same for every output format.
const (
	ExitWorks       = 0
	ExitProblems    = 1 // problems found, or could not tell
	ExitUsage       = 2 // usage, or a bad file
	ExitOwnFault    = 3 // maildoctor itself failed
	ExitInterrupted = 130
)

// Error ends a command with an exit code. Err may be nil if everything has been
// said.
type Error struct {
	Code int
	Err  error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns the error that is to be shown.
func (e *Error) Unwrap() error { return e.Err }

// Usage returns an error made by the user: exit code 2.
func Usage(format string, args ...any) error {
	return &Error{ExitUsage, fmt.Errorf(format, args...)}
}

// Own returns an error of maildoctor or of the machine: exit code 3.
func Own(format string, args ...any) error {
	return &Error{ExitOwnFault, fmt.Errorf(format, args...)}
}

// Exit returns the error that ends a command with a code after everything has been
// said; nil for 0.
func Exit(code int) error {
	if code == ExitWorks {
		return nil
	}
	return &Error{Code: code}
}
