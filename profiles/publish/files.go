package publish

import (
	"encoding/json"
	"encoding/xml"
	"strconv"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// File is a file to serve.
type File struct {
	URL  string // under which mail programs ask for it
	Path string // below the directory of --output
	Data []byte
}

// Files returns the files of a domain whose servers these are. Each is one that our own
// reader takes.
func Files(domain, name string, servers []stage.Endpoint) []File {
	auto, pacc, disco := autoconfig(domain, name, servers), paccFile(name, servers), autodiscover(servers)
	files := []File{
		{"https://autoconfig." + domain + "/mail/config-v1.1.xml", "autoconfig/mail/config-v1.1.xml", auto},
		{"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml", "web/.well-known/autoconfig/mail/config-v1.1.xml", auto},
		{"https://autodiscover." + domain + "/autodiscover/autodiscover.xml", "autodiscover/autodiscover/autodiscover.xml", disco},
	}
	if pacc != nil {
		files = append(files, File{"https://ua-auto-config." + domain + "/.well-known/user-agent-configuration.json", "ua-auto-config/.well-known/user-agent-configuration.json", pacc})
	}
	return files
}

func autoconfig(domain, name string, servers []stage.Endpoint) []byte {
	d := published.Document{ID: domain, Name: name, ShortName: name, Domains: []string{domain}}
	for _, e := range servers {
		d.Servers = append(d.Servers, published.Server{
			Endpoint: e, User: published.FullAddress, Authentication: []published.Authentication{{Method: published.PasswordCleartext}},
		})
	}
	return published.WriteAutoconfig(d)
}

// paccFile is the file of draft-ietf-mailmaint-pacc, which knows hosts alone, at the
// ports of TLS from the first byte; nil where a server is at another.
func paccFile(name string, servers []stage.Endpoint) []byte {
	standard := map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 465}
	protocols := make(map[string]map[string]string)
	for _, e := range servers {
		if e.Security != stage.TLS || e.Port != standard[e.Protocol] {
			return nil
		}
		protocols[string(e.Protocol)] = map[string]string{"host": e.Host}
	}
	b, err := json.MarshalIndent(map[string]any{
		"protocols":      protocols,
		"authentication": map[string]any{"password": true},
		"info":           map[string]any{"provider": map[string]any{"name": name}},
	}, "", "  ")
	if err != nil {
		return nil // maps of strings can't fail
	}
	return append(b, '\n')
}

// The answer of Autodiscover in plain old XML (MS-OXDSCLI 2.2.4).
type discovered struct {
	XMLName  xml.Name `xml:"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006 Autodiscover"`
	Response response `xml:"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a Response"`
}

type response struct {
	Account struct {
		AccountType string
		Action      string
		Protocol    []discoveredServer
	}
}

type discoveredServer struct {
	Type           string
	Server         string
	Port           string
	DomainRequired string
	SPA            string
	SSL            string
	Encryption     string
	AuthRequired   string
}

func autodiscover(servers []stage.Endpoint) []byte {
	var d discovered
	d.Response.Account.AccountType, d.Response.Account.Action = "email", "settings"
	types := map[stage.Protocol]string{stage.IMAP: "IMAP", stage.POP3: "POP3", stage.SMTP: "SMTP"}
	for _, e := range servers {
		s := discoveredServer{Type: types[e.Protocol], Server: e.Host, Port: strconv.Itoa(int(e.Port)), DomainRequired: "off", SPA: "off", SSL: "on", Encryption: "SSL", AuthRequired: "on"}
		if e.Security == stage.StartTLS {
			s.SSL, s.Encryption = "off", "TLS"
		}
		d.Response.Account.Protocol = append(d.Response.Account.Protocol, s)
	}
	b, err := xml.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil // fields of text can't fail
	}
	return append([]byte(xml.Header), append(b, '\n')...)
}
