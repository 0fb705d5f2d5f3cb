package importer

import (
	"errors"
	"fmt"
	"os"
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
	Name string // the path, for messages
	Text []byte
}

// endings are those of files that a directory is searched for.
var endings = []string{".xml", ".mobileconfig"}

// Read reads a file, or those of a directory whose names end in .xml or .mobileconfig,
// in the order of their names. The error is a [*profiles.LoadError].
func Read(path string) ([]File, error) {
	names, err := list(path)
	if err != nil {
		return nil, unread(path, err)
	}
	var files []File
	for _, name := range names {
		text, err := regular.Read(name, maxFile)
		if err != nil && !errors.Is(err, regular.ErrTooLarge) { // which the reader of settings says, too
			return nil, unread(name, err)
		}
		files = append(files, File{name, text})
	}
	return files, nil
}

// list returns the paths of the files to read.
func list(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(e.Name()))) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(path, e.Name()))
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

// document reads a text as settings.
func (f File) document() (*published.Document, error) {
	if strings.EqualFold(filepath.Ext(f.Name), ".mobileconfig") {
		return published.ReadMobileConfig(f.Text)
	}
	return published.ReadAutoconfig(f.Text)
}

// base is the file's own name.
func (f File) base() string { return filepath.Base(f.Name) }
