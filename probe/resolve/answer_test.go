package resolve

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

func packed(t testing.TB, change func(*dns.Msg)) []byte {
	m := new(dns.Msg).SetReply(fuzzQuery())
	change(m)
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fuzzQuery() *dns.Msg {
	q := newQuery("mail.example.", dns.TypeA, false, true)
	q.Id = 0x4d44
	return q
}

func rr(s string) dns.RR {
	rr, err := dns.NewRR(s)
	if err != nil {
		panic(err)
	}
	return rr
}

func TestReadAnswer(t *testing.T) {
	got, err := readAnswer(packed(t, func(m *dns.Msg) {
		m.Answer = []dns.RR{
			rr("b.example. 50 A 192.0.2.2"), rr("MAIL.example. 90 CNAME a.example."), rr("other.example. 1 A 192.0.2.3"),
			rr("A.example. 70 CNAME b.example."), rr("b.example. 1 AAAA 2001:db8::1"),
		}
	}), fuzzQuery())
	if err != nil || got.outcome != stage.LookupAnswer || strings.Join(got.addresses, " ") != "192.0.2.2" ||
		strings.Join(got.aliases, " ") != "a.example b.example" || *got.ttl != 50 {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, b := range map[string][]byte{
		"cut": packed(t, func(m *dns.Msg) { m.Answer = []dns.RR{rr("mail.example. 1 A 192.0.2.1")} })[:40],
		"another question": packed(t, func(m *dns.Msg) {
			m.Question[0].Name = "evil.example."
			m.Answer = []dns.RR{rr("mail.example. 1 A 192.0.2.1")}
		}),
	} {
		if _, err := readAnswer(b, fuzzQuery()); !errors.Is(err, errMalformed) {
			t.Errorf("%s: error %v, want malformed", name, err)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add(packed(f, func(m *dns.Msg) { m.Answer = []dns.RR{rr("mail.example. 1 A 192.0.2.1")} }))
	f.Add(packed(f, func(m *dns.Msg) { m.Answer = []dns.RR{rr("mail.example. 1 CNAME mail.example.")} }))
	f.Add(packed(f, func(m *dns.Msg) { m.Answer = []dns.RR{rr(`mail.example. 1 CNAME a\000\200.example.`)} }))
	f.Add(packed(f, func(m *dns.Msg) {
		m.SetEdns0(udpSize, false).IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: 4711, ExtraText: strings.Repeat("\xff", 500)}}
	}))
	f.Add([]byte("MD\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		query := fuzzQuery()
		if !answers(packet, query) {
			return
		}
		a, err := readAnswer(packet, query)
		if err != nil {
			if !errors.Is(err, errMalformed) {
				t.Errorf("error %v is not malformed", err)
			}
			return
		}
		if len(a.addresses) > maxAnswerAddresses || len(a.aliases) > maxAliases+1 || utf8.RuneCountInString(a.extended) > maxExtended+1 {
			t.Errorf("beyond the bounds: %+v", a)
		}
		if (a.outcome == stage.LookupAnswer) != (len(a.addresses) > 0 && a.rcode == "NOERROR" && len(a.aliases) <= maxAliases) && a.outcome != stage.LookupLoop {
			t.Errorf("outcome %q with %d addresses and %s", a.outcome, len(a.addresses), a.rcode)
		}
		for _, s := range append(a.aliases, a.extended, a.rcode) {
			if s != stage.Visible(s) {
				t.Errorf("%q is not made visible", s)
			}
		}
		if _, err := json.Marshal(stage.Lookup{Extended: a.extended, CNAMEs: a.aliases}); err != nil {
			t.Error(err)
		}
	})
}
