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

// ProviderConfig is the configuration of a provider. The zero value is a healthy one at
// example.test with one endpoint per protocol and one user.
type ProviderConfig struct {
	Domain     string             // zero: example.test
	Users      map[string]string  // user names to passwords; nil: [DemoUser] with [DemoPassword]
	Mechanisms []string           // SASL mechanisms; nil: PLAIN and LOGIN
	Endpoints  []ProviderEndpoint // nil: POP3 and IMAP with implicit TLS, SMTP with STARTTLS

	// DNS is what the name server answers for some names. For the provider's hosts,
	// their own addresses are added.
	DNS map[string]Name
	// Outside is the outcome of connecting to further addresses. Others outside
	// loopback are unreachable.
	Outside map[string]Outcome

	Web       bool            // each host also has a web server, on ports 80 and 443
	Strangers bool            // third parties exist, and nothing but these and the provider
	Elsewhere map[string]Name // what the third parties' name server answers, if different from DNS
	Ahead     time.Duration   // how far the clocks of third parties and web servers are ahead of this machine's
}

// The account of a provider without configured users.
const (
	DemoUser     = "jane@example.test"
	DemoPassword = "correct horse battery staple"
)

// ProviderEndpoint is one endpoint of a provider: what its settings say, and the server
// that is really there.
type ProviderEndpoint struct {
	Protocol    Protocol
	Host        string   // zero: pop., mail. or smtp. of the domain
	Port        uint16   // as in the settings; zero: the protocol's default
	Security    Security // as in the settings; zero: ImplicitTLS, or StartTLS for SMTP
	Optional    bool
	Unlisted    bool // the server exists, but isn't in the settings
	Certificate Certificate
	Connect     Outcome // outcome of connecting through [Provider.Dial]; zero: it succeeds
	Faults      []Fault

	// Server configures the server further. Zero members are set from the above. If
	// Security is set, it differs from what the settings say.
	Server Config

	// Listen is the server's real address. StartProvider sets it.
	Listen netip.AddrPort
}

// Provider is a complete mail provider on loopback addresses.
type Provider struct {
	Domain    string
	Users     map[string]string
	Endpoints []ProviderEndpoint
	Root      *CA    // in no root store: see [CA.PEM] and [CA.Pool]
	Resolver  string // address and port of the name server that knows the hosts
	DNS       *DNS
	Issuers   *Issuers
	Strangers *Strangers // nil without [ProviderConfig.Strangers]

	config       ProviderConfig
	servers      []*Server
	hosts        map[string]netip.Addr
	certificates map[string]tls.Certificate // by host
	mint         *mint
	network      Network // everything that doesn't listen on this machine
	elsewhere    *DNS
	once         sync.Once
}

// StartProvider starts a provider. Each host has a loopback address of its own if the
// system has several (127.0.0.2 and so on); otherwise all have 127.0.0.1. The servers
// listen on free ports; [Provider.Dial] maps the ports in the settings to them.
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

// usualPorts are the ports of RFC 8314 and the protocols' RFCs.
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

// start starts the server of an endpoint. It returns nil if connecting is to fail.
func (p *Provider) start(ln net.Listener, e *ProviderEndpoint) (*Server, error) {
	if e.Connect != "" {
		return nil, ln.Close() // the free port refuses connections even without Dial
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

// listen listens on the address of a host, which is assigned on the first call.
func (p *Provider) listen(host string) (net.Listener, error) {
	if addr, ok := p.hosts[host]; ok {
		return net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	}
	addr := netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + len(p.hosts))})
	ln, err := net.Listen("tcp", netip.AddrPortFrom(addr, 0).String())
	if err != nil { // as on macOS, which has only 127.0.0.1
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

// zone returns the data of the provider's name server.
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

// withOwn adds a host's own addresses to the configured data of its name.
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

// startNetwork sets the outcomes of connecting. With Strangers, nothing exists but what
// is on the network.
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

// Server returns the server of the endpoint with that index, or nil if connecting
// fails.
func (p *Provider) Server(index int) *Server { return p.servers[index] }

// Logins returns the login attempts at all servers so far.
func (p *Provider) Logins() (all []Login) {
	for _, s := range p.servers {
		if s != nil {
			all = append(all, s.Logins()...)
		}
	}
	return all
}

// Dial connects to the provider's servers on the ports in the settings, to its web
// servers and to the third parties, with the configured outcomes. Other ports on
// loopback are dialled unchanged, unless there are third parties. No other address is
// dialled.
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

// Close stops all servers.
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

// String returns the provider and its endpoints.
func (p *Provider) String() string {
	var b strings.Builder
	b.WriteString(p.Domain)
	for _, e := range p.Endpoints {
		fmt.Fprintf(&b, "\n%s %s:%d %s at %s", e.Protocol, e.Host, e.Port, e.Security, e.Listen)
	}
	return b.String()
}
