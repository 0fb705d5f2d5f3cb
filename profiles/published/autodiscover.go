package published

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"strings"

	"maildoctor/profiles/hostname"
)

// The schemas of MS-OXDSCLI section 2.2.
const (
	requestSchema  = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
	responseSchema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
)

// Answer is what an Autodiscover service says about an address: settings, or one of
// two ways to be sent elsewhere, or an error.
type Answer struct {
	// Document has servers only in an answer with settings. User names are mostly as the
	// service filled them in for the address that was asked about.
	Document
	RedirectAddress string // ask again, about another address
	RedirectURL     string // ask again, there
	ErrorCode       string // "600"; "0" for an error without a code, empty for none
	ErrorMessage    string // the service's own
}

// AutodiscoverRequest returns the body of the question about an address, which is sent
// as text/xml by POST.
func AutodiscoverRequest(address string) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<Autodiscover xmlns="` + requestSchema + "\">\n  <Request>\n    <EMailAddress>")
	escape(&b, address)
	b.WriteString("</EMailAddress>\n    <AcceptableResponseSchema>" + responseSchema + "</AcceptableResponseSchema>\n  </Request>\n</Autodiscover>\n")
	return b.Bytes()
}

// escape writes text into XML. What XML 1.0 forbids becomes a replacement character.
func escape(b *bytes.Buffer, s string) {
	_ = xml.EscapeText(b, []byte(s)) // a buffer's writes don't fail
}

// ReadAutodiscover reads an answer in plain old XML (MS-OXDSCLI section 2.2.4). The
// error is an [*Error].
func ReadAutodiscover(data []byte) (*Answer, error) {
	top, err := parseXML(data, "Autodiscover")
	if err != nil {
		return nil, err
	}
	// Services send the answer in one Response; errors have been seen beside it.
	a := &Answer{}
	for _, n := range append([]*node{top}, top.all("Response")...) {
		a.readResponse(n)
	}
	if len(a.Servers)+len(a.Others) == 0 && a.RedirectAddress == "" && a.RedirectURL == "" && a.ErrorCode == "" {
		return nil, a.empty("the element Protocol, a redirect or an error")
	}
	return a, nil
}

// readResponse reads what stands in one element: an account, an error, or the answer to
// phones, which ask in another schema (MS-ASCMD section 2.2.1.2).
func (a *Answer) readResponse(n *node) {
	for _, c := range n.children {
		switch strings.ToLower(c.name) {
		case "account":
			a.readAccount(c)
		case "error":
			a.readError(c)
		case "action":
			a.readMobile(c)
		}
	}
}

func (a *Answer) readAccount(n *node) {
	a.readRedirect(n)
	if c := n.one("Error"); c != nil {
		a.readError(c)
	}
	from, shared := len(a.Servers), map[int]bool{}
	for _, c := range n.all("Protocol") {
		if a.readProtocol(c) && isOn(c.textOf("UsePOPAuth")) {
			shared[len(a.Servers)-1] = true
		}
	}
	a.shareUser(from, shared)
}

// shareUser gives servers for sending the user name of the one for receiving, where the
// answer says that they are the same (UsePOPAuth).
func (a *Answer) shareUser(from int, shared map[int]bool) {
	user := ""
	for _, s := range a.Servers[from:] {
		if s.Protocol.Receives() && user == "" {
			user = s.User
		}
	}
	for i := range shared {
		if s := &a.Servers[i]; s.User == "" {
			s.User = user
		}
	}
}

// readRedirect reads where to ask instead. Which of both elements holds is told by
// Action, and where that says nothing, by what is there.
func (a *Answer) readRedirect(n *node) {
	action := strings.ToLower(n.textOf("Action"))
	address, link := a.child(n, "RedirectAddr"), a.child(n, "RedirectUrl")
	if address != "" && action != "redirecturl" && action != "settings" {
		a.redirect(n, address)
	}
	if link != "" && action != "redirectaddr" && action != "settings" {
		if isWebAddress(link) {
			a.RedirectURL = link
		} else {
			a.ignored(n.line, "RedirectUrl: found %s, expected an address such as https://example.com", quoteAddress(link))
		}
	}
}

// redirect takes the address to ask about instead.
func (a *Answer) redirect(n *node, address string) {
	local, domain, _ := strings.Cut(address, "@")
	if _, ok := hostname.MailDomain(domain); !ok || local == "" || strings.Contains(local, " ") {
		a.ignored(n.line, "RedirectAddr: found %s, expected a mail address", quote(address))
		return
	}
	a.RedirectAddress = address
}

func (a *Answer) readError(n *node) {
	if a.ErrorCode != "" {
		return
	}
	a.ErrorCode = cmp.Or(a.child(n, "ErrorCode"), a.child(n, "Status"), "0")
	a.ErrorMessage = a.child(n, "Message")
}

// readMobile notes the servers for phones, which speak ActiveSync.
func (a *Answer) readMobile(n *node) {
	if address := a.child(n, "Redirect"); address != "" {
		a.redirect(n, address)
	}
	if c := n.one("Error"); c != nil {
		a.readError(c)
	}
	for _, settings := range n.all("Settings") {
		for _, server := range settings.all("Server") {
			a.other(server, strings.ToLower(server.textOf("Type")), server.textOf("Url"))
		}
	}
}
