package installed

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"maildoctor/probe/stage"
)

// readK9 reads an export of K-9 Mail or Thunderbird for Android
// (thunderbird-android, SettingsExporter.kt), an XML file or a zip of such files.
func readK9(r *reader, data []byte) {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		readK9XML(r, []byte(decoded(data)))
		return
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		r.wrong(position{}, "expected XML, or a zip of such files: %v", err)
		return
	}
	left := maxFile
	for _, f := range z.File {
		if strings.HasSuffix(strings.ToLower(f.Name), ".k9s") {
			left -= readK9Member(r, f, left)
		}
	}
}

// readK9Member reads one file of a zip, of at most so many bytes, and returns its length.
func readK9Member(r *reader, f *zip.File, most int) int {
	member := *r
	member.place += "/" + shown(f.Name)
	in, err := f.Open()
	if err != nil {
		member.wrong(position{}, "%v", err)
		return 0
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	switch {
	case err != nil:
		member.wrong(position{}, "%v", err)
	case len(data) > most:
		member.wrong(position{}, "%v", errTooLarge)
	default:
		readK9XML(&member, []byte(decoded(data)))
	}
	return len(data)
}

// k9Securities are ConnectionSecurity of the app, and what versions before 2015 wrote.
var k9Securities = map[string]stage.Security{
	"NONE": stage.None, "STARTTLS_REQUIRED": stage.StartTLS, "SSL_TLS_REQUIRED": stage.TLS,
	"STARTTLS_OPTIONAL": stage.StartTLSIfOffered, "SSL_TLS_OPTIONAL": stage.TLS,
}

// k9Account is what has been read of an account.
type k9Account struct {
	name, address setting
	servers       []map[string]setting
}

// readK9XML goes through an export.
func readK9XML(r *reader, data []byte) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var path []string
	var a *k9Account
	for {
		t, err := d.Token()
		line, column := d.InputPos()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			r.wrong(position{line: line, column: column}, "expected well-formed XML, an export of K-9 Mail or Thunderbird for Android")
			return
		}
		switch t := t.(type) {
		case xml.StartElement:
			if path = append(path, t.Name.Local); len(path) == 1 && path[0] != "k9settings" {
				r.wrong(position{line: line, column: column}, "expected the element k9settings, as in an export of K-9 Mail or Thunderbird for Android")
				return
			}
			a = a.begin(path, t, position{line: line, column: column})
		case xml.CharData:
			a.text(path, string(t), position{line: line, column: column})
		case xml.EndElement:
			if len(path) == 3 && path[2] == "account" {
				a.keep(r)
				a = nil
			}
			path = path[:len(path)-1]
		}
	}
}

// begin begins an element.
func (a *k9Account) begin(path []string, t xml.StartElement, at position) *k9Account {
	switch strings.Join(path[1:min(len(path), 4)], "/") {
	case "accounts/account":
		return &k9Account{}
	case "accounts/account/incoming-server", "accounts/account/outgoing-server":
		if a == nil || len(path) != 4 || len(a.servers) == maxServers {
			break
		}
		server := map[string]setting{}
		for _, attribute := range t.Attr {
			if attribute.Name.Local == "type" {
				server["type"] = setting{position: at, value: attribute.Value, given: true}
			}
		}
		a.servers = append(a.servers, server)
	}
	return a
}

// text takes what stands in an element. The decoder's position is behind it, which is
// its line as long as values have none of their own.
func (a *k9Account) text(path []string, s string, at position) {
	if a == nil || len(path) < 4 || len(path) > 6 || strings.TrimSpace(s) == "" {
		return
	}
	at.column = 0
	v := setting{position: at, value: s, given: true}
	last := path[len(path)-1]
	switch strings.Join(path[3:], "/") {
	case "name":
		a.name = v
	case "identities/identity/email":
		a.address = a.address.or(v)
	case "incoming-server/" + last, "outgoing-server/" + last:
		if len(a.servers) > 0 {
			a.servers[len(a.servers)-1][last] = v
		}
	}
}

// keep keeps an account that has been read.
func (a *k9Account) keep(r *reader) {
	if a == nil {
		return
	}
	account := r.account(a.name.value, a.address.value)
	for _, s := range a.servers {
		protocol := stage.Protocol(strings.ToLower(s["type"].value))
		if protocol != stage.IMAP && protocol != stage.POP3 && protocol != stage.SMTP {
			continue
		}
		e := entry{
			protocol: protocol, host: s["host"], port: s["port"], user: s["username"], password: s["password"],
			mechanism: s["authentication-type"].value, security: k9Securities[s["connection-security"].value],
		}
		e.usual = usualPort(protocol, e.security, 587)
		r.serve(account, e)
	}
	r.keep(account)
}
