package pasted

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maildoctor/probe/lazy"
	"maildoctor/probe/stage"
)

// Target is what a text is about, as far as it names that. It is made for a command to
// run next, and holds nothing but names that have the form of one.
type Target struct {
	Server    stage.Endpoint // Host is empty if none is named of which the protocol is known
	Account   string         // an e-mail address
	Recipient string
}

// About returns what a text is about. lines are its lines without secrets, and lead is
// the one that says what went wrong, from 1: of several servers and addresses those
// closest to it count, and what stands before it counts more. p is the protocol, where it
// is known.
func About(lines []string, lead int, p stage.Protocol) Target {
	var t Target
	if p == "" {
		p = protocolOf(lines)
	}
	find := func(line string) (stage.Endpoint, bool) { return server(line, p) }
	if e, ok := nearest(lines, lead, find); ok {
		t.Server = e
	} else if e, ok := find(strings.Join(lines[:min(len(lines), maxConfig)], "; ")); ok {
		t.Server = e // a configuration has host and port in lines of their own
	}
	t.Recipient, _ = nearest(lines, lead, recipient)
	t.Account, _ = nearest(lines, lead, func(line string) (string, bool) { return account(line, t.Recipient) })
	return t
}

// maxConfig is how many lines of a configuration are read as one.
const maxConfig = 40

