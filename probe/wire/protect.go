package wire

import (
	"regexp"
	"strings"

	"maildoctor/probe/stage"
)

// Protect is called before the first byte of a credential is sent. From then
// on every line of the server for which match holds is withheld, from the
// transcript and from Line.Text. match may be called by several goroutines.
func (c *Conn) Protect(match func(line string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.match = match
}

// Safe returns text from the server as it may be kept: control characters made
// visible, and withheld but for its codes if it repeats a secret.
func (c *Conn) Safe(raw string) string {
	shown, _ := c.shown(raw)
	return shown
}

// withheldNote stands in the place of a line that repeats a secret.
const withheldNote = "(withheld: it repeats what was sent to log in)"

// shown returns raw as it may be kept, and whether it had to be withheld.
func (c *Conn) shown(raw string) (text string, withheld bool) {
	c.mu.Lock()
	match := c.match
	c.mu.Unlock()
	if match == nil || !match(raw) {
		return stage.Visible(raw), false
	}
	head := replyHead.FindString(raw)
	if match(head) {
		head = "" // even a tag or a code can be a password
	}
	return strings.TrimLeft(head+withheldNote, " "), true
}

// replyHead is the part of a reply that the protocols define, by which a
// refusal is classified: SMTP's codes (RFC 5321 4.2, RFC 3463), the status words
// of POP3 and IMAP, and response codes that take no argument (RFC 2449 8,
// RFC 3206, RFC 9051 7.1).
var replyHead = regexp.MustCompile(`(?i)^(?:` +
	`[2-5][0-9]{2}[ -](?:[245]\.[0-9]{1,3}\.[0-9]{1,3} )?|` +
	`(?:\+OK |-ERR |(?:\* |[A-Za-z]{1,4}[0-9]{1,4} )(?:OK|NO|BAD|BYE|PREAUTH) )` +
	`(?:\[(?:` + responseCodes + `)\] ?)?)`)

const responseCodes = `AUTH|SYS/TEMP|SYS/PERM|IN-USE|LOGIN-DELAY|` +
	`ALERT|ALREADYEXISTS|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|CANNOT|CLIENTBUG|CLOSED|` +
	`CONTACTADMIN|CORRUPTION|EXPIRED|EXPUNGEISSUED|INUSE|LIMIT|NONEXISTENT|NOPERM|OVERQUOTA|` +
	`PRIVACYREQUIRED|SERVERBUG|TRYCREATE|UNAVAILABLE`
