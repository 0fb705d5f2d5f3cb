package resolve

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

func TestRecords(t *testing.T) {
	r := New(Options{Server: serve(t, zone(t,
		"_imaps._tcp.firm.example. 60 SRV 10 5 993 Mail.Firm.Example.",
		"_imaps._tcp.firm.example. 60 SRV 0 0 993 a.firm.example.",
		"_pop3s._tcp.firm.example. 60 SRV 0 0 0 .",
		"firm.example. 60 MX 10 mx1.firm.example.",
		"_ua-auto-config.firm.example. 60 TXT \"v=UAAC1; a=sha256; \" \"d=abc\"",
	))})
	services, err := r.SRV(t.Context(), "_imaps._tcp.firm.example")
	want := []*net.SRV{{Target: "mail.firm.example", Port: 993, Priority: 10, Weight: 5}, {Target: "a.firm.example", Port: 993}}
	if d := cmp.Diff(want, services); d != "" || err != nil {
		t.Errorf("SRV: %v (-want +got)\n%s", err, d)
	}
	if none, err := r.SRV(t.Context(), "_pop3s._tcp.firm.example"); err != nil || len(none) != 1 || none[0].Target != "." {
		t.Errorf("no POP3: %v, %v", none, err)
	}
	exchangers, err := r.MX(t.Context(), "firm.example")
	if d := cmp.Diff([]*net.MX{{Host: "mx1.firm.example", Pref: 10}}, exchangers); d != "" || err != nil {
		t.Errorf("MX: %v (-want +got)\n%s", err, d)
	}
	texts, err := r.TXT(t.Context(), "_ua-auto-config.firm.example")
	if d := cmp.Diff([]string{"v=UAAC1; a=sha256; d=abc"}, texts); d != "" || err != nil {
		t.Errorf("TXT: %v (-want +got)\n%s", err, d)
	}
}

func TestRecordsOfNothing(t *testing.T) {
	for name, c := range map[string]struct {
		handler dns.HandlerFunc
		want    stage.Fault
	}{
		"no such name":    {fails(dns.RcodeNameError), stage.NameNotFound},
		"no such records": {zone(t, "_imaps._tcp.firm.example. 60 TXT x"), stage.NoAddress},
		"server failure":  {fails(dns.RcodeServerFailure), stage.ServFail},
		"refused":         {fails(dns.RcodeRefused), stage.DNSRefused},
	} {
		_, err := New(Options{Server: serve(t, c.handler)}).SRV(t.Context(), "_imaps._tcp.firm.example")
		if got := fault(t, err); got != c.want {
			t.Errorf("%s: %q (%v); want %q", name, got, err, c.want)
		}
	}
	if _, err := New(Options{Server: "192.0.2.1"}).MX(t.Context(), "a b.example"); fault(t, err) != stage.NameNotFound {
		t.Errorf("no name: %v", err)
	}
}

// TestRecordsOfTheNextServer checks that after a server's failure the next one is
// queried.
func TestRecordsOfTheNextServer(t *testing.T) {
	r := New(Options{Servers: []string{
		serve(t, fails(dns.RcodeServerFailure)),
		serve(t, zone(t, "firm.example. 60 CNAME other.example.", "other.example. 60 MX 5 mx.other.example.")),
	}})
	got, err := r.MX(t.Context(), "firm.example")
	if err != nil || len(got) != 1 || got[0].Host != "mx.other.example" {
		t.Errorf("%v, %v", got, err)
	}
}
