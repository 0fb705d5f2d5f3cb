// Package console is a command's connection to the outside: its streams, what is
// known of the terminal, and how text is fitted to it.
package console

import (
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"

	"maildoctor/cmd/internal/system"
	"maildoctor/probe/auth"
	"maildoctor/probe/prose"
)

// Streams is a command's connection to the outside; tests make their own.
type Streams struct {
	In          io.Reader
	Out, Err    io.Writer
	LookupEnv   func(string) (string, bool)
	Environ     func() []string
	InTerminal  bool // a person can be asked
	OutTerminal bool // colour may be used
	ErrTerminal bool // progress and prompts may be shown
	Width       int  // of the terminal, in columns; 0 if unknown
	Height      int  // of the terminal, in lines
	ASCII       bool // the console can't draw the signs
	EastAsian   bool // the console may draw characters of ambiguous width in two columns

	// Language is the language of all texts. [Streams.Complete] chooses it.
	Language *prose.Language

	// ReadPassword reads a line from the terminal without showing it. An interrupt
	// makes it return [ErrInterrupted].
	ReadPassword func() (string, error)

	// NewSecret makes a secret of a password; nil: [auth.NewSecret]. Tests replace
	// it to show that they would notice an exposed password.
	NewSecret func(string) auth.Secret
}

// Secret makes a secret of a password.
func (s Streams) Secret(v string) auth.Secret {
	if s.NewSecret != nil {
		return s.NewSecret(v)
	}
	return auth.NewSecret(v)
}

// Complete returns the streams with a language, if none was chosen: English.
func (s Streams) Complete() Streams {
	if s.Language == nil {
		s.Language = prose.English()
	}
	return s
}

// Standard returns the streams of this process.
func Standard() Streams {
	terminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		LookupEnv: os.LookupEnv, Environ: os.Environ,
		InTerminal: terminal(os.Stdin), OutTerminal: terminal(os.Stdout), ErrTerminal: terminal(os.Stderr),
		ReadPassword: func() (string, error) { return readHidden(os.Stdin) },
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil {
			s.Width, s.Height = w, h
			break
		}
	}
	s.ASCII = !drawsSigns(s.LookupEnv)
	s.EastAsian = runewidth.IsEastAsian()
	return s
}

// drawsSigns reports whether the console is likely to draw ✓ and ✗: on Windows by
// the output code page, elsewhere by the locale (POSIX 8.2). No locale at all means
// a bare environment such as cron or a CI job, where UTF-8 is usual.
func drawsSigns(env func(string) (string, bool)) bool {
	if runtime.GOOS == "windows" {
		return system.ConsoleIsUTF8()
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, ok := env(name); ok && v != "" {
			v = strings.ToUpper(v)
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}
