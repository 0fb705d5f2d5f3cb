package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
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
	k, sink := newKept()
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
			connect:     probe.DefaultConnectTimeout, stage: probe.DefaultStageTimeout, run: probe.DefaultRunTimeout, parallel: probe.DefaultParallel,
			sinks: []probe.Sink{sink},
		}
		err = f.check(ctx, s, []string{address})
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != fault.ExitUsage {
			return err
		}
		fmt.Fprintf(s.Err, "%s\n\n", complaint(err))
	}
}
