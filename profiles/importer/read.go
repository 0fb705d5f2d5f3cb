package importer

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/profiles"
	"maildoctor/profiles/published"
	"maildoctor/profiles/regular"
)

// maxFile is more than a reader of settings takes; what is beyond it is not read.
const maxFile = 1 << 20

// File is a text of settings.
type File struct {
	Name string // the path or the URL, for messages
	Text []byte
	URL  string // where it was fetched from; empty for a file on this machine
	Type string // its Content-Type, if it was fetched and has one
}

// endings are those of files that a directory is searched for.
var endings = []string{".xml", ".mobileconfig"}

// Read reads a file, or those of a directory whose names end in .xml or .mobileconfig,
// in the order of their names. The error is a [*profiles.LoadError].
func Read(name string) ([]File, error) {
	names, err := list(name)
	if err != nil {
		return nil, unread(name, err)
	}
	var files []File
	for _, name := range names {
		text, err := regular.Read(name, maxFile)
		if err != nil && !errors.Is(err, regular.ErrTooLarge) { // which the reader of settings says, too
			return nil, unread(name, err)
		}
		files = append(files, File{Name: name, Text: text})
	}
	return files, nil
}

// list returns the paths of the files to read.
func list(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(e.Name()))) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(name, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, errors.New("found no file whose name ends in .xml or .mobileconfig")
	}
	return names, nil
}

// unread is the error of a path that can't be read.
func unread(name string, err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok { // the name stands before the message already
		err = e.Err
	}
	return &profiles.LoadError{Problems: []profiles.Problem{{File: name, Message: fmt.Sprintf("cannot be read: %v", err)}}}
}

// Unfetched is the error of a URL that can't be fetched, a [*profiles.LoadError].
func Unfetched(url string, err error) error {
	return &profiles.LoadError{Problems: []profiles.Problem{{File: url, Message: fmt.Sprintf("cannot be fetched: %v", err)}}}
}

// document reads a text as settings.
func (f File) document() (*published.Document, error) {
	if strings.EqualFold(path.Ext(f.Base()), ".mobileconfig") || strings.HasPrefix(f.Type, mobileConfig) {
		return published.ReadMobileConfig(f.Text)
	}
	return published.ReadAutoconfig(f.Text)
}

// mobileConfig is the Content-Type of Apple's configuration profiles.
const mobileConfig = "application/x-apple-aspen-config"

// Base returns the file's own name; of a URL that ends in none, the host.
func (f File) Base() string {
	if f.URL == "" {
		return filepath.Base(f.Name)
	}
	u, err := url.Parse(f.URL)
	if err != nil {
		return f.Name
	}
	if base := path.Base(u.Path); base != "/" && base != "." {
		return base
	}
	return u.Hostname()
}
