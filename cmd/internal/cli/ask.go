package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"maildoctor/probe"
)

// ask is what happens without arguments on a terminal, or after a double click:
// it asks for the address and runs check.
func ask(ctx context.Context, s Streams) error {
	fmt.Fprint(s.Err, `maildoctor finds out why e-mail does not work on this computer.
It changes no settings, deletes nothing and sends no message.

E-mail address: `)
	in := bufio.NewReader(s.In)
	line, err := in.ReadString('\n')
	address := strings.TrimSpace(line)
	if address == "" {
		return usage("no address was typed (%v)", err)
	}
	k, sink := newKept()
	f := checkFlags{
		outputFlags: outputFlags{format: "text", colour: "auto"},
		connect:     probe.DefaultConnectTimeout, stage: probe.DefaultStageTimeout, run: probe.DefaultRunTimeout,
		sinks: []probe.Sink{sink},
	}
	err = f.check(ctx, s, []string{address})
	if kept := waitBeforeClosing(s, in, k); kept != nil && err == nil {
		err = kept
	}
	return err
}
