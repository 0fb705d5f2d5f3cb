package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"maildoctor/probe/stage"
)

// Race dials all addresses of a host at once.
type Race struct {
	Dial    Func
	Timeout time.Duration
	Attempt func(stage.Attempt) // called when an attempt has ended, by several goroutines
	pending sync.WaitGroup      // attempts that have not ended
}

// dialed is an attempt that has ended.
type dialed struct {
	index   int
	conn    net.Conn
	outcome stage.DialOutcome
	err     error
}

// Run dials every address and returns the connection to use: the first one, unless one
// of the preferred family (that of addresses[0]) connects within 250 ms after it (RFC
// 8305 5). The others are closed when they connect. Their outcomes are passed to
// Attempt, even after Run has returned.
//
// If no address connects, the error is a *stage.Error.
func (r *Race) Run(ctx context.Context, addresses []string, port uint16) (net.Conn, error) {
	ended := make(chan dialed, len(addresses))
	for i, a := range addresses {
		address := net.JoinHostPort(a, strconv.Itoa(int(port)))
		if len(addresses) == 1 {
			r.one(ctx, i, address, ended)
			continue
		}
		r.pending.Go(func() { r.one(ctx, i, address, ended) })
	}
	chosen, failed, heard := choose(addresses, ended)
	if rest := len(addresses) - heard; rest > 0 {
		r.pending.Go(func() { closeRest(ended, rest) })
	}
	if chosen != nil {
		return chosen, nil
	}
	return nil, &stage.Error{Fault: dialFault(failed), Err: worst(failed).err}
}

// Wait waits for the attempts that are still in progress after [Race.Run].
func (r *Race) Wait() { r.pending.Wait() }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// one makes one attempt.
func (r *Race) one(ctx context.Context, i int, address string, ended chan<- dialed) {
	attempt, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	start := time.Now()
	conn, err := r.Dial(attempt, "tcp", address)
	d := dialed{index: i, conn: conn, err: err, outcome: ofZone(address, outcomeOf(ctx, err))}
	a := stage.Attempt{Index: i, Address: address, Outcome: d.outcome, Time: stage.Ms(time.Since(start))}
	if err != nil {
		a.Error = stage.Visible(err.Error())
	}
	if r, ok := errors.AsType[*rejectedError](err); ok {
		a.Rejection = &stage.Rejection{By: r.by.String(), Why: r.why}
	}
	r.Attempt(a)
	ended <- d
}

// choose waits for the connection to use. It returns the attempts that failed before,
// and the number of all attempts that have ended.
func choose(addresses []string, ended <-chan dialed) (chosen net.Conn, failed []dialed, heard int) {
	preferred := preferredFamily(addresses)
	waiting := 0 // preferred attempts in progress
	for _, p := range preferred {
		waiting += boolInt(p)
	}
	var second net.Conn // connected, of the other address family
	var grace <-chan time.Time
	for range addresses {
		var d dialed
		select {
		case d = <-ended:
		case <-grace:
			return second, failed, heard
		}
		heard++
		waiting -= boolInt(preferred[d.index])
		switch {
		case d.err != nil:
			failed = append(failed, d)
		case preferred[d.index]:
			if second != nil {
				second.Close()
			}
			return d.conn, failed, heard
		case second != nil:
			d.conn.Close()
		default:
			second = d.conn
			timer := time.NewTimer(preferIPv6)
			defer timer.Stop()
			grace = timer.C
		}
		if second != nil && waiting == 0 {
			return second, failed, heard
		}
	}
	return second, failed, heard
}

// preferredFamily reports for each address whether it has the family of the first.
func preferredFamily(addresses []string) []bool {
	v6 := func(a string) bool {
		ip, err := netip.ParseAddr(a)
		return err == nil && ip.Is6() && !ip.Is4In6()
	}
	out := make([]bool, len(addresses))
	for i, a := range addresses {
		out[i] = v6(a) == v6(addresses[0])
	}
	return out
}

// closeRest closes connections made after the choice.
func closeRest(ended <-chan dialed, n int) {
	for range n {
		if d := <-ended; d.conn != nil {
			d.conn.Close()
		}
	}
}

// outcomeOf classifies the error of an attempt, specific ones first. ctx is the run's.
// If it has ended, nothing is known about the address.
func outcomeOf(ctx context.Context, err error) stage.DialOutcome {
	if err == nil {
		return stage.DialConnected
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok && errnos[errno] != "" {
		if r, ok := errors.AsType[*rejectedError](err); ok {
			return r.outcome(errnos[errno])
		}
		return errnos[errno]
	}
	switch {
	case Over(ctx):
		return stage.DialInterrupted
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return stage.DialTimeout
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return stage.DialTimeout
	}
	return stage.DialOther
}

// ofZone corrects the outcome for an address with a zone (RFC 4007 11). If there is no
// such interface, the system returns EINVAL, as for a blackhole route, but nothing is
// prohibited.
func ofZone(address string, o stage.DialOutcome) stage.DialOutcome {
	ap, err := netip.ParseAddrPort(address)
	if err == nil && ap.Addr().Zone() != "" && o == stage.DialProhibited && !interfaceExists(ap.Addr().Zone()) {
		return stage.DialNetworkUnreachable
	}
	return o
}

func interfaceExists(zone string) bool {
	if _, err := net.InterfaceByName(zone); err == nil {
		return true
	}
	n, err := strconv.Atoi(zone)
	if err != nil {
		return false
	}
	_, err = net.InterfaceByIndex(n)
	return err == nil
}

// faults are ordered by how informative they are. A refusal shows that something
// answered, whereas an unreachable network often means only that this machine lacks
// IPv6.
var faults = []struct {
	outcome stage.DialOutcome
	fault   stage.Fault
}{
	{stage.DialRefused, stage.Refused},
	{stage.DialReset, stage.Reset},
	{stage.DialProhibited, stage.Prohibited},
	{stage.DialTimeout, stage.ConnectTimeout},
	{stage.DialHostUnreachable, stage.HostUnreachable},
	{stage.DialNetworkUnreachable, stage.NetworkUnreachable},
	{stage.DialOther, stage.ConnectFailed},
}

// dialFault returns the most informative fault of all attempts.
func dialFault(failed []dialed) stage.Fault {
	outcome := worst(failed).outcome
	for _, f := range faults {
		if f.outcome == outcome {
			return f.fault
		}
	}
	return stage.ConnectFailed
}

// worst returns the attempt whose outcome comes first in faults.
func worst(failed []dialed) dialed {
	for _, f := range faults {
		for _, d := range failed {
			if d.outcome == f.outcome {
				return d
			}
		}
	}
	if len(failed) > 0 {
		return failed[0]
	}
	return dialed{outcome: stage.DialOther, err: errors.New("no address")}
}
