package resolve

import (
	"net"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

func TestLongChainIsALoop(t *testing.T) {
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		m := new(dns.Msg).SetReply(req)
		name := req.Question[0].Name
		rr, _ := dns.NewRR(name + " 5 CNAME x." + name)
		m.Answer = []dns.RR{rr}
		w.WriteMsg(m)
	}
	facts, _, err := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if got := fault(t, err); got != stage.DNSLoop {
		t.Errorf("fault = %q, want %q", got, stage.DNSLoop)
	}
	if n := len(facts.Lookups[0].CNAMEs); n != maxAliases+1 {
		t.Errorf("%d aliases followed, want %d", n, maxAliases+1)
	}
}

// A recursive server returns only SERVFAIL for a CNAME loop.
func TestLoopBehindServFail(t *testing.T) {
	circle := zone(t, "mail.example. 300 CNAME a.example.", "a.example. 20 CNAME mail.example.")
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		if req.Question[0].Qtype == dns.TypeCNAME {
			circle(w, req)
			return
		}
		fails(dns.RcodeServerFailure)(w, req)
	}
	facts, _, err := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if got := fault(t, err); got != stage.DNSLoop {
		t.Errorf("fault = %q (%v), want %q", got, err, stage.DNSLoop)
	}
	if d := cmp.Diff([]string{"a.example", "mail.example"}, facts.Lookups[0].CNAMEs); d != "" {
		t.Errorf("aliases (-want +got):\n%s", d)
	}
}

func TestTruncationGoesToTCP(t *testing.T) {
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		m := new(dns.Msg).SetReply(req)
		if w.RemoteAddr().Network() == "udp" {
			m.Truncated = true
		} else if req.Question[0].Qtype == dns.TypeA {
			for i := range 100 {
				m.Answer = append(m.Answer, &dns.A{
					Hdr: dns.RR_Header{Name: req.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: uint32(1000 - i)},
					A:   net.IPv4(192, 0, 2, byte(i)),
				})
			}
		}
		w.WriteMsg(m)
	}
	facts, _, err := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(facts.Addresses) != defaultMaxAddresses || len(facts.NotDialled) != maxAnswerAddresses-defaultMaxAddresses {
		t.Errorf("%d to dial and %d named, want %d and %d", len(facts.Addresses), len(facts.NotDialled), defaultMaxAddresses, maxAnswerAddresses-defaultMaxAddresses)
	}
	if ttl := facts.Lookups[0].TTL; ttl == nil || *ttl != 1000-maxAnswerAddresses+1 {
		t.Errorf("TTL = %v, want the smallest of those kept", ttl)
	}
}

func TestServerWithoutEDNS(t *testing.T) {
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		if req.IsEdns0() != nil {
			w.WriteMsg(new(dns.Msg).SetRcodeFormatError(req))
			return
		}
		zone(t, "mail.example. 300 A 192.0.2.1")(w, req)
	}
	facts, _, err := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if err != nil || !slices.Equal(facts.Addresses, []string{"192.0.2.1"}) {
		t.Errorf("addresses %v, error %v", facts.Addresses, err)
	}
}

func TestExtendedError(t *testing.T) {
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		m := new(dns.Msg).SetRcode(req, dns.RcodeNameError)
		m.SetEdns0(udpSize, false)
		m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeBlocked, ExtraText: "no \x1b[31mmail"}}
		w.WriteMsg(m)
	}
	facts, _, _ := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if got, want := facts.Lookups[1].Extended, `15 Blocked: no \x1b[31mmail`; got != want {
		t.Errorf("extended error = %q, want %q", got, want)
	}
}

// Datagrams that don't answer the query are ignored, up to a limit.
func TestStrayDatagrams(t *testing.T) {
	for _, tt := range []struct {
		stray int
		want  stage.LookupOutcome
	}{{5, stage.LookupNXDomain}, {maxStray, stage.LookupOther}} {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, 4096)
			for {
				n, from, err := pc.ReadFrom(buf)
				if err != nil {
					return
				}
				answer := slices.Clone(buf[:n])
				answer[2] |= 0x80
				answer[3] = dns.RcodeNameError
				wrong := slices.Clone(answer)
				wrong[0]++
				for range tt.stray {
					pc.WriteTo(wrong, from)
				}
				pc.WriteTo(answer, from)
			}
		}()
		facts, _, _ := New(Options{Server: pc.LocalAddr().String()}).Lookup(t.Context(), "mail.example", nil)
		if got := facts.Lookups[0].Outcome; got != tt.want {
			t.Errorf("%d stray datagrams: outcome %q (%s), want %q", tt.stray, got, facts.Lookups[0].Error, tt.want)
		}
		pc.Close()
		<-done
	}
}

// A server that truncates its answer has one. That TCP brings none is a separate fault,
// and not a missing network.
func TestTruncationWithoutTCP(t *testing.T) {
	h := func(w dns.ResponseWriter, req *dns.Msg) {
		if w.RemoteAddr().Network() == "tcp" {
			w.Close()
			return
		}
		m := new(dns.Msg).SetReply(req)
		m.Truncated = true
		w.WriteMsg(m)
	}
	facts, _, err := New(Options{Server: serve(t, h)}).Lookup(t.Context(), "mail.example", nil)
	if got := fault(t, err); got != stage.LookupFailed {
		t.Errorf("fault = %q (%v), want %q", got, err, stage.LookupFailed)
	}
	for _, l := range facts.Lookups {
		if l.Outcome != stage.LookupOther || !l.Truncated || l.Error == "" {
			t.Errorf("lookup %+v, want another outcome, cut short", l)
		}
	}
	if len(facts.Lookups) != 2 || facts.LessKnown {
		t.Errorf("%d lookups, less known = %v; want 2, false", len(facts.Lookups), facts.LessKnown)
	}
}
