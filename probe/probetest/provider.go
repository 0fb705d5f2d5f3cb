package probetest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// ProviderConfig is what a provider shall be. The zero value is a healthy one at
// example.test with an endpoint of each protocol and one user.
type ProviderConfig struct {
	Domain     string             // zero: example.test
	Users      map[string]string  // passwords by name; nil: [DemoUser] with [DemoPassword]
	Mechanisms []string           // of SASL; nil: PLAIN and LOGIN
	Endpoints  []ProviderEndpoint // nil: POP3 and IMAP with implicit TLS, SMTP with STARTTLS

	// DNS is what the name server shall say of some names. The addresses of a
	// host's own follow those that are given.
	DNS map[string]Name
	// Outside is how connecting to further addresses fails; others that are not
	// on loopback are unreachable.
	Outside map[string]Outcome

	Web       bool            // each host has a web server as well, at ports 80 and 443
	Strangers bool            // the rest of the world is there, and nothing but it and the provider
	Elsewhere map[string]Name // what the strangers' name server says where that differs from DNS
	Ahead     time.Duration   // how far the clocks of strangers and web servers are ahead of this machine's
}

// The account of a provider that names no others.
const (
	DemoUser     = "jane@example.test"
	DemoPassword = "correct horse battery staple"
)

// ProviderEndpoint is one endpoint of a provider: what its settings say, and what
// stands there.
type ProviderEndpoint struct {
	Protocol    Protocol
	Host        string   // zero: pop., mail. or smtp. of the domain
	Port        uint16   // as the settings say; zero: the protocol's own
	Security    Security // as the settings say; zero: ImplicitTLS, for SMTP StartTLS
	Optional    bool
	Unlisted    bool // it is there, and the settings do not name it
	Certificate Certificate
	Connect     Outcome // how connecting fails through [Provider.Dial]; zero: it doesn't
	Faults      []Fault

	// Server says more about the server. What is zero is filled in from above; a
	// Security of its own is one that the settings don't know of.
	Server Config

	// Listen is where the server really is. StartProvider sets it.
	Listen netip.AddrPort
}

// Provider is a whole mail provider on loopback addresses.
type Provider struct {
	Domain    string
	Users     map[string]string
	Endpoints []ProviderEndpoint
	Root      *CA    // in no list of roots: see [CA.PEM] and [CA.Pool]
	Resolver  string // address and port of the name server, which knows the hosts
	DNS       *DNS
	Issuers   *Issuers
	Strangers *Strangers // nil without [ProviderConfig.Strangers]

	config       ProviderConfig
	servers      []*Server
	hosts        map[string]netip.Addr
	certificates map[string]tls.Certificate // by host
	mint         *mint
	network      Network // all that does not listen on this machine
	elsewhere    *DNS
	once         sync.Once
}

// StartProvider runs a provider. Each host has a loopback address of its own
// where the system has several (127.0.0.2 and so on), else all have 127.0.0.1.
// The servers listen on ports that are free; [Provider.Dial] finds them at the
// ports that the settings name.
func StartProvider(config ProviderConfig) (*Provider, error) {
	p := &Provider{config: config.withDefaults(), hosts: map[string]netip.Addr{}, certificates: map[string]tls.Certificate{}}
	p.Domain, p.Users, p.Endpoints = p.config.Domain, p.config.Users, p.config.Endpoints
	for _, step := range []func() error{p.startIssuers, p.startServers, p.startDNS, p.startNetwork, p.startWeb, p.startStrangers} {
		if err := step(); err != nil {
			p.Close()
			return nil, err
		}
	}
	return p, nil
}

// usualPorts are those of RFC 8314 and the protocols' RFCs.
var usualPorts = map[Protocol]map[Security]uint16{
	IMAP: {ImplicitTLS: 993, StartTLS: 143, Cleartext: 143},
	POP3: {ImplicitTLS: 995, StartTLS: 110, Cleartext: 110},
	SMTP: {ImplicitTLS: 465, StartTLS: 587, Cleartext: 587},
}

func (c ProviderConfig) withDefaults() ProviderConfig {
	if c.Domain == "" {
		c.Domain = "example.test"
	}
	if c.Users == nil {
		c.Users = map[string]string{DemoUser: DemoPassword}
	}
	endpoints := c.Endpoints
	if endpoints == nil {
		endpoints = []ProviderEndpoint{{Protocol: POP3}, {Protocol: IMAP}, {Protocol: SMTP}}
	}
	c.Endpoints = nil
	for _, e := range endpoints {
		if e.Host == "" {
			e.Host = map[Protocol]string{POP3: "pop", IMAP: "mail", SMTP: "smtp"}[e.Protocol] + "." + c.Domain
		}
		if e.Security == "" {
			e.Security = ImplicitTLS
			if e.Protocol == SMTP {
				e.Security = StartTLS
			}
		}
		if e.Port == 0 {
			e.Port = usualPorts[e.Protocol][e.Security]
		}
		c.Endpoints = append(c.Endpoints, e)
	}
	return c
}

func (p *Provider) startIssuers() (err error) {
	if p.Issuers, err = StartIssuers(); err != nil {
		return err
	}
	if p.mint, err = newMint(p.Issuers); err != nil {
		return err
	}
	p.Root = p.mint.root
	return nil
}

