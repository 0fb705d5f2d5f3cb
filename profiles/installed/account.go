package installed

import (
	"fmt"

	"maildoctor/probe/stage"
)

// Account is an account as a program has it.
type Account struct {
	stage.Configured
	stored []Stored // of each server; the zero value where there is none
}

// Password returns the password that the program keeps in readable form for one of
// [stage.Configured.Servers]. Where it asks for it, runs a command for it, or keeps it
// encrypted, there is none.
func (a Account) Password(server int) (Stored, bool) {
	if server < 0 || server >= len(a.stored) || a.stored[server].reveal == nil {
		return Stored{}, false
	}
	return a.stored[server], true
}

// Found is what was found.
type Found struct {
	Accounts []Account
	// Relayed are programs that are here and connect through their maker's servers, so
	// that what they have been given can neither be read nor be tried from here.
	Relayed  []stage.ProgramID
	Problems []Problem
}

// Problem is a place in a file that couldn't be read as its program would.
type Problem struct {
	File    string // with ~ for the home directory; "$NAME" for a variable of this process
	Line    int    // from 1; 0 for the file as a whole
	Column  int    // in characters, from 1; 0 for the whole line
	Message string // what was expected. It never repeats the file: a password may be there
}

// String returns file:line:column: message.
func (p Problem) String() string {
	file := stage.Visible(p.File)
	switch {
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", file, p.Message)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", file, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, p.Line, p.Column, p.Message)
}
