package paste

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"

	"maildoctor/probe/lazy"
)

// form is a pattern whose group named s is a secret.
type form struct {
	kind  Kind
	re    func() *regexp.Regexp
	holds func(before, secret string) bool // nil: always

	// What tells lines that can't match, for speed.
	ofWord bool     // it begins with a word
	near   []string // one of them, in lower case, is in the line; empty: any line
}

func formOf(kind Kind, pattern string, holds func(before, secret string) bool) form {
	f := form{kind: kind, re: lazy.Pattern(pattern), holds: holds}
	switch {
	case strings.Contains(pattern, word):
		f.ofWord = true
	case kind == URL && strings.Contains(pattern, "@"):
		f.near = []string{"@"}
	case kind == Exchange && strings.Contains(pattern, "AUTH"):
		f.near = []string{"auth"}
	case kind == Command:
		f.near = []string{"login", "pass", "apop"}
	}
	return f
}

// stems are in every [word], in lower case.
var stems = strings.Fields("pass pwd wort mdp contras clave senha parol hasł haslo wacht ord adgang salas hesl jelsz ifre пароль 密码 授权码 パスワード 비밀번호 secret key token cred mot -ap -pw")

// word are the words after which a password stands, at the end of a name such as
// SMTP_PASSWORD, in the languages of the large mail programs.
const word = `(?:pass(?:word|wd|wort|phrase|code|wrd)?|pwd|kennwort|(?:app|anwendungs)[- ]?passwort|mot de passe|mdp|contraseña|clave|senha|palavra-passe|parola d'ordine|parola|hasło|haslo|` +
	`wachtwoord|lösenord|losenord|adgangskode|passord|salasana|heslo|jelszó|şifre|sifre|пароль|密码|授权码|パスワード|비밀번호|` +
	`secret|client[-_]?secret|api[-_]?key|access[-_]?key|(?:access|refresh|id|auth)[-_]?token|token|credentials?)[0-9]*`

