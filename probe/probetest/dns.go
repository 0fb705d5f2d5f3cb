package probetest

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// DNSFault is a fault in the answers for a name.
type DNSFault string

const (
	DNSNXDomain  DNSFault = "nxdomain"      // the name doesn't exist
	DNSNoData    DNSFault = "no-data"       // the name exists, but has no records of the queried type
	DNSServFail  DNSFault = "servfail"      // SERVFAIL
	DNSBogus     DNSFault = "dnssec-bogus"  // SERVFAIL with the extended error 6 (RFC 8914 4.7)
	DNSRefused   DNSFault = "refused"       // REFUSED
	DNSBlocked   DNSFault = "blocked"       // NXDOMAIN with the extended error 15 (RFC 8914 4.16)
	DNSTimeout   DNSFault = "timeout"       // no answer
	DNSSlow      DNSFault = "slow"          // the right answer after three seconds
	DNSLoop      DNSFault = "loop"          // two CNAMEs that refer to each other
	DNSTruncated DNSFault = "truncated"     // over UDP the answer is always truncated
	DNSTCPBroken DNSFault = "tcp-broken"    // the same, and TCP connections are closed
	DNSMangled   DNSFault = "mangled"       // bytes that are no DNS message
	DNSZero      DNSFault = "zero-address"  // 0.0.0.0 and ::, as from filters
	DNSNoIPv6    DNSFault = "aaaa-timeout"  // A is answered, AAAA is not
	DNSIPv6Fails DNSFault = "aaaa-servfail" // A is answered, AAAA with SERVFAIL
	DNSNoEDNS    DNSFault = "no-edns"       // FORMERR without question section for queries with EDNS(0) (RFC 6891 7); others are answered
)

// slowAnswer is the delay of [DNSSlow].
const slowAnswer = 3 * time.Second

// Name is the data of a name in a [Zone].
type Name struct {
	Addresses []string // IPv4 and IPv6
	CNAME     string   // instead of addresses
	Records   []string // further records, without the name: "MX 10 mx.example.test."
	TTL       uint32   // seconds; zero: 300
	Signed    bool     // whoever asks is told that DNSSEC has validated these records (RFC 6840 5.8)
	Fault     DNSFault
}

// Zone is the data of a [DNS] server, by name. Other names don't exist.
type Zone map[string]Name

// DNS is a name server.
type DNS struct {
	zone    Zone
	address string
	servers []*dns.Server
	running sync.WaitGroup
	done    chan struct{}
	once    sync.Once

	mu        sync.Mutex
	questions []string
}

// StartDNS starts a name server for zone on 127.0.0.1, over UDP and TCP, on a free
// port.
func StartDNS(zone Zone) (*DNS, error) {
	packets, listener, err := listenBoth()
	if err != nil {
		return nil, err
	}
	d, err := StartDNSOn(packets, listener, zone)
	if err != nil {
		packets.Close()
		listener.Close()
	}
	return d, err
}

// StartDNSOn starts a name server for zone on the given sockets. [DNS.Close] closes
// them.
func StartDNSOn(packets net.PacketConn, listener net.Listener, zone Zone) (*DNS, error) {
	names := Zone{}
	for name, n := range zone {
		if _, err := n.records(name); err != nil {
			return nil, err
		}
		names[canonical(name)] = n
	}
	d := &DNS{zone: names, address: packets.LocalAddr().String(), done: make(chan struct{})}
	var started sync.WaitGroup
	for _, s := range []*dns.Server{{PacketConn: packets}, {Listener: listener}} {
		started.Add(1)
		s.Handler = dns.HandlerFunc(d.answer)
		s.NotifyStartedFunc = started.Done
		d.servers = append(d.servers, s)
		d.running.Go(func() { s.ActivateAndServe() })
	}
	started.Wait()
	return d, nil
}

// listenBoth listens on a port that is free for both UDP and TCP.
func listenBoth() (net.PacketConn, net.Listener, error) {
	for try := 0; ; try++ {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, err
		}
		listener, err := net.Listen("tcp", packets.LocalAddr().String())
		if err == nil {
			return packets, listener, nil
		}
		packets.Close()
		if try == 20 {
			return nil, nil, err
		}
	}
}

// Addr returns the server's address and port.
func (d *DNS) Addr() string { return d.address }

// Questions returns the queries so far: "A mail.example.test.".
func (d *DNS) Questions() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.questions)
}

// Close stops the server.
func (d *DNS) Close() {
	d.once.Do(func() {
		close(d.done)
		for _, s := range d.servers {
			s.Shutdown()
		}
	})
	d.running.Wait()
}

// records returns all records of a name, ignoring faults.
func (n Name) records(name string) ([]dns.RR, error) {
	ttl := n.TTL
	if ttl == 0 {
		ttl = 300
	}
	var texts []string
	for _, a := range n.Addresses {
		ip, err := netip.ParseAddr(a)
		if err != nil {
			return nil, err
		}
		kind := "A"
		if ip.Is6() {
			kind = "AAAA"
		}
		texts = append(texts, kind+" "+a)
	}
	if n.CNAME != "" {
		texts = append(texts, "CNAME "+dns.Fqdn(n.CNAME))
	}
	var out []dns.RR
	for _, text := range append(texts, n.Records...) {
		rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s", dns.Fqdn(name), ttl, text))
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, text, err)
		}
		out = append(out, rr)
	}
	return out, nil
}
