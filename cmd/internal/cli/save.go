package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"maildoctor/probe/stage"
)

// saved is a file that a run is written to as it goes on.
type saved struct {
	*stage.StreamWriter
	name string
	file *os.File
}

// createSaved makes a new file; nil for no name. It is readable by its owner
// alone: it tells who logs in where. A file that exists is never written over.
func createSaved(name string) (*saved, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, usage("--save: %s exists already; expected the name of a new file", name)
	}
	if err != nil {
		return nil, usage("--save: %w", err)
	}
	return &saved{StreamWriter: stage.NewStreamWriter(f), name: name, file: f}, nil
}

func (s *saved) close() { s.file.Close() }

// path is the file's name; empty for nil.
func (s *saved) path() string {
	if s == nil {
		return ""
	}
	return s.name
}

// discard removes the file of a run that did not begin.
func (s *saved) discard() {
	if s != nil {
		s.close()
		os.Remove(s.name)
	}
}

// tell says what is in the file and what is not. It goes to the error output,
// so that a report on standard output is the report and nothing else.
func (s *saved) tell(to Streams, plan stage.Plan, failed error) {
	if failed != nil {
		fmt.Fprintf(to.Err, "\n  Saved   %s is not complete: %v\n", s.name, failed)
		return
	}
	size := "?"
	if info, err := s.file.Stat(); err == nil {
		size = fmt.Sprintf("%d KB", (info.Size()+1023)/1024)
	}
	who := "the servers examined"
	for _, subject := range plan.Subjects {
		if subject.User != "" {
			who = stage.Visible(subject.User)
		}
	}
	fmt.Fprintf(to.Err, `
  Saved   %[1]s, %[2]s. To read it: maildoctor report %[1]s
          In it      %[3]s, the number of messages, this computer's network
                     addresses and name servers, server replies, certificates
          Not in it  the password, any mail, any other file
          For strangers' eyes, without names and local addresses:
          maildoctor report %[1]s --redact --save case.jsonl
`, quoted(s.name), size, who)
}

// quoted makes a file name fit to be copied into a command.
func quoted(name string) string {
	if strings.ContainsAny(name, " '\"$&;|<>()*?") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
