package paste

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// plainly is the answer of PLAIN.
func plainly(password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00jane@example.net\x00" + password))
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// pastes are what people paste, with a secret at §.
var pastes = []struct {
	kind Kind
	text string
}{
	{Command, "a1 LOGIN jane@example.net §"},
	{Command, `A0001 LOGIN "jane@example.net" "§"`},
	{Command, `. login jane §`},
	{Command, `[2020-10-07 21:00:02] 4> a0001 LOGIN "jane" "§"`},
	{Command, `  58:24.12 > b'GKDN1 LOGIN jane "§"'`},
	{Command, "C: a1 LOGIN {4}\nS: + go on\nC: jane {7}\nS: + go on\nC: §\nS: a1 NO [AUTHENTICATIONFAILED] Authentication failed."},
	{Command, "a1 LOGIN jane {7+}\n§"},
	{Command, "C: PASS §\r\nS: -ERR [AUTH] no"},
	{Command, " -> PASS §"},
	{Command, "2024-01-05 10:00:00 POP3> PASS §"},
	{Command, "pass §"},
	{Setting, "password: §"},
	{Setting, "Passwort: §"},
	{Setting, "  Kennwort : §"},
	{Setting, "Mot de passe : §"},
	{Setting, "Contraseña: §"},
	{Setting, "пароль: §"},
	{Setting, "密码：§"},
	{Setting, "Password:\n§\n535 5.7.8 no"},
	{Setting, "MAILDOCTOR_PASSWORD=§ maildoctor check"},
	{Setting, "export SMTP_PASS='§'"},
	{Setting, `password = "§"`},
	{Setting, `  "password": "§", "host": "smtp.example.net"`},
	{Setting, `auth: { user: 'jane', pass: '§' },`},
	{Setting, `user_pref("mail.smtpserver.smtp1.password", "§");`},
	{Setting, "$mail->Password   = '§';"},
	{Setting, "'smtp_pass' => '§',"},
	{Setting, "<password>§</password>"},
	{Setting, "<key>IncomingPassword</key>\n<string>§</string>"},
	{Setting, "<key>IncomingPassword</key><string>§</string>"},
	{Setting, "swaks --server smtp.example.net -au jane -ap §"},
	{Setting, "msmtp --password=§ x"},
	{Setting, "client_secret=§&grant_type=refresh_token"},
	{Setting, "my password is §"},
	{URL, "smtp://jane:§@smtp.example.net:587"},
	{URL, "MAILER_DSN=smtps://jane@example.net:§@smtp.example.net"},
	{URL, "jane@example.net:§@smtp.example.net:587"},
	{URL, "curl -v --url imaps://imap.example.net --user jane@example.net:§"},
	{Token, "Authorization: Bearer §"},
	{Token, `user=jane@example.net^Aauth=Bearer §^A^A`},
	{Token, "authorization: basic §"},
}

// transcripts are dialogues with an answer at §, made by a function.
var transcripts = []struct {
	text   string
	answer func(password string) string
}{
	{"C: AUTH PLAIN §\nS: 535 5.7.8 Error: authentication failed", plainly},
	{"a1 AUTHENTICATE PLAIN §", plainly},
	{"AUTH PLAIN\n334\n§\n535 no", plainly},
	{"S: +\nC: §", plainly},
	{"send: 'AUTH PLAIN §\\r\\n'", plainly},
	{"AUTH LOGIN\n334 VXNlcm5hbWU6\namFuZQ==\n334 UGFzc3dvcmQ6\n§\n535 no", encoded},
	{"334 UGFzc3dvcmQ6\n§", encoded},
	{"C: AUTH LOGIN amFuZQ==\nS: 334 UGFzc3dvcmQ6\nC: §", encoded},
	{"reply: b'334 UGFzc3dvcmQ6\\r\\n'\nreply: retcode (334); Msg: b'UGFzc3dvcmQ6'\nsend: '§\\r\\n'", encoded},
	{"smtpd[7]: > h[192.0.2.1]: 334 UGFzc3dvcmQ6\nNov 30 21:00:01 mx postfix/smtpd[7]: < h[192.0.2.1]: §", encoded},
	{"AUTH XOAUTH2 §", func(p string) string { return encoded("user=jane\x01auth=Bearer " + p + "\x01\x01") }},
	{"C: AUTHENTICATE SCRAM-SHA-256 biwsbj1qYW5lLHI9YWJj\n+ cj1hYmM=\n§", func(p string) string { return encoded("c=biws,r=abc,p=" + encoded(p+p+p)) }},
	{"AUTH CRAM-MD5\n334 PDEyMzRAbXg+\n§", func(p string) string { return encoded("jane " + strings.Repeat("0a", 16)) }},
}

var secrets = []string{"hunter2", "Kq7vZx9wTm2jXrHp", "abcdefghijklmnop", "S3cr€t!§ß", "p4ss/w0rd", "zyx-wvu-tsr"}

// TestEverySecretIsFound: nothing of a secret is left, and what was found is said of the
// right line.
func TestEverySecretIsFound(t *testing.T) {
	check := func(text, secret string, kind Kind) {
		t.Helper()
		got := Redact(text)
		if strings.Contains(got, secret) || !strings.Contains(got, Stand) {
			t.Errorf("%q: left in %q", text, got)
		}
		line := 1 + strings.Count(text[:strings.Index(text, secret)], "\n")
		if !slices.ContainsFunc(Find(text), func(s Secret) bool { return s.Line == line && (kind == "" || s.Kind == kind) }) {
			t.Errorf("%q: %+v, want %s in line %d", text, Find(text), kind, line)
		}
		if again := Redact(got); again != got || Find(got) != nil {
			t.Errorf("%q is not the end: %q, %+v", got, again, Find(got))
		}
	}
	for _, p := range pastes {
		for _, s := range secrets {
			if strings.ContainsAny(s, "€!§") && p.kind == Token {
				continue // no token has such letters
			}
			if strings.HasPrefix(p.text, "my password is") && !looksMade("", s) || p.kind == Token && strings.Contains(strings.ToLower(p.text), "bearer") && !looksMade("", s) {
				continue // it may be a sentence
			}
			kind := p.kind
			if kind == Command && strings.Contains(p.text, "+ go") {
				kind = "" // as a challenge looks, too
			}
			check(strings.ReplaceAll(p.text, "§", s), s, kind)
		}
	}
	for _, p := range transcripts {
		for _, s := range secrets {
			a := p.answer(s)
			check(strings.ReplaceAll(p.text, "§", a), a, Exchange)
		}
	}
	for _, token := range []string{"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", "ya29.a0AfH6SMBx", "1//0gabcdefghijklmnop", "EwB" + strings.Repeat("A8l6BAAU", 8), "abcd-efgh-ijkl-mnop"} {
		check("the server was given "+token+" and refused it", token, "")
	}
	check("Google app password abcd efgh ijkl mnop was refused", "abcd efgh ijkl mnop", Setting)
	check("Passwort: correct horse battery", "correct horse battery", Setting)
}

// TestWhatAnswersCarry: a password inside an answer is replaced where it stands plain.
func TestWhatAnswersCarry(t *testing.T) {
	for _, text := range []string{
		"AUTH PLAIN " + plainly("hunter22") + "\n535 no such password: hunter22",
		"334 UGFzc3dvcmQ6\n" + encoded("hunter22") + "\n535 you said hunter22",
		"a1 LOGIN jane hunter22\na1 NO hunter22 is wrong",
	} {
		if got := Redact(text); strings.Contains(got, "hunter22") {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestWhatIsNoSecret: messages about passwords, lists of mechanisms, and what somebody
// has replaced already stay as they are.
func TestWhatIsNoSecret(t *testing.T) {
	for _, text := range []string{
		"",
		"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
		"250-AUTH PLAIN LOGIN XOAUTH2 CRAM-MD5",
		"250 AUTH LOGIN PLAIN\n250 SIZE 1000",
		"AUTH PLAIN failed: the server said no",
		"a1 NO [AUTHENTICATIONFAILED] LOGIN failed.",
		"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR LOGINDISABLED",
		"-ERR [AUTH] Username and password not accepted.",
		"535 Incorrect username or password: please try again",
		"Wrong password: authentication failed",
		"Error: invalid password",
		"C: AUTH PLAIN (withheld)",
		"C: PASS ***",
		"password: ***",
		"password=$SMTP_PASSWORD",
		"password: <password>",
		"password: required",
		"Authentication-Results: mx; spf=PASS smtp.mailfrom=example.net; dkim=pass",
		"SPF: PASS with IP 192.0.2.1",
		"smtp://smtp.example.net:587",
		"https://jane@example.net:443/x",
		"http://proxy.example:8080/find?mail=jane@example.net",
		"to:jane@example.net,bob@example.net",
		"334 VXNlcm5hbWU6",
		"535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials 4fb4d7f45d1cf-example - gsmtp",
		"smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
		"534-5.7.9 Application-specific password required. For more information, go to 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp",
		"The password you entered is incorrect.",
		"SMTP Error: Could not authenticate. Password Command Failed: 534-5.7.9",
		"passdb { driver = pam }",
		"Unexpected token: [atom: 220]",
		"535 5.7.0 Incorrect username or password {mp017}",
		"Error login with auth [XOAUTH2 accesstoken]: 2 NO AUTHENTICATE failed",
		"250-PIPELINING250-AUTH PLAIN LOGIN250-STARTTLS250 HELP",
		"AADSTS70043: The refresh token has expired",
	} {
		if got := Redact(text); got != text || Find(text) != nil {
			t.Errorf("%q: %q, %+v", text, got, Find(text))
		}
	}
}

// FuzzRedact: no secret survives, whatever stands around it, and redacting twice is the
// same as once.
func FuzzRedact(f *testing.F) {
	f.Add("hunter2x", "before\n", "\nafter", uint(0))
	f.Add("Kq7vZx9w", "334 UGFzc3dvcmQ6\n", " password=x", uint(20))
	f.Add("abc\"def", "{\"", "}", uint(37))
	f.Fuzz(func(t *testing.T, secret, before, after string, which uint) {
		text := before + "\n" + after
		if got := Redact(text); Redact(got) != got || Find(got) != nil {
			t.Fatalf("%q: %q, then %q (%+v)", text, got, Redact(got), Find(got))
		}
		p := pastes[which%uint(len(pastes))]
		if !plausible(secret) || p.kind == Token {
			return
		}
		text = before + "\n" + strings.ReplaceAll(p.text, "§", secret) + "\n" + after
		if got := Redact(text); strings.Contains(got, secret) {
			t.Fatalf("%q: left in %q", text, got)
		}
	})
}

// plausible reports whether a text is a password as programs make them: letters of
// both cases, and digits.
func plausible(s string) bool {
	return len(s) >= 8 && looksMixed(s) && strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

// BenchmarkRedact: the time grows with the text, and no faster.
func BenchmarkRedact(b *testing.B) {
	line := "C: AUTH PLAIN " + plainly("hunter22") + "\nS: 535 5.7.8 no\nNov 30 mx postfix/smtpd[7]: lost connection after AUTH\n"
	for _, n := range []int{10, 1000} {
		text := strings.Repeat(line, n)
		b.Run(fmt.Sprint(len(text)), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Redact(text)
			}
		})
	}
}
