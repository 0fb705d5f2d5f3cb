package probetest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"maildoctor/probe/probetest"
)

// ask sends one query to a name server.
func ask(t *testing.T, network, server, name string, kind uint16) (*dns.Msg, error) {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	m.SetEdns0(1232, false)
	c := &dns.Client{Net: network, Timeout: 300 * time.Millisecond}
	reply, _, err := c.Exchange(m, server)
	return reply, err
}

var dnsTests = []struct {
	name, network string
	kind          uint16
	rcode         int // -1: no answer
	want          string
}{
	{"good", "udp", dns.TypeA, 0, "77	IN	A	127.0.0.2"},
	{"good", "tcp", dns.TypeA, 0, "127.0.0.2"},
	{"good", "udp", dns.TypeAAAA, 0, "AAAA	::1"},
	{"good", "udp", dns.TypeMX, 0, "10 mx.example.test."},
	{"good", "udp", dns.TypeTXT, 0, "SOA"},
	{"alias", "udp", dns.TypeA, 0, "CNAME	good.example.test. good.example.test.	77	IN	A	127.0.0.2"},
	{"lost", "udp", dns.TypeA, dns.RcodeNameError, "CNAME	gone.example.test."},
	{"unknown", "udp", dns.TypeA, dns.RcodeNameError, "SOA"},
	{"nxdomain", "udp", dns.TypeA, dns.RcodeNameError, "SOA"},
	{"no-data", "udp", dns.TypeA, 0, "SOA"},
	{"servfail", "udp", dns.TypeA, dns.RcodeServerFailure, ""},
	{"dnssec-bogus", "udp", dns.TypeA, dns.RcodeServerFailure, "EDE: 6 (DNSSEC Bogus)"},
	{"refused", "udp", dns.TypeA, dns.RcodeRefused, ""},
	{"blocked", "udp", dns.TypeA, dns.RcodeNameError, "EDE: 15 (Blocked)"},
	{"timeout", "udp", dns.TypeA, -1, "timeout"},
	{"timeout", "tcp", dns.TypeA, -1, "timeout"},
	{"slow", "udp", dns.TypeA, -1, "timeout"},
	{"loop", "udp", dns.TypeA, 0, "loop.loop.example.test."},
	{"truncated", "udp", dns.TypeA, 0, " tc "},
	{"truncated", "tcp", dns.TypeA, 0, "127.0.0.3"},
	{"tcp-broken", "udp", dns.TypeA, 0, " tc "},
	{"tcp-broken", "tcp", dns.TypeA, -1, "EOF"},
	{"mangled", "udp", dns.TypeA, -1, ""},
	{"zero-address", "udp", dns.TypeA, 0, "0.0.0.0"},
	{"zero-address", "udp", dns.TypeAAAA, 0, "::"},
	{"aaaa-timeout", "udp", dns.TypeA, 0, "127.0.0.3"},
	{"aaaa-timeout", "udp", dns.TypeAAAA, -1, "timeout"},
	{"aaaa-servfail", "udp", dns.TypeAAAA, dns.RcodeServerFailure, ""},
}

func TestDNS(t *testing.T) {
	zone := probetest.Zone{
		"Good.example.test":  {Addresses: []string{"127.0.0.2", "::1"}, TTL: 77, Records: []string{"MX 10 mx.example.test."}},
		"alias.example.test": {CNAME: "good.example.test"},
		"lost.example.test":  {CNAME: "gone.example.test"},
	}
	faults := []probetest.DNSFault{
		probetest.DNSNXDomain, probetest.DNSNoData, probetest.DNSServFail, probetest.DNSBogus, probetest.DNSRefused,
		probetest.DNSBlocked, probetest.DNSTimeout, probetest.DNSLoop, probetest.DNSTruncated, probetest.DNSTCPBroken,
		probetest.DNSMangled, probetest.DNSZero, probetest.DNSNoIPv6, probetest.DNSIPv6Fails, probetest.DNSSlow,
	}
	for _, f := range faults {
		zone[string(f)+".example.test"] = probetest.Name{Addresses: []string{"127.0.0.3"}, Fault: f}
	}
	d, err := probetest.StartDNS(zone)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)

	for _, test := range dnsTests {
		t.Run(test.name+"/"+test.network+"/"+dns.TypeToString[test.kind], func(t *testing.T) {
			t.Parallel()
			reply, err := ask(t, test.network, d.Addr(), test.name+".example.test", test.kind)
			if (err != nil) != (test.rcode == -1) {
				t.Fatalf("got %v, %v", reply, err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %q", err, test.want)
				}
				return
			}
			text := strings.ReplaceAll(reply.String(), "\n", " ")
			if reply.Truncated {
				text += " tc "
			}
			if reply.Rcode != test.rcode || !strings.Contains(text, test.want) {
				t.Errorf("want %d and %q, got %s", test.rcode, test.want, text)
			}
		})
	}
	t.Cleanup(func() { // when the parallel ones have ended
		if got := len(d.Questions()); got < len(dnsTests) {
			t.Errorf("%d questions, want %d", got, len(dnsTests))
		}
	})
}

