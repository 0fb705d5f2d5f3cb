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

// Options are the choices of a [Resolver]. The zero value asks the system.
type Options struct {
	// Server is the name server that alone decides, "ip:port" or "ip" (port
	// 53). Empty: the system decides.
	Server string

	// Family is "4" or "6" where only addresses of that family may be dialled,
	// else empty. Both families are asked for all the same: that is how a name
	// without the wanted family is told from a name without any address.
	Family string

	MaxAddresses int           // to be dialled, default 16; the others are named
	Timeout      time.Duration // for one question to one name server, default 5 s

	// Dial opens connections to name servers ("udp", "tcp"); nil is a
	// net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// System stands for the system's resolver; nil is the real one.
	System func(ctx context.Context, host string) ([]netip.Addr, error)

	// Servers are the name servers that explain, in the form of Server. Nil is
	// [SystemServers]; the first three are asked.
	Servers []string

	// HostsFile is the path of the hosts file, empty for the system's.
	HostsFile string
}

const (
	defaultTimeout      = 5 * time.Second
	defaultMaxAddresses = 16
	maxServers          = 3 // as the C library does (resolv.conf(5), MAXNS)
)

// Resolver looks names up. Its methods may be called from several goroutines;
// those that ask for the same name at the same time share one lookup.
type Resolver struct {
	opt     Options
	servers []string // that explain, or the one that decides
	bad     error    // Options.Server could not be read
	without bool     // this system has no name server configured

	hosts func() map[string]bool

	mu      sync.Mutex
	flights map[string]*flight
}

// New returns a Resolver. A Server that is no address makes every Lookup fail;
// see [ParseServer].
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

// ParseServer reads the address of a name server, "ip", "ip:port" or
// "[ip]:port", and returns it as ip:port. Names are refused: they would have to
// be resolved first. The error is a *stage.Error and repeats what was given.
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
