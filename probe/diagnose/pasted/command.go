package pasted

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// commands are the commands that a client sends in each stage (RFC 5321 4.1, RFC 4954 4,
// RFC 3207 4, RFC 9051 6, RFC 1939 4 to 7, RFC 2595 4).
var commands = map[stage.Stage][]string{
	stage.Capabilities: {"EHLO", "HELO", "LHLO", "CAPABILITY", "CAPA"},
	stage.Upgrade:      {"STARTTLS", "STLS"},
	stage.Login:        {"AUTH", "AUTHENTICATE", "LOGIN", "USER", "PASS", "APOP"},
	stage.Mailbox:      {"SELECT", "EXAMINE", "STATUS", "FETCH", "STAT", "UIDL", "RETR", "TOP", "NAMESPACE", "LIST", "LSUB"},
	stage.Submit:       {"MAIL", "RCPT", "DATA", "BDAT"},
}

// commandOf returns the command in a line that a client sent, alone or after an IMAP tag,
// and its stage; empty if there is none, as in the answer to a challenge.
func commandOf(said string) (string, stage.Stage) {
	words := strings.Fields(strings.Trim(said, `'"b`))
	for i, w := range words[:min(2, len(words))] {
		w = strings.TrimRight(strings.TrimSuffix(strings.ToUpper(w), `\R\N`), `:'"`)
		for s, known := range commands {
			if slices.Contains(known, w) && (i == 0 || len(words[0]) < 12) {
				return w, s
			}
		}
	}
	return "", ""
}
