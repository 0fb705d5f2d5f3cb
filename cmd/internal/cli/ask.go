package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/inconshreveable/mousetrap"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/saved"
	"maildoctor/probe"
	"maildoctor/probe/prose/say"
)

// ask runs without arguments on a terminal, or after a double click: it asks for the
// address and runs check. The window of a double click would close with the program,
// so ask shows errors itself and then waits for a key.
func ask(ctx context.Context, s console.Streams) error {
	l := s.Language
	fmt.Fprintf(s.Err, "%s\n%s\n\n", l.Sentence(say.DialogueIntro()), l.Sentence(say.DialogueHarmless()))
	in := bufio.NewReader(s.In)
	k, sink := saved.NewKept()
	err := askAndCheck(ctx, s, in, sink)
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Err != nil {
		complain(s, e.Err)
		err = fault.Exit(e.Code)
	}
	return errors.Join(err, waitBeforeClosing(s, in, k))
}

// askAndCheck asks for an address until one can be checked. An empty line, or the
// end of the input, ends it.
func askAndCheck(ctx context.Context, s console.Streams, in *bufio.Reader, sink probe.Sink) error {
	for {
		fmt.Fprint(s.Err, s.Language.Title(say.DialogueAddress())+" ")
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return fault.Own("%w", err)
		}
		address := strings.TrimSpace(line)
		if address == "" {
			return fault.Usage("no address was typed")
		}
		fmt.Fprintln(s.Err)
		f := checkFlags{
			outputFlags: outputFlags{format: "text", colour: "auto"},
			connect:     probe.DefaultConnectTimeout, stage: probe.DefaultStageTimeout, run: probe.DefaultRunTimeout, pace: usualPace,
			sinks: []probe.Sink{sink},
		}
		err = f.check(ctx, s, []string{address})
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != fault.ExitUsage {
			return err
		}
		fmt.Fprintf(s.Err, "%s\n\n", complaint(err))
	}
}

// waitBeforeClosing keeps a window open that a double click on Windows has opened
// and that would close with the program, and offers to save the run.
func waitBeforeClosing(s console.Streams, in *bufio.Reader, k *saved.Kept) error {
	if !mousetrap.StartedByExplorer() {
		return nil
	}
	return offerToKeep(s, in, k, time.Now())
}

// offerToKeep asks whether to save the run to a file, and waits.
func offerToKeep(s console.Streams, in *bufio.Reader, k *saved.Kept, now time.Time) error {
	if k.Empty() {
		waitForEnter(s, in)
		return nil
	}
	l := s.Language
	fmt.Fprintf(s.Err, "\n%s ", l.Title(say.DialogueKeep(say.DialogueYes())))
	line, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), l.Text(say.DialogueYes())) {
		return nil
	}
	err = k.Save(s, now.Format("maildoctor-2006-01-02-1504.jsonl"))
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
