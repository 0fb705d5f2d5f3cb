package console

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// ErrInterrupted is returned by [Streams.ReadPassword] if the user interrupts the
// prompt.
var ErrInterrupted = errors.New("interrupted")

// readHidden reads a line from a terminal without showing it. An interrupt must not
// end the program before the terminal's echo is restored.
func readHidden(f *os.File) (string, error) {
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	type typed struct {
		line []byte
		err  error
	}
	read := make(chan typed, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		read <- typed{line, err}
	}()
	select {
	case t := <-read:
		return string(t.line), t.err
	case <-signals:
		if err := term.Restore(fd, before); err != nil {
			return "", err
		}
		return "", ErrInterrupted
	}
}
