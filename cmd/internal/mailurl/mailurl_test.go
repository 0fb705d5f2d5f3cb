package mailurl

import (
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

func TestParseURL(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want stage.Endpoint
		fail string // part of the error
	}{
		{in: "imaps://imap.example.net", want: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}},
		{in: "imap://imap.example.net.:1143", want: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 1143, Security: stage.StartTLS}},
		{in: "POP3://Pop.Example.NET?starttls=never", want: stage.Endpoint{Protocol: stage.POP3, Host: "pop.example.net", Port: 110, Security: stage.None}},
		{in: "pop3s://[::1]:9995/", want: stage.Endpoint{Protocol: stage.POP3, Host: "::1", Port: 9995, Security: stage.TLS}},
		{in: "smtp://127.0.0.1?starttls=if-offered", want: stage.Endpoint{Protocol: stage.SMTP, Host: "127.0.0.1", Port: 587, Security: stage.StartTLSIfOffered}},
		{in: "smtps://bücher.example", want: stage.Endpoint{Protocol: stage.SMTP, Host: "xn--bcher-kva.example", Port: 465, Security: stage.TLS}},
		{in: "http://example.net", fail: "unknown scheme"},
		{in: "imap://", fail: "no host"},
		{in: "imap://host:0", fail: "port"},
		{in: "imap://host:70000", fail: "port"},
		{in: "imaps://host?starttls=required", fail: "leave ?starttls= out"},
		{in: "imap://host?starttls=maybe", fail: "expected starttls="},
		{in: "imap://host?tls=1", fail: "expected starttls="},
		{in: "imap://host/INBOX", fail: "nothing after the port"},
		{in: "imap://ho st", fail: "not an endpoint URL"},
	} {
		got, err := Parse(tt.in)
		switch {
		case tt.fail != "":
			if err == nil || !strings.Contains(err.Error(), tt.fail) {
				t.Errorf("Parse(%q) = %v, %v; want an error with %q", tt.in, got, err, tt.fail)
			}
		case err != nil || got != tt.want:
			t.Errorf("Parse(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
		}
	}
}

// A password in a URL is refused and not repeated.
func TestParseURLKeepsPasswords(t *testing.T) {
	for _, in := range []string{"imaps://jane:hunter2@imap.example.net", "imaps://jane:hun%zzter2@h", "://jane:hunter2@h"} {
		_, err := Parse(in)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "jane") {
			t.Errorf("Parse(%q): error %q; want one that does not repeat the password", in, err)
		}
	}
}

// TestOf: every endpoint has a URL from which it is read again, without the port that
// goes without saying.
func TestOf(t *testing.T) {
	for _, p := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		for _, s := range []stage.Security{stage.TLS, stage.StartTLS, stage.StartTLSIfOffered, stage.None} {
			for _, host := range []string{"mail.example.net", "192.0.2.1", "2001:db8::1"} {
				for _, port := range []uint16{25, 110, 143, 465, 587, 993, 995, 2525} {
					e := stage.Endpoint{Protocol: p, Host: host, Port: port, Security: s}
					if got, err := Parse(Of(e)); err != nil || got != e {
						t.Errorf("%s: %+v, %v; want %+v", Of(e), got, err, e)
					}
				}
			}
		}
	}
	for want, e := range map[string]stage.Endpoint{
		"imaps://mail.example.net":                        {Protocol: stage.IMAP, Host: "mail.example.net", Port: 993, Security: stage.TLS},
		"smtp://[2001:db8::1]?starttls=never":             {Protocol: stage.SMTP, Host: "2001:db8::1", Port: 587, Security: stage.None},
		"pop3://mail.example.net:995?starttls=if-offered": {Protocol: stage.POP3, Host: "mail.example.net", Port: 995, Security: stage.StartTLSIfOffered},
	} {
		if got := Of(e); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What somebody typed for a password is in no error, even without the @ behind it.
func TestParseRepeatsNoPassword(t *testing.T) {
	for _, arg := range []string{
		"imaps://jane:s3cret77", "imaps://jane:s3cret77@mail.example", "imaps://jane:s3cret77/", "smtp://mail.example:s3cret77?starttls=never",
		"imaps://[2001:db8::1]:s3cret77", "imaps://jane:9s3cret77",
	} {
		_, err := Parse(arg)
		if err == nil || strings.Contains(err.Error(), "s3cret77") || strings.Contains(err.Error(), "9s3") {
			t.Errorf("%s: %v", arg, err)
		}
	}
	for _, arg := range []string{"imaps://[2001:db8::1]:993", "imaps://[2001:db8::1]", "imaps://mail.example:", "imaps://mail.example:993/"} {
		if _, err := Parse(arg); err != nil {
			t.Errorf("%s: %v", arg, err)
		}
	}
}
