package published

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestReadAutodiscover(t *testing.T) {
	a, err := ReadAutodiscover(testdata(t, "autodiscover/settings.xml"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "settings.xml", a, &Answer{Document: Document{Servers: []Server{
		{
			Endpoint: endpoint(t, "imap://imap.example.com:993/tls"), User: "jane@example.com", Line: 10,
			Authentication: []Authentication{{PasswordCleartext, "SPA off"}},
		},
		{
			Endpoint: endpoint(t, "pop3://pop.example.com:110/starttls"), User: "jane@example.com", Line: 20,
			Authentication: []Authentication{{NTLM, "SPA on"}},
		},
		{Endpoint: endpoint(t, "smtp://smtp.example.com:587/starttls"), User: "jane@example.com", Line: 28},
	}}})
}

func TestReadAutodiscoverExchange(t *testing.T) {
	a, err := ReadAutodiscover(testdata(t, "autodiscover/exchange.xml"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "exchange.xml", a, &Answer{Document: Document{Others: []Other{
		{"exch", "https://mail.example.com/EWS/Exchange.asmx"}, {"mapihttp", ""}, {"web", ""},
	}}})
	if !a.Exchange() {
		t.Error("Exchange is not noticed")
	}
}

// protocol is an answer with one protocol.
func protocol(inside string) []byte { return account("<Protocol>" + inside + "</Protocol>") }

func account(inside string) []byte {
	return []byte("<Autodiscover><Response><Account>" + inside + "</Account></Response></Autodiscover>")
}

func TestReadAutodiscoverModes(t *testing.T) {
	for inside, want := range map[string]string{
		// Nothing said of encryption: SSL is on, by the schema.
		"<Type>IMAP</Type>": "imap://a.example:993/tls",
		"<Type>POP3</Type>": "pop3://a.example:995/tls",
		"<Type>pop</Type>":  "pop3://a.example:995/tls",
		"<Type>SMTP</Type>": "smtp://a.example:465/tls",

		"<Type>IMAP</Type><SSL>off</SSL>":                  "imap://a.example:143/none",
		"<Type>POP3</Type><SSL>OFF</SSL>":                  "pop3://a.example:110/none",
		"<Type>SMTP</Type><SSL>off</SSL>":                  "smtp://a.example:587/none",
		"<Type>SMTP</Type><SSL>off</SSL><Port>465</Port>":  "smtp://a.example:465/none",
		"<Type>SMTP</Type><SSL>on</SSL><Port>587</Port>":   "smtp://a.example:587/starttls",
		"<Type>SMTP</Type><SSL>on</SSL><Port>25</Port>":    "smtp://a.example:25/starttls",
		"<Type>IMAP</Type><SSL>on</SSL><Port>143</Port>":   "imap://a.example:143/starttls",
		"<Type>IMAP</Type><SSL>on</SSL><Port>10993</Port>": "imap://a.example:10993/tls",
		"<Type>SMTP</Type><Port> 465 </Port>":              "smtp://a.example:465/tls",

		"<Type>IMAP</Type><Encryption>None</Encryption>":                                "imap://a.example:143/none",
		"<Type>IMAP</Type><Encryption>None</Encryption><SSL>on</SSL>":                   "imap://a.example:143/none",
		"<Type>IMAP</Type><Encryption>SSL</Encryption>":                                 "imap://a.example:993/tls",
		"<Type>IMAP</Type><Encryption>SSL</Encryption><SSL>off</SSL>":                   "imap://a.example:993/tls",
		"<Type>IMAP</Type><Encryption>TLS</Encryption>":                                 "imap://a.example:143/starttls",
		"<Type>SMTP</Type><Encryption>tls</Encryption><Port>2525</Port>":                "smtp://a.example:2525/starttls",
		"<Type>SMTP</Type><Encryption>Auto</Encryption>":                                "smtp://a.example:465/tls",
		"<Type>SMTP</Type><Encryption>Auto</Encryption><Port>587</Port>":                "smtp://a.example:587/starttls",
		"<Type>IMAP</Type><Encryption>TLS</Encryption><Port>20143</Port>":               "imap://a.example:20143/starttls",
		"<Type>IMAP</Type><Encryption>SSL</Encryption><Port>20143</Port>":               "imap://a.example:20143/tls",
		"<type>imap</type><encryption>ssl</encryption><port>993</port><Later>1</Later>": "imap://a.example:993/tls",
	} {
		a, err := ReadAutodiscover(protocol(inside + "<Server>a.example</Server>"))
		if err != nil {
			t.Errorf("%s: %v", inside, err)
			continue
		}
		diff(t, inside, endpoints(&a.Document), []string{want})
		diff(t, inside, messages(&a.Document), []string(nil))
	}
}

func TestReadAutodiscoverRemarks(t *testing.T) {
	for inside, c := range map[string]struct{ want, note string }{
		"<Type>SMTP</Type><Port>465</Port><Encryption>TLS</Encryption>": {"smtp://a.example:465/tls", `line 1: Encryption: found "TLS" for port 465, read as tls`},
		"<Type>SMTP</Type><Port>587</Port><Encryption>SSL</Encryption>": {"smtp://a.example:587/starttls", `line 1: Encryption: found "SSL" for port 587, read as starttls`},
		"<Type>SMTP</Type><Encryption>quantum</Encryption>":             {"smtp://a.example:465/tls", `line 1: Encryption: found "quantum", expected None, SSL, TLS or Auto`},
	} {
		a, err := ReadAutodiscover(protocol(inside + "<Server>a.example</Server>"))
		if err != nil {
			t.Errorf("%s: %v", inside, err)
			continue
		}
		diff(t, inside, endpoints(&a.Document), []string{c.want})
		diff(t, inside, messages(&a.Document), []string{c.note})
	}
}

func TestReadAutodiscoverLogin(t *testing.T) {
	const imap = "<Type>IMAP</Type><Server>a.example</Server>"
	for inside, want := range map[string]Server{
		"":                                      {},
		"<LoginName> jane </LoginName>":         {User: "jane"},
		"<LoginName>%EMAILADDRESS%</LoginName>": {User: FullAddress},
		"<SPA>on</SPA>":                         {Authentication: []Authentication{{NTLM, "SPA on"}}},
		"<SPA>off</SPA><AuthRequired>on</AuthRequired>":  {Authentication: []Authentication{{PasswordCleartext, "SPA off"}}},
		"<SPA>off</SPA><AuthRequired>off</AuthRequired>": {Authentication: []Authentication{{NoAuthentication, "AuthRequired off"}}},
		"<UsePOPAuth>on</UsePOPAuth>":                    {}, // there is nobody to share with
	} {
		a, err := ReadAutodiscover(protocol(imap + inside))
		if err != nil {
			t.Errorf("%s: %v", inside, err)
			continue
		}
		want.Endpoint, want.Line = endpoint(t, "imap://a.example:993/tls"), 1
		diff(t, inside, a.Servers, []Server{want})
	}
}

func TestReadAutodiscoverElsewhere(t *testing.T) {
	for inside, want := range map[string]Answer{
		"<Action>redirectAddr</Action><RedirectAddr>jane@b.example</RedirectAddr>":                                              {RedirectAddress: "jane@b.example"},
		"<RedirectAddr>jane@b.example</RedirectAddr>":                                                                           {RedirectAddress: "jane@b.example"},
		"<Action>redirectUrl</Action><RedirectUrl>https://b.example/a.xml</RedirectUrl>":                                        {RedirectURL: "https://b.example/a.xml"},
		"<Action>REDIRECTURL</Action><RedirectURL>http://b.example/</RedirectURL>":                                              {RedirectURL: "http://b.example/"},
		"<Action>redirectUrl</Action><RedirectUrl>https://b.example/</RedirectUrl><RedirectAddr>jane@b.example</RedirectAddr>":  {RedirectURL: "https://b.example/"},
		"<Action>redirectAddr</Action><RedirectUrl>https://b.example/</RedirectUrl><RedirectAddr>jane@b.example</RedirectAddr>": {RedirectAddress: "jane@b.example"},
		"<Error><ErrorCode>500</ErrorCode><Message>The email address can't be found.</Message></Error>":                         {ErrorCode: "500", ErrorMessage: "The email address can't be found."},
		"<Error><Message>No</Message></Error>":                                                                                  {ErrorCode: "0", ErrorMessage: "No"},
	} {
		a, err := ReadAutodiscover(account(inside))
		if err != nil {
			t.Errorf("%s: %v", inside, err)
			continue
		}
		diff(t, inside, a, &want)
	}
	a, err := ReadAutodiscover(testdata(t, "autodiscover/error.xml"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "error.xml", a, &Answer{ErrorCode: "600", ErrorMessage: "Invalid Request"})
	a, err = ReadAutodiscover([]byte("<Autodiscover><Error><ErrorCode>601</ErrorCode></Error></Autodiscover>"))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "beside the Response", a, &Answer{ErrorCode: "601"})
}

// Phones are answered in another schema.
func TestReadAutodiscoverMobile(t *testing.T) {
	for inside, want := range map[string]Answer{
		"<Settings><Server><Type>MobileSync</Type><Url>https://b.example/Microsoft-Server-ActiveSync</Url></Server></Settings>": {
			Document: Document{Others: []Other{{"mobilesync", "https://b.example/Microsoft-Server-ActiveSync"}}},
		},
		"<Redirect>jane@b.example</Redirect>":                              {RedirectAddress: "jane@b.example"},
		"<Error><Status>1</Status><Message>No directory</Message></Error>": {ErrorCode: "1", ErrorMessage: "No directory"},
	} {
		a, err := ReadAutodiscover([]byte("<Autodiscover><Response><Action>" + inside + "</Action></Response></Autodiscover>"))
		if err != nil {
			t.Errorf("%s: %v", inside, err)
			continue
		}
		diff(t, inside, a, &want)
	}
}

func TestReadAutodiscoverErrors(t *testing.T) {
	const nothing = "found no server, expected the element Protocol, a redirect or an error"
	for name, c := range map[string]struct {
		in, want string
		kind     error
	}{
		"a web page":     {"<html>", "line 1: found a web page (HTML), expected the element Autodiscover", ErrHTML},
		"another format": {string(servers(imap())), `line 1: found the element "clientConfig", expected Autodiscover`, nil},
		"no answer":      {"<Autodiscover/>", nothing, ErrNoServers},
		"no account":     {"<Autodiscover><Response/></Autodiscover>", nothing, ErrNoServers},
		"no host":        {string(protocol("<Type>IMAP</Type>")), `line 1: Server: found "", expected the name of a server such as mail.example.com`, ErrNoServers},
		"no port":        {string(protocol("<Type>IMAP</Type><Server>a.example</Server><Port>x</Port>")), `line 1: Port: found "x", expected a number from 1 to 65535`, ErrNoServers},
		"a user name":    {string(protocol("<Type>IMAP</Type><Server>a.example</Server><LoginName>a\u200bb</LoginName>")), `line 1: LoginName: found "a\u200bb", which no login can carry`, ErrNoServers},
		"no address":     {string(account("<RedirectAddr>b.example</RedirectAddr>")), `line 1: RedirectAddr: found "b.example", expected a mail address`, ErrNoServers},
		"no link":        {string(account("<RedirectUrl>b.example</RedirectUrl>")), `line 1: RedirectUrl: found "b.example", expected an address such as https://example.com`, ErrNoServers},
		"a secret link":  {string(account("<RedirectUrl>https://a:b@c.example</RedirectUrl>")), `line 1: RedirectUrl: found an address with an @ in it, expected an address such as https://example.com`, ErrNoServers},
	} {
		_, err := ReadAutodiscover([]byte(c.in))
		checkError(t, name, err, c.want, c.kind)
	}
}

func TestAutodiscoverRequest(t *testing.T) {
	body := AutodiscoverRequest(`"a<&>b"@example.com`)
	var asked struct {
		XMLName xml.Name `xml:"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006 Autodiscover"`
		Request struct {
			EMailAddress             string
			AcceptableResponseSchema string
		}
	}
	if err := xml.Unmarshal(body, &asked); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if asked.Request.EMailAddress != `"a<&>b"@example.com` || asked.Request.AcceptableResponseSchema != responseSchema {
		t.Errorf("%+v", asked)
	}
	if !strings.HasPrefix(string(body), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {
		t.Errorf("%s", body)
	}
}
