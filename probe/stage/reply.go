package stage

import "strings"

// Reply is a server's reply to a command, safe to show: control characters are escaped
// and secrets withheld.
type Reply struct {
	Command      string   `json:"command,omitempty"`       // the verb of the command, such as "STARTTLS"; empty for a greeting
	Status       string   `json:"status,omitempty"`        // IMAP: OK, NO, BAD, BYE, PREAUTH; POP3: +OK, -ERR
	Code         int      `json:"code,omitempty"`          // SMTP reply code (RFC 5321 4.2)
	Enhanced     string   `json:"enhanced,omitempty"`      // enhanced status code (RFC 3463), "5.7.8"
	ResponseCode string   `json:"response_code,omitempty"` // IMAP (RFC 9051 7.1, RFC 5530) or POP3 (RFC 2449 8) response code in upper case, without brackets
	Lines        []string `json:"lines,omitempty"`         // the reply's lines as received
}

// Text returns all lines of the reply, joined into one.
func (r Reply) Text() string { return strings.Join(r.Lines, " / ") }

// Temporary reports whether the reply is transient: an SMTP 4xx code, or an IMAP or
// POP3 response code that means so.
func (r Reply) Temporary() bool {
	if r.Code >= 400 && r.Code < 500 {
		return true
	}
	switch r.ResponseCode {
	case "UNAVAILABLE", "INUSE", "IN-USE", "SYS/TEMP", "LOGIN-DELAY", "LIMIT", "SERVERBUG":
		return true
	}
	return strings.HasPrefix(r.Enhanced, "4.")
}
