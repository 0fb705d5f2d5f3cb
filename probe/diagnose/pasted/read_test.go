package pasted_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/pasted"
)

// What wraps a message doesn't change its cause.
func TestWrappings(t *testing.T) {
	for name, text := range map[string]string{
		"bare":             `534 5.7.9 Application-specific password required.`,
		"Python":           `smtplib.SMTPAuthenticationError: (534, b'5.7.9 Application-specific password required. Learn more at\n5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor')`,
		"JSON":             `{"level":"error","err":{"code":"EAUTH","response":"534-5.7.9 Application-specific password required.\r\n534 5.7.9 Learn more"}}`,
		"JSON in JSON":     `{"log":"{\"msg\":\"534-5.7.9 Application-specific\\u0020password required.\\r\\n534 5.7.9\"}\n"}`,
		"HTML":             `<html><body><p>The server said:<br><tt>534-5.7.9&nbsp;Application-specific password required.</tt></p></body></html>`,
		"HTML as text":     `&lt;b&gt;Error&lt;/b&gt;: 534 5.7.9 Application-specific password required&#46;`,
		"percent":          `error=534%205.7.9%20Application-specific%20password%20required.`,
		"quoted-printable": "534 5.7.9=20Application-specific=20password=20re=\r\nquired=2E",
		"a log":            "2026-11-22 SERVER -> CLIENT: 220 smtp.example.net ESMTP\n2026-11-22 CLIENT -> SERVER: EHLO localhost\n2026-11-22 SERVER -> CLIENT: 534 5.7.9 Application-specific password required.\n2026-11-22 CLIENT -> SERVER: QUIT\n",
	} {
		a := pasted.Read(text, "")
		if len(a.Guesses) == 0 || a.Guesses[0].Cause != cause.AppPasswordRequired {
			t.Errorf("%s: %v", name, a.Guesses)
			continue
		}
		leads := 0
		for _, s := range a.Statements {
			if s.Leads {
				leads++
			}
		}
		if leads == 0 {
			t.Errorf("%s: no line leads: %+v", name, a.Statements)
		}
	}
}

// Letters of a character set that was taken for another one.
func TestMojibake(t *testing.T) {
	const (
		german  = "Die Anmeldung schlug fehl: Das Zertifikat ist abgelaufen für „mail.example.net“"
		chinese = "登录失败：请使用授权码登录。详情请看帮助"
	)
	raw := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	twice := func(e *charmap.Charmap, bytes string) string {
		var b strings.Builder
		for i := range len(bytes) {
			b.WriteRune(e.DecodeByte(bytes[i]))
		}
		return b.String()
	}
	for name, tt := range map[string]struct {
		text string
		want cause.ID
	}{
		"UTF-8":                     {german, cause.CertExpired},
		"Windows-1252":              {raw(charmap.Windows1252, german), cause.CertExpired},
		"UTF-8 as Latin-1":          {twice(charmap.ISO8859_1, german), cause.CertExpired},
		"UTF-8 as Windows-1252":     {twice(charmap.Windows1252, german), cause.CertExpired},
		"Chinese":                   {chinese, cause.AppPasswordRequired},
		"GBK":                       {raw(simplifiedchinese.GBK, chinese), cause.AppPasswordRequired},
		"GBK as Latin-1":            {twice(charmap.ISO8859_1, raw(simplifiedchinese.GBK, chinese)), cause.AppPasswordRequired},
		"Chinese as Latin-1, UTF-8": {twice(charmap.ISO8859_1, chinese), cause.AppPasswordRequired},
	} {
		a := pasted.Read(tt.text, "")
		if len(a.Guesses) == 0 || a.Guesses[0].Cause != tt.want || !utf8.ValidString(a.Text) {
			t.Errorf("%s: %q: %v, want %s", name, tt.text, a.Guesses, tt.want)
		}
	}
}

// A line that was sent is no answer: what stands in it may be secret.
func TestWhatWasSentIsNotTold(t *testing.T) {
	for _, text := range []string{
		"C: AUTH PLAIN AGphbmUAc2VjcmV0\nS: 535 5.7.8 Error: authentication failed",
		"CLIENT -> SERVER: PASS 535 5.7.8 secret\nSERVER -> CLIENT: -ERR [AUTH] Authentication failed.",
		">> a1 LOGIN jane NO secret\n<< a1 NO [AUTHENTICATIONFAILED] Authentication failed.",
		"send: 'AUTH LOGIN c2VjcmV0'\nreply: b'535 5.7.8 Error: authentication failed\\r\\n'",
	} {
		a := pasted.Read(text, "")
		if len(a.Statements) != 1 || a.Statements[0].Line != 2 || strings.Contains(a.Statements[0].Text, "secret") || a.Statements[0].Who != pasted.ByServer {
			t.Errorf("%q: %+v", text, a.Statements)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("535 5.7.8 Error: authentication failed")
	f.Add(`{"a":"\u00e9\x00\777"}`)
	f.Add("<p>\xff\xfe=41=42=43%41%42%43&#0;")
	f.Fuzz(func(t *testing.T, text string) {
		a := pasted.Read(text, "")
		pasted.About(strings.Split(text, "\n"), a.Lines, "")
		for _, s := range a.Statements {
			if s.Line < 1 || s.Line > a.Lines || len(s.Guesses) == 0 && s.Fact == "" && s.Who != pasted.ByClient {
				t.Errorf("%+v of %d lines", s, a.Lines)
			}
		}
	})
}

// The command before a refusal says what it is about.
func TestCommandIsHeeded(t *testing.T) {
	for text, want := range map[string]cause.ID{
		"C: AUTH PLAIN\nS: 334\nC: AGphbmU=\nS: 550 The moon is full":       cause.WrongPassword,
		"C: MAIL FROM:<jane@example.net>\nS: 550 The moon is full":          cause.SenderAddressNotPermitted,
		"C: RCPT TO:<bob@example.org>\nS: 550 5.1.1 No such user here":      cause.RecipientUnknown,
		"C: a2 SELECT INBOX\nS: a2 NO The moon is full":                     cause.MailboxBackendUnavailable,
		"C: a1 LOGIN jane ***\nS: a1 NO [AUTHENTICATIONFAILED] Auth failed": cause.WrongPassword,
		"C: EHLO laptop\nS: 550 The moon is full":                           cause.SMTPHELORejected,
		"C: STARTTLS\nS: 454 TLS not available due to temporary reason":     cause.StartTLSBrokenOnServer,
	} {
		a := pasted.Read(text, "")
		if len(a.Guesses) == 0 || a.Guesses[0].Cause != want {
			t.Errorf("%q: %v, want %s", text, a.Guesses, want)
		}
		if last := a.Statements[len(a.Statements)-1]; last.To == "" {
			t.Errorf("%q: %+v: expected the command", text, last)
		}
	}
}
