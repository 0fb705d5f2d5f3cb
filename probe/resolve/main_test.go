package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a name server on loopback, UDP and TCP on one port, and returns
// its address.
func serve(t *testing.T, h dns.HandlerFunc) string {
	t.Helper()
	pc, l := listenBoth(t)
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: h}, {Listener: l, Handler: h}} {
		started, ended := make(chan struct{}), make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() { defer close(ended); s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { s.Shutdown(); <-ended })
	}
	return pc.LocalAddr().String()
}

// listenBoth listens at one port by UDP and TCP. One that is free for UDP may be taken
// for TCP: then another is tried.
func listenBoth(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 100 {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if l, err := net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			return pc, l
		}
		pc.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// zone answers from records in the text form of a zone file, following no
// alias, and with NXDOMAIN for names that it doesn't have.
func zone(t *testing.T, records ...string) dns.HandlerFunc {
	t.Helper()
	var rrs []dns.RR
	for _, s := range records {
		rr, err := dns.NewRR(s)
		if err != nil {
			t.Fatal(err)
		}
		rrs = append(rrs, rr)
	}
	return func(w dns.ResponseWriter, req *dns.Msg) {
		m := new(dns.Msg).SetRcode(req, dns.RcodeNameError)
		for _, rr := range rrs {
			if rr.Header().Name != req.Question[0].Name {
				continue
			}
			m.Rcode = dns.RcodeSuccess
			if t := rr.Header().Rrtype; t == req.Question[0].Qtype || t == dns.TypeCNAME {
				m.Answer = append(m.Answer, rr)
			}
		}
		w.WriteMsg(m)
	}
}

// fails answers every question with an RCODE.
func fails(rcode int) dns.HandlerFunc {
	return func(w dns.ResponseWriter, req *dns.Msg) { w.WriteMsg(new(dns.Msg).SetRcode(req, rcode)) }
}

// system is a system resolver that knows some addresses, or fails.
func system(err error, ips ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) (out []netip.Addr, _ error) {
		for _, s := range ips {
			out = append(out, netip.MustParseAddr(s))
		}
		return out, err
	}
}

var errNoSuchHost = &net.DNSError{Err: "no such host", IsNotFound: true}

// absent is the path of a hosts file that isn't there.
func absent(t *testing.T) string { return filepath.Join(t.TempDir(), "none") }

// noNetwork is a Dial for tests in which nobody may be asked.
func noNetwork(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, network, address string) (net.Conn, error) {
		t.Errorf("dialled %s %s", network, address)
		return nil, errors.New("no network here")
	}
}
