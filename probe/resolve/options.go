package resolve

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"maildoctor/probe/stage"
)

// Options configure a [Resolver]. The zero value uses the system's resolver.
type Options struct {
	// Server is the only name server to use, "ip:port" or "ip" (port 53). If empty, the
	// system's resolver decides.
	Server string

	// Family is "4" or "6" if only addresses of that family may be dialled. Both
	// families are looked up anyway, to distinguish a name without an address of that
	// family from one without any.
	Family string

	MaxAddresses int           // to dial, default 16; the others are only listed
	Timeout      time.Duration // per query to a name server, default 5 s

	// Dial opens connections to name servers ("udp", "tcp"). If nil, a net.Dialer is
	// used.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// System replaces the system's resolver, if not nil.
	System func(ctx context.Context, host string) ([]netip.Addr, error)

	// Servers are the name servers that explain, in the format of Server. If nil,
	// [SystemServers] is used. Only the first three are queried.
	Servers []string

	// HostsFile is the path of the hosts file. If empty, the system's is used.
	HostsFile string
}

const (
	defaultTimeout      = 5 * time.Second
	defaultMaxAddresses = 16
	maxServers          = 3 // as the C library does (resolv.conf(5), MAXNS)
)

// Resolver looks up names. It is safe for concurrent use; concurrent lookups of the
// same name are shared.
type Resolver struct {
	opt     Options
	servers []string // name servers that explain, or only Options.Server
	bad     error    // error from parsing Options.Server
	without bool     // the system has no name server configured

	hosts func() map[string]bool

	mu      sync.Mutex
	flights map[string]*flight
}

// New returns a Resolver. If opt.Server is not valid, every Lookup fails; see
// [ParseServer].
func New(opt Options) *Resolver {
	if opt.Timeout <= 0 {
		opt.Timeout = defaultTimeout
	}
	if opt.MaxAddresses <= 0 {
		opt.MaxAddresses = defaultMaxAddresses
	}
	if opt.Dial == nil {
		opt.Dial = new(net.Dialer).DialContext
	}
	if opt.HostsFile == "" {
		opt.HostsFile = systemHostsFile()
	}
	r := &Resolver{opt: opt, flights: make(map[string]*flight)}
	r.hosts = sync.OnceValue(func() map[string]bool { return readHosts(opt.HostsFile) })
	r.chooseServers()
	return r
}

func (r *Resolver) chooseServers() {
	if r.opt.Server != "" {
		s, err := ParseServer(r.opt.Server)
		r.servers, r.bad = []string{s}, err
		return
	}
	list := r.opt.Servers
	if list == nil {
		list = SystemServers()
		r.without = len(list) == 0 && runtime.GOOS != "windows"
	}
	for _, s := range list {
		if s, err := ParseServer(s); err == nil && len(r.servers) < maxServers {
			r.servers = append(r.servers, s)
		}
	}
}

// ParseServer parses the address of a name server, "ip", "ip:port" or "[ip]:port", and
// returns it as ip:port. Host names are rejected, because they would have to be
// resolved first. The error is a *stage.Error and contains s.
func ParseServer(s string) (string, error) {
	host, port := s, "53"
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err != nil {
		h, p, err := net.SplitHostPort(s)
		if err != nil {
			return "", badServer(s)
		}
		host, port = h, p
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return "", badServer(s)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", badServer(s)
	}
	return net.JoinHostPort(ip.String(), port), nil
}

func badServer(s string) error {
	return stage.Errorf(stage.LookupFailed, "%q is not the address of a name server: expected an IP address, with or without a port", s)
}
