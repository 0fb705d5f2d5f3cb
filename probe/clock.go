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

// portNTP is where time servers listen (RFC 5905 7.2).
const portNTP = 123

// clock asks a time server how far this machine's clock is off.
func (r *run) clock(ctx context.Context, c stage.Check) (stage.Facts, error) {
	host := c.Endpoint.Host
	facts := &stage.ClockFacts{Server: stage.Visible(host)}
	err := r.askTime(ctx, c, facts)
	if err != nil {
		facts.Error = stage.Visible(err.Error())
		err = &stage.Error{Fault: stage.NoTime, Err: err}
	}
	return facts, err
}

// askTime asks the first address of the host.
func (r *run) askTime(ctx context.Context, c stage.Check, facts *stage.ClockFacts) error {
	addresses, err := r.lookup(ctx, c.Endpoint.Host)
	if err != nil {
		return err
	}
	if len(addresses) == 0 {
		return fmt.Errorf("%s has no address", c.Endpoint.Host)
	}
	facts.Address = net.JoinHostPort(addresses[0], strconv.Itoa(portNTP))
	r.contacted(c, c.Endpoint.Host, facts.Address)
	deadline, _ := ctx.Deadline()
	answer, err := ntp.QueryWithOptions(facts.Address, ntp.QueryOptions{
		Timeout: time.Until(deadline),
		Dialer: func(_, remote string) (net.Conn, error) {
			conn, err := r.opt.Dial(ctx, "udp", remote)
			if err == nil {
				// A run that is over waits for nobody.
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
