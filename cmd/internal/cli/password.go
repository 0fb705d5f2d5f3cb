package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/display"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/auth"
)

// Environment variables that carry a secret. Child processes don't get them.
const (
	passwordVariable = "MAILDOCTOR_PASSWORD"
	tokenVariable    = "MAILDOCTOR_TOKEN"
)

// maxSecret bounds a password or token, in bytes.
const maxSecret = 16 << 10

// commandTime bounds a command that prints a password: a password manager may ask
// for its own first.
const commandTime = 2 * time.Minute

// secretFlags say where a password comes from. No flag holds one.
type secretFlags struct {
	stdin    bool
	command  string
	tokenCmd string
}

// source is a named place that a secret comes from.
type source struct {
	name  string
	token bool
	late  bool // read when a login needs it, and not before the run
	read  func(context.Context) (string, error)
}

// named returns the source that the user chose, nil if there is none. Two are an
// error, because one of them would be ignored.
func (f secretFlags) named(s console.Streams) (*source, error) {
	var found []source
	if f.stdin {
		found = append(found, source{name: "--password-stdin", read: func(context.Context) (string, error) { return firstLine(s.In) }})
	}
	if f.command != "" {
		found = append(found, source{name: "--password-command", late: true, read: func(ctx context.Context) (string, error) { return output(ctx, s, f.command) }})
	}
	if f.tokenCmd != "" {
		found = append(found, source{name: "--token-command", token: true, late: true, read: func(ctx context.Context) (string, error) { return output(ctx, s, f.tokenCmd) }})
	}
	if len(found) == 0 {
		found = fromEnvironment(s)
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	default:
		return nil, fault.Usage("%s and %s: expected one source of a password", found[0].name, found[1].name)
	}
}

// fromEnvironment returns the variables that are set. They count only if no flag
// names a source. A variable that is set but empty is an error: in CI that is what a
// lost secret looks like.
func fromEnvironment(s console.Streams) []source {
	var found []source
	for _, name := range []string{passwordVariable, tokenVariable} {
		if v, ok := s.LookupEnv(name); ok {
			found = append(found, source{name: name, token: name == tokenVariable, read: func(context.Context) (string, error) { return v, nil }})
		}
	}
	return found
}

// credential reads the secret, or returns a credential that reads it when a login
// needs it, so that a password manager doesn't ask for a run without a login. If the
// secret is read now, an empty one is an error: exit code 2. If it is read later,
// the report mentions the error: a login was requested but not tried, exit code 1.
func (src *source) credential(ctx context.Context, s console.Streams, c *display.Curtain) (probe.Credential, error) {
	if !src.late {
		secret, err := src.secret(ctx, s)
		if err != nil {
			return probe.Credential{}, fault.Usage("%v", err)
		}
		return probe.Credential{Secret: secret, Token: src.token}, nil
	}
	return probe.Credential{Token: src.token, Source: auth.NewSource(func(ctx context.Context) (secret auth.Secret, err error) {
		c.Lower(func() { secret, err = src.secret(ctx, s) })
		return secret, err
	})}, nil
}

// secret reads the secret now.
func (src *source) secret(ctx context.Context, s console.Streams) (auth.Secret, error) {
	v, err := src.read(ctx)
	switch {
	case err != nil:
		return auth.Secret{}, fmt.Errorf("%s: %v", src.name, err)
	case v == "" && src.late:
		return auth.Secret{}, fmt.Errorf("%s printed nothing", src.name)
	case v == "":
		return auth.Secret{}, fmt.Errorf("%s is named as the source of the password, but is empty", src.name)
	case len(v) > maxSecret:
		return auth.Secret{}, fmt.Errorf("%s: more than %d bytes", src.name, maxSecret)
	}
	return s.Secret(v), nil
}

// firstLine reads up to the first line ending, which it removes. Spaces belong to
// the password.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxSecret+2)).ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

// output runs a command in the shell and returns the first line that it prints.
// Neither its standard error nor the command is shown, because either may contain
// the password.
func output(ctx context.Context, s console.Streams, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	shell := []string{"/bin/sh", "-c", command}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c", command}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1:]...)
	cmd.WaitDelay = time.Second
	cmd.Env = slices.DeleteFunc(s.Environ(), func(v string) bool {
		return strings.HasPrefix(v, passwordVariable+"=") || strings.HasPrefix(v, tokenVariable+"=")
	})
	var out bytes.Buffer
	cmd.Stdout = &limited{&out, maxSecret + 2}
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the command failed (%v)", err)
	}
	return firstLine(&out)
}

// limited writes up to a number of bytes and fails beyond it.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, fmt.Errorf("more than %d bytes", maxSecret)
	}
	l.left -= len(p)
	return l.w.Write(p)
}
