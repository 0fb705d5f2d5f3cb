package published

import (
	"bytes"
	"strings"

	"maildoctor/probe/stage"
)

// mailPayload is the type of the payload of an Apple configuration profile that sets up
// a mail account (Apple, Device Management, Mail).
const mailPayload = "com.apple.mail.managed"

// ReadMobileConfig reads the mail accounts of an Apple configuration profile
// (.mobileconfig), an XML property list, signed or not; the signature isn't looked at.
// Passwords and names of persons in it are passed over: a user name that can't be told
// from the address is left empty.
func ReadMobileConfig(data []byte) (*Document, error) {
	d := &Document{}
	payloads, err := d.mailPayloads(data)
	if err != nil {
		return nil, err
	}
	for _, p := range payloads {
		d.readAccount(p.node, p.entries)
	}
	if len(d.Servers) == 0 {
		return nil, d.empty("a payload of the type " + mailPayload)
	}
	return d, nil
}

// AppleAccount is an account of an Apple configuration profile.
type AppleAccount struct {
	Name, Address string
	Servers       []Server // their user names as they stand, without placeholders
}

// ReadAppleAccounts reads the accounts of a profile that is for one person, as
// [ReadMobileConfig] reads it. Passwords in it are passed over.
func ReadAppleAccounts(data []byte) ([]AppleAccount, []Problem, error) {
	all := &Document{}
	payloads, err := all.mailPayloads(data)
	if err != nil {
		return nil, nil, err
	}
	var accounts []AppleAccount
	for _, p := range payloads {
		d := &Document{}
		d.readAccount(p.node, p.entries)
		for i, s := range d.Servers {
			prefix := "IncomingMailServer"
			if s.Protocol == stage.SMTP {
				prefix = "OutgoingMailServer"
			}
			d.Servers[i].User = d.plain(p.entries, prefix+"Username")
		}
		accounts = append(accounts, AppleAccount{d.plain(p.entries, "EmailAccountDescription"), d.plain(p.entries, "EmailAddress"), d.Servers})
		all.Problems = append(all.Problems, d.Problems...)
	}
	return accounts, all.Problems, nil
}

// payload is a part of a profile.
type payload struct {
	node    *node
	entries map[string]*node
}

// mailPayloads reads a profile down to the payloads that set up mail accounts.
func (d *Document) mailPayloads(data []byte) ([]payload, error) {
	data = unsigned(data)
	if bytes.HasPrefix(data, []byte{0x30}) || bytes.HasPrefix(data, []byte("bplist")) {
		return nil, wrong(0, "found an encrypted or binary profile, expected a property list in XML")
	}
	top, err := parseXML(data, "plist")
	if err != nil {
		return nil, err
	}
	root := top.one("dict")
	if root == nil {
		return nil, wrong(top.line, "found no element dict, expected a configuration profile")
	}
	profile := entriesOf(root)
	d.ID, d.Name = d.plain(profile, "PayloadIdentifier"), d.plain(profile, "PayloadDisplayName")
	content := profile["PayloadContent"]
	if content == nil {
		return nil, nil
	}
	var payloads []payload
	for _, n := range content.all("dict") {
		if e := entriesOf(n); d.plain(e, "PayloadType") == mailPayload {
			payloads = append(payloads, payload{n, e})
		}
	}
	return payloads, nil
}

// unsigned cuts the property list out of a signed profile, a DER SEQUENCE (RFC 5652
// section 5.1) that holds it as it is.
func unsigned(data []byte) []byte {
	const begin, end = "<?xml", "</plist>"
	from, to := bytes.Index(data, []byte(begin)), bytes.LastIndex(data, []byte(end))
	if len(data) == 0 || data[0] != 0x30 || from < 0 || to < from {
		return data
	}
	return data[from : to+len(end)]
}

// entriesOf are the values of a dict by their keys, each of which stands before its
// value.
func entriesOf(dict *node) map[string]*node {
	entries := make(map[string]*node)
	for i := 0; i+1 < len(dict.children); i += 2 {
		if key := dict.children[i]; key.name == "key" {
			entries[key.value()] = dict.children[i+1]
		}
	}
	return entries
}

// plain is a value of text or a number.
func (d *Document) plain(entries map[string]*node, key string) string {
	if n := entries[key]; n != nil && (n.name == "string" || n.name == "integer") {
		return d.value(n)
	}
	return ""
}

// readAccount reads one account: a server to receive with, and one to send with.
func (d *Document) readAccount(n *node, e map[string]*node) {
	address := d.plain(e, "EmailAddress")
	if at := strings.LastIndexByte(address, '@'); at > 0 {
		d.addDomain(&d.Domains, address[at+1:], e["EmailAddress"].line)
	}
	if d.Name == "" {
		d.Name = d.plain(e, "EmailAccountDescription")
	}
	protocol := stage.IMAP
	if d.plain(e, "EmailAccountType") == "EmailTypePOP" {
		protocol = stage.POP3
	}
	d.readSide(n, e, protocol, "IncomingMailServer", address)
	d.readSide(n, e, stage.SMTP, "OutgoingMailServer", address)
}

// readSide reads the keys of one server, which begin alike.
func (d *Document) readSide(n *node, e map[string]*node, protocol stage.Protocol, prefix, address string) {
	named := e[prefix+"HostName"]
	if named == nil || len(d.Servers) == maxServers {
		return
	}
	host, ok := hostName(named.value())
	if !ok {
		d.ignored(named.line, "%sHostName: found %s, expected the name of a server such as mail.example.com", prefix, quote(named.value()))
		return
	}
	s := Server{Endpoint: stage.Endpoint{Protocol: protocol, Host: host, Security: stage.None}, Line: named.line}
	encrypted := e[prefix+"UseSSL"] != nil && e[prefix+"UseSSL"].name == "true"
	if encrypted {
		s.Security = stage.TLS
	}
	if port := e[prefix+"PortNumber"]; port == nil {
		s.Port = usualPort(protocol, s.Security)
	} else if s.Port, ok = portNumber(port.value()); !ok {
		d.ignored(port.line, "%sPortNumber: found %s, expected a number from 1 to 65535", prefix, quote(port.value()))
		return
	}
	if encrypted && opensInClear(protocol, s.Port) {
		s.Security = stage.StartTLS // UseSSL means either
	}
	s.User = userOf(d.plain(e, prefix+"Username"), address)
	if way := d.plain(e, prefix+"Authentication"); way == "EmailAuthNone" {
		s.Authentication = []Authentication{{NoAuthentication, way}}
	}
	d.Servers = append(d.Servers, s)
}

// userOf is how a user name is formed of an address; empty where that can't be told.
func userOf(user, address string) string {
	local, _, ok := strings.Cut(address, "@")
	switch {
	case !ok || user == "":
		return ""
	case strings.EqualFold(user, address):
		return FullAddress
	case strings.EqualFold(user, local):
		return LocalPart
	}
	return ""
}
