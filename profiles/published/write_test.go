package published

import (
	"testing"

	"maildoctor/probe/stage"
)

func TestWriteAutoconfig(t *testing.T) {
	got := WriteAutoconfig(Document{
		Name: `Müller & "Söhne" <Mail>`, ShortName: "M\x1b", Domains: []string{"example.com", "xn--bcher-kva.example"}, MX: []string{"mx.example.net"},
		Servers: []Server{
			{Endpoint: endpoint(t, "imap://imap.%EMAILDOMAIN%:993/tls"), User: FullAddress, Authentication: []Authentication{{OAuth2Token, ""}, {PasswordCleartext, "plain"}}},
			{Endpoint: endpoint(t, "pop3://a.example:110/none"), FromNetwork: true},
			{Endpoint: endpoint(t, "smtp://a.example:587/starttls-if-offered"), UseGlobalPreferred: true},
		},
		Documentation: []Link{{"Help", "https://example.com/?a=1&b=2"}, {"", "https://example.com/"}},
		Instructions:  []string{"Switch it on."},
		WebMail:       "https://login.example.com/",
		OAuth2:        []OAuth2{{Issuer: "i", Scope: "s", AuthURL: "https://i/a", TokenURL: "https://i/t"}},
	})
	diff(t, "written.xml", string(got), string(testdata(t, "autoconfig/written.xml")))
}

// What was read from a file and written is read again as it was.
func TestWriteAutoconfigAndRead(t *testing.T) {
	for _, name := range []string{"whole-1.1.xml", "whole-1.2.xml", "written.xml"} {
		d, err := ReadAutoconfig(testdata(t, "autoconfig/"+name))
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, name, d)
	}
	d, err := ReadPACC(testdata(t, "pacc/whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, "whole.json", d)
}

// checkRoundTrip writes a document and reads it back.
func checkRoundTrip(t testing.TB, name string, d *Document) {
	t.Helper()
	if len(d.Servers) == 0 {
		return // then there is nothing in it to be read
	}
	text := WriteAutoconfig(*d)
	if len(text) > maxText {
		return
	}
	again, err := ReadAutoconfig(text)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	diff(t, name, written(again), written(d))
}

// written is what the format holds of a document.
func written(d *Document) Document {
	out := *d
	out.ID = d.providerID()
	out.Lines, out.Others, out.NotOffered, out.Problems, out.Servers = nil, nil, nil, nil, nil
	for _, s := range d.Servers {
		s.Line, s.Deviation = 0, ""
		if s.Security == stage.StartTLSIfOffered {
			s.Security = stage.StartTLS
		}
		var methods []Authentication
		for _, a := range s.Authentication {
			if a.Method != "" {
				a.Word = string(a.Method)
			}
			methods = append(methods, a)
		}
		s.Authentication = methods
		out.Servers = append(out.Servers, s)
	}
	return out
}