func TestDNSBadZone(t *testing.T) {
	for _, n := range []probetest.Name{{Addresses: []string{"mail"}}, {Records: []string{"MX ten"}}} {
		if d, err := probetest.StartDNS(probetest.Zone{"x.test": n}); err == nil {
			d.Close()
			t.Errorf("%+v was taken", n)
		}
	}
}

func TestIssuers(t *testing.T) {
	_, middle := authority(t)
	i, err := probetest.StartIssuers()
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(i.URL(middle))
	if err != nil {
		t.Fatal(err)
	}
	der, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if cert, err := x509.ParseCertificate(der); err != nil || !cert.Equal(middle.Certificate) {
		t.Errorf("got %v, %v", cert, err)
	}
	resp, err = client.Get(i.Base() + "/other")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound || i.Asked() != 2 {
		t.Errorf("status %d, %d requests", resp.StatusCode, i.Asked())
	}
}

// resolve queries the provider's name server for a host's addresses.
func resolve(t *testing.T, p *probetest.Provider, host string) []string {
	t.Helper()
	reply, err := ask(t, "udp", p.Resolver, host, dns.TypeA)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, rr := range reply.Answer {
		if a, ok := rr.(*dns.A); ok {
			out = append(out, a.A.String())
		}
	}
	return out
}

