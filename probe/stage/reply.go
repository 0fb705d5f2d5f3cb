package stage

import "strings"

// Reply is what a server answered to a command, safe to show: control
// characters are visible and secrets withheld.
type Reply struct {
	Command      string   `json:"command,omitempty"`       // the verb that it answers, such as "STARTTLS"; empty for a greeting
	Status       string   `json:"status,omitempty"`        // IMAP: OK, NO, BAD, BYE, PREAUTH; POP3: +OK, -ERR
	Code         int      `json:"code,omitempty"`          // SMTP reply code (RFC 5321 4.2)
	Enhanced     string   `json:"enhanced,omitempty"`      // enhanced status code (RFC 3463), "5.7.8"
	ResponseCode string   `json:"response_code,omitempty"` // IMAP (RFC 9051 7.1, RFC 5530) and POP3 (RFC 2449 8) response code in capitals, without brackets
	Lines        []string `json:"lines,omitempty"`         // the reply's lines as they came
}

// Text returns the reply on one line.
func (r Reply) Text() string { return strings.Join(r.Lines, " / ") }

// Temporary reports whether the reply invites a later try: an SMTP 4xx code, or
// an IMAP or POP3 response code that says so.
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
