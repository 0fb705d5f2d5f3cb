package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
)

// destination is a file of --output. It is opened before anything is tested, so that
// a report is never lost to a path that can't be written.
type destination struct {
	format *format // nil: not that of a report
	name   string
	file   *os.File // nil: standard output
	made   bool     // created by this run
	beside string   // the file that takes the place of name when it is complete; empty: none
}

// standardOutput is the name that means standard output.
const standardOutput = "-"

// sameAsStandard are paths that mean standard output on some systems.
var sameAsStandard = []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}

// readOutput parses the value of --output, [FORM=]FILE.
func readOutput(arg string) (destination, error) {
	form, file := splitOutput(arg)
	if slices.Contains(sameAsStandard, file) {
		file = standardOutput
	}
	switch {
	case file == "":
		return destination{}, fault.Usage("--output %q: expected [FORM=]FILE", arg)
	case form == "" && file == standardOutput:
		return destination{}, fault.Usage("--output -: expected FORM=-, such as json=-")
	case form == "":
		return destination{}, fault.Usage("--output %q: the file ending stands for no form; expected %s, or FORM=FILE", arg, endings())
	}
	f := formatNamed(form)
	if f == nil {
		return destination{}, fault.Usage("--output %q: no form is called %q; expected %s", arg, form, strings.Join(formatNames(), " or "))
	}
	return destination{format: f, name: file}, nil
}

// endings lists the endings that imply a format: ".txt (text)".
func endings() string {
	var all []string
	for _, f := range formats {
		if len(f.endings) > 0 {
			all = append(all, "."+f.endings[0]+" ("+f.name+")")
		}
	}
	return strings.Join(all, ", ")
}

// open opens the files of --output. An existing file keeps its contents until there
// is something to replace them. kept are the names of other files that this run
// reads or writes.
func (o *outputFlags) open(kept ...string) error {
	for i := range o.destinations {
		d := &o.destinations[i]
		if err := d.open(); err != nil {
			o.discard()
			return err
		}
		if other := o.sameFile(i, kept); other != "" {
			err := fault.Usage("--output %s: the same file as %s", d.name, other)
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

// open creates the file or opens the existing one.
func (d *destination) open() error {
	if d.format != nil && d.format.replaced {
		if ok, err := d.openBeside(); ok || err != nil {
			return err
		}
	}
	var err error
	d.file, err = os.OpenFile(d.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	d.made = err == nil
	if errors.Is(err, fs.ErrExist) {
		d.file, err = os.OpenFile(d.name, os.O_WRONLY, 0)
	}
	if err != nil {
		return fault.Usage("--output %s: %s; expected a file that can be written", d.name, files.Reason(err))
	}
	return nil
}

// sameFile returns the name under which an opened file is in use already; empty if
// it isn't.
func (o *outputFlags) sameFile(i int, kept []string) string {
	same := o.destinations[i].same
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

// same reports whether another name is that of the opened file.
func (d *destination) same(name string) bool {
	if name == "" {
		return false
	}
	this, err := os.Stat(d.name)
	other, missing := os.Stat(name)
	if err == nil && missing == nil {
		return this.Mode().IsRegular() && os.SameFile(this, other)
	}
	a, _ := filepath.Abs(d.name)
	b, _ := filepath.Abs(name)
	return err != nil && missing != nil && a == b // both will be made
}

// typed returns a flag with its value, as an error shows it.
func typed(flag, value string) string { return "--" + flag + " " + value }

// discard leaves the files as they were, because the run did not begin.
func (o *outputFlags) discard() {
	for _, d := range o.destinations {
		if d.file == nil {
			continue
		}
		d.file.Close()
		switch {
		case d.beside != "":
			os.Remove(d.beside)
		case d.made:
			os.Remove(d.name)
		}
	}
	o.destinations = nil
	o.shown.Discard()
	o.shown = nil
}

// write replaces the contents of the file with the output of render.
func (d *destination) write(render func(io.Writer) error) error {
	var b bytes.Buffer
	err := render(&b)
	if info, e := d.file.Stat(); err == nil && e == nil && info.Mode().IsRegular() {
		err = d.file.Truncate(0)
	}
	if err == nil {
		_, err = d.file.Write(b.Bytes())
	}
	if d.beside != "" {
		return d.replace(err)
	}
	return errors.Join(err, d.file.Close())
}
