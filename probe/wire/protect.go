package wire

import (
	"encoding/base64"
	"regexp"
	"slices"
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
	c.heardLast = c.heardLast[:0] // what was said before holds no piece of it
}

// WithholdReplies keeps all that the server says from the transcript and from
// Line.Text, but for its codes, until it is called with false: for a secret so short
// that gaps where it stands would tell it.
func (c *Conn) WithholdReplies(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.withholding = on
}

// Safe returns text from the server as it may be kept: control characters made
// visible, and withheld but for its codes if it repeats a secret. It is a piece of a
// line that was read.
func (c *Conn) Safe(raw string) string {
	shown, _ := c.shown(raw, "")
	return shown
}

// withheldNote stands in the place of a line that repeats a secret.
const withheldNote = "(withheld: it repeats what was sent to log in)"

// safe makes a line fit to be kept.
func (c *Conn) safe(raw string) Line {
	text := raw[len(replyHead.FindString(raw)):]
	shown, withheld := c.shown(raw, c.across(text))
	c.follows(text, withheld)
	return Line{raw: raw, shown: shown, withheld: withheld}
}

// shown returns raw as it may be kept, and whether it had to be withheld. across is
// what leads over to it from the lines before.
func (c *Conn) shown(raw, across string) (text string, withheld bool) {
	c.mu.Lock()
	secret, sent, all := c.match, c.sent, c.withholding
	c.mu.Unlock()
	match := func(line string) bool { return secret != nil && secret(line) || retells(line, sent) }
	if !all && (across == "" || !secret(across)) && !match(raw) {
		return stage.Visible(raw), false
	}
	head := replyHead.FindString(raw)
	if match(head) {
		head = "" // even a tag or a code can be a password
	}
	return strings.TrimLeft(head+withheldNote, " "), true
}

// across returns the end of the lines before and the beginning of a line's text;
// empty where there is none before, or no secret to look for.
func (c *Conn) across(text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.match == nil || len(c.heardLast) == 0 {
		return ""
	}
	var both [2 * maxHeard]byte
	return string(append(append(both[:0], c.heardLast...), text[:min(maxHeard, len(text))]...))
}

// maxHeard is how much of the lines before is kept, in bytes, and how much of the next
// one stands behind it, to find a secret that comes in pieces over successive lines.
const maxHeard = 40

// follows remembers a line, without the codes at its head, for the one behind it. What was
// withheld is no beginning: the rest of a secret beside it is looked for all the same.
func (c *Conn) follows(text string, withheld bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.match == nil || withheld {
		c.heardLast = c.heardLast[:0]
		return
	}
	c.heardLast = append(c.heardLast, text[max(0, len(text)-maxHeard):]...)
	if n := len(c.heardLast); n > maxHeard {
		c.heardLast = c.heardLast[:copy(c.heardLast, c.heardLast[n-maxHeard:])]
	}
}

// minProof is the length, in bytes, of a digest, proof or base64 line that no
// text contains by chance; maxSent bounds how many are remembered.
const (
	minProof = 16
	maxSent  = 64
)

// remember keeps what stands for the secret in data that is sent protected: the
// words in base64, and the digests and proofs inside them. A server that repeats
// one gives something away that passwords can be tried against.
func (c *Conn) remember(data string) {
	var words []string
	for word := range strings.FieldsSeq(data) {
		words = append(words, word)
		if decoded, err := base64.StdEncoding.DecodeString(word); err == nil {
			words = append(words, strings.FieldsFunc(string(decoded), func(r rune) bool { return r <= ' ' || r == ',' })...)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range words {
		w = strings.TrimPrefix(w, "p=") // of SCRAM (RFC 5802 5.1)
		if len(w) >= minProof && len(c.sent) < maxSent && proof.MatchString(w) {
			c.sent = append(c.sent, strings.ToLower(w))
		}
	}
}

// proof matches base64 and hex. Names with a dot or an @ are neither, so that a
// server may name the user.
var proof = regexp.MustCompile(`^(?:r=)?[A-Za-z0-9+/]+={0,2}$`)

// retells reports whether a line, or what is decoded from a word of it, has one
// of the words.
func retells(line string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	low := strings.ToLower(line)
	for word := range strings.FieldsSeq(line) {
		if len(word) < base64.StdEncoding.EncodedLen(minProof) {
			continue // no room for one of them
		}
		if decoded, err := base64.StdEncoding.DecodeString(word); err == nil {
			low += " " + strings.ToLower(string(decoded))
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
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
