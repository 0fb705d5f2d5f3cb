// Package regular reads files that somebody names, within bounds.
package regular

import (
	"errors"
	"io"
	"os"
)

// Errors of Read, besides those of package os.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrTooLarge   = errors.New("too large")
)

// Read reads a regular file of at most so many bytes. Anything else is refused before
// it is opened, because opening a pipe would block. With ErrTooLarge it returns the
// beginning of the file.
func Read(name string, most int) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > most {
		return text[:most], ErrTooLarge
	}
	return text, nil
}
