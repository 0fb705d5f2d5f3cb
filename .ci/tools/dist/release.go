package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// release is one state of the source, and where its files go.
type release struct {
	root, out, roots string

	anonymous bool      // leave the commit out of programs and images
	version   string    // what the program itself says
	commit    string    // empty: not known
	time      time.Time // of every file in the archives
	list      []byte    // the root certificates, in PEM
}

// prepare reads what all targets share, and empties the directory.
func (r *release) prepare() error {
	root, err := filepath.Abs(r.root)
	if err != nil {
		return err
	}
	r.root = root
	if err := r.dated(); err != nil {
		return err
	}
	if r.list, err = rootList(r.roots); err != nil {
		return err
	}
	if err := r.named(); err != nil {
		return err
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	return os.MkdirAll(r.out, 0o755)
}

// dated takes the time from the commit, or from SOURCE_DATE_EPOCH, in seconds since
// 1970 (reproducible-builds.org/specs/source-date-epoch), where that is set.
func (r *release) dated() error {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	out, err := r.run(nil, "git", "log", "-1", "--format=%ct %H")
	if at, commit, ok := strings.Cut(strings.TrimSpace(string(out)), " "); err == nil && ok {
		if !r.anonymous {
			r.commit = commit
		}
		if seconds == "" {
			seconds = at
		}
	}
	if seconds == "" {
		return fmt.Errorf("no time for the files: this is no git repository, and SOURCE_DATE_EPOCH is not set (%w)", err)
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	r.time = time.Unix(n, 0).UTC()
	return nil
}

// named asks a program for this machine for its version.
func (r *release) named() error {
	program, err := r.build(target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, target{os: runtime.GOOS}.program())
	if err := os.WriteFile(path, program, 0o755); err != nil {
		return err
	}
	out, err := r.run(nil, path, "--version")
	if err != nil {
		return err
	}
	line := strings.TrimPrefix(strings.TrimSpace(string(out)), "maildoctor version ")
	version, _, ok := strings.Cut(line, ",")
	if !ok || strings.ContainsAny(version, " /\n") {
		return fmt.Errorf("--version printed %q; expected maildoctor version VERSION, commit …", out)
	}
	r.version = version
	if !r.anonymous && (r.commit == "" || !strings.Contains(line, r.commit[:12]) || strings.Contains(line, "+modified")) {
		fmt.Fprintf(os.Stderr, "dist: not to be given away: the program says %q, and not the commit alone that it was made of\n", line)
	}
	return nil
}

// build returns the program for t.
func (r *release) build(t target) ([]byte, error) {
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, t.program())
	vcs := "-buildvcs=auto"
	if r.anonymous {
		vcs = "-buildvcs=false"
	}
	if _, err := r.run(r.environment(t), "go", "build", "-trimpath", vcs, "-ldflags=-s -w", "-o", path, "./cmd/maildoctor"); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// environment is one in which nothing that is set for this user alone changes the
// program.
func (r *release) environment(t target) []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOWORK=off", "GOOS="+t.os, "GOARCH="+t.arch)
}

// run runs a command in the repository and returns its standard output.
func (r *release) run(env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = r.root, env
	out, err := cmd.Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, e.Stderr)
	}
	return out, err
}

// rootList joins the certificates of Debian's package ca-certificates. Its own files
// are read, and not the list made of them on this machine, to which roots may have
// been added that are nobody else's business.
func rootList(dir string) ([]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.crt"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var list bytes.Buffer
	for _, name := range names {
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list.Write(bytes.TrimSpace(pem))
		list.WriteByte('\n')
	}
	if n := bytes.Count(list.Bytes(), []byte("-----BEGIN CERTIFICATE-----")); n < 50 {
		return nil, fmt.Errorf("%s has %d root certificates; expected those of Debian's package ca-certificates, which are over a hundred", dir, n)
	}
	return list.Bytes(), nil
}

// write creates a file in the directory.
func (r *release) write(name string, content func(*os.File) error) error {
	f, err := os.Create(filepath.Join(r.out, name))
	if err != nil {
		return err
	}
	return errors.Join(content(f), f.Close())
}

// checksums writes SHA256SUMS, in the form that sha256sum -c reads.
func (r *release) checksums(names []string) error {
	slices.Sort(names)
	var sums bytes.Buffer
	for _, name := range names {
		data, err := fs.ReadFile(os.DirFS(r.out), name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), sums.Bytes(), 0o644)
}
