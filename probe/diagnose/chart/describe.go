package chart

import (
	"cmp"
	"strings"

	"maildoctor/probe/stage"
)

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

// Recipient is the one that was named for RCPT TO; empty where the sender stood for it.
func (k *Exam) Recipient() string { return k.submit.Recipient }

// TookSender reports whether MAIL FROM was taken, and nothing at RCPT TO was about it.
func (k *Exam) TookSender() bool { return k.submit.Accepted }
