package published

import (
	"strings"
	"testing"
)

func TestReadAutoconfig(t *testing.T) {
	d, err := ReadAutoconfig(testdata(t, "autoconfig/whole-1.1.xml"))
	if err != nil {
		t.Fatal(err)
	}
	cleartext := []Authentication{{PasswordCleartext, "password-cleartext"}}
	diff(t, "whole-1.1.xml", d, &Document{
		ID: "example.com", Name: "Example Mail & More", ShortName: "Example",
		Domains: []string{"example.com", "xn--bcher-kva.example"},
		MX:      []string{"mx.example.net"},
		Lines:   map[string]int{"example.com": 5, "xn--bcher-kva.example": 6, "mx.example.net": 9},
		Servers: []Server{
			{
				Endpoint: endpoint(t, "imap://imap.example.com:993/tls"), User: FullAddress, Line: 13,
				Authentication: []Authentication{{OAuth2Token, "OAuth2"}, {PasswordCleartext, "password-cleartext"}},
			},
			{
				Endpoint: endpoint(t, "imap://imap.example.com:143/starttls"), User: LocalPart, Line: 21,
				Authentication: []Authentication{{PasswordEncrypted, "password-encrypted"}},
			},
			{
				Endpoint: endpoint(t, "pop3://mail.%EMAILDOMAIN%:110/none"), User: "%EMAILLOCALPART%.%EMAILDOMAIN%", Line: 28,
				Authentication: []Authentication{{PasswordCleartext, "plain"}},
			},
			{
				Endpoint: endpoint(t, "smtp://smtp.example.com:587/starttls"), User: FullAddress, Line: 44,
				Authentication: cleartext, UseGlobalPreferred: true,
			},
			{
				Endpoint: endpoint(t, "smtp://relay.example.com:25/none"), Line: 53, FromNetwork: true,
				Authentication: []Authentication{{NoAuthentication, "none"}},
			},
		},
		Others:        []Other{{"exchange", "https://outlook.example.com/ews/exchange.asmx"}},
		Documentation: []Link{{"Step by step", "https://example.com/help?a=1&b=2"}},
		Instructions:  []string{"Switch IMAP on first."},
		WebMail:       "https://login.%EMAILDOMAIN%",
		OAuth2: []OAuth2{{
			Issuer: "accounts.example.com", Scope: "mail offline_access",
			AuthURL: "https://accounts.example.com/auth", TokenURL: "https://accounts.example.com/token",
		}},
	})
	if !d.Exchange() {
		t.Error("the server of Exchange is not noticed")
	}
}

