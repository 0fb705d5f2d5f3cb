package paste

import (
	"encoding/base64"
	"slices"
	"strings"

	"maildoctor/probe/lazy"
)

// reader goes through a text line by line, and knows what the lines before were about.
type reader struct {
	found []Secret
	asked Kind // the next line of the client is a secret of this kind; empty: it isn't
	talk  int  // so many further lines may belong to an exchange of SASL
	named bool // the line may have a word for a password in it
}

// exchange is how many lines an exchange has at most.
const exchange = 12

// surrounded returns the secrets that what stands around them tells, without lines.
func surrounded(text string) []Secret {
	var r reader
	at := 0
	for line := range strings.Lines(text) {
		r.read(strings.TrimRight(line, "\r\n"), at)
		at += len(line)
	}
	return r.found
}

// read looks for secrets in a line that begins at a byte of the text.
func (r *reader) read(line string, at int) {
	begin := spoken(line)
	said := strings.TrimRight(line[begin:], " \t\"'")
	server := fromServer().MatchString(said)
	switch {
	case strings.TrimSpace(said) == "":
	case r.asked != "" && !server:
		r.take(r.asked, at+begin, said)
		r.asked = ""
	case r.talk > 0 && !server:
		if m := answer().FindStringSubmatchIndex(line); m != nil && inBase64(line[m[2]:m[3]]) {
			r.take(Exchange, at+m[2], line[m[2]:m[3]])
		}
	default:
		r.asked = ""
	}
	low := strings.ToLower(line)
	r.named = has(low, stems)
	for _, f := range forms {
		if f.ofWord && !r.named || len(f.near) > 0 && !has(low, f.near) {
			continue
		}
		re := f.re()
		group := re.SubexpIndex("s")
		for _, m := range re.FindAllStringSubmatchIndex(line, -1) {
			from, to := m[2*group], m[2*group+1]
			s := line[from:to]
			if !gone(s) && (f.holds == nil || f.holds(before(line, m[0], from), s)) {
				r.found = append(r.found, Secret{Kind: f.kind, from: at + from, to: at + to})
			}
		}
	}
	r.expect(line, said, at+begin)
}

// has reports whether a text contains one of these.
func has(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// before returns what stands before the word that a match begins with.
func before(line string, start, secret int) string {
	head := line[:secret]
	if i := lastWord().FindStringIndex(head[start:]); i != nil {
		return head[:start+i[0]]
	}
	return head[:start]
}

// lastWord finds a word for a password, or PASS, in what matched before the secret.
var lastWord = lazy.Pattern(`(?i)(?:` + word + `|PASS)(?:["'][\])]?)?\s*[:：=]?\s*$`)

// take adds a whole answer.
func (r *reader) take(kind Kind, at int, said string) {
	if s := strings.TrimSpace(said); !gone(s) && s != "*" && s != "=" {
		r.found = append(r.found, Secret{Kind: kind, from: at, to: at + len(said)})
	}
}

// expect notes what the next line will be, as far as this one tells.
func (r *reader) expect(line, said string, at int) {
	r.talk--
	switch {
	case begins().MatchString(line):
		r.talk = exchange
		if openLiteral().MatchString(said) {
			r.asked = Command
		}
	case challenge().MatchString(said):
		m := challenge().FindStringSubmatchIndex(said)
		r.talk, r.asked = exchange, Exchange
		if s := said[m[2]:m[3]]; !prompts(s) && inBase64(s) {
			r.take(Exchange, at+m[2], s)
		}
	case ends().MatchString(said):
		r.talk = 0
	case openLiteral().MatchString(said) && literalLogin().MatchString(line):
		r.asked = Command
	case r.named && openSetting().MatchString(strings.TrimRight(line, " \t")) && notAMessage(before(line, 0, len(line)), ""):
		r.asked = Setting
	}
}

var (
	// fromServer is how a server's line begins.
	fromServer = lazy.Pattern(`^(?:[1-5][0-9][0-9](?:[ -]|$)|\*|\+|-ERR|(?i:[a-z]{0,6}[0-9]+) (?:OK|NO|BAD)\b|(?:OK|NO|BAD|BYE)\b)`)
	// begins: an exchange was begun.
	begins = lazy.Pattern(`(?i)\bAUTH(?:ENTICATE)?\s+"?(?:` + mechanisms + `)\b`)
	// challenge: the server waits for an answer.
	challenge = lazy.Pattern(`(?:(?:^|[\s:>'"])334(?:[ -]|$)|^\+(?:[ ]|$))\s*([A-Za-z0-9+/=]*)`)
	// answer: a line ends in base64, as logs show it.
	answer = lazy.Pattern(`(?:^|[\s:>'"])([A-Za-z0-9+/]{3,}={0,2})(?:\\r\\n)?["']?\s*$`)
	// ends: the server has decided.
	ends = lazy.Pattern(`^(?:[245][0-9][0-9][ -]|-ERR|\+OK|(?i:[a-z]{0,6}[0-9]+) (?:OK|NO|BAD)\b)`)

	openLiteral  = lazy.Pattern(`\{[0-9]+\+?\}$`)
	literalLogin = lazy.Pattern(`(?i)\bLOGIN\s|^\S+\s+\{`)
	openSetting  = lazy.Pattern(`(?i)(?:(?:^|[^\pL])` + word + `\s*[:：]|<key>[^<>]*` + word + `</key>)\s*$`)
)

// prompts reports whether a challenge only asks for a name or a password, or says why a
// token was refused.
func prompts(challenge string) bool {
	b, err := base64.StdEncoding.DecodeString(challenge)
	text := strings.ToLower(string(b))
	return err == nil && (strings.HasPrefix(text, "user") || strings.HasPrefix(text, "pass") || strings.HasPrefix(text, "{"))
}

// adorned is what logs and programs put before a line of a dialogue.
var adorned = lazy.Pattern(`^(?:\s+|[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T0-9:.,+Z-]*|[0-9]{1,2}:[0-9]{2}[0-9:.,]*|\[[^\]\s]{0,40}\]|(?:C|S|c|s|reply|Client|Server|client|server|CLIENT|SERVER|SMTP|IMAP|POP3|out|in|sent|send|SEND|DEBUG|INFO|TRACE|debug)\s?[:>|]+|[<>=~-]{1,3}>?(?:\s|$)|->|<-|<\*\*|~>)`)

// spoken returns where a line begins after what logs put before it.
func spoken(line string) int {
	at := 0
	for at < len(line) {
		m := adorned().FindStringIndex(line[at:])
		if m == nil || m[1] == 0 {
			break
		}
		at += m[1]
	}
	return at
}