func (p *Provider) startServers() error {
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		ln, err := p.listen(e.Host)
		if err != nil {
			return err
		}
		e.Listen = ln.Addr().(*net.TCPAddr).AddrPort()
		server, err := p.start(ln, e)
		if err != nil {
			ln.Close()
			return fmt.Errorf("%s %s:%d: %w", e.Protocol, e.Host, e.Port, err)
		}
		p.servers = append(p.servers, server)
	}
	return nil
}

// start runs the server of an endpoint; nil where connecting shall fail.
func (p *Provider) start(ln net.Listener, e *ProviderEndpoint) (*Server, error) {
	if e.Connect != "" {
		return nil, ln.Close() // the port stays free: it refuses without Dial, too
	}
	c := e.Server
	c.Protocol = e.Protocol
	if c.Security == "" {
		c.Security = e.Security
	}
	if c.Hello == "" {
		c.Hello = e.Host
	}
	if c.Users == nil {
		c.Users = p.Users
	}
	if c.Mechanisms == nil {
		c.Mechanisms = p.config.Mechanisms
	}
	c.Faults = append(append([]Fault(nil), c.Faults...), e.Faults...)
	if c.TLS == nil {
		cert, err := p.mint.make(e.Certificate, e.Host)
		if err != nil {
			return nil, err
		}
		if _, ok := p.certificates[e.Host]; !ok {
			p.certificates[e.Host] = cert
		}
		c.TLS = TLS(cert)
	}
	return StartOn(ln, c)
}

// listen listens on the address of a host, which it chooses the first time.
func (p *Provider) listen(host string) (net.Listener, error) {
	if addr, ok := p.hosts[host]; ok {
		return net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	}
	addr := netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + len(p.hosts))})
	ln, err := net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	if err != nil { // as on macOS, where 127.0.0.1 is the only one
		addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		ln, err = net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	}
	if err == nil {
		p.hosts[host] = addr
	}
	return ln, err
}

func (p *Provider) startDNS() (err error) {
	if p.DNS, err = StartDNS(p.zone()); err == nil {
		p.Resolver = p.DNS.Addr()
	}
	return err
}

// zone is all that the provider's name server knows.
func (p *Provider) zone() Zone {
	zone := Zone{p.Domain: {Records: []string{"MX 10 mx." + p.Domain + "."}}}
	for host := range p.hosts {
		zone[host] = p.withOwn(host, Name{})
	}
	if p.config.Strangers {
		for _, name := range StrangeNames() {
			zone[name] = p.withOwn(name, Name{})
		}
	}
	for host, name := range p.config.DNS {
		zone[host] = p.withOwn(host, name)
	}
	return zone
}

// withOwn adds a host's own addresses to what is said of its name.
func (p *Provider) withOwn(host string, n Name) Name {
	n.Addresses = slices.Clone(n.Addresses)
	if n.CNAME != "" {
		return n
	}
	if addr, ok := p.hosts[host]; ok {
		n.Addresses = append(n.Addresses, addr.String())
	}
	if addr, ok := strangeAddresses[host]; ok && p.config.Strangers {
		n.Addresses = append(n.Addresses, addr)
	}
	return n
}

// startNetwork says how connecting fails. Nothing else than what stands on it is
// there where the strangers are all the world.
func (p *Provider) startNetwork() error {
	for outside, outcome := range p.config.Outside {
		p.network.Fail(outside, outcome)
	}
	for _, e := range p.Endpoints {
		addr := p.hosts[e.Host]
		if e.Connect != "" {
			p.network.Fail(netip.AddrPortFrom(addr, e.Port).String(), e.Connect)
		}
		if p.config.Strangers {
			p.network.Fail(addr.String(), Refuse)
		}
	}
	return nil
}

// Server returns the server of the endpoint with that index; nil where
// connecting fails.
func (p *Provider) Server(index int) *Server { return p.servers[index] }

// Logins returns the attempts to log in at all servers so far.
func (p *Provider) Logins() (all []Login) {
	for _, s := range p.servers {
		if s != nil {
			all = append(all, s.Logins()...)
		}
	}
	return all
}

// Dial connects to the provider's servers at the ports that the settings name, to
// its web servers and the strangers, and lets fail what shall fail. Other ports of
// loopback addresses are dialled as they are, unless there are strangers; nobody
// else is.
func (p *Provider) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	for _, e := range p.Endpoints {
		if e.Port == to.Port() && p.hosts[e.Host] == to.Addr() && e.Connect == "" {
			return new(net.Dialer).DialContext(ctx, network, e.Listen.String())
		}
	}
	if p.network.serves(to) || !to.Addr().IsLoopback() || p.config.Strangers && "http://"+address != p.Issuers.Base() {
		return p.network.Dial(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Close ends all servers.
func (p *Provider) Close() {
	p.once.Do(func() {
		for _, s := range p.servers {
			if s != nil {
				s.Close()
			}
		}
		p.network.Close()
		for _, d := range []*DNS{p.DNS, p.elsewhere} {
			if d != nil {
				d.Close()
			}
		}
		if p.Issuers != nil {
			p.Issuers.Close()
		}
	})
}

// String names the provider and its endpoints.
func (p *Provider) String() string {
	var b strings.Builder
	b.WriteString(p.Domain)
	for _, e := range p.Endpoints {
		fmt.Fprintf(&b, "\n%s %s:%d %s at %s", e.Protocol, e.Host, e.Port, e.Security, e.Listen)
	}
	return b.String()
}
