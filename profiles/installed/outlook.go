package installed

import (
	"regexp"

	"maildoctor/probe/stage"
)

// outlookAccount is the key of an account: below its profile, and a GUID that is the same
// everywhere (metasploit-framework, modules/post/windows/gather/credentials/outlook.rb;
// comm-central, mailnews/import/src/nsOutlookSettings.cpp has that of Outlook before 2002).
var outlookAccount = regexp.MustCompile(`(?i)\\9375CFF0413111d3B88A00104B2A6676\\[0-9a-f]{8}$`)

// readOutlook reads the accounts of Outlook for Windows in an export of the registry, of
// Software\Microsoft\Office\16.0\Outlook\Profiles. Passwords in it are encrypted, and
// passed over.
func readOutlook(r *reader, s string) {
	some := false
	for _, k := range readRegistry(r, s) {
		if !outlookAccount.MatchString(k.path) {
			continue
		}
		some = true
		a := r.account(k.set["account name"].value, k.set["email"].value)
		incoming := "imap"
		if !k.set["imap server"].given {
			incoming = "pop3"
		}
		r.serve(a, k.server(incoming, k.set[incoming+" user"]))
		r.serve(a, k.outgoing(k.set[incoming+" user"]))
		r.keep(a)
	}
	if !some && r.wrongs == 0 {
		r.wrong(position{}, `expected keys below Outlook\Profiles, in which Outlook keeps its accounts`)
	}
}

var outlookProtocols = map[string]stage.Protocol{"imap": stage.IMAP, "pop3": stage.POP3, "smtp": stage.SMTP}

// server reads the values of a server, whose names begin alike.
func (k registryKey) server(name string, user setting) entry {
	e := entry{protocol: outlookProtocols[name], host: k.set[name+" server"], port: k.set[name+" port"], user: user}
	e.security, e.defaults = k.security(name, e.port)
	e.usual = usualPort(e.protocol, e.security, 25)
	if k.set[name+" use spa"].value == "1" {
		e.mechanism = "SPA"
	}
	return e
}

// security reads how a server is encrypted. "Secure Connection" came with Outlook 2007:
// 0 none, 1 TLS from the first byte, 2 STARTTLS, 3 whichever there is. "Use SSL" before
// it is either.
func (k registryKey) security(name string, port setting) (stage.Security, []string) {
	if mode, ok := map[string]stage.Security{
		"0": stage.None, "1": stage.TLS, "2": stage.StartTLS, "3": stage.StartTLSIfOffered,
	}[k.set[name+" secure connection"].value]; ok {
		return mode, nil
	}
	ssl := k.set[name+" use ssl"]
	switch {
	case ssl.value == "1" && name == "smtp" && (!port.given || port.value == "25" || port.value == "587"):
		return stage.StartTLS, nil
	case ssl.value == "1":
		return stage.TLS, nil
	case ssl.given:
		return stage.None, nil
	}
	return stage.None, []string{defaultSecurity}
}

// outgoing reads the server to send with, which may take the name of the other one.
func (k registryKey) outgoing(user setting) entry {
	switch {
	case k.set["smtp use auth"].value != "1":
		user = setting{}
	case k.set["smtp auth method"].value == "1" || k.set["smtp user"].value != "":
		user = k.set["smtp user"]
	}
	e := k.server("smtp", user)
	if !user.given {
		e.mechanism = "none"
	}
	return e
}
