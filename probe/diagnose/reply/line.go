package reply

import (
	"slices"
	"strings"
	"unicode"

	"maildoctor/probe/stage"
)

// foundReply is a server's reply found in a message.
type foundReply struct {
	protocol stage.Protocol
	reply    stage.Reply
}

// findReply looks for a server's reply in a message: at its beginning, or after the
// words of a program. If a protocol is given only its replies count. An enhanced
// code without a reply code belongs to SMTP.
func findReply(message string, p stage.Protocol) (foundReply, bool) {
	shown := stage.Visible(strings.TrimSpace(message))
	untagged := strings.HasPrefix(shown, "* ") // the whole line is the server's
	var positive foundReply                    // programs name the code they expected before the one they received
	for at := range starts(shown) {
		rest := shown[at:]
		if p == "" || p == stage.SMTP {
			if r, ok := smtpReply(rest + ended(shown[:at], rest)); ok && !port(shown[:at]) && !lineNumber(shown[:at], rest) {
				found := foundReply{stage.SMTP, wholly(r, shown)}
				if r.Code == 0 || r.Code >= 400 {
					return found, true
				}
				if positive.protocol == "" {
					positive = found
				}
			}
		}
		if p == "" || p == stage.POP3 {
			if strings.HasPrefix(rest, "-ERR") {
				return foundReply{stage.POP3, statusReply("-ERR", rest[4:], rest)}, true
			}
		}
		if p == "" || p == stage.IMAP {
			if r, ok := imapReply(rest); ok && tagged(shown[:at]) {
				if untagged {
					r.Lines = []string{shown}
				}
				return foundReply{stage.IMAP, r}, true
			}
		}
	}
	return positive, positive.protocol != ""
}

// portWords are what programs write before a port number.
var portWords = []string{"port", "porta", "porto", "puerto", "poort", "anschluss", "порт", "ポート", "端口"}

// port reports whether the number after this text is that of a port, as in
// "imap.example.net:465", "[::1]:465" or "Port: 465".
func port(before string) bool {
	name := strings.ToLower(strings.TrimRight(before, " :="))
	notLetter := func(c rune) bool { return !unicode.IsLetter(c) }
	if fields := strings.FieldsFunc(name, notLetter); len(fields) > 0 && strings.HasSuffix(name, fields[len(fields)-1]) &&
		slices.Contains(portWords, fields[len(fields)-1]) {
		return true
	}
	host, ok := strings.CutSuffix(before, ":")
	if !ok || host == "" {
		return false
	}
	word := host[strings.LastIndexAny(host, " '\"(/=")+1:]
	return strings.HasSuffix(word, "]") || strings.Contains(word, ".") || word == "localhost"
}

// ended returns a space if a text ends in a code that stands after a word for it, as in
// "expected 334, got 535": a number without that may be anything.
func ended(before, rest string) string {
	if len(rest) != 3 {
		return ""
	}
	fields := strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(fields) > 0 && slices.Contains(codeWords, fields[len(fields)-1]) {
		return " "
	}
	return ""
}

// codeWords are what programs write before a code.
var codeWords = []string{"code", "error", "got", "response", "status", "reply", "smtp", "fehler", "erreur", "errore", "errorcode", "received"}

// lineNumber reports whether a number in parentheses is that of a line in source code,
// which follows the file's name, and not a code as in "error (535): no".
func lineNumber(before, rest string) bool {
	return len(rest) > 3 && rest[3] == ')' && !strings.HasSuffix(before, " (")
}

// wholly replaces the text of a reply that consists only of codes with the whole
// message: some programs put the codes last.
func wholly(r stage.Reply, message string) stage.Reply {
	words := strings.TrimLeft(r.Text(), "0123456789. -")
	if !strings.ContainsFunc(words, unicode.IsLetter) {
		r.Lines = []string{message}
	}
	return r
}

// starts yields the places where a reply may begin: the first letter, and every one
// after a space or a character that programs put before a quotation.
func starts(s string) func(func(int) bool) {
	return func(yield func(int) bool) {
		before := ' '
		for i, c := range s {
			if strings.ContainsRune(" \t'\"`([{<>:=,|“”„‘’«»「『（：，。", before) && c != ' ' && !yield(i) {
				return
			}
			before = c
		}
	}
}

