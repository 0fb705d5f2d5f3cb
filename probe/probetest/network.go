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

// Outcome is the outcome of a connection attempt on a [Network].
type Outcome string

const (
	Refuse             Outcome = "refused"             // RST: nothing listens on the port
	Drop               Outcome = "dropped"             // no answer, ever
	HostUnreachable    Outcome = "host-unreachable"    // reported by a router
	NetworkUnreachable Outcome = "network-unreachable" // no route, reported at once
	Prohibit           Outcome = "prohibited"          // prohibited by this machine, reported at once
)

// errno returns the corresponding error of the kernel.
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

// local reports whether the outcome comes from this machine itself.
func (o Outcome) local() bool { return o == NetworkUnreachable || o == Prohibit }

// Network is an internet in memory, for code with hooks for dialling and name lookups:
// [Network.Dial] is a DialContext, and [Network.LookupNetIP] is like the method of
// net.Resolver. The zero value is an empty network without delay.
//
// Connecting takes one round trip, and so does a request with its response; name
// lookups take no time. Connections to unserved ports of a known address are refused,
// and unknown addresses are unreachable. Network works in testing/synctest bubbles.
type Network struct {
	Delay time.Duration // one way, to every address

	mu    sync.Mutex
	names map[string][]netip.Addr
	known map[netip.Addr]bool
	ports map[netip.AddrPort]func(net.Conn)
	fails map[netip.AddrPort]Outcome // port 0: all ports that are not served
	dials []string
	far   map[net.Conn]bool // the servers' ends of connections
	open  int               // connections not yet closed by the client
	made  int               // connections made so far
	ended bool
	serve sync.WaitGroup
}

// Host sets the addresses of a name, in order of preference. Without addresses, the
// name exists but has none.
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

// Handle serves address ("192.0.2.1:993"). handler is called for each connection, in
// its own goroutine, when the client's last packet of the TCP handshake arrives. The
// connection is closed when handler returns.
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

// Fail sets the outcome of connecting to address: an address with a port, or an address
// alone for all its unserved ports.
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

// Dials returns the addresses dialled so far, in order.
func (n *Network) Dials() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.dials...)
}

// Open returns the number of connections that clients have not yet closed.
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

// LookupNetIP returns the addresses of host. network is "ip", "ip4" or "ip6". The error
// is a *net.DNSError, as for net.Resolver.
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

// Dial connects to a port of a host or address like net.Dialer: one address after the
// other, with the kernel's errors. network is "tcp", "tcp4" or "tcp6".
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	ips, err := n.LookupNetIP(ctx, strings.Replace(network, "tcp", "ip", 1), host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	var first error // the one that net.Dialer returns
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
	answer := make(<-chan time.Time) // for a peer that never responds
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

// find returns the handler for an address, or the outcome of a failing attempt.
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

// serves reports whether an address and port is served, or has an outcome set by Fail.
func (n *Network) serves(to netip.AddrPort) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, fails := n.fails[to]
	return fails || n.ports[to] != nil
}

// dialEnd returns the error of net.Dialer when its context has ended.
func dialEnd(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return dialTimeout{}
	}
	return err
}

// dialTimeout is the error of net.Dialer for a missed deadline.
type dialTimeout struct{}

func (dialTimeout) Error() string        { return "i/o timeout" }
func (dialTimeout) Timeout() bool        { return true }
func (dialTimeout) Temporary() bool      { return true }
func (dialTimeout) Is(target error) bool { return target == context.DeadlineExceeded }
