package wire

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// Protect must be called before the first byte of a credential is sent. From then on
// every line from the server for which match returns true is withheld from the
// transcript and from Line.Text. Several goroutines may call match.
func (c *Conn) Protect(match func(line string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.match = match
	c.heardLast = c.heardLast[:0] // earlier lines contain no part of the secret
}

// WithholdReplies(true) withholds everything that the server says, except reply codes,
// from the transcript and from Line.Text. WithholdReplies(false) ends that. It is for
// secrets so short that the withheld places would reveal them.
func (c *Conn) WithholdReplies(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.withholding = on
}

// Safe returns text from the server that may be kept. Control characters are escaped;
// text that repeats a secret is withheld, except for reply codes. raw must be a part of
// a line that was read.
func (c *Conn) Safe(raw string) string {
	shown, _ := c.shown(raw, "")
	return shown
}

// withheldNote replaces a line that repeats a secret.
const withheldNote = "(withheld: it repeats what was sent to log in)"

// safe makes a line safe to keep.
func (c *Conn) safe(raw string) Line {
	text := raw[len(replyHead.FindString(raw)):]
	upTo := maxHeard
	if len(text) == len(raw) && !c.heardEscape() {
		upTo = maxWhole
	}
	shown, withheld := c.shown(raw, c.across(text, upTo))
	c.follows(text, withheld)
	return Line{raw: raw, shown: shown, withheld: withheld}
}

// shown returns raw as it may be kept, and whether it was withheld. across is the text
// that joins it to the preceding lines. If that contains all of raw, which it does for a
// short line without reply codes, raw isn't searched once more.
func (c *Conn) shown(raw, across string) (text string, withheld bool) {
	c.mu.Lock()
	secret, sent, all := c.match, c.sent, c.withholding
	c.mu.Unlock()
	match := func(line string) bool { return secret != nil && secret(line) || retells(line, sent) }
	switch {
	case all, across != "" && secret(across):
	case len(across) > len(raw) && strings.HasSuffix(across, raw) && !c.heardEscape() && !retells(raw, sent),
		!match(raw):
		return stage.Visible(raw), false
	}
	head := replyHead.FindString(raw)
	if match(head) {
		head = "" // even a tag or a reply code can be a password
	}
	return strings.TrimLeft(head+withheldNote, " "), true
}

// across returns the end of the preceding lines joined with up to as many bytes of text.
// It is empty if there are no preceding lines, or there is no secret to look for.
func (c *Conn) across(text string, upTo int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.match == nil || len(c.heardLast) == 0 {
		return ""
	}
	var both [maxHeard + maxWhole]byte
	return string(append(append(both[:0], c.heardLast...), text[:min(upTo, len(text))]...))
}

// heardEscape reports whether the preceding lines may end within an escape, which would
// distort what is joined to them.
func (c *Conn) heardEscape() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.ContainsAny(c.heardLast[max(0, len(c.heardLast)-longestEscape):], "\\%=&")
}

// longestEscape is the most bytes that one character takes in any way of escaping, such
// as "&#x1F511;".
const longestEscape = 10

// maxHeard is how many bytes of the preceding lines, and of the next line, are joined
// to find a secret split across lines.
const maxHeard = 40

// maxWhole is the length in bytes up to which a line without reply codes is joined as a
// whole, so that it is searched once and not twice.
const maxWhole = 256

// follows remembers the end of a line, without its reply codes, for the next line. A
// withheld line starts anew; the rest of a secret next to it is still found by itself.
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

// minProof is the minimum length, in bytes, of a digest, proof or base64 word, so that
// no text contains it by chance. maxSent is how many are remembered.
const (
	minProof = 16
	maxSent  = 64
)

// remember stores what could reveal the secret from data sent with SendProtected: its
// base64 words, and the digests and proofs inside them. With one of those, passwords
// can be guessed offline.
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
		w = strings.TrimPrefix(w, "p=") // SCRAM's proof (RFC 5802 5.1)
		if len(w) >= minProof && len(c.sent) < maxSent && proof.MatchString(w) {
			c.sent = append(c.sent, strings.ToLower(w))
		}
	}
}

// proof matches base64 and hex. Names with a dot or an @ don't match, so that a server
// may repeat the user name.
var proof = regexp.MustCompile(`^(?:r=)?[A-Za-z0-9+/]+={0,2}$`)

// retells reports whether a line, or what a word in it decodes to, contains one of the
// words.
func retells(line string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	low := strings.ToLower(line)
	for word := range strings.FieldsSeq(line) {
		if len(word) < base64.StdEncoding.EncodedLen(minProof) {
			continue // too short to contain one of them
		}
		if decoded, err := base64.StdEncoding.DecodeString(word); err == nil {
			low += " " + strings.ToLower(string(decoded))
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
}

// replyHead matches the part of a reply that the protocols define and that serves to
// classify a refusal: SMTP's reply codes (RFC 5321 4.2, RFC 3463), the status words of
// POP3 and IMAP, and response codes without arguments (RFC 2449 8, RFC 3206, RFC 9051
// 7.1).
var replyHead = regexp.MustCompile(`(?i)^(?:` +
	`[2-5][0-9]{2}[ -](?:[245]\.[0-9]{1,3}\.[0-9]{1,3} )?|` +
	`(?:\+OK |-ERR |(?:\* |[A-Za-z]{1,4}[0-9]{1,4} )(?:OK|NO|BAD|BYE|PREAUTH) )` +
	`(?:\[(?:` + responseCodes + `)\] ?)?)`)

const responseCodes = `AUTH|SYS/TEMP|SYS/PERM|IN-USE|LOGIN-DELAY|` +
	`ALERT|ALREADYEXISTS|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|CANNOT|CLIENTBUG|CLOSED|` +
	`CONTACTADMIN|CORRUPTION|EXPIRED|EXPUNGEISSUED|INUSE|LIMIT|NONEXISTENT|NOPERM|OVERQUOTA|` +
	`PRIVACYREQUIRED|SERVERBUG|TRYCREATE|UNAVAILABLE`
