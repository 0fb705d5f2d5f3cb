package chart

import (
	"fmt"
	"slices"
	"testing"

	"maildoctor/probe/stage"
)

func TestNamesakes(t *testing.T) {
	var many []string
	for i := range 5000 {
		many = append(many, fmt.Sprintf("customer%d.example", i))
	}
	mismatch := []stage.CertFaultID{stage.CertNameMismatch}
	for _, tt := range []struct {
		name          string
		address, host string
		subject       string
		names         []string
		faults        []stage.CertFaultID
		cnames        []string
		greeting      string
		want          []string
	}{
		{name: "the subject", host: "mail.customer.example", subject: "server7.hoster.example", names: []string{"server7.hoster.example"}, want: []string{"server7.hoster.example"}},
		{
			name: "the address's own domain first, then the subject, then mail", address: "jane@customer.example", host: "mail.customer.example", subject: "a.hoster.example",
			names: []string{"other.example", "a.hoster.example", "smtp.hoster.example", "mx2.customer.example"}, want: []string{"mx2.customer.example", "a.hoster.example", "smtp.hoster.example"},
		},
		{
			name: "no web names, no addresses, none of a network inside", host: "mail.customer.example",
			names: []string{"www.hoster.example", "autodiscover.hoster.example", "192.0.2.1", "nas.local", "localhost", "plesk", "box.lan", "a_b.example", "xn--mller-kva.example"}, want: []string{"xn--mller-kva.example"},
		},
		{name: "a wildcard, by the name that was typed", host: "pop3.customer.example", names: []string{"*.hoster.example"}, want: []string{"pop3.hoster.example", "imap.hoster.example", "mail.hoster.example"}},
		{name: "a wildcard, by the protocol", host: "customer.example", names: []string{"*.hoster.example"}, want: []string{"imap.hoster.example", "mail.hoster.example"}},
		{
			name: "a wildcard, by where the name leads", host: "mail.customer.example", names: []string{"*.hoster.example"}, cnames: []string{"s12.hoster.example.", "elsewhere.example"},
			want: []string{"s12.hoster.example", "mail.hoster.example", "imap.hoster.example"},
		},
		{
			name: "a wildcard, by what the server calls itself", host: "mail.customer.example", names: []string{"*.hoster.example"}, greeting: "220 s13.hoster.example ESMTP other.example",
			want: []string{"s13.hoster.example", "mail.hoster.example", "imap.hoster.example"},
		},
		{name: "a wildcard covers one label", host: "mail.customer.example", names: []string{"*.hoster.example"}, greeting: "220 a.b.hoster.example", want: []string{"mail.hoster.example", "imap.hoster.example"}},
		{name: "the name that was typed is none", host: "Mail.customer.example", names: []string{"mail.customer.example."}, want: nil},
		{name: "thousands of customers", host: "mail.customer.example", names: many, want: many[:3]},
		{name: "by number", host: "192.0.2.1", names: []string{"mail.hoster.example"}, want: []string{"mail.hoster.example"}},
		{name: "an unknown authority", host: "mail.customer.example", names: []string{"server7.hoster.example"}, faults: []stage.CertFaultID{stage.CertNameMismatch, stage.CertUnknownAuthority}},
		{name: "signed by itself", host: "mail.customer.example", names: []string{"server7.hoster.example"}, faults: []stage.CertFaultID{stage.CertNameMismatch, stage.CertSelfSigned}},
		{name: "the name is right", host: "mail.customer.example", names: []string{"server7.hoster.example"}, faults: []stage.CertFaultID{stage.CertExpired}},
		{name: "this machine", host: "127.0.0.1", names: []string{"server7.hoster.example"}},
	} {
		tls := &stage.TLSFacts{Chain: []stage.Certificate{{Names: tt.names}}}
		if tt.subject != "" {
			tls.Chain[0].Subject = "CN=" + tt.subject
		}
		if tt.faults == nil {
			tt.faults = mismatch
		}
		for _, id := range tt.faults {
			tls.Faults = append(tls.Faults, stage.CertFault{ID: id})
		}
		k := NewExam(&stage.CheckRecord{
			Check: stage.Check{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: tt.host, Port: 993}},
			Results: []stage.Result{
				{Stage: stage.Resolve, Facts: &stage.ResolveFacts{Lookups: []stage.Lookup{{CNAMEs: tt.cnames}}}},
				{Stage: stage.Greeting, Facts: &stage.GreetingFacts{Reply: stage.Reply{Lines: []string{tt.greeting}}}},
				{Stage: stage.Handshake, Facts: tls},
			},
		}, 0, []stage.Subject{{Address: tt.address}})
		if got := k.Namesakes(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