// nearest returns what find finds in the line closest to lead: there, before it, or after
// it.
func nearest[T any](lines []string, lead int, find func(string) (T, bool)) (found T, ok bool) {
	lead = min(max(lead, 1), len(lines))
	for i := lead - 1; i >= 0; i-- {
		if found, ok = find(lines[i]); ok {
			return found, true
		}
	}
	for _, line := range lines[lead:] {
		if found, ok = find(line); ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// ports are those at which mail servers are reached (RFC 8314, RFC 6409) and bridge
// programs on the user's own computer (Proton Mail Bridge, DavMail), and what they are
// usually for.
var ports = map[uint16]stage.Endpoint{
	25: {Protocol: stage.SMTP, Security: stage.StartTLS}, 465: {Protocol: stage.SMTP, Security: stage.TLS},
	587: {Protocol: stage.SMTP, Security: stage.StartTLS}, 2525: {Protocol: stage.SMTP, Security: stage.StartTLS},
	110: {Protocol: stage.POP3, Security: stage.StartTLS}, 995: {Protocol: stage.POP3, Security: stage.TLS},
	1025: {Protocol: stage.SMTP, Security: stage.StartTLS}, 1110: {Protocol: stage.POP3, Security: stage.StartTLS}, 1143: {Protocol: stage.IMAP, Security: stage.StartTLS},
	143: {Protocol: stage.IMAP, Security: stage.StartTLS}, 993: {Protocol: stage.IMAP, Security: stage.TLS},
}

// usual is the port to take where none is said: the one for TLS from the first byte for
// receiving (RFC 8314 3), and the one that every provider has for sending.
var usual = map[stage.Protocol]uint16{stage.IMAP: 993, stage.POP3: 995, stage.SMTP: 587}

const (
	hostForm = `(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]`
	ipForm   = `\[[0-9A-Fa-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}`
)

// servers are the forms in which programs write a server: a URL, the mailbox name of
// c-client and PHP, host and port, and a server's greeting. The groups are named.
var servers = []func() *regexp.Regexp{
	lazy.Pattern(`(?i)\b(?P<scheme>imap|imaps|pop3?|pop3?s|smtps?|submissions?|ssl|tls|tcp)://(?:[^\s/@]*@)?(?P<host>` + hostForm + `|` + ipForm + `|localhost)(?::(?P<port>\d{1,5}))?`),
	lazy.Pattern(`(?i)\{(?P<host>` + hostForm + `|` + ipForm + `|localhost):(?P<port>\d{1,5})(?P<flags>(?:/[a-z0-9=-]+)*)\}`),
	lazy.Pattern(`(?P<host>` + hostForm + `|localhost|` + ipForm + `)(?:\[[0-9A-Fa-f:.]+\])?:(?P<port>\d{2,5})\b`),
	lazy.Pattern(`(?i)(?P<host>` + hostForm + `|localhost|` + ipForm + `)["'” )]*,? *(?:\(|on |at |and |auf |sur |en |over |via |;)? *\(?["']?(?:smtp|imap|pop3?)?[ -]?(?:port|anschluss|puerto|porta|порт|端口|ポート)["']?[ :=]*(?:number )?["']?(?P<port>\d{2,5})\b`),
	lazy.Pattern(`(?i)\bport["']?[ :=]+["']?(?P<port>\d{2,5})["',; ]+(?:on|of|at|to|host:?|"?host"?[ :=]+|auf|von) *["']?(?P<host>` + hostForm + `|localhost|` + ipForm + `)`),
	lazy.Pattern(`(?i)"?\b(?:[a-z0-9]+_)*(?:host|hostname|server|address)"?\s*(?:=>|[:=])\s*["']?(?P<host>` + hostForm + `|localhost|` + ipForm + `)["']?[,; ].{0,80}?(?:\b|_)port"?\s*(?:=>|[:=])\s*["']?(?P<port>\d{2,5})\b`),
	lazy.Pattern(`(?i)\bhost, port: (?P<host>` + hostForm + `|localhost|` + ipForm + `), (?P<port>\d{2,5})\b`),
	lazy.Pattern(`(?:^|[\s:>'"])220[ -](?P<host>` + hostForm + `) .*?E?SMTP`),
	lazy.Pattern(`(?i)\b(?P<host>(?P<label>imap|pop3?|smtp|submission|outgoing|out|mail|mx|securesmtp|secureimap)[a-z0-9-]*\.` + hostForm + `)\b`),
}

// server returns the server that a line names.
func server(line string, p stage.Protocol) (e stage.Endpoint, ok bool) {
	for _, form := range servers {
		re := form()
		for _, m := range re.FindAllStringSubmatchIndex(line, -1) {
			group := func(name string) string {
				if i := 2 * re.SubexpIndex(name); i >= 0 && m[i] >= 0 {
					return line[m[i]:m[i+1]]
				}
				return ""
			}
			if at := 2 * re.SubexpIndex("host"); m[at] > 0 && line[m[at]-1] == '@' && group("scheme") == "" {
				continue // an address
			}
			if e, ok = endpoint(group, p); ok {
				return e, true
			}
		}
	}
	return e, false
}

// endpoint makes an endpoint of the parts that a text names; ok is false if the protocol
// isn't known.
func endpoint(group func(string) string, p stage.Protocol) (e stage.Endpoint, ok bool) {
	scheme, flags, label := strings.ToLower(group("scheme")), strings.ToLower(group("flags")), strings.ToLower(group("label"))
	e.Host = strings.Trim(strings.ToLower(group("host")), "[]")
	if ip, err := netip.ParseAddr(e.Host); err == nil {
		e.Host = ip.String()
	} else if strings.Trim(e.Host, "0123456789.:") == "" || scheme == "" && flags == "" && !inTree(e.Host) {
		return e, false
	}
	port, _ := strconv.ParseUint(group("port"), 10, 16)
	e.Port = uint16(port)
	known, isMail := ports[e.Port]
	e.Protocol, e.Security = known.Protocol, known.Security
	switch {
	case isMail:
	case named(scheme, flags, label) != "":
		e.Protocol = named(scheme, flags, label)
	case e.Port == 0 || scheme != "" || flags != "":
		e.Protocol = p
	default:
		return e, false // another port, or the number of a line in source code
	}
	if e.Protocol == "" || e.Port == 0 && group("port") != "" {
		return e, false
	}
	if e.Port == 0 {
		e.Port = usual[e.Protocol]
		e.Security = ports[e.Port].Security
	}
	switch {
	case scheme == "ssl" || strings.HasSuffix(scheme, "s") && scheme != "tls" || slices.Contains(strings.Split(flags, "/"), "ssl"):
		e.Security = stage.TLS
		if group("port") == "" && scheme == "smtps" {
			e.Port = 465
		}
	case e.Security == "":
		e.Security = stage.StartTLS
	}
	return e, true
}

// private are top-level domains that are in no registry, and are used inside networks and
// in examples (RFC 2606, RFC 6762 appendix G, RFC 8375, RFC 9476).
var private = []string{"example", "test", "invalid", "localhost", "local", "lan", "internal", "intranet", "home", "corp", "private", "localdomain", "arpa"}

// inTree reports whether a host's top-level domain exists, or is one of [private]: a
// class of Java has dots in it, too.
func inTree(host string) bool {
	top := host[strings.LastIndexByte(host, '.')+1:]
	if slices.Contains(private, top) {
		return true
	}
	_, registered := publicsuffix.PublicSuffix(top)
	return registered
}

// named returns the protocol that a scheme, the flags of a mailbox name or the first
// label of a host stand for.
func named(words ...string) stage.Protocol {
	for _, w := range words {
		switch {
		case strings.Contains(w, "imap"):
			return stage.IMAP
		case strings.Contains(w, "pop"):
			return stage.POP3
		case strings.Contains(w, "smtp") || w == "submission" || w == "submissions" || w == "outgoing" || w == "out" || w == "mx":
			return stage.SMTP
		}
	}
	return ""
}

// protocolOf returns the protocol that a text speaks of; empty if it names several, or
// none.
func protocolOf(lines []string) (p stage.Protocol) {
	text := strings.ToLower(strings.Join(lines, "\n"))
	for _, candidate := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		if strings.Contains(text, string(candidate)) {
			if p != "" {
				return ""
			}
			p = candidate
		}
	}
	return p
}

var addressIn = lazy.Pattern(`[A-Za-z0-9](?:[A-Za-z0-9._%+-]*[A-Za-z0-9_])?@` + hostForm)

// recipientWords are what stands before or after the address of a recipient.
var recipientWords = lazy.Pattern(`(?i)\bRCPT TO\b|\brecipients?\b|\bto=<|\bmailbox\b|\bEmpfänger|\bdestinataire|\bdestinatario|\buser unknown|\baddressee|5[05][0-9][ -]5\.[12]\.|получател|收件人|宛先|Delivery to\b|\bfinal-recipient`)

// recipient returns the address of a recipient that a line names.
func recipient(line string) (string, bool) {
	if !recipientWords().MatchString(line) || strings.Contains(strings.ToUpper(line), "MAIL FROM") {
		return "", false
	}
	a := addressIn().FindString(line)
	return a, a != "" && !ofMachine(a)
}

// account returns the address of the account that a line names: not the recipient's, and
// none of those that programs make.
func account(line, recipient string) (string, bool) {
	for _, a := range addressIn().FindAllString(line, 8) {
		if !strings.EqualFold(a, recipient) && !ofMachine(a) {
			return a, true
		}
	}
	return "", false
}

// ofMachine reports whether an address is one of those that programs and servers write of
// themselves.
func ofMachine(address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains([]string{"postmaster", "mailer-daemon", "noreply", "no-reply", "support", "abuse", "root", "helpdesk"}, local) ||
		len(local) > 40 || strings.Contains(domain, "localhost") || strings.HasSuffix(domain, ".local") || strings.HasSuffix(domain, ".gserviceaccount.com")
}
