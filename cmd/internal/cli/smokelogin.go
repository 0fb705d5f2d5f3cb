package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/display"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/smoke"
	"maildoctor/probe"
	"maildoctor/profiles/regular"
	"maildoctor/profiles/strict"
)

// givesPasswords reports whether an endpoint that was chosen names the source of its
// password.
func (f *smokeFlags) givesPasswords() bool {
	return slices.ContainsFunc(f.chosen, func(e *smoke.Endpoint) bool { return e.Credential != nil })
}

// credentials returns what each endpoint logs in with. Variables and files are read now,
// and must not be empty, because in CI that is what a lost secret looks like; commands run
// when a login needs them, once an account.
func (f *smokeFlags) credentials(ctx context.Context, s console.Streams, hide *display.Curtain) (map[int]probe.Credential, error) {
	wrong := f.file.Document()
	s.Environ = f.withoutPasswords(s.Environ)
	got := make(map[*smoke.Credential]probe.Credential)
	out := make(map[int]probe.Credential)
	for i, e := range f.chosen {
		c := e.Credential
		if c == nil {
			continue
		}
		if _, known := got[c]; !known {
			src, err := f.source(s, c)
			if err == nil {
				got[c], err = src.credential(ctx, s, hide)
			}
			if err != nil {
				got[c] = probe.Credential{}
				c.At.Wrong(wrong, "%s: %v", c.Kind, err)
			}
		}
		out[i] = got[c]
	}
	if err := strict.Join(wrong.Problems()); err != nil {
		return nil, fault.Usage("%w", err)
	}
	return out, nil
}

// source returns where a password comes from. No error has the name of a variable or
// file, or a command: the password itself may stand there.
func (f *smokeFlags) source(s console.Streams, c *smoke.Credential) (source, error) {
	switch c.Kind {
	case smoke.PasswordEnv:
		v, ok := s.LookupEnv(c.Value)
		switch {
		case !ok:
			return source{}, errors.New("no environment variable of that name is set")
		case v == "":
			return source{}, errors.New("the environment variable is empty")
		}
		return fixed(c, v), nil
	case smoke.PasswordFile:
		v, err := f.inFile(c.Value)
		switch {
		case err != nil:
			return source{}, errors.New("the file cannot be read; expected one whose first line is the password")
		case v == "":
			return source{}, errors.New("the first line of the file is empty; expected the password")
		}
		return fixed(c, v), nil
	}
	name := fmt.Sprintf("%s (%s)", c.Kind, f.file.Document().Place(c.At.Offset()))
	read := func(ctx context.Context) (string, error) { return output(ctx, s, c.Value) }
	return source{name: name, token: c.Kind == smoke.TokenCommand, late: true, read: read}, nil
}

// fixed is the source of a password that was read already.
func fixed(c *smoke.Credential, v string) source {
	return source{name: string(c.Kind), read: func(context.Context) (string, error) { return v, nil }}
}

// inFile returns the first line of a file, whose name is relative to the smoke file.
func (f *smokeFlags) inFile(name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(f.name), name)
	}
	text, err := regular.Read(name, maxSecret+2)
	if err != nil {
		return "", err
	}
	return firstLine(strings.NewReader(string(text)))
}

// withoutPasswords removes the variables that hold passwords of the file from the
// environment of commands.
func (f *smokeFlags) withoutPasswords(environ func() []string) func() []string {
	secret := make(map[string]bool)
	for _, e := range f.file.Endpoints {
		if c := e.Credential; c != nil && c.Kind == smoke.PasswordEnv {
			secret[strings.ToUpper(c.Value)] = true
		}
	}
	return func() []string {
		return slices.DeleteFunc(environ(), func(v string) bool {
			name, _, _ := strings.Cut(v, "=")
			return secret[strings.ToUpper(name)] // Windows knows no case
		})
	}
}
