package export

import (
	"encoding/xml"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// mobileconfig is a configuration profile of Apple's systems
// (https://developer.apple.com/documentation/devicemanagement/mail, payload type
// com.apple.mail.managed). It has one word for encryption, UseSSL: whether TLS begins at
// once or by STARTTLS is found out by the system, which asks for the password too.
var mobileconfig = Form{
	Name: "mobileconfig", Place: "an iPhone, iPad or Mac: open it there", remarks: inXML, takes: all, write: writeMobileconfig,
	secret: "the device asks for it.",
}

const plistHead = xmlHeader +
	`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n"

func writeMobileconfig(s *Settings) (string, error) {
	in, out, err := s.both()
	if err != nil {
		return "", err
	}
	if in.Token || out.Token {
		return "", errToken
	}
	account := appleAccount(s, in, out)
	id := nameUUID(account.text())
	account = append(account,
		entry{"PayloadIdentifier", "maildoctor.mail." + id},
		entry{"PayloadType", "com.apple.mail.managed"},
		entry{"PayloadUUID", id},
		entry{"PayloadVersion", 1},
	)
	whole := nameUUID("profile " + id)
	profile := dict{
		{"PayloadContent", []dict{account}},
		{"PayloadDisplayName", s.Address},
		{"PayloadIdentifier", "maildoctor.profile." + whole},
		{"PayloadRemovalDisallowed", false},
		{"PayloadType", "Configuration"},
		{"PayloadUUID", whole},
		{"PayloadVersion", 1},
	}
	return plistHead + "<plist version=\"1.0\">\n" + profile.text() + "</plist>\n", nil
}

func appleAccount(s *Settings, in, out Server) dict {
	kind := "EmailTypeIMAP"
	if in.Protocol == stage.POP3 {
		kind = "EmailTypePOP"
	}
	account := dict{
		{"EmailAccountDescription", s.Address},
		{"EmailAccountType", kind},
		{"EmailAddress", s.Address},
	}
	for _, side := range []struct {
		name string
		v    Server
	}{{"IncomingMailServer", in}, {"OutgoingMailServer", out}} {
		account = append(account,
			entry{side.name + "Authentication", "EmailAuthPassword"},
			entry{side.name + "HostName", side.v.Host},
			entry{side.name + "PortNumber", int(side.v.Port)},
			entry{side.name + "UseSSL", side.v.Security != stage.None},
			entry{side.name + "Username", side.v.User},
		)
	}
	return append(account,
		entry{"OutgoingPasswordSameAsIncomingPassword", in.User == out.User},
		entry{"PayloadDisplayName", s.Address},
	)
}

// dict is a dictionary of a property list, in a fixed order.
type dict []entry

type entry struct {
	key   string
	value any // string, int, bool, []dict
}

func (d dict) text() string {
	var b strings.Builder
	b.WriteString("<dict>\n")
	for _, e := range d {
		b.WriteString("<key>" + e.key + "</key>\n")
		switch v := e.value.(type) {
		case string:
			b.WriteString("<string>")
			xml.EscapeText(&b, []byte(v)) // a strings.Builder has no errors
			b.WriteString("</string>\n")
		case int:
			b.WriteString("<integer>" + strconv.Itoa(v) + "</integer>\n")
		case bool:
			b.WriteString("<" + strconv.FormatBool(v) + "/>\n")
		case []dict:
			b.WriteString("<array>\n")
			for _, inner := range v {
				b.WriteString(inner.text())
			}
			b.WriteString("</array>\n")
		}
	}
	b.WriteString("</dict>\n")
	return b.String()
}
