package cli

import (
	"io"
	"slices"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/report"
)

// code returns the exit code of a run, which is the same when it is shown again. The
// form on standard output decides on it only if it is that of a plugin.
func (o *outputFlags) code(r *report.Report) int {
	if p := formatNamed(o.format).plugin; p != nil {
		return p.code(r)
	}
	return codeOf(r, o.strict)
}

// pluginOf returns the plugin whose form the arguments request for standard output; nil
// if there is none. It reads the arguments as they were typed, because it is needed
// also where they can't be understood.
func pluginOf(args []string) *plugin {
	for i, arg := range args {
		if arg == "--" {
			return nil
		}
		name, value, ok := strings.Cut(arg, "=")
		if !ok && i+1 < len(args) {
			value = args[i+1]
		}
		switch name {
		case "--format":
		case "--output":
			form, file := splitOutput(value)
			if file != standardOutput && !slices.Contains(sameAsStandard, file) {
				continue
			}
			value = form
		default:
			continue
		}
		if f := formatNamed(value); f != nil && f.plugin != nil {
			return f.plugin
		}
	}
	return nil
}

// main runs a command as a plugin: whatever ends it without a report is said on
// standard output as well, which is all that a monitor shows.
func (p *plugin) main(args []string, s console.Streams) (code int) {
	out := &counter{w: s.Out}
	s.Out = out
	ended := false
	defer func() {
		if !ended && out.n == 0 { // a panic, of which Main tells the rest
			_ = p.refuse(out, fault.Own("internal error").Error())
		}
	}()
	exit := begin(args, s)
	ended = true
	switch {
	case exit == nil:
		return fault.ExitWorks
	case exit.Err == nil:
		return exit.Code
	}
	complain(s, exit.Err)
	if out.n == 0 {
		_ = p.refuse(out, complaint(exit.Err)) // the exit code tells in any case
	}
	return p.failed
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += n
	return n, err
}
