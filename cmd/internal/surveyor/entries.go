package surveyor

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"maildoctor/profiles"
	"maildoctor/profiles/importer"
	"maildoctor/profiles/survey"
)

// Read returns the entries of a file, or of those in a directory: profiles (.toml), and
// files in the formats of others (.xml, .mobileconfig), of which from says where they
// are from. The error is a [*profiles.LoadError] with what is wrong in the files, or says
// that there is none to read.
func Read(path string, from importer.Origin) ([]survey.Entry, error) {
	own, others, err := filesIn(path)
	if err != nil {
		return nil, err
	}
	var all []survey.Entry
	if len(own) > 0 {
		found, err := profiles.Validate(own...)
		if err != nil {
			return nil, err
		}
		if all, err = survey.FromProfiles(profiles.NewCatalogue(found...)); err != nil {
			return nil, err
		}
	}
	var foreign []importer.File
	for _, name := range others {
		found, err := importer.Read(name)
		if err != nil {
			return nil, err
		}
		foreign = append(foreign, found...)
	}
	more, err := survey.FromFiles(foreign, from)
	return append(all, more...), err
}

// filesIn returns the profiles of a directory, and its files of other kinds; or the one
// file that it is.
func filesIn(path string) (own, others []string, err error) {
	names := []string{path}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		names, err = namesIn(path)
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, nil, fmt.Errorf("%s: %w; expected profile files (.toml) or settings files (.xml, .mobileconfig)", path, e.Err)
	}
	for _, name := range names {
		switch strings.ToLower(filepath.Ext(name)) {
		case ".toml":
			own = append(own, name)
		case ".xml", ".mobileconfig":
			others = append(others, name)
		}
	}
	if len(own)+len(others) == 0 {
		return nil, nil, fmt.Errorf("%s: found no profile files (.toml) or settings files (.xml, .mobileconfig)", path)
	}
	return own, others, nil
}

// namesIn returns the paths of a directory's files, without those that are hidden.
func namesIn(dir string) (names []string, err error) {
	list, err := os.ReadDir(dir)
	for _, e := range list {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, err
}

// Digest is that of everything that decides what is visited, for journals.
func Digest(entries []survey.Entry) string {
	h := sha256.New()
	for _, e := range entries {
		fmt.Fprintln(h, e.ID(), e.Profile)
		for _, server := range e.Servers {
			fmt.Fprintln(h, survey.Key(server.Endpoint))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