// A healthy provider can be found and used with its settings.
func TestProvider(t *testing.T) {
	p, err := probetest.StartProvider(probetest.ProviderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want := []struct {
		host     string
		port     uint16
		greeting string
	}{
		{"pop.example.test", 995, "+OK pop.example.test"},
		{"mail.example.test", 993, "* OK [CAPABILITY"},
		{"smtp.example.test", 587, "220 "},
	}
	if len(p.Endpoints) != len(want) {
		t.Fatalf("%d endpoints", len(p.Endpoints))
	}
	for i, e := range p.Endpoints {
		w := want[i]
		addresses := resolve(t, p, e.Host)
		if e.Host != w.host || e.Port != w.port || len(addresses) != 1 || addresses[0] != e.Listen.Addr().String() {
			t.Fatalf("endpoint %+v at %v, want %+v", e, addresses, w)
		}
		conn, err := p.Dial(t.Context(), "tcp", netip.AddrPortFrom(netip.MustParseAddr(addresses[0]), e.Port).String())
		if err != nil {
			t.Fatal(err)
		}
		if e.Security == probetest.ImplicitTLS {
			conn = tls.Client(conn, &tls.Config{RootCAs: p.Root.Pool(), ServerName: e.Host})
		}
		if got := read(t, conn); !strings.HasPrefix(got, w.greeting) {
			t.Errorf("%s: greeting %q", e.Host, got)
		}
		conn.Close()
		if p.Server(i).Sessions() != 1 {
			t.Errorf("%s: %d sessions", e.Host, p.Server(i).Sessions())
		}
	}
	if mx, err := ask(t, "udp", p.Resolver, p.Domain, dns.TypeMX); err != nil || len(mx.Answer) != 1 {
		t.Errorf("MX: %v, %v", mx, err)
	}
	if len(p.Logins()) != 0 || !strings.Contains(p.String(), "imap mail.example.test:993 tls") {
		t.Errorf("logins %v; %s", p.Logins(), p)
	}
}

func TestProviderCertificates(t *testing.T) {
	kinds := []struct {
		kind probetest.Certificate
		want string // part of a verifying client's error; empty: no error
	}{
		{probetest.CertGood, ""},
		{probetest.CertExpiresSoon, ""},
		{probetest.CertRSA1024, ""}, // Go takes it
		{probetest.CertExpired, "expired"},
		{probetest.CertNotYetValid, "not yet valid"},
		{probetest.CertOtherName, "not mail.example.test"},
		{probetest.CertNoSAN, "legacy Common Name"},
		{probetest.CertSelfSigned, "unknown authority"},
		{probetest.CertPrivateCA, "unknown authority"},
		{probetest.CertNoIntermediate, "unknown authority"},
		{probetest.CertOldIssuer, "expired"},
		{probetest.CertSHA1, "unknown authority"},
		{probetest.CertClientOnly, "incompatible key usage"},
	}
	var c probetest.ProviderConfig
	for _, k := range kinds {
		c.Endpoints = append(c.Endpoints, probetest.ProviderEndpoint{Protocol: probetest.IMAP, Certificate: k.kind})
	}
	p, err := probetest.StartProvider(c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for i, k := range kinds {
		conn, err := net.Dial("tcp", p.Endpoints[i].Listen.String())
		if err != nil {
			t.Fatal(err)
		}
		err = tls.Client(conn, &tls.Config{RootCAs: p.Root.Pool(), ServerName: "mail.example.test"}).Handshake()
		if (err == nil) != (k.want == "") || err != nil && !strings.Contains(err.Error(), k.want) {
			t.Errorf("%q: %v, want %q", k.kind, err, k.want)
		}
		conn.Close()
	}
}

func TestProviderConnect(t *testing.T) {
	p, err := probetest.StartProvider(probetest.ProviderConfig{
		Domain: "other.test",
		Endpoints: []probetest.ProviderEndpoint{
			{Protocol: probetest.IMAP, Connect: probetest.Refuse},
			{Protocol: probetest.SMTP, Connect: probetest.Drop},
		},
		DNS:     map[string]probetest.Name{"mail.other.test": {Addresses: []string{"10.1.0.1"}}, "smtp.other.test": {Fault: probetest.DNSServFail}},
		Outside: map[string]probetest.Outcome{"10.1.0.1": probetest.HostUnreachable},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	at := func(i int) string { return p.Endpoints[i].Listen.Addr().String() }
	if got := strings.Join(resolve(t, p, "mail.other.test"), " "); got != "10.1.0.1 "+at(0) {
		t.Errorf("addresses %s", got)
	}
	if reply, err := ask(t, "udp", p.Resolver, "smtp.other.test", dns.TypeA); err != nil || reply.Rcode != dns.RcodeServerFailure {
		t.Errorf("got %v, %v", reply, err)
	}
	for address, want := range map[string]error{
		at(0) + ":993": syscall.ECONNREFUSED,
		at(1) + ":587": context.DeadlineExceeded,
		"10.1.0.1:993": syscall.EHOSTUNREACH,
		"10.9.9.9:993": syscall.ENETUNREACH,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if conn, err := p.Dial(ctx, "tcp", address); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v, want %v", address, conn, err, want)
		}
	}
	if p.Server(0) != nil {
		t.Error("a server stands where connecting fails")
	}
}

func TestProviderError(t *testing.T) {
	if p, err := probetest.StartProvider(probetest.ProviderConfig{
		Endpoints: []probetest.ProviderEndpoint{{Protocol: "nntp"}},
	}); err == nil {
		p.Close()
		t.Error("a provider of news was started")
	}
}

// A signed name is confirmed to whoever asks, and only if the whole way to it is signed.
func TestSignedNames(t *testing.T) {
	d, err := probetest.StartDNS(probetest.Zone{
		"signed.test": {Addresses: []string{"127.0.0.2"}, Signed: true}, "plain.test": {Addresses: []string{"127.0.0.2"}},
		"way.test": {CNAME: "signed.test", Signed: true}, "gap.test": {CNAME: "signed.test"}, "end.test": {CNAME: "plain.test", Signed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, want := range map[string]bool{"signed.test": true, "plain.test": false, "way.test": true, "gap.test": false, "end.test": false} {
		for _, asks := range []bool{true, false} {
			m := new(dns.Msg).SetQuestion(name+".", dns.TypeA)
			m.AuthenticatedData = asks
			reply, _, err := new(dns.Client).Exchange(m, d.Addr())
			if err != nil || reply.AuthenticatedData != (want && asks) || len(reply.Answer) == 0 {
				t.Errorf("%s, asked %t: %v, %v", name, asks, reply, err)
			}
		}
	}
}
