package chart

import (
	"cmp"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// FirstBytes returns what was received in place of what was expected.
func (k *Exam) FirstBytes(s stage.Stage) string {
	if s == stage.Handshake {
		return k.TLS.FirstBytes
	}
	if k.Greet.FirstBytes != "" {
		return k.Greet.FirstBytes
	}
	return cmp.Or(k.Greet.Text(), k.Provoked)
}

// openings identify protocols by their first bytes. A TLS library may pass on only
// five of them.
var openings = []struct{ prefix, protocol string }{
	{"* OK", "imap"},
	{"* PRE", "imap"},
	{"* BYE", "imap"},
	{"* BAD", "imap"},
	{"+OK", "pop3"},
	{"-ERR", "pop3"},
	{"220", "smtp"},
	{"421", "smtp"},
	{"50", "smtp"},
	{"55", "smtp"},
	{"HTTP", "http"},
	{"<htm", "http"},
	{"<HTM", "http"},
	{"<!DOC", "http"},
	{"<!doc", "http"},
	{"SSH-", "ssh"},
	{"RFB ", "vnc"},
	{`\x15\x03`, "tls"}, // an alert, as shown in text
	{`\x16\x03`, "tls"},
}

// Spoken returns the protocol that the first bytes belong to; empty if it isn't
// known. "220" also opens FTP, which says so in its text.
func Spoken(first string) string {
	for _, o := range openings {
		if !strings.HasPrefix(first, o.prefix) {
			continue
		}
		if o.protocol == "smtp" && strings.Contains(strings.ToUpper(first), "FTP") {
			return "ftp"
		}
		return o.protocol
	}
	return ""
}

// Answer is the outcome of a follow-up.
type Answer int

const (
	Unknown Answer = iota
	Yes
	No
)

// SpeaksTLS returns the outcome of the follow-up to a silent port. A rejected
// certificate or an alert is TLS all the same.
func (c *Case) SpeaksTLS(k *Exam) Answer { return SpeaksTLS(c.SpeaksTLSOf(k)) }

func SpeaksTLS(f *stage.CheckRecord) Answer {
	if f == nil {
		return Unknown
	}
	r := f.Result(stage.Handshake)
	if r == nil || r.Status == stage.Skip {
		return Unknown
	}
	if r.Status != stage.Fail {
		return Yes
	}
	switch r.Fault {
	case stage.BadCertificate, stage.TLSAlert, stage.TLSVersion, stage.ClientCertAsked:
		return Yes
	}
	return No
}

// SpeaksTLSOf returns what shows whether a silent port speaks TLS: the follow-up, or
// the check of the plan that tries just that.
func (c *Case) SpeaksTLSOf(k *Exam) *stage.CheckRecord {
	if f := c.FollowUp(k, stage.AskPortSpeaksTLS); f != nil {
		return f
	}
	e := k.Check.Endpoint
	e.Host, e.Security = k.Host(), stage.TLS
	if o := other(c.index().same[e], k); o != nil {
		return o.CheckRecord
	}
	return nil
}

// longMute is how long a port must be silent before it ends the connection to look
// like a server that waits for the client to speak first.
const longMute = 5 * time.Second

// Mute reports whether no first line was received before our deadline or, after a
// while, before the peer ended the connection.
func (k *Exam) Mute() bool {
	switch k.Fault(stage.Greeting) {
	case stage.Silent:
		return true
	case stage.Closed, stage.Reset:
		return k.Waited() && k.Greet.FirstBytes == "" && len(k.Greet.Lines) == 0
	}
	return false
}

// Waited reports whether the wait for the first line was long enough to be noticed.
func (k *Exam) Waited() bool {
	r := k.Result(stage.Greeting)
	return r != nil && r.Time.Duration() >= longMute
}
