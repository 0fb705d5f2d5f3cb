package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// destination is a file of --output. It is open before anything is tested, so that a
// report is never lost to a path that can't be written.
type destination struct {
	format *format
	name   string
	file   *os.File // nil: standard output
	made   bool     // it was not there before
}

// standardOutput is the name of a file that is none.
const standardOutput = "-"

// sameAsStandard are other names that it has where there are such.
var sameAsStandard = []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}

// readOutput reads the value of --output, [FORM=]FILE.
func readOutput(arg string) (destination, error) {
	form, file := splitOutput(arg)
	if slices.Contains(sameAsStandard, file) {
		file = standardOutput
	}
	switch {
	case file == "":
		return destination{}, usage("--output %q: expected [FORM=]FILE", arg)
	case form == "" && file == standardOutput:
		return destination{}, usage("--output -: expected FORM=-, such as json=-")
	case form == "":
		return destination{}, usage("--output %q: the file ending stands for no form; expected %s, or FORM=FILE", arg, endings())
	}
	f := formatNamed(form)
	if f == nil {
		return destination{}, usage("--output %q: no form is called %q; expected %s", arg, form, strings.Join(formatNames(), " or "))
	}
	return destination{format: f, name: file}, nil
}

// endings lists those that tell a form: ".txt (text)".
func endings() string {
	var all []string
	for _, f := range formats {
		all = append(all, "."+f.endings[0]+" ("+f.name+")")
	}
	return strings.Join(all, ", ")
}

// open opens the files of --output. One that exists keeps what it holds until there is
// something to put in its place. kept are the names of files that this run reads or
// writes otherwise.
func (o *outputFlags) open(kept ...string) error {
	for i := range o.destinations {
		d := &o.destinations[i]
		if err := d.open(); err != nil {
			o.discard()
			return err
		}
		if other := o.sameFile(i, kept); other != "" {
			err := usage("--output %s: the same file as %s", d.name, other)
			o.discard()
			return err
		}
	}
	if err := o.openChain(); err != nil {
		o.discard()
		return err
	}
	return nil
}

// open makes the file or opens the one that is there.
func (d *destination) open() error {
	var err error
	d.file, err = os.OpenFile(d.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	d.made = err == nil
	if errors.Is(err, fs.ErrExist) {
		d.file, err = os.OpenFile(d.name, os.O_WRONLY, 0)
	}
	if err != nil {
		return usage("--output %s: %s; expected a file that can be written", d.name, reason(err))
	}
	return nil
}

// sameFile returns the name under which a file that was opened is used already; empty
// for none.
func (o *outputFlags) sameFile(i int, kept []string) string {
	this, err := o.destinations[i].file.Stat()
	if err != nil || !this.Mode().IsRegular() {
		return ""
	}
	same := func(name string) bool {
		other, err := os.Stat(name)
		return name != "" && err == nil && os.SameFile(this, other)
	}
	for _, d := range o.destinations[:i] {
		if same(d.name) {
			return typed("output", d.name)
		}
	}
	if j := slices.IndexFunc(kept, same); j >= 0 {
		return filepath.Clean(kept[j])
	}
	return ""
}

// typed is a flag with its value, as an error shows it.
func typed(flag, value string) string { return "--" + flag + " " + value }

// discard leaves the files as they were: the run did not begin.
func (o *outputFlags) discard() {
	for _, d := range o.destinations {
		if d.file == nil {
			continue
		}
		d.file.Close()
		if d.made {
			os.Remove(d.name)
		}
	}
	o.destinations = nil
	o.shown.discard()
	o.shown = nil
}

// write puts what render makes into the file, in the place of all that it held.
func (d *destination) write(render func(io.Writer) error) error {
	var b bytes.Buffer
	err := render(&b)
	if info, e := d.file.Stat(); err == nil && e == nil && info.Mode().IsRegular() {
		err = d.file.Truncate(0)
	}
	if err == nil {
		_, err = d.file.Write(b.Bytes())
	}
	return errors.Join(err, d.file.Close())
}

// expecting says of a file that could not be opened or read what it should have been.
// Other errors say so by themselves.
func expecting(what string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %s; expected %s", e.Path, reason(err), what)
	}
	return err
}

// reason is why a file could not be used, without its name, which stands before it.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return err.Error()
}
