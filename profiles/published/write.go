package published

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"strconv"

	"maildoctor/probe/stage"
)

// WriteAutoconfig writes settings as a config-v1.1.xml, which [ReadAutoconfig] and mail
// programs read. Servers of other protocols are not written, nor is what has no place
// in the format: problems and deviations.
func WriteAutoconfig(d Document) []byte {
	w := &writer{}
	w.b.WriteString(xml.Header)
	w.open("clientConfig", "version", "1.1")
	w.open("emailProvider", "id", d.providerID())
	for _, domain := range d.Domains {
		w.line("domain", domain)
	}
	for _, domain := range d.MX {
		w.line("domain", domain, "purpose", "mx")
	}
	w.optional("displayName", d.Name)
	w.optional("displayShortName", d.ShortName)
	for _, s := range d.Servers {
		w.server(s)
	}
	for _, instruction := range d.Instructions {
		w.line("instruction", instruction)
	}
	for _, link := range d.Documentation {
		w.open("documentation", "url", link.URL)
		w.optional("descr", link.Title)
		w.close("documentation")
	}
	w.close("emailProvider")
	for _, o := range d.OAuth2 {
		w.oauth2(o)
	}
	if d.WebMail != "" {
		w.open("webMail")
		w.line("loginPage", "", "url", d.WebMail)
		w.close("webMail")
	}
	w.close("clientConfig")
	return w.b.Bytes()
}

// providerID returns the id, which the format wants to be there.
func (d Document) providerID() string {
	if len(d.Domains) > 0 {
		return cmp.Or(d.ID, d.Domains[0])
	}
	return d.ID
}

// writer writes elements, each on a line of its own.
type writer struct {
	b     bytes.Buffer
	depth int
}

func (w *writer) open(name string, attrs ...string) {
	w.tag(name, attrs, ">\n")
	w.depth++
}

func (w *writer) close(name string) {
	w.depth--
	w.indent()
	w.b.WriteString("</" + name + ">\n")
}

func (w *writer) line(name, value string, attrs ...string) {
	if value == "" {
		w.tag(name, attrs, "/>\n")
		return
	}
	w.tag(name, attrs, ">")
	escape(&w.b, value)
	w.b.WriteString("</" + name + ">\n")
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.line(name, value)
	}
}

func (w *writer) tag(name string, attrs []string, end string) {
	w.indent()
	w.b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.b.WriteString(" " + attrs[i] + `="`)
		escape(&w.b, attrs[i+1])
		w.b.WriteByte('"')
	}
	w.b.WriteString(end)
}

func (w *writer) indent() { w.b.Write(bytes.Repeat([]byte("  "), w.depth)) }

// socketType is the format's word for a mode. It has none for encryption where it is
// offered: a mail program would send the password without.
func socketType(s stage.Security) string {
	switch s {
	case stage.TLS:
		return "SSL"
	case stage.None:
		return "plain"
	}
	return "STARTTLS"
}

func (w *writer) server(s Server) {
	name := "incomingServer"
	if !s.Protocol.Receives() {
		name = "outgoingServer"
	}
	w.open(name, "type", string(s.Protocol))
	w.line("hostname", s.Host)
	w.line("port", strconv.Itoa(int(s.Port)))
	w.line("socketType", socketType(s.Security))
	w.optional("username", s.User)
	for _, a := range s.Authentication {
		w.optional("authentication", cmp.Or(string(a.Method), a.Word))
	}
	if s.FromNetwork {
		w.line("restriction", "client-IP-address")
	}
	if s.UseGlobalPreferred {
		w.line("useGlobalPreferredServer", "true")
	}
	w.close(name)
}

func (w *writer) oauth2(o OAuth2) {
	w.open("oAuth2")
	w.optional("issuer", o.Issuer)
	w.optional("scope", o.Scope)
	w.optional("authURL", o.AuthURL)
	w.optional("tokenURL", o.TokenURL)
	w.close("oAuth2")
}
