package chart

import (
	"cmp"
	"strings"

	"maildoctor/probe/stage"
)

// ProtocolName returns a protocol's name as mail programs write it.
func ProtocolName(p stage.Protocol) string {
	if p == stage.POP3 {
		return "POP"
	}
	return strings.ToUpper(stage.Visible(string(p)))
}

// Reply returns what the server sent in a stage; nil if it sent nothing.
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

// FirstLine returns the first line of server text that was made safe to show.
func FirstLine(shown string) string {
	for _, end := range []string{`\x0d`, `\x0a`} {
		shown, _, _ = strings.Cut(shown, end)
	}
	return shown
}

// Recipient returns the address in RCPT TO; empty if it was the sender's own.
func (k *Exam) Recipient() string { return k.submit.Recipient }

// NamedAnother reports whether RCPT TO was sent with a recipient that was named and is
// not the sender, and the last reply is the one to it.
func (k *Exam) NamedAnother() bool {
	said := k.Reply(stage.Submit)
	return k.Recipient() != "" && !strings.EqualFold(k.Recipient(), k.submit.Sender) && said != nil && said.Command == "RCPT"
}

// TookSender reports whether the server accepted MAIL FROM, and its reply to RCPT TO
// was not about the sender.
func (k *Exam) TookSender() bool { return k.submit.Accepted }
