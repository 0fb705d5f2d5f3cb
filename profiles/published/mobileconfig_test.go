package published

import (
	"strings"
	"testing"
)

// configuration is an Apple configuration profile with a mail account, and a payload of
// another kind.
func configuration(account string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadContent</key><array>
<dict><key>PayloadType</key><string>com.apple.caldav.account</string><key>IncomingMailServerHostName</key><string>no.example</string></dict>
<dict><key>PayloadType</key><string>com.apple.mail.managed</string>
` + account + `
</dict></array>
<key>PayloadDisplayName</key><string>Firm Mail</string>
<key>PayloadIdentifier</key><string>example.firm.mail</string>
</dict></plist>
`
}

// keys writes entries of a dict: key, kind and value, by spaces.
func keys(entries ...string) string {
	var b strings.Builder
	for _, e := range entries {
		f := append(strings.Fields(e), "")
		b.WriteString("<key>" + f[0] + "</key>")
		if f[1] == "true" || f[1] == "false" {
			b.WriteString("<" + f[1] + "/>\n")
		} else {
			b.WriteString("<" + f[1] + ">" + f[2] + "</" + f[1] + ">\n")
		}
	}
	return b.String()
}

var wholeAccount = keys(
	"EmailAddress string jane@firm.example", "EmailAccountType string EmailTypeIMAP",
	"IncomingMailServerHostName string IMAP.firm.example", "IncomingMailServerPortNumber integer 993", "IncomingMailServerUseSSL true",
	"IncomingMailServerUsername string jane@firm.example", "IncomingPassword string hunter22",
	"OutgoingMailServerHostName string smtp.firm.example", "OutgoingMailServerPortNumber integer 587", "OutgoingMailServerUseSSL true",
	"OutgoingMailServerUsername string jane",
)

// signed is a profile within the DER of a signature.
func signed(text string) string { return "0\x82\x01\x00\x06\x09*\x86H" + text + "\xa0\x82\x00\x01" }

func TestReadMobileConfig(t *testing.T) {
	for _, test := range []struct {
		name, text string
		servers    []string
		users      string
		messages   []string
	}{
		{"whole", configuration(wholeAccount), []string{"imap://imap.firm.example:993/tls", "smtp://smtp.firm.example:587/starttls"}, "%EMAILADDRESS% %EMAILLOCALPART%", nil},
		{"signed", signed(configuration(wholeAccount)), []string{"imap://imap.firm.example:993/tls", "smtp://smtp.firm.example:587/starttls"}, "%EMAILADDRESS% %EMAILLOCALPART%", nil},
		{
			"in the clear, the usual ports, somebody's own name",
			configuration(keys("EmailAddress string jane@firm.example", "EmailAccountType string EmailTypePOP", "IncomingMailServerHostName string pop.firm.example",
				"IncomingMailServerUsername string j4711", "OutgoingMailServerHostName string smtp.firm.example", "OutgoingMailServerUseSSL true")),
			[]string{"pop3://pop.firm.example:110/none", "smtp://smtp.firm.example:465/tls"},
			" ", nil,
		},
		{
			"a port and a host that are none",
			configuration(keys("EmailAddress string jane@firm.example", "IncomingMailServerHostName string imap.firm.example", "IncomingMailServerUseSSL true",
				"OutgoingMailServerHostName string smtp.firm.example", "OutgoingMailServerPortNumber integer 99999")),
			[]string{"imap://imap.firm.example:993/tls"},
			"",
			[]string{`ignored: line 11: OutgoingMailServerPortNumber: found "99999", expected a number from 1 to 65535`},
		},
	} {
		d, err := ReadMobileConfig([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var users []string
		for _, s := range d.Servers {
			users = append(users, s.User)
		}
		diff(t, test.name, endpoints(d), test.servers)
		diff(t, test.name+": users", strings.Join(users, " "), test.users)
		diff(t, test.name+": problems", messages(d), test.messages)
		diff(t, test.name+": domains", d.Domains, []string{"firm.example"})
		if d.Name != "Firm Mail" {
			t.Errorf("%s: name %q", test.name, d.Name)
		}
	}
}

func TestMobileConfigErrors(t *testing.T) {
	for _, test := range []struct {
		text, want string
		kind       error
	}{
		{"<plist><dict></dict></plist>", "found no server, expected a payload of the type com.apple.mail.managed", ErrNoServers},
		{"<plist><array></array></plist>", "line 1: found no element dict, expected a configuration profile", nil},
		{"0\x82\x01\x00 nothing to read", "found an encrypted or binary profile, expected a property list in XML", nil},
		{"bplist00\x01", "found an encrypted or binary profile, expected a property list in XML", nil},
		{"<clientConfig></clientConfig>", `line 1: found the element "clientConfig", expected plist`, nil},
	} {
		_, err := ReadMobileConfig([]byte(test.text))
		checkError(t, test.text, err, test.want, test.kind)
	}
}
