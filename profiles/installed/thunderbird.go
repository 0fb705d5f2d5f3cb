package installed

import (
	"slices"
	"strconv"
	"strings"

	"maildoctor/probe/stage"
)

// readThunderbird reads Thunderbird's prefs.js (comm-central,
// mailnews/base/src/MsgIncomingServer.sys.mjs and mailnews/compose/src/
// OutgoingServerService.sys.mjs and SmtpServer.sys.mjs). Passwords are in logins.json,
// encrypted by NSS: that isn't read.
func readThunderbird(r *reader, s string) {
	p := readPrefs(r, s)
	for _, key := range p.list("mail.accountmanager.accounts") {
		account := "mail.account." + key
		server := p[account+".server"].value
		identities := p.list(account + ".identities")
		if server == "" {
			continue
		}
		p.keepThunderbird(r, server, identities)
	}
}

// maxKeys bounds the keys of a list.
const maxKeys = 1000

// list is a list of keys.
func (p prefs) list(name string) []string {
	var keys []string
	for key := range strings.SplitSeq(p[name].value, ",") {
		if len(keys) == maxKeys {
			break
		}
		if key = strings.TrimSpace(key); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// keepThunderbird keeps an account once for each of its addresses, since each may have a
// server of its own for sending.
func (p prefs) keepThunderbird(r *reader, server string, identities []string) {
	incoming, ok := p.incoming("mail.server." + server)
	if !ok {
		return
	}
	if len(identities) == 0 {
		identities = []string{""}
	}
	name := p["mail.server."+server+".name"].value
	var addresses []string
	for _, id := range identities {
		address := addressOf(p["mail.identity."+id+".useremail"].value)
		if slices.Contains(addresses, address) {
			continue
		}
		addresses = append(addresses, address)
		a := r.account(name, address)
		r.serve(a, incoming)
		if outgoing, ok := p.outgoing(id); ok && id != "" {
			r.serve(a, outgoing)
		}
		r.keep(a)
	}
}

// socketTypes are nsMsgSocketType (mailnews/base/public/MailNewsTypes2.idl).
var socketTypes = map[string]stage.Security{"0": stage.None, "1": stage.StartTLSIfOffered, "2": stage.StartTLS, "3": stage.TLS}

// authMethods are nsMsgAuthMethod (likewise).
var authMethods = map[string]string{
	"1": "none", "2": "old", "3": "passwordCleartext", "4": "passwordEncrypted", "5": "GSSAPI",
	"6": "NTLM", "7": "External", "8": "secure", "9": "anything", "10": "OAuth2",
}

// incoming reads a server to receive with; other kinds, such as feeds, are none.
func (p prefs) incoming(branch string) (entry, bool) {
	protocol, ok := map[string]stage.Protocol{"imap": stage.IMAP, "pop3": stage.POP3}[p[branch+".type"].value]
	if !ok {
		return entry{}, false
	}
	socket := p[branch+".socketType"]
	if !socket.given && p[branch+".isSecure"].value == "true" { // as versions before 3 had it
		socket = setting{value: "3", given: true}
	}
	e := entry{
		protocol: protocol, host: p.real(branch, ".realhostname", ".hostname"), user: p.real(branch, ".realuserName", ".userName"),
		port: p[branch+".port"], mechanism: authMethods[p.or(branch, ".authMethod", "mail.server.default", "3").value],
	}
	if e.port.value == "-1" || e.port.value == "0" {
		e.port = setting{}
	}
	e.security, e.defaults = socketSecurity(socket, p["mail.server.default.socketType"])
	e.usual = usualPort(protocol, e.security, 0)
	return e, true
}

// real is a value that versions before 91 kept beside the one of the account's beginning.
// Those since then pass over it.
func (p prefs) real(branch, first, second string) setting {
	version, _, _ := strings.Cut(p["extensions.lastAppVersion"].value, ".")
	major, _ := strconv.Atoi(version)
	if v := p[branch+first]; v.value != "" && major < 91 {
		return v
	}
	return p[branch+second]
}

// or is a preference, that for all servers, or what Thunderbird comes with.
func (p prefs) or(branch, name, all, otherwise string) setting {
	return p[branch+name].or(p[all+name]).or(setting{value: otherwise})
}

func socketSecurity(own, all setting) (stage.Security, []string) {
	if own.given {
		return socketTypes[own.value], nil
	}
	return socketTypes[all.or(setting{value: "0"}).value], []string{defaultSecurity}
}

// outgoing reads the server that an identity sends with.
func (p prefs) outgoing(identity string) (entry, bool) {
	servers := p.list("mail.smtpservers")
	key := p["mail.identity."+identity+".smtpServer"].value
	if key == "" {
		key = p["mail.smtp.defaultserver"].value
	}
	if key == "" && len(servers) > 0 {
		key = servers[0]
	}
	branch := "mail.smtpserver." + key
	if kind := p[branch+".type"]; key == "" || kind.given && kind.value != "smtp" {
		return entry{}, false
	}
	e := entry{
		protocol: stage.SMTP, host: p[branch+".hostname"], port: p[branch+".port"], user: p[branch+".username"],
		mechanism: authMethods[p.or(branch, ".authMethod", "mail.smtpserver.default", "3").value],
	}
	if e.port.value == "0" {
		e.port = setting{}
	}
	e.security, e.defaults = socketSecurity(p[branch+".try_ssl"], p["mail.smtpserver.default.try_ssl"])
	e.usual = usualPort(stage.SMTP, e.security, 587) // SmtpClient.sys.mjs
	return e, true
}
