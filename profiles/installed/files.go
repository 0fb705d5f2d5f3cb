package installed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	errTooLarge   = fmt.Errorf("it is larger than %d MiB, which no file of settings is", maxFile>>20)
	errNotRegular = errors.New("expected a file, and it is none")
	errElsewhere  = errors.New("it lies outside of the folder of the file that names it")
)

// load reads a file.
func load(path string) ([]byte, error) {
	info, err := os.Stat(path)
	return read(info, err, func() (*os.File, error) { return os.Open(path) })
}

// read reads a file that may be anything: a pipe would never end, and a device neither.
func read(info fs.FileInfo, err error, open func() (*os.File, error)) ([]byte, error) {
	switch {
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	}
	f, err := open()
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, cause(err)
	case len(data) > maxFile:
		return nil, errTooLarge
	}
	return data, nil
}

// cause is an error without the path, which the problem names.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// missing reports whether there is no such file, which is no problem; a folder of its name
// is none.
func missing(path string) bool {
	if path == "" {
		return true
	}
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir()
}

// isFolder reports whether a path is a folder.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
