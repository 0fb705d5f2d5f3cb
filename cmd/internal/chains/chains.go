// Package chains writes the certificates that the servers of a run presented to a
// file in PEM, with what people compare of them.
package chains

import (
	"errors"
	"os"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// File is a file for the certificates that servers present.
type File struct {
	name string
	file *os.File
}

// Create creates a file; it returns nil if name is empty. An existing file is
// never overwritten: somebody may trust its contents. Certificates are public, and
// so is the file.
func Create(name string) (*File, error) {
	if name == "" {
		return nil, nil
	}
	f, err := files.Create("save-chain", name, files.Public)
	if err != nil {
		return nil, err
	}
	return &File{name, f}, nil
}

// Discard removes the file of a run that did not begin, or saw no certificates.
func (c *File) Discard() {
	if c != nil {
		c.file.Close()
		os.Remove(c.name)
	}
}

// Write writes the certificates that a run saw, and says so on standard error.
func (c *File) Write(s console.Streams, rec *stage.Record) error {
	if c == nil {
		return nil
	}
	l, name := s.Language, console.Command(c.name)
	all := presented(rec)
	if len(all) == 0 {
		c.Discard()
		if factsAlone(rec) {
			return fault.Usage("--save-chain: the run holds what is said of the certificates, and not themselves; maildoctor check --save keeps them")
		}
		s.Tell(s.SavedLabel(), say.ChainNone(name))
		return nil
	}
	_, err := c.file.Write(text(l, rec, all))
	if err := errors.Join(err, c.file.Close()); err != nil {
		return fault.Own("--save-chain: %w", err)
	}
	n, said := 0, say.ChainSaved
	for _, shown := range all {
		n += len(shown.certificates)
		if !shown.trusted() {
			said = say.ChainUntrusted
		}
	}
	s.Tell(s.SavedLabel(), said(name, prose.Count(n), prose.Count(len(all))))
	return nil
}
