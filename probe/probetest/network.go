package probetest

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Outcome is what a [Network] does with a connection attempt.
type Outcome string

const (
	Refuse             Outcome = "refused"             // RST: nothing listens
	Drop               Outcome = "dropped"             // no answer, ever
	HostUnreachable    Outcome = "host-unreachable"    // a router says so
	NetworkUnreachable Outcome = "network-unreachable" // no route from here: at once
	Prohibit           Outcome = "prohibited"          // this machine forbids it: at once
)

// errno returns the kernel's error.
func (o Outcome) errno() syscall.Errno {
	switch o {
	case HostUnreachable:
		return errHostUnreachable
	case NetworkUnreachable:
		return errNetworkUnreachable
	case Prohibit:
		return errProhibited
	}
	return errRefused
}

// local says whether this machine answers without asking anybody.
func (o Outcome) local() bool { return o == NetworkUnreachable || o == Prohibit }

// Network is an internet in memory, for code that dials and looks names up
// through hooks: [Network.Dial] is a DialContext, [Network.LookupNetIP] that of a
// net.Resolver. The zero value is an empty network without delay.
//
// Connecting takes one round trip, and so does each answer; looking names up
// takes no time. Ports of a known address on which nothing serves refuse;
// addresses of which nothing is known are unreachable. It works inside
// testing/synctest bubbles.
type Network struct {
	Delay time.Duration // one way, to every address

	mu    sync.Mutex
	names map[string][]netip.Addr
	known map[netip.Addr]bool
	ports map[netip.AddrPort]func(net.Conn)
	fails map[netip.AddrPort]Outcome // port 0: all that are not served
	dials []string
	far   map[net.Conn]bool // the servers' ends
	open  int               // connections that clients have not closed
	made  int               // connections made so far
	ended bool
	serve sync.WaitGroup
}

// Host gives a name its addresses, in order of preference. Without any, the name
// exists and has none.
func (n *Network) Host(name string, addresses ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names == nil {
		n.names = map[string][]netip.Addr{}
	}
	list := make([]netip.Addr, 0, len(addresses))
	for _, a := range addresses {
		list = append(list, netip.MustParseAddr(a))
	}
	n.names[canonical(name)] = list
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Handle serves address ("192.0.2.1:993"): handler gets each connection, in a
// goroutine of its own, when the client's last packet of the handshake has come.
// The connection is closed when handler returns.
func (n *Network) Handle(address string, handler func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ap := netip.MustParseAddrPort(address)
	n.knowLocked(ap.Addr())
	if n.ports == nil {
		n.ports = map[netip.AddrPort]func(net.Conn){}
	}
	n.ports[ap] = handler
	delete(n.fails, ap)
}

// Fail makes connecting to address end so: an address with its port, or an
// address alone for all its ports that nothing serves.
func (n *Network) Fail(address string, outcome Outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		ap = netip.AddrPortFrom(netip.MustParseAddr(address), 0)
	}
	n.knowLocked(ap.Addr())
	if n.fails == nil {
		n.fails = map[netip.AddrPort]Outcome{}
	}
	n.fails[ap] = outcome
	delete(n.ports, ap)
}

func (n *Network) knowLocked(a netip.Addr) {
	if n.known == nil {
		n.known = map[netip.Addr]bool{}
	}
	n.known[a] = true
}

// Dials returns the addresses dialled so far, in that order.
func (n *Network) Dials() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.dials...)
}

// Open returns how many connections clients have not yet closed.
func (n *Network) Open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open
}

// Close closes all connections, refuses new ones, and waits for the handlers.
func (n *Network) Close() {
	n.mu.Lock()
	n.ended = true
	for c := range n.far {
		c.Close()
	}
	n.mu.Unlock()
	n.serve.Wait()
}

// LookupNetIP returns the addresses of host: network is "ip", "ip4" or "ip6".
// The error is a *net.DNSError, as that of net.Resolver.
func (n *Network) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []netip.Addr
	for _, a := range n.names[canonical(host)] {
		if network == "ip" || a.Is4() == (network == "ip4") {
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return list, nil
}

// Dial connects to a host or address and port, as net.Dialer does: one address
// after the other, errors as the kernel's. network is "tcp", "tcp4" or "tcp6".
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	ips, err := n.LookupNetIP(ctx, strings.Replace(network, "tcp", "ip", 1), host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	var first error // the one that net.Dialer keeps
	for _, ip := range ips {
		target, err := netip.ParseAddrPort(net.JoinHostPort(ip.String(), port))
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Err: err}
		}
		conn, err := n.dialOne(ctx, network, target)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func (n *Network) dialOne(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	fail := func(err error) error {
		return &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	handler, outcome := n.find(to)
	if handler == nil && outcome.local() {
		return nil, fail(os.NewSyscallError(connectCall, outcome.errno()))
	}
	answer := make(<-chan time.Time) // of a peer that never answers
	if outcome != Drop {
		timer := time.NewTimer(2 * n.Delay)
		defer timer.Stop()
		answer = timer.C
	}
	select {
	case <-ctx.Done():
		return nil, fail(dialEnd(ctx.Err()))
	case <-answer:
	}
	if ctx.Err() != nil {
		return nil, fail(dialEnd(ctx.Err()))
	}
	if handler == nil {
		return nil, fail(os.NewSyscallError(connectCall, outcome.errno()))
	}
	conn := n.accept(to, handler)
	if conn == nil {
		return nil, fail(os.NewSyscallError(connectCall, errRefused))
	}
	return conn, nil
}

// find returns who serves an address, or how connecting fails.
func (n *Network) find(to netip.AddrPort) (func(net.Conn), Outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials = append(n.dials, to.String())
	if h := n.ports[to]; h != nil {
		return h, ""
	}
	if o, ok := n.fails[to]; ok {
		return nil, o
	}
	if o, ok := n.fails[netip.AddrPortFrom(to.Addr(), 0)]; ok {
		return nil, o
	}
	if n.known[to.Addr()] {
		return nil, Refuse
	}
	return nil, NetworkUnreachable
}

// serves reports whether something stands at an address and port, or is said to
// fail there.
func (n *Network) serves(to netip.AddrPort) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, fails := n.fails[to]
	return fails || n.ports[to] != nil
}

// dialEnd is how net.Dialer reports that its context has ended.
func dialEnd(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return dialTimeout{}
	}
	return err
}

// dialTimeout is a deadline that net.Dialer has missed.
type dialTimeout struct{}

func (dialTimeout) Error() string        { return "i/o timeout" }
func (dialTimeout) Timeout() bool        { return true }
func (dialTimeout) Temporary() bool      { return true }
func (dialTimeout) Is(target error) bool { return target == context.DeadlineExceeded }
