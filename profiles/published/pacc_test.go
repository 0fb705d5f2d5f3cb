package published

import (
	"errors"
	"strings"
	"testing"
)

func TestReadPACC(t *testing.T) {
	d, err := ReadPACC(testdata(t, "pacc/whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	methods := []Authentication{{OAuth2Token, "oauth-public"}, {PasswordCleartext, "password"}}
	diff(t, "whole.json", d, &Document{
		Name: "Example Mail", ShortName: "Example",
		Servers: []Server{
			{Endpoint: endpoint(t, "imap://imap.example.com:993/tls"), User: FullAddress, Authentication: methods},
			{Endpoint: endpoint(t, "pop3://pop.xn--bcher-kva.example:995/tls"), User: FullAddress, Authentication: methods},
			{Endpoint: endpoint(t, "smtp://smtp.example.com:465/tls"), User: FullAddress, Authentication: methods},
		},
		Others:        []Other{{"jmap", "https://jmap.example.com/session"}, {"managesieve", "sieve.example.com"}},
		Documentation: []Link{{URL: "https://example.com/help"}},
		OAuth2:        []OAuth2{{Issuer: "https://accounts.example.com"}},
	})
}

func TestReadPACCForms(t *testing.T) {
	for name, c := range map[string]struct {
		in          string
		want, notes []string
	}{
		"submit":        {`{"protocols":{"submit":{"host":"a.example"}}}`, []string{"smtp://a.example:465/tls"}, nil},
		"a mark before": {"\ufeff" + `{"protocols":{"imap":{"host":"a.example"}}}`, []string{"imap://a.example:993/tls"}, nil},
		"submit before smtp": {
			`{"protocols":{"smtp":{"host":"b.example"},"submit":{"host":"a.example"}}}`,
			[]string{"smtp://a.example:465/tls", "smtp://b.example:465/tls"},
			nil,
		},
		"both, the same": {`{"protocols":{"smtp":{"host":"A.example"},"submit":{"host":"a.example"}}}`, []string{"smtp://a.example:465/tls"}, nil},
		"null":           {`{"protocols":{"imap":null,"pop3":{"host":"a.example"}},"info":null,"authentication":null}`, []string{"pop3://a.example:995/tls"}, nil},
		"the usual port": {`{"protocols":{"imap":{"host":"a.example","port":993,"security":"tls"}}}`, []string{"imap://a.example:993/tls"}, nil},
		"another port": {
			`{"protocols":{"imap":{"host":"a.example","port":"1993"}}}`,
			[]string{"imap://a.example:1993/tls"},
			[]string{"imap: found port 1993 with tls, where the format has port 993 with TLS alone"},
		},
		"the port of STARTTLS": {
			`{"protocols":{"smtp":{"host":"a.example","port":587}}}`,
			[]string{"smtp://a.example:587/starttls"},
			[]string{"smtp: found port 587 with starttls, where the format has port 465 with TLS alone"},
		},
		"STARTTLS": {
			`{"protocols":{"imap":{"host":"a.example","security":"STARTTLS"}}}`,
			[]string{"imap://a.example:143/starttls"},
			[]string{"imap: found port 143 with starttls, where the format has port 993 with TLS alone"},
		},
		"SSL": {`{"protocols":{"imap":{"host":"a.example","security":"SSL"}}}`, []string{"imap://a.example:993/tls"}, nil},
		"what can't be read": {
			`{"protocols":{"imap":"x","pop3":{"host":"a b"},"submit":{"host":"a.example","port":0},"smtp":{"host":"a.example"},"carddav":7}}`,
			[]string{"smtp://a.example:465/tls"},
			[]string{
				`ignored: imap: found "x", expected an object such as {"host": "mail.example.com"}`,
				`ignored: pop3: found the host "a b", expected the name of a server such as mail.example.com`,
				`ignored: submit: found the port "0", expected a number from 1 to 65535`,
			},
		},
		"another mode": {
			`{"protocols":{"imap":{"host":"a.example","security":"quantum"},"pop3":{"host":"a.example"}}}`,
			[]string{"pop3://a.example:995/tls"},
			[]string{`ignored: imap: found the security "quantum", expected tls`},
		},
		"slips around it": {
			`{"protocols":{"imap":{"host":"a.example"}},"info":[],"authentication":[]}`,
			[]string{"imap://a.example:993/tls"},
			[]string{
				`info: found "[]", expected the names and links of a provider`,
				`authentication: found "[]", expected an object such as {"password": true}`,
			},
		},
	} {
		d, err := ReadPACC([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		diff(t, name, endpoints(d), c.want)
		diff(t, name, messages(d), c.notes)
	}
}

func TestReadPACCAuthentication(t *testing.T) {
	for in, want := range map[string][]Authentication{
		`{}`:                                    nil,
		`{"password":false}`:                    nil,
		`{"password":true,"passkey":{}}`:        {{PasswordCleartext, "password"}},
		`{"oauth-public":{"issuer":"i"}}`:       {{OAuth2Token, "oauth-public"}},
		`{"oauth-public":null,"password":true}`: {{PasswordCleartext, "password"}},
		`{"oauth-public":true}`:                 {{OAuth2Token, "oauth-public"}},
	} {
		d, err := ReadPACC([]byte(`{"protocols":{"imap":{"host":"a.example"}},"authentication":` + in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		diff(t, in, d.Servers[0].Authentication, want)
	}
}

func TestReadPACCErrors(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		kind     error
	}{
		"nothing":      {" \n", "found nothing, expected a JSON object", nil},
		"a web page":   {"\n<!doctype html><p>", "line 2: found a web page (HTML), expected a JSON object", ErrHTML},
		"XML":          {"<clientConfig/>", "line 1: found what is no JSON object", nil},
		"a list":       {"[]", "line 1: found what is no JSON object", nil},
		"cut off":      {"{\n\"protocols\": {", "line 2: found what is no JSON: unexpected end of JSON input", nil},
		"a comma":      {"{\n\"a\": 1,\n}", "line 3: found what is no JSON: invalid character '}' looking for beginning of object key string", nil},
		"bytes":        {"{\n\"a\": \"\xff\"}", "line 2: found bytes that are not UTF-8", nil},
		"a number":     {`{"protocols": 7}`, `line 1: protocols: found a number, expected something else`, nil},
		"no protocols": {`{}`, `found no server, expected one within "protocols", such as "imap": {"host": "imap.example.com"}`, ErrNoServers},
		"no host":      {`{"protocols": {"imap": {}}}`, `imap: found the host "", expected the name of a server such as mail.example.com`, ErrNoServers},
		"too deep":     {`{"a": ` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}", "line 1: found values nested more than 32 deep", ErrTooLarge},
		"too large":    {"{" + strings.Repeat(" ", maxText) + "}", "found more than 256 KiB, which no file of settings has", ErrTooLarge},
	} {
		_, err := ReadPACC([]byte(c.in))
		checkError(t, name, err, c.want, c.kind)
	}
	// Brackets within a string have no depth.
	if _, err := ReadPACC([]byte(`{"a": "\"` + strings.Repeat("[", 40) + `", "protocols":{"imap":{"host":"a.example"}}}`)); err != nil {
		t.Error(err)
	}
}

func TestPACCDigest(t *testing.T) {
	// By openssl dgst -binary -sha256 | base64.
	const digest = "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
	body := []byte("{}")
	for name, c := range map[string]struct {
		txt   string
		ok    bool
		fails string
	}{
		"as it should be": {"v=UAAC1; a=sha256; d=" + digest, true, ""},
		"another order":   {"d=" + digest + ";a=SHA256 ;\tv = uaac1;", true, ""},
		"a later tag":     {"v=UAAC1;x=1;a=sha256;d=" + digest + ";y", true, ""},
		"another digest":  {"v=UAAC1; a=sha256; d=" + strings.Repeat("A", 43) + "=", false, ""},
		"twice":           {"v=UAAC1; a=sha256; d=" + digest + "; d=" + digest, false, `the record has "d"= twice`},
		"no digest":       {"v=UAAC1; a=sha256", false, `the record has the digest "", expected the 32 bytes of SHA-256 in base64`},
		"half a digest":   {"v=UAAC1; a=sha256; d=AAAA", false, `the record has the digest "AAAA", expected the 32 bytes of SHA-256 in base64`},
		"SHA-1":           {"v=UAAC1; a=sha1; d=AAAA", false, `the record has the algorithm "sha1", expected a=sha256`},
		"no algorithm":    {"v=UAAC1; d=" + digest, false, `the record has the algorithm "", expected a=sha256`},
		"another record":  {"v=spf1 -all", false, ErrNotPACC.Error()},
		"another version": {"v=UAAC2; a=sha256; d=" + digest, false, ErrNotPACC.Error()},
		"nothing":         {"", false, ErrNotPACC.Error()},
	} {
		ok, err := PACCDigest(c.txt, body)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if ok != c.ok || text != c.fails {
			t.Errorf("%s: %v, %q; want %v, %q", name, ok, text, c.ok, c.fails)
		}
	}
	if _, err := PACCDigest("v=spf1 -all", body); !errors.Is(err, ErrNotPACC) {
		t.Error(err)
	}
	if ok, err := PACCDigest(PACCRecord([]byte("a")), []byte("a")); !ok || err != nil {
		t.Errorf("our own record: %v, %v", ok, err)
	}
	if ok, _ := PACCDigest(PACCRecord([]byte("a")), []byte("a\n")); ok {
		t.Error("a record matches another file")
	}
}