// forms are all patterns that stand in one line.
var forms = []form{
	// What clients send.
	formOf(Command, `(?:^|[\s:>\]"'])(?i:[a-z]{1,6}[0-9]{1,6}|\.)\s+(?i:LOGIN)\s+(?:"(?:[^"\\]|\\.)*"|[^\s"]+)\s+(?P<s>"(?:[^"\\]|\\.)*"|\S+)`, nil),
	formOf(Command, `^(?:\S{0,3}\s+)?(?:[0-9]{1,6}\s+)?LOGIN\s+(?:"(?:[^"\\]|\\.)*"|[^\s"]+)\s+(?P<s>"(?:[^"\\]|\\.)*"|\S+)\s*$`, nil),
	formOf(Command, `(?:^|[\s:>\]"'])PASS\s+(?P<s>\S.*?)["']?\s*$`, notAVerdict),
	formOf(Command, `^(?i:PASS)\s+(?P<s>\S+)\s*$`, nil),
	formOf(Command, `(?i)\bAPOP\s+\S+\s+(?P<s>[0-9a-f]{32})\b`, nil),
	formOf(Exchange, `(?i)\bAUTH(?:ENTICATE)?\s+"?(?:`+mechanisms+`)"?\s+"?(?P<s>[A-Za-z0-9+/=]+)`, notAnOffer),
	formOf(Exchange, `\bp=(?P<s>[A-Za-z0-9+/]{20,}={0,2})`, nil), // the proof of SCRAM

	// Tokens.
	formOf(Token, `(?i)\bbearer\s+(?P<s>[A-Za-z0-9._~+/=|-]{6,})`, looksMade),
	formOf(Token, `(?i)\bauthorization["']?\s*[:=]\s*["']?(?:basic|digest|negotiate|ntlm)\s+(?P<s>[^\s"']+)`, nil),
	formOf(Token, `(?P<s>\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,3})`, nil),
	formOf(Token, `(?P<s>\bya29\.[A-Za-z0-9._-]{6,}|\b1//[A-Za-z0-9_-]{16,}|\bEw[A-Z][A-Za-z0-9+/]{30,}={0,2}|\bGOCSPX-[A-Za-z0-9_-]{10,}|\bxkeysib-[A-Za-z0-9-]{20,}|\bSG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|\bAIza[A-Za-z0-9_-]{30,}|\bgh[opsu]_[A-Za-z0-9]{30,})`, nil),

	// URLs and data source names.
	formOf(URL, `[A-Za-z][A-Za-z0-9+.-]*://[^\s:/"'<>]*:(?P<s>[^\s"'<>]+)@`, notAPort),
	formOf(URL, `[^\s:@/"'<>]+@[^\s:@/"'<>]+:(?P<s>[^\s"'<>]+)@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`, nil),
	formOf(URL, `[^\s:@/"'<>]+:(?P<s>[^\s"'<>]+)@(?:tcp|unix)\(`, nil),
	formOf(URL, `(?:^|\s)(?:-u|--user|--proxy-user|--basic|-U)[ =]["']?[^\s:"']+:(?P<s>[^\s"']+)`, nil),

	// Words for a password.
	formOf(Setting, `(?:^|\s)(?:--?(?i:[a-z-]*`+word+`)|-ap|-pw)[ =]+(?P<s>"[^"]*"|'[^']*'|[^\s"']+)`, notAWord),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`(?:["'][\])]?)?\s*(?:[:=]>?|=>|,)\s*(?P<s>"(?:[^"\\]|\\.)+"|'(?:[^'\\]|\\.)+')`, notAWord),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`(?:["'][\])]?)?\s*=>?\s*(?P<s>[^\s"'][^\s]*)`, notAWord),
	formOf(Setting, `(?i)^[^\pL\n]*[\w.\[\]-]*?`+word+`\s*=\s*(?P<s>[^\s"'].*?)\s*$`, notAWord),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`(?:["'][\])]?)?\s*[:：]\s*(?P<s>[^\s"',][^\n]*?)\s*$`, notAMessage),
	formOf(Setting, `(?i)<[^<>]*`+word+`[^<>]*>\s*(?:<string>)?(?P<s>[^<>\s][^<>]*)<`, notAWord),
	formOf(Setting, `(?i)<key>[^<>]*`+word+`</key>\s*<string>(?P<s>[^<>]+)`, notAWord),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`\s+(?:is|was|ist|war|lautet|heißt|est|es|è)\s*:?\s+["']?(?P<s>[^\s"']+)`, looksMade),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`\s*\(?["'`+"`"+`]?(?P<s>[a-z]{4}[ -][a-z]{4}[ -][a-z]{4}[ -][a-z]{4})\b`, nil),
	formOf(Setting, `(?i)(?:^|[^\pL])`+word+`\s+["'`+"`"+`]?(?P<s>[^\s"'`+"`"+`]+)`, barely),
	formOf(Setting, `\b(?P<s>[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4})\b`, nil), // Apple's app passwords
}

const mechanisms = `PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|GSS-SPNEGO|EXTERNAL|PLAIN-CLIENTTOKEN|XOAUTH|ANONYMOUS|MSN|SCRAM-[A-Z0-9-]+`

// harmless are values that stand after a word for a password and are none.
var harmless = set("yes no true false null none nil empty required optional plain cleartext encrypted normal unset undefined default withheld redacted hidden masked " +
	"secret password passwd string prompt saved stored login set missing wrong invalid incorrect expired failed rejected error bad ok accepted " +
	"authentication authorization correct changed sent received not needed unknown username user name here")