func TestReadAutoconfigFormat12(t *testing.T) {
	d, err := ReadAutoconfig(testdata(t, "autoconfig/whole-1.2.xml"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "whole-1.2.xml", d, &Document{
		ID: "example.com", Name: "Example", Domains: []string{"example.com"}, Lines: map[string]int{"example.com": 3},
		Servers: []Server{
			{
				Endpoint: endpoint(t, "imap://imap.example.com:993/tls"), User: "jane", Line: 11,
				Authentication: []Authentication{{PasswordEncrypted, "SCRAM-SHA-256-PLUS"}, {OAuth2Token, "OAuth"}, {"", "telepathy"}},
			},
			{
				Endpoint: endpoint(t, "smtp://smtp.example.com:465/tls"), Line: 20,
				Authentication: []Authentication{
					{TLSClientCert, "TLS-client-cert"}, {GSSAPI, "GSSAPI"}, {NTLM, "NTLM"}, {ClientIPAddress, "client-IP-address"},
				},
			},
		},
		Others: []Other{
			{"jmap", "https://jmap.example.com/session"},
			{"caldav", "https://cal.example.com/"},
			{"carddav", "https://cards.example.com/"},
			{"managesieve", "sieve.example.com"},
		},
		Problems: []Problem{{Line: 17, Message: `authentication: found "telepathy", which is not known here`}},
	})
	if d.Exchange() {
		t.Error("Exchange is seen where there is none")
	}
}

// Percent signs have a meaning of their own in the addresses of pages.
func TestReadAutoconfigPages(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/%E3%81%AE%BCDEF%41":        "https://a.example/%E3%81%AE%BCDEF%41",
		"http://%EMAILDOMAIN%/?to=%EMAILADDRESS%":     "http://%EMAILDOMAIN%/?to=%EMAILADDRESS%",
		" https://mail.%emaildomain%/%emailaddress% ": "https://mail.%EMAILDOMAIN%/%EMAILADDRESS%",
		"https://%REALNAME%/":                         "",
		"https://a.example/%GG":                       "",
		"ftp://a.example/":                            "",
		"//a.example/":                                "",
		"https://jane@a.example/":                     "",
	} {
		d, err := ReadAutoconfig(servers(imap() + `<documentation url="` + in + `"/><webMail><loginPage url="` + in + `"/></webMail>`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(d.Documentation) == 1 {
			got = d.Documentation[0].URL
		}
		if got != want || d.WebMail != want || (want == "") != (len(d.Problems) == 2) {
			t.Errorf("%s: %q, %q, %q; want %q", in, got, d.WebMail, d.Problems, want)
		}
	}
}

// servers wraps servers into a file of which line 1 begins the first.
func servers(inside string) []byte {
	return []byte(`<clientConfig version="1.1"><emailProvider id="a.example">` + inside + "</emailProvider></clientConfig>")
}

// imap is a server whose parts can be replaced.
func imap(replace ...string) string {
	const text = `<incomingServer type="imap"><hostname>a.example</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>`
	return strings.NewReplacer(replace...).Replace(text)
}

func TestReadAutoconfigServers(t *testing.T) {
	const (
		port, ssl, host = "<port>993</port>", "<socketType>SSL</socketType>", "<hostname>a.example</hostname>"
		expectedMode    = ", expected SSL, STARTTLS or plain"
	)
	for name, c := range map[string]struct {
		in    string
		want  []string
		notes []string
	}{
		"as it should be":   {imap(), []string{"imap://a.example:993/tls"}, nil},
		"SSL in small":      {imap("SSL", "ssl"), []string{"imap://a.example:993/tls"}, nil},
		"STARTTLS in small": {imap("993", "143", "SSL", "StartTLS"), []string{"imap://a.example:143/starttls"}, nil},
		"plain in capitals": {imap("993", "143", "SSL", "PLAIN"), []string{"imap://a.example:143/none"}, nil},
		"another port":      {imap("993", "10993"), []string{"imap://a.example:10993/tls"}, nil},
		"an IPv6 address":   {imap("a.example", "2001:db8::1"), []string{"imap://[2001:db8::1]:993/tls"}, nil},
		"letters":           {imap("a.example", "Bücher.example."), []string{"imap://xn--bcher-kva.example:993/tls"}, nil},
		"order of elements": {
			imap(host, "", "</incomingServer>", host+"</incomingServer>"), []string{"imap://a.example:993/tls"}, nil,
		},
		"several modes, the best first": {
			imap(ssl, "<socketType>quantum</socketType><socketType>STARTTLS</socketType>"+ssl), []string{"imap://a.example:993/starttls"}, nil,
		},
		"the type in another case": {imap(`"imap"`, `"IMAP"`), []string{"imap://a.example:993/tls"}, nil},

		"the word TLS":                          {imap("SSL", "TLS"), []string{"imap://a.example:993/tls"}, []string{`line 1: socketType: found "TLS", read as tls` + "; expected SSL, STARTTLS or plain"}},
		"the word TLS on the port of STARTTLS":  {imap("SSL", "TLS", "993", "143"), []string{"imap://a.example:143/starttls"}, []string{`line 1: socketType: found "TLS", read as starttls; expected SSL, STARTTLS or plain`}},
		"both words":                            {imap("SSL", "SSL/TLS"), []string{"imap://a.example:993/tls"}, []string{`line 1: socketType: found "SSL/TLS", read as tls; expected SSL, STARTTLS or plain`}},
		"the word none":                         {imap("SSL", "none"), []string{"imap://a.example:993/none"}, []string{`line 1: socketType: found "none", read as none; expected SSL, STARTTLS or plain`}},
		"no mode, and a port that has one":      {imap(ssl, ""), []string{"imap://a.example:993/tls"}, []string{`line 1: socketType: found "", read as tls; expected SSL, STARTTLS or plain`}},
		"no port":                               {imap(port, ""), []string{"imap://a.example:993/tls"}, []string{"line 1: port: found none, read as 993"}},
		"no port, STARTTLS":                     {imap(port, "", "SSL", "STARTTLS"), []string{"imap://a.example:143/starttls"}, []string{"line 1: port: found none, read as 143"}},
		"pop":                                   {imap(`"imap"`, `"pop"`, "993", "995"), []string{"pop3://a.example:995/tls"}, []string{"line 1: incomingServer: found the type pop, read as pop3"}},
		"outgoing, no type":                     {imap("incomingServer", "outgoingServer", ` type="imap"`, "", "993", "465"), []string{"smtp://a.example:465/tls"}, []string{"line 1: outgoingServer: found no type, read as smtp"}},
		"small placeholders":                    {imap("a.example", "imap.%emaildomain%"), []string{"imap://imap.%EMAILDOMAIN%:993/tls"}, []string{`line 1: hostname: found "imap.%emaildomain%", where placeholders are written in capitals`}},
		"a placeholder that nobody can fill in": {imap("EMAILADDRESS", "REALNAME"), []string{"imap://a.example:993/tls"}, []string{`line 1: username: found "%REALNAME%": %REALNAME% can't be told from an address`}},
		"half a placeholder":                    {imap("ADDRESS%", "ADDRESS"), []string{"imap://a.example:993/tls"}, []string{`line 1: username: found "%EMAILADDRESS": %EMAILADDRESS is no placeholder without a percent sign at its end`}},

		"port 0":                              {imap("993", "0") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: port: found "0", expected a number from 1 to 65535`}},
		"port 65536":                          {imap("993", "65536") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: port: found "65536", expected a number from 1 to 65535`}},
		"a port that is a word":               {imap("993", "imaps") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: port: found "imaps", expected a number from 1 to 65535`}},
		"no host":                             {imap(host, "") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: hostname: found "", expected the name of a server such as mail.example.com`}},
		"an address for a host":               {imap("a.example", "https://a.example/") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: hostname: found "https://a.example/", expected the name of a server such as mail.example.com`}},
		"a host with its port":                {imap("a.example", "a.example:993") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: hostname: found "a.example:993", expected the name of a server such as mail.example.com`}},
		"a whole address in the host":         {imap("a.example", "%EMAILADDRESS%") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: hostname: found "%EMAILADDRESS%", expected the name of a server such as mail.example.com`}},
		"another mode":                        {imap("SSL", "quantum") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: socketType: found "quantum"` + expectedMode}},
		"no mode, and a port that tells none": {imap(ssl, "", "993", "143") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: socketType: found ""` + expectedMode}},
		"no type":                             {imap(` type="imap"`, "") + imap(), []string{"imap://a.example:993/tls"}, []string{"ignored: line 1: incomingServer: found no type, expected imap or pop3"}},
		"the wrong way":                       {imap(`"imap"`, `"smtp"`) + imap(), []string{"imap://a.example:993/tls"}, []string{"ignored: line 1: incomingServer: found the type smtp, which goes the other way"}},
		"a user name with a tab":              {imap("%EMAILADDRESS%", "ja\tne") + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: username: found "ja\x09ne", which no login can carry`}},
		"a domain that is none":               {"<domain>-</domain><domain>com</domain><domain>%EMAILDOMAIN%</domain>" + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: domain: found "-", expected a mail domain such as example.com`, `ignored: line 1: domain: found "com", expected a mail domain such as example.com`}},
		"a page with a password":              {`<documentation url="https://jane:secret@a.example"/>` + imap(), []string{"imap://a.example:993/tls"}, []string{"ignored: line 1: documentation: found an address with an @ in it, expected an address such as https://example.com/help"}},
		"a page of another kind":              {`<documentation url="javascript:1"/>` + imap(), []string{"imap://a.example:993/tls"}, []string{`ignored: line 1: documentation: found "javascript:1", expected an address such as https://example.com/help`}},
	} {
		d, err := ReadAutoconfig(servers(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		diff(t, name, endpoints(d), c.want)
		diff(t, name, messages(d), c.notes)
	}
}

func TestReadAutoconfigErrors(t *testing.T) {
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	for name, c := range map[string]struct {
		in, want string
		kind     error
	}{
		"nothing":            {"", "found nothing, expected the element clientConfig", nil},
		"space":              {"\ufeff \n<!-- a --> ", "found nothing, expected the element clientConfig", nil},
		"text":               {"\n404 not found", "line 2: found text, expected the element clientConfig", nil},
		"JSON":               {`{"a": 1}`, "line 1: found text, expected the element clientConfig", nil},
		"a web page":         {"<!DOCTYPE html>\n<html></html>", "line 1: found a web page (HTML), expected the element clientConfig", ErrHTML},
		"an old web page":    {"\n<!-- x --><HTML>", "line 2: found a web page (HTML), expected the element clientConfig", ErrHTML},
		"an XHTML page":      {"<?xml version='1.0'?>\n<!doctype HTML PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN'>", "line 2: found a web page (HTML), expected the element clientConfig", ErrHTML},
		"a script's warning": {"<br />\n<b>Warning</b>: no such file", "line 1: found a web page (HTML), expected the element clientConfig", ErrHTML},
		"another element":    {"<?xml version='1.0'?>\n<Autodiscover/>", `line 2: found the element "Autodiscover", expected clientConfig`, nil},
		"no server":          {"<clientConfig/>", "found no server, expected the element incomingServer or outgoingServer", ErrNoServers},
		"no server to use":   {string(servers("\n" + imap("993", "0"))), `line 2: port: found "0", expected a number from 1 to 65535`, ErrNoServers},
		"no server to use, after a slip": {
			string(servers(imap(`"imap"`, `"pop"`, "a.example", "-"))),
			`line 1: hostname: found "-", expected the name of a server such as mail.example.com`, ErrNoServers,
		},
		"a declaration of three lines": {"\n<?xml version='1.0'\nencoding='UTF-8'?>\n<later/>", `line 4: found the element "later", expected clientConfig`, nil},
		"too large":                    {"<clientConfig>" + strings.Repeat(" ", maxText), "found more than 256 KiB, which no file of settings has", ErrTooLarge},
		"too deep":                     {"<clientConfig>" + deep + "</clientConfig>", "line 1: found elements nested more than 32 deep", ErrTooLarge},
		"cut off":                      {"<clientConfig>\n<emailProvider>", "line 2: found the end of the text within an element", nil},
		"crossed":                      {"<clientConfig>\n<a></clientConfig></a>", `line 2: found the end of "clientConfig", which is not the element that is open`, nil},
		"an ampersand":                 {"<clientConfig>\n1&1</clientConfig>", "line 2: found what is no XML: invalid character entity &1 (no semicolon)", nil},
		"entities": {
			"<!DOCTYPE a [<!ENTITY b \"c\">]>\n" + string(servers(imap("a.example", "&b;"))),
			"line 1: found a document type with entities, which are not read here", nil,
		},
		"an outer entity":      {"<!DOCTYPE a [<!ENTITY % b SYSTEM \"file:///etc/passwd\"> %b;]><clientConfig/>", "line 1: found a document type with entities, which are not read here", nil},
		"no entity, but used":  {string(servers(imap("a.example", "&nbsp;"))), "line 1: found what is no XML: invalid character entity &nbsp;", nil},
		"bytes":                {"<clientConfig>\n\xff</clientConfig>", "line 2: found bytes that are not UTF-8, and no encoding that is known here", nil},
		"an unknown encoding":  {"<?xml version='1.0' encoding='x-ebcdic'?>\n<clientConfig>\xff</clientConfig>", "line 2: found bytes that are not UTF-8, and no encoding that is known here", nil},
		"a control character":  {"<clientConfig>\x1b</clientConfig>", `line 1: found what is no XML: illegal character code U+001B`, nil},
		"an end without begin": {"</clientConfig>", `line 1: found the end of "clientConfig", which is not the element that is open`, nil},
	} {
		_, err := ReadAutoconfig([]byte(c.in))
		checkError(t, name, err, c.want, c.kind)
	}
}

// A plain document type is harmless: nothing of it is read.
func TestReadAutoconfigDocumentType(t *testing.T) {
	d, err := ReadAutoconfig(append([]byte("<!DOCTYPE clientConfig SYSTEM \"http://a.example/a.dtd\">\n"), servers(imap())...))
	if err != nil || len(d.Servers) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestReadAutoconfigBounds(t *testing.T) {
	d, err := ReadAutoconfig(servers(strings.Repeat(imap(), maxServers+1) + "<displayName>" + strings.Repeat("a", maxValue+1) + "</displayName>"))
	if err != nil || len(d.Servers) != maxServers || d.Name != "" {
		t.Fatalf("%d servers, %d bytes of name, %v", len(d.Servers), len(d.Name), err)
	}
	diff(t, "problems", messages(d), []string{
		"ignored: line 1: incomingServer: found more than 64 servers",
		`ignored: line 1: "displayName": found 2049 bytes, expected at most 2048`,
	})
	d, err = ReadAutoconfig(servers(strings.Repeat("<domain/>", maxProblems+1) + imap()))
	if err != nil || len(d.Problems) != maxProblems {
		t.Fatalf("%d problems, %v", len(d.Problems), err)
	}
}
