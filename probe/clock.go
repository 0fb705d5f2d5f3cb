package probe

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/beevik/ntp"

	"maildoctor/probe/stage"
)

// portNTP is the port of time servers (RFC 5905 7.2).
const portNTP = 123

// clock asks a time server how far this machine's clock is off.
func (l *lone) clock(ctx context.Context) (stage.Facts, error) {
	host := l.check.Endpoint.Host
	facts := &stage.ClockFacts{Server: stage.Visible(host)}
	err := l.askTime(ctx, facts)
	if err != nil {
		facts.Error = stage.Visible(err.Error())
		err = &stage.Error{Fault: stage.NoTime, Err: err}
	}
	return facts, err
}

// askTime asks the first address of the host.
func (l *lone) askTime(ctx context.Context, facts *stage.ClockFacts) error {
	host := l.check.Endpoint.Host
	addresses, err := l.lookup(ctx, host)
	if err != nil {
		return err
	}
	if len(addresses) == 0 {
		return fmt.Errorf("%s has no address", host)
	}
	facts.Address = net.JoinHostPort(addresses[0], strconv.Itoa(portNTP))
	l.run.contacted(*l.check, host, facts.Address)
	deadline, _ := ctx.Deadline()
	answer, err := ntp.QueryWithOptions(facts.Address, ntp.QueryOptions{
		Timeout: time.Until(deadline),
		Dialer: func(_, remote string) (net.Conn, error) {
			conn, err := l.run.opt.Dial(ctx, "udp", remote)
			if err == nil {
				// Don't keep waiting when the run is over.
				context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })
			}
			return conn, err
		},
	})
	if err != nil {
		return err
	}
	facts.Stratum = int(answer.Stratum)
	if err := answer.Validate(); err != nil {
		return err
	}
	facts.Offset = new(stage.Ms(answer.ClockOffset))
	facts.Time = time.Now().Add(answer.ClockOffset).UTC().Format(time.RFC3339)
	return nil
}
