package smoke

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"maildoctor/probe/stage"
	"maildoctor/profiles/regular"
	"maildoctor/profiles/strict"
)

// MaxFile bounds a smoke file, in bytes: about 100,000 endpoints.
const MaxFile = 32 << 20

// File is a smoke file.
type File struct {
	Origin    stage.SmokeFile
	Endpoints []*Endpoint

	text []byte // for what is found to be wrong later
}

// Endpoint is one [[endpoint]] of the file: a server, or all servers of an address, a
// domain or a profile.
type Endpoint struct {
	Kind       stage.SubjectKind
	Argument   string   // the URL, address, domain or profile, as typed
	Name       string   // the file's; empty if it has none
	Labels     []string // to choose it by
	User       string   // the user name to log in with; empty: none, or that of the address
	Credential *Credential
	At         Place // of the argument

	own, defaults []*Expectation
}

// Credential says where a password or token comes from. Accounts that are shared by
// endpoints share it.
type Credential struct {
	Kind  CredentialKind
	Value string // the name of the variable or file, or the command: never shown
	At    Place  // of the value
}

// CredentialKind is the key of a credential.
type CredentialKind string

// The keys of a credential.
const (
	PasswordEnv     CredentialKind = "password-env"     // an environment variable
	PasswordFile    CredentialKind = "password-file"    // a file, from the smoke file's directory
	PasswordCommand CredentialKind = "password-command" // a command, run when a login needs it
	TokenCommand    CredentialKind = "token-command"    // likewise, for an OAuth 2.0 access token
)

var credentials = []CredentialKind{PasswordEnv, PasswordFile, PasswordCommand, TokenCommand}

// Place is a place in the file.
type Place struct{ offset, Line int }

// Load reads a smoke file. The error is a [*strict.Error] with everything that is wrong.
func Load(name string) (*File, error) {
	text, err := regular.Read(name, MaxFile)
	if errors.Is(err, regular.ErrTooLarge) {
		err = fmt.Errorf("larger than %d bytes, the most that a smoke file may have", MaxFile)
	}
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // the name precedes the message
		}
		return nil, strict.Join([]strict.Problem{{File: name, Message: fmt.Sprintf("cannot be read: %v; expected a smoke file, such as maildoctor init writes", err)}})
	}
	return Parse(name, text)
}

// Parse reads the text of a smoke file; the name is for messages. The error is a
// [*strict.Error] with everything that is wrong.
func Parse(name string, text []byte) (*File, error) {
	sum := sha256.Sum256(text)
	f := &File{
		Origin: stage.SmokeFile{Path: stage.Visible(name), SHA256: hex.EncodeToString(sum[:])},
		text:   bytes.TrimPrefix(text, []byte("\ufeff")), // Notepad on Windows may begin a file with a byte order mark
	}
	d := f.Document()
	if table := d.Parse(); table != nil {
		r := reader{File: f, d: d, names: map[string]Place{}, targets: map[string]Place{}}
		r.read(&strict.Section{Doc: d, Table: table})
		if d.Found() == 0 {
			d.Check()
		}
	}
	if err := strict.Join(d.Problems()); err != nil {
		return nil, err
	}
	return f, nil
}

// Document returns an empty list of problems for what turns out to be wrong with the
// file when it is used: see [Place.Wrong].
func (f *File) Document() *strict.Document {
	d := strict.New(f.Origin.Path, f.text)
	d.Discreet = true
	return d
}

// Wrong records a problem at a place.
func (p Place) Wrong(d *strict.Document, format string, args ...any) {
	d.Wrong(p.offset, format, args...)
}

// Offset returns the place as an offset in the text, without a byte order mark.
func (p Place) Offset() int { return p.offset }

// Title returns what the endpoint is called: its name or, if it has none, the argument.
func (e *Endpoint) Title() string {
	if e.Name != "" {
		return e.Name
	}
	return e.Argument
}

// Is reports whether a word means this endpoint: its name, its argument, or one of its
// labels.
func (e *Endpoint) Is(word string) bool {
	return word != "" && (word == e.Name || word == e.Argument || slices.Contains(e.Labels, word))
}
