package published

import (
	"net/url"
	"slices"
	"strings"

	"maildoctor/profiles/hostname"
)

// ReadAutoconfig reads a file in Thunderbird's format, of version 1.1 or 1.2 or none
// (draft-ietf-mailmaint-autoconfig, section "Data format"). The error is an [*Error]; a
// file is none where it names no server at all, of whatever protocol.
func ReadAutoconfig(data []byte) (*Document, error) {
	top, err := parseXML(data, "clientConfig")
	if err != nil {
		return nil, err
	}
	d := &Document{}
	for _, n := range top.children {
		switch strings.ToLower(n.name) {
		case "emailprovider":
			d.readProvider(n)
		case "oauth2":
			d.readOAuth2(n)
		case "webmail":
			d.readWebMail(n)
		case "calendar", "addressbook", "fileshare", "chatserver", "videoconference", "setupserver":
			d.readOther(n)
		}
	}
	if len(d.Servers)+len(d.Others) == 0 {
		return nil, d.empty("the element incomingServer or outgoingServer")
	}
	return d, nil
}

// readProvider reads the part of a file that is about mail.
func (d *Document) readProvider(n *node) {
	if d.ID == "" {
		d.ID = d.short(n, "id", n.attr("id"))
	}
	for _, c := range n.children {
		switch strings.ToLower(c.name) {
		case "domain":
			d.readDomain(c)
		case "displayname":
			d.Name = d.first(d.Name, c)
		case "displayshortname", "displaynameshort":
			d.ShortName = d.first(d.ShortName, c)
		case "incomingserver", "outgoingserver":
			d.readServer(c)
		case "documentation":
			d.readDocumentation(c)
		case "instruction", "enable":
			d.readInstruction(c)
		case "oauth2":
			d.readOAuth2(c)
		case "webmail":
			d.readWebMail(c)
		}
	}
}

func (d *Document) readDomain(n *node) {
	into := &d.Domains
	if strings.EqualFold(n.attr("purpose"), "mx") {
		into = &d.MX
	}
	d.addDomain(into, d.value(n), n.line)
}

// addDomain adds what is a domain, once.
func (d *Document) addDomain(into *[]string, text string, line int) {
	name, ok := hostname.MailDomain(text)
	switch {
	case canonical(text) == "%"+emailDomain+"%":
		return // any domain, which says nothing
	case !ok:
		d.ignored(line, "domain: found %s, expected a mail domain such as example.com", quote(text))
		return
	case d.Lines[name] > 0 && slices.Contains(*into, name):
		return
	case len(d.Domains)+len(d.MX) == maxDomains:
		d.ignored(line, "domain: found more than %d", maxDomains)
		return
	}
	*into = append(*into, name)
	if d.Lines == nil {
		d.Lines = map[string]int{}
	}
	if _, known := d.Lines[name]; !known {
		d.Lines[name] = line
	}
}

func (d *Document) readDocumentation(n *node) {
	title := ""
	for _, c := range n.all("descr") {
		// English where there is a choice, as the rest of what we say.
		if lang := c.attr("lang"); title == "" || lang == "en" {
			title = d.value(c)
		}
	}
	if address := d.webAddress(n, n.attr("url")); address != "" {
		d.Documentation = append(d.Documentation, Link{title, address})
	}
}

// readInstruction reads what has to be done first: a sentence, or several within an
// enable.
func (d *Document) readInstruction(n *node) {
	for _, c := range n.all("instruction") {
		d.readInstruction(c)
	}
	if text := d.value(n); text != "" {
		d.Instructions = append(d.Instructions, text)
	}
}

func (d *Document) readWebMail(n *node) {
	if page := n.one("loginPage"); page != nil && d.WebMail == "" {
		d.WebMail = d.webAddress(page, page.attr("url"))
	}
}

func (d *Document) readOAuth2(n *node) {
	o := OAuth2{
		Issuer: d.child(n, "issuer"), Scope: d.child(n, "scope"),
		AuthURL: d.child(n, "authURL"), TokenURL: d.child(n, "tokenURL"),
	}
	if o != (OAuth2{}) {
		d.OAuth2 = append(d.OAuth2, o)
	}
}

// first keeps a value that was read already, else reads it.
func (d *Document) first(have string, n *node) string {
	if have != "" {
		return have
	}
	return d.value(n)
}

// value returns an element's text; none where it is longer than anything of use.
func (d *Document) value(n *node) string { return d.short(n, n.name, n.value()) }

// child returns the text of an element's first child of a name; empty where there is
// none.
func (d *Document) child(n *node, name string) string {
	if c := n.one(name); c != nil {
		return d.value(c)
	}
	return ""
}

// short bounds a value.
func (d *Document) short(n *node, name, text string) string {
	if len(text) > maxValue {
		d.ignored(n.line, "%s: found %d bytes, expected at most %d", quote(name), len(text), maxValue)
		return ""
	}
	return text
}

// webAddress reads the address of a page.
func (d *Document) webAddress(n *node, text string) string {
	text = d.short(n, n.name, text)
	if text == "" {
		return ""
	}
	// The page may be another for each domain. Other percent signs are the URL's own.
	if !isWebAddress(sample.Replace(canonical(text))) {
		d.ignored(n.line, "%s: found %s, expected an address such as https://example.com/help", n.name, quoteAddress(text))
		return ""
	}
	return canonical(text)
}

// sample fills in an address.
var sample = strings.NewReplacer(FullAddress, "jane%40example.com", LocalPart, "jane", "%"+emailDomain+"%", "example.com")

// isWebAddress reports the address of a page; one that carries a password is none.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}
