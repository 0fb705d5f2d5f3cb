package published

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// form is one way in which the same file is found.
type form struct {
	name, text string
}

// product returns every text that can be made of a first text by one of the changes.
func product(texts []form, changes map[string]func(string) string) []form {
	var out []form
	for _, t := range texts {
		for name, change := range changes {
			out = append(out, form{t.name + ", " + name, change(t.text)})
		}
	}
	return out
}

func as(text string) func(string) string {
	return func(s string) string { return text + s }
}

func replaced(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

// forms are the same settings in every form of file that is found.
func forms() []form {
	const text = `<clientConfig version="1.1">
  <emailProvider id="example.com">
    <domain>example.com</domain>
    <displayName>Süßpost</displayName>
    <incomingServer type="imap">
      <hostname>imap.example.com</hostname>
      <port>993</port>
      <socketType>SSL</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>password-cleartext</authentication>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.example.com</hostname>
      <port>587</port>
      <socketType>STARTTLS</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>password-cleartext</authentication>
    </outgoingServer>
  </emailProvider>
</clientConfig>
`
	all := product([]form{{"settings", text}}, map[string]func(string) string{
		"1.1":         replaced(),
		"1.2":         replaced(`version="1.1"`, `version="1.2"`),
		"2.0":         replaced(`version="1.1"`, `version='2.0' future="yes"`),
		"no version":  replaced(` version="1.1"`, ""),
		"a namespace": replaced(` version="1.1"`, ` xmlns="https://example.com/ns" version="1.1"`),
	})
	all = product(all, map[string]func(string) string{
		"as it is":   replaced(),
		"CRLF":       replaced("\n", "\r\n"),
		"one line":   replaced("\n", "", "  ", ""),
		"much space": replaced("<hostname>", "<hostname>\n\t  ", "</port>", "\n</port>", "SSL", " SSL\n", "%EMAILADDRESS%", " %EMAILADDRESS%\n"),
		"more":       replaced("<port>", "<?php none ?><!-- <port>1</port> --><later a='b'><port>2</port></later><port>"),
		"CDATA":      replaced("imap.example.com", "<![CDATA[imap.example.com]]>", "993", "9<!-- -->93"),
		"references": replaced("imap.", "&#105;map&#x2E;"),
	})
	// The declaration names the encoding; those without one are UTF-8.
	return product(all, map[string]func(string) string{
		"no declaration":      replaced(),
		"a declaration":       as("<?xml version=\"1.0\"?>\n"),
		"UTF-8":               as("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
		"utf8, alone":         as("<?xml version='1.0' encoding='utf8' standalone='yes' ?>"),
		"XML 1.1":             as("<?xml version=\"1.1\"?>\n"),
		"a mark":              as("\ufeff"),
		"a mark and UTF-8":    as("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>"),
		"comments":            as("<?xml version=\"1.0\"?>\n<!-- http://example.com/ -->\n<!-- more -->\n"),
		"lines before":        as("\r\n\n <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
		"a comment before":    as("<!-- made by hand --><?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"),
		"a document type":     as("<!DOCTYPE clientConfig>\n"),
		"a style":             as("<?xml version=\"1.0\"?><?xml-stylesheet href=\"a.xsl\"?>\n"),
		"said to be Latin-1":  as("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"),
		"Latin-1":             encoded("ISO-8859-1", charmap.ISO8859_1),
		"windows-1252":        encoded("windows-1252", charmap.Windows1252),
		"ISO-8859-15":         encoded("ISO-8859-15", charmap.ISO8859_15),
		"UTF-16":              inUTF16(binary.LittleEndian, "\ufeff<?xml version=\"1.0\" encoding=\"UTF-16\"?>"),
		"UTF-16, big":         inUTF16(binary.BigEndian, "\ufeff"),
		"UTF-16, no mark":     inUTF16(binary.LittleEndian, "<?xml version=\"1.0\" encoding=\"UTF-16LE\"?>"),
		"UTF-16BE, no mark":   inUTF16(binary.BigEndian, ""),
		"said to be UTF-16":   as("<?xml version=\"1.0\" encoding=\"utf-16\"?>\n"),
		"two style sheets":    as("<?xml-stylesheet a?><?xml-stylesheet b?>"),
		"a declaration, wide": as("<?xml   version = \"1.0\"\n encoding = \"UTF-8\" ?>\n"),
	})
}

func encoded(label string, table *charmap.Charmap) func(string) string {
	return func(s string) string {
		out, err := table.NewEncoder().String(fmt.Sprintf("<?xml version=\"1.0\" encoding=%q?>\n", label) + s)
		if err != nil {
			panic(err)
		}
		return out
	}
}

func inUTF16(order binary.AppendByteOrder, before string) func(string) string {
	return func(s string) string {
		var out []byte
		for _, unit := range utf16.Encode([]rune(before + s)) {
			out = order.AppendUint16(out, unit)
		}
		return string(out)
	}
}

func TestForms(t *testing.T) {
	login := []Authentication{{PasswordCleartext, "password-cleartext"}}
	want := &Document{
		ID: "example.com", Name: "Süßpost", Domains: []string{"example.com"},
		Servers: []Server{
			{Endpoint: endpoint(t, "imap://imap.example.com:993/tls"), User: FullAddress, Authentication: login},
			{Endpoint: endpoint(t, "smtp://smtp.example.com:587/starttls"), User: FullAddress, Authentication: login},
		},
	}
	all := forms()
	if len(all) != 5*7*23 {
		t.Errorf("%d forms", len(all))
	}
	for _, f := range all {
		d, err := ReadAutoconfig([]byte(f.text))
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		d.Lines = nil
		for i := range d.Servers {
			d.Servers[i].Line = 0
		}
		diff(t, f.name, d, want)
	}
}
