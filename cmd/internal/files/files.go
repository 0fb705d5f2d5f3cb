// Package files creates the files that a command writes, and says why a file could
// not be used.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"maildoctor/cmd/internal/fault"
)

// Modes of new files.
const (
	Private fs.FileMode = 0o600 // it contains who logs in where
	Public  fs.FileMode = 0o644
)

// Create creates a file whose name is the value of a flag. An existing file is never
// overwritten: that is the user's error, as is a name that can't be used.
func Create(flag, name string, mode fs.FileMode) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.Usage("--%s: %s exists already; expected the name of a new file", flag, name)
	}
	if err != nil {
		return nil, fault.Usage("--%s %s: %s; expected the name of a new file", flag, name, Reason(err))
	}
	return f, nil
}

// Expecting adds to the error of a file that could not be opened or read what it
// should have been. Other errors are returned unchanged.
func Expecting(what string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %s; expected %s", e.Path, Reason(err), what)
	}
	return err
}

// Reason says why a file could not be used, without its name, which precedes it.
func Reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return err.Error()
}
