package chart

import (
	"cmp"
	"strings"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// maxEvidence bounds one line of evidence, in bytes.
const maxEvidence = 500

// ProtocolName returns the name that mail programs have for it.
func ProtocolName(p stage.Protocol) string {
	if p == stage.POP3 {
		return "POP"
	}
	return strings.ToUpper(stage.Visible(string(p)))
}

// Reply returns what the server said in a stage; nil where it said nothing.
func (k *Exam) Reply(s stage.Stage) *stage.Reply {
	switch s {
	case stage.Greeting:
		if len(k.Greet.Lines) > 0 || k.Greet.Code != 0 || k.Greet.Status != "" {
			return &k.Greet.Reply
		}
	case stage.Upgrade:
		return k.Upgrade.Reply
	case stage.Capabilities:
		return cmp.Or(k.Caps.Reply, k.Caps.HelloRefused)
	case stage.Login:
		return k.Login.Reply
	case stage.Mailbox:
		return k.Mailbox.Reply
	case stage.Submit:
		return k.submit.Reply
	}
	return nil
}

// FirstLine cuts what a server sent, made visible, at the end of its first line.
func FirstLine(shown string) string {
	for _, end := range []string{`\x0d`, `\x0a`} {
		shown, _, _ = strings.Cut(shown, end)
	}
	return shown
}

// What follows is in English, for rules that still put text together: the values
// of shows.go take its place.

// Describe is [Shows] in English.
func Describe(k *Exam, r *stage.Result) string { return Short(prose.English().Text(Shows(k, r))) }

// Short cuts a line to [maxEvidence] at a rune's boundary.
func Short(s string) string { return CutAt(s, maxEvidence) }

// CutAt cuts a line to so many bytes, and shows that it did.
func CutAt(s string, cut int) string { return prose.Shorten(s, cut) }

// DescribeReply is a reply in one line.
func DescribeReply(r *stage.Reply) string {
	if r == nil {
		return ""
	}
	return r.Text()
}

// DescribeAttempts is [ShowsAttempts] in English.
func DescribeAttempts(f *stage.ConnectFacts) string { return prose.English().Text(ShowsAttempts(f)) }

// DescribeTLS is [ShowsTLS] in English.
func DescribeTLS(f *stage.TLSFacts) string { return prose.English().Text(ShowsTLS(f)) }

// DescribeCert is [ShowsCertificateFault] in English.
func DescribeCert(f *stage.TLSFacts, c stage.CertFault) string {
	return prose.English().Text(ShowsCertificateFault(f, c))
}

// DescribeCertificate is [ShowsCertificate] in English.
func DescribeCertificate(c stage.Certificate) string {
	return prose.English().Text(ShowsCertificate(c))
}

// Duration is [prose.Duration] in English.
func Duration(m stage.Millis) string { return prose.English().Text(prose.Duration(m)) }

// FaultWords is [Fault] in English.
func FaultWords(f stage.Fault) string { return prose.English().Text(Fault("", f, prose.Value{})) }

// Date is [prose.Minute] as text; "" where there is none.
func Date(t time.Time) string { return prose.English().Text(prose.Minute(t)) }

// Date returns a date of the certificate that a fault is about.
func (k *Exam) Date(f stage.CertFault, of func(stage.Certificate) time.Time) string {
	return Date(of(k.faulty(f)))
}
