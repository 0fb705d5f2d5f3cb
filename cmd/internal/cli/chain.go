package cli

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

// chainFile is a file for the certificates that servers present.
type chainFile struct {
	name string
	file *os.File
}

// createChain creates a file; it returns nil if name is empty. An existing file is
// never overwritten: somebody may trust its contents. Certificates are public, and
// so is the file.
func createChain(name string) (*chainFile, error) {
	if name == "" {
		return nil, nil
	}
	f, err := files.Create("save-chain", name, files.Public)
	if err != nil {
		return nil, err
	}
	return &chainFile{name, f}, nil
}

// discard removes the file of a run that did not begin, or saw no certificates.
func (c *chainFile) discard() {
	if c != nil {
		c.file.Close()
		os.Remove(c.name)
	}
}

// write writes the certificates that a run saw, and says so on standard error.
func (c *chainFile) write(s console.Streams, rec *stage.Record) error {
	if c == nil {
		return nil
	}
	l, name := s.Language, console.Command(c.name)
	all := chainsOf(rec)
	if len(all) == 0 {
		c.discard()
		if factsAlone(rec) {
			return fault.Usage("--save-chain: the run holds what is said of the certificates, and not themselves; maildoctor check --save keeps them")
		}
		s.Tell(s.SavedLabel(), say.ChainNone(name))
		return nil
	}
	_, err := c.file.Write(chainText(l, rec, all))
	if err := errors.Join(err, c.file.Close()); err != nil {
		return fault.Own("--save-chain: %w", err)
	}
	n, said := 0, say.ChainSaved
	for _, shown := range all {
		n += len(shown.chain)
		if !shown.trusted() {
			said = say.ChainUntrusted
		}
	}
	s.Tell(s.SavedLabel(), said(name, prose.Count(n), prose.Count(len(all))))
	return nil
}
