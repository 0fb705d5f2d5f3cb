package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
)

// openBeside opens a new file in the directory of a file that it will replace. Whoever
// reads that one, such as the textfile collector of Prometheus's node exporter, sees the
// old contents or the new ones, and never a part. It returns false where there is nothing
// to replace, such as at a device.
func (d *destination) openBeside() (bool, error) {
	name := d.name
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real // the link stays
	}
	mode := files.Public // it is for another user's program
	switch info, err := os.Stat(name); {
	case err == nil && !info.Mode().IsRegular():
		return false, nil
	case err == nil:
		mode = info.Mode().Perm()
		if f, err := os.OpenFile(name, os.O_WRONLY, 0); err != nil { // it isn't ours to replace
			return false, fault.Usage("--output %s: %s; expected a file that can be written", d.name, files.Reason(err))
		} else {
			f.Close()
		}
	}
	beside := fmt.Sprintf("%s.%d.new", name, os.Getpid())
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) { // left over by a process that had the same number
		os.Remove(beside)
		f, err = os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	if err != nil {
		return false, fault.Usage("--output %s: %s; expected a file in a directory that can be written", d.name, files.Reason(err))
	}
	d.file, d.beside = f, beside
	return true, nil
}

// replace puts the new file in the place of the old one, unless an error has occurred.
func (d *destination) replace(err error) error {
	if err == nil {
		err = d.file.Sync()
	}
	if err = errors.Join(err, d.file.Close()); err == nil {
		name := d.name
		if real, e := filepath.EvalSymlinks(name); e == nil {
			name = real
		}
		err = os.Rename(d.beside, name)
	}
	if err != nil {
		os.Remove(d.beside)
	}
	return err
}
