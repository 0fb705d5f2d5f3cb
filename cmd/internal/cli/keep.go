package cli

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/inconshreveable/mousetrap"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// kept holds a run, so that it can be written to a file when the report has been
// read.
type kept struct{ lines strings.Builder }

func newKept() (*kept, *stage.StreamWriter) {
	k := new(kept)
	return k, stage.NewStreamWriter(&k.lines)
}

// waitBeforeClosing keeps a window open that a double click on Windows has opened
// and that would close with the program, and offers to save the run.
func waitBeforeClosing(s console.Streams, in *bufio.Reader, k *kept) error {
	if !mousetrap.StartedByExplorer() {
		return nil
	}
	return offerToKeep(s, in, k, time.Now())
}

// offerToKeep asks whether to save the run to a file, and waits.
func offerToKeep(s console.Streams, in *bufio.Reader, k *kept, now time.Time) error {
	if k.lines.Len() == 0 {
		waitForEnter(s, in)
		return nil
	}
	l := s.Language
	fmt.Fprintf(s.Err, "\n%s ", l.Title(say.DialogueKeep(say.DialogueYes())))
	line, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), l.Text(say.DialogueYes())) {
		return nil
	}
	err = k.save(s, now.Format("maildoctor-2006-01-02-1504.jsonl"))
	if err != nil {
		complain(s, err) // before the window closes
	}
	waitForEnter(s, in)
	return err
}

func waitForEnter(s console.Streams, in *bufio.Reader) {
	fmt.Fprintf(s.Err, "\n%s ", s.Language.Title(say.DialogueClose()))
	_, _ = in.ReadString('\n') // the end of the input ends it as well
}

// save writes the run to a new file and says what is in it.
func (k *kept) save(s console.Streams, name string) error {
	f, err := createSaved(name)
	if err != nil {
		return err
	}
	defer f.close()
	if _, err := f.file.WriteString(k.lines.String()); err != nil {
		return fault.Own("%w", err)
	}
	stream, err := stage.ReadStream(strings.NewReader(k.lines.String()))
	if err != nil {
		return fault.Own("%w", err)
	}
	f.tell(s, stream.Header.Plan, nil)
	return nil
}