// smtpReply parses "535 5.7.8 text", "535-5.7.8 text", "535, b'5.7.8 text'" or
// "5.7.8 text" (RFC 5321 4.2, RFC 2034 4).
func smtpReply(s string) (stage.Reply, bool) {
	r := stage.Reply{Lines: []string{s}}
	rest := s
	if n, ok := number(s); ok && len(s) > 3 && n >= 200 && n < 600 && strings.IndexByte(" -,:*)", s[3]) >= 0 {
		r.Code = n
		rest = strings.TrimLeft(s[4:], " ,:b'\"(#")
	}
	r.Enhanced = enhancedCode(rest)
	if r.Code == 0 && (r.Enhanced == "" || r.Enhanced[0] == '2') || r.Enhanced == "" && ofHTTP(s) {
		return stage.Reply{}, false
	}
	if r.Enhanced == "" {
		r.Enhanced = enhancedWithin(rest)
	}
	return r, true
}

// ofHTTP reports whether a code is a status of HTTP with its phrase (RFC 9110 15), as logs
// of web applications have it.
func ofHTTP(s string) bool {
	return slices.ContainsFunc([]string{"401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Time"}, func(status string) bool {
		return strings.HasPrefix(s, status)
	})
}

// number parses three digits.
func number(s string) (int, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, len(s) == 3 || s[3] < '0' || s[3] > '9'
}

// enhancedCode returns the enhanced status code (RFC 3463 2) at the beginning of a
// text; empty if there is none.
func enhancedCode(s string) string {
	if len(s) < 5 || strings.IndexByte("245", s[0]) < 0 || s[1] != '.' {
		return ""
	}
	end, dots, digits := 2, 1, 0
	for ; end < len(s); end++ {
		switch c := s[end]; {
		case c >= '0' && c <= '9' && digits < 3:
			digits++
			continue
		case c == '.' && dots == 1 && digits > 0:
			dots, digits = 2, 0
			continue
		}
		break
	}
	if dots != 2 || digits == 0 || end < len(s) && s[end] >= '0' && s[end] <= '9' {
		return ""
	}
	return s[:end]
}

// enhancedWithin finds an enhanced code in brackets, "(#5.7.1)", or after the words
// "SMTP info: ".
func enhancedWithin(s string) string {
	for _, before := range []string{"#", "info: "} {
		if _, after, ok := strings.Cut(s, before); ok {
			if code := enhancedCode(after); code != "" {
				return code
			}
		}
	}
	return ""
}

// tagged reports whether an IMAP status can follow this text: nothing, a character
// with which programs begin a quotation, or a tag (RFC 9051 2.2.1). A word in
// capitals in the middle of a sentence is not a status.
func tagged(before string) bool {
	before = strings.TrimRight(before, " \t")
	if before == "" || strings.IndexByte("'\"([{<>:=,|/*", before[len(before)-1]) >= 0 {
		return true
	}
	word := before[strings.LastIndexByte(before, ' ')+1:]
	return len(word) == 1 || strings.ContainsAny(word, "0123456789")
}

// imapReply parses "NO [CODE] text", "BYE text", "BAD text" (RFC 9051 7.1).
func imapReply(s string) (stage.Reply, bool) {
	for _, status := range []string{"NO", "BAD", "BYE"} {
		if rest, ok := strings.CutPrefix(s, status); ok && (rest == "" || rest[0] == ' ') {
			return statusReply(status, rest, s), true
		}
	}
	return stage.Reply{}, false
}

// statusReply parses what follows an IMAP or POP3 status.
func statusReply(status, rest, line string) stage.Reply {
	return stage.Reply{Status: status, ResponseCode: responseCode(rest), Lines: []string{line}}
}

// responseCode returns the response code in square brackets at the beginning of a
// text (RFC 9051 7.1, RFC 2449 8), in capitals and without arguments; empty if there
// is none. [ALERT] is ignored because it says nothing about the cause.
func responseCode(s string) string {
	code, ok := strings.CutPrefix(strings.TrimSpace(s), "[")
	if !ok {
		return ""
	}
	code, _, ok = strings.Cut(code, "]")
	code, _, _ = strings.Cut(code, " ")
	code = strings.ToUpper(code)
	if !ok || code == "ALERT" || len(code) > 40 {
		return ""
	}
	return code
}
