package export

import (
	"strings"

	"maildoctor/probe/stage"
)

// neomutt's configuration (https://neomutt.org/guide/configuration, "Syntax of
// Initialization Files"), which mutt reads as well. Backticks run a command and $ takes a
// variable's value, in double quotes too; in single quotes nothing has a meaning, and
// there is no way to write a single quote.
var neomutt = Form{
	Name: "neomutt", Place: "~/.config/neomutt/neomuttrc, or ~/.muttrc", remarks: hashes, takes: all, write: writeNeomutt,
	secret: "neomutt asks for it, or runs the command that you name by imap_oauth_refresh_command and its like.",
}

func writeNeomutt(s *Settings) (string, error) {
	if err := dotAtom(s.local()); err != nil { // it reads from as a list of addresses
		return "", err
	}
	from, err := inNeomutt("the address", s.Address)
	if err != nil {
		return "", err
	}
	b := &strings.Builder{}
	b.WriteString("set from = " + from + "\nset use_from = yes\n")
	var used []Server
	for _, write := range []func(*strings.Builder, *Settings) (Server, error){neomuttIncoming, neomuttOutgoing} {
		v, err := write(b, s)
		if err != nil {
			return "", err
		}
		if v.Host != "" {
			used = append(used, v)
		}
	}
	if len(used) == 0 {
		return "", errNoSuchServer("a server")
	}
	return encryptNeomutt(b, used)
}

// neomuttName begins the variables of a protocol.
var neomuttName = map[stage.Protocol]string{stage.IMAP: "imap", stage.POP3: "pop"}

func neomuttIncoming(b *strings.Builder, s *Settings) (Server, error) {
	if !s.has(stage.IMAP) && !s.has(stage.POP3) {
		return Server{}, nil
	}
	v, err := s.best(stage.IMAP, stage.POP3)
	if err != nil {
		return v, err
	}
	user, err := inNeomutt("the user name", v.User)
	if err != nil {
		return v, err
	}
	if v.Token {
		b.WriteString("set " + neomuttName[v.Protocol] + "_authenticators = 'xoauth2'\n")
	}
	if v.Protocol == stage.POP3 {
		b.WriteString("set pop_user = " + user + "\nset pop_host = '" + chosen(v, "pops", "pop", "pop") + "://" + hostPort(v) + "/'\n")
		return v, nil
	}
	b.WriteString("set imap_user = " + user + "\nset folder = '" + chosen(v, "imaps", "imap", "imap") + "://" + hostPort(v) + "/'\nset spoolfile = '+INBOX'\n")
	return v, nil
}

func neomuttOutgoing(b *strings.Builder, s *Settings) (Server, error) {
	if !s.has(stage.SMTP) {
		return Server{}, nil
	}
	v, err := s.best(stage.SMTP)
	if err != nil {
		return v, err
	}
	if v.Token {
		b.WriteString("set smtp_authenticators = 'xoauth2'\n")
	}
	b.WriteString("set smtp_url = '" + serverURL(chosen(v, "smtps", "smtp", "smtp"), v) + "/'\n")
	return v, nil
}

// encryptNeomutt ends the file with how connections are encrypted, for which there is one
// word for all servers. Those of a URL that says TLS are encrypted without it.
func encryptNeomutt(b *strings.Builder, used []Server) (string, error) {
	startTLS, none := false, false
	for _, v := range used {
		startTLS = startTLS || chosen(v, false, true, false)
		none = none || v.Security == stage.None
	}
	switch {
	case startTLS && none:
		return "", errMixed
	case none:
		b.WriteString("set ssl_starttls = no\nset ssl_force_tls = no\n")
	default:
		b.WriteString("set ssl_starttls = yes\nset ssl_force_tls = yes\n")
	}
	return b.String(), nil
}

// inNeomutt quotes text.
func inNeomutt(what, text string) (string, error) {
	if !strings.Contains(text, "'") {
		return "'" + text + "'", nil
	}
	if i := strings.IndexAny(text, "\"\\`$"); i >= 0 {
		return "", cannotQuote(what, rune(text[i]))
	}
	return `"` + text + `"`, nil
}