// refusing are words before a word for a password that make it part of a message.
var refusing = set("wrong invalid unexpected incorrect bad expired missing no or and unknown your the a this plaintext cleartext falsches ungültiges oder und ihr das mauvais ou le incorrecto " +
	"o la su błędne lub verify check enter accepted refused rejected specific need needs requires without user/ username/ name/")

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// gone reports whether somebody has put something else in the place of a secret:
// "***", "(withheld)", "<password>", "xxxx", "$PASSWORD", "%s".
func gone(s string) bool {
	t := strings.Trim(s, `"'`)
	switch {
	case t == "" || strings.Trim(t, "*•.xX") == "" || strings.HasPrefix(t, Stand):
		return true
	case t[0] == '<' && strings.HasSuffix(t, ">"), t[0] == '(' && strings.HasSuffix(t, ")"), t[0] == '[' && strings.HasSuffix(t, "]"):
		return set("withheld redacted hidden masked password passwort removed secret omitted filtered")[strings.ToLower(strings.Trim(t, "<>()[]"))]
	case t[0] == '$':
		return variable().MatchString(t)
	}
	return t == "%s" || t == "%v" || t == "%q"
}

var variable = lazy.Pattern(`^\$\{?[A-Z_][A-Z0-9_]*\}?$`)

func notAWord(_, s string) bool { return !harmless[strings.ToLower(strings.Trim(s, `"'.,;:!?`))] }

// notAMessage: what follows a colon is a setting, unless a word before makes it a
// message about a password.
func notAMessage(before, s string) bool {
	before = strings.TrimRight(before, ` "'(`)
	last := strings.ToLower(before[strings.LastIndexAny(before, " \t")+1:])
	if refusing[last] {
		return false
	}
	first, rest, several := strings.Cut(s, " ")
	return notAWord("", s) && (!several || !harmless[strings.ToLower(strings.Trim(first, `.,;:`))] || looksMixed(rest))
}

// notAnOffer: a server lists mechanisms after AUTH as well, a client one and its answer.
func notAnOffer(before, s string) bool {
	return inBase64(s) && !strings.HasSuffix(before, "250-") && !strings.HasSuffix(before, "250 ")
}

// notAVerdict: checks of a sender's domain end in PASS, too.
func notAVerdict(before, _ string) bool {
	before = strings.ToLower(strings.TrimRight(before, ` :="'`))
	for _, check := range []string{"spf", "dkim", "dmarc", "arc", "---"} {
		if strings.HasSuffix(before, check) {
			return false
		}
	}
	return true
}

// notAPort: a colon in a URL may come before a port, and an @ later.
func notAPort(_, s string) bool {
	digits := strings.TrimLeft(s, "0123456789")
	n := len(s) - len(digits)
	return n == 0 || n > 5 || digits == "" || !strings.ContainsRune("/?#", rune(digits[0]))
}

// barely reports whether a word that merely follows a word for a password is one: it
// has digits or letters of both cases in it, and is neither a name nor an address.
func barely(before, s string) bool {
	return notAVerdict(before, s) && looksMixed(s) && !strings.ContainsAny(s, "@.:/=[]()<>{}")
}

// looksMade reports whether a word was made up by a program or for a password: it has
// digits or signs in it, or letters of both cases.
func looksMade(_, s string) bool { return looksMixed(s) || len(s) >= 24 }

func looksMixed(s string) bool {
	s = strings.Trim(s, `.,;:!?()"'`)
	var lower, upper, digit, sign bool
	for i, r := range s {
		switch {
		case unicode.IsLower(r):
			lower = true
		case unicode.IsUpper(r):
			upper = upper || i > 0 // a capital at the beginning is a noun, or a sentence
		case unicode.IsDigit(r):
			digit = true
		case !strings.ContainsRune("-'/", r):
			sign = true
		}
	}
	letters := lower || upper
	return len(s) >= 6 && letters && (digit || sign || lower && upper)
}

// inBase64 reports whether a word is what SASL sends, and not one of a sentence or the
// name of a mechanism.
func inBase64(s string) bool {
	if s == "=" || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" && mechanism().MatchString(s) {
		return false
	}
	body := strings.TrimRight(s, "=")
	if len(s) < 4 || strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") != "" {
		return false
	}
	if len(body) < len(s) || looksMixed(body) || len(body) >= 24 {
		return true
	}
	decoded, err := base64.StdEncoding.DecodeString(s)
	return err == nil && readable(string(decoded))
}

var mechanism = lazy.Pattern(`^(?:` + mechanisms + `)$`)
