package chart

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// maxEvidence bounds one line of evidence, in bytes.
const maxEvidence = 400

// ProtocolName returns the name that mail programs have for it.
func ProtocolName(p stage.Protocol) string {
	if p == stage.POP3 {
		return "POP"
	}
	return strings.ToUpper(stage.Visible(string(p)))
}

// Shows is what a result shows by itself, as evidence.
func Shows(k *Exam, r *stage.Result) prose.Value { return prose.Raw(Describe(k, r)) }

// Describe says in one line what a result shows by itself.
func Describe(k *Exam, r *stage.Result) string {
	text := ""
	switch r.Stage {
	case stage.Resolve:
		text = DescribeLookups(k.Resolve)
	case stage.Connect:
		text = DescribeAttempts(k.Connect)
	case stage.Handshake:
		text = DescribeTLS(k.TLS)
	case stage.Upgrade:
		text = DescribeReply(k.Reply(r.Stage))
		if r.Fault == stage.EarlyData {
			text = fmt.Sprintf("%d bytes, %q", k.Upgrade.EarlyBytes, stage.Visible(FirstLine(k.Upgrade.EarlyText)))
		}
	default:
		text = DescribeReply(k.Reply(r.Stage))
	}
	words := FaultWords(r.Fault)
	if r.Stage == stage.Handshake && k.Noise() {
		words = "what came is neither TLS nor clear text"
	}
	switch {
	case text == "" && words == "":
		text = string(r.Status)
	case text == "":
		text = words
	case words != "":
		text = words + ": " + text
	}
	return Short(stage.Visible(text))
}

// Short cuts a line to [maxEvidence] at a rune's boundary.
func Short(s string) string { return CutAt(s, maxEvidence) }

// CutAt cuts a line to so many bytes, and shows that it did.
func CutAt(s string, cut int) string {
	if len(s) <= cut {
		return s
	}
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
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

func DescribeReply(r *stage.Reply) string {
	if r == nil {
		return ""
	}
	return r.Text()
}

// DescribeLookups tells what each name server said.
func DescribeLookups(f *stage.ResolveFacts) string {
	var parts []string
	for _, l := range f.Lookups {
		s := fmt.Sprintf("%s on %s %s: %s", l.Server, l.Type, f.Host, l.Outcome)
		if l.Truncated {
			s = fmt.Sprintf("%s on %s %s: cut short, and TCP brought no answer", l.Server, l.Type, f.Host)
		}
		if l.Extended != "" {
			s += " (" + l.Extended + ")"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// DescribeAttempts tells how each address took the connection.
func DescribeAttempts(f *stage.ConnectFacts) string {
	var parts []string
	for _, a := range f.Attempts {
		text := fmt.Sprintf("%s %s after %s", a.Address, dialWords(a.Outcome), Duration(a.Time))
		if r := a.Rejection; rejects(a) == OnTheWay && a.Outcome != stage.DialProhibited {
			text += ", by word of " + r.By
		} else if rejects(a) == TheHost {
			text += ", by a firewall's message"
		} else if r != nil && r.Why == stage.RejectHost && a.Outcome == stage.DialHostUnreachable {
			text += ", by word of " + r.By + ", which found nobody there"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func dialWords(o stage.DialOutcome) string {
	switch o {
	case stage.DialTimeout:
		return "gave no answer"
	case stage.DialNetworkUnreachable:
		return "network unreachable"
	case stage.DialHostUnreachable:
		return "host unreachable"
	case stage.DialProhibited:
		return "forbidden by this machine"
	case stage.DialReset:
		return "reset the connection"
	case stage.DialOther:
		return "failed"
	}
	return string(o)
}

// DescribeTLS tells what the handshake or the certificate failed with.
func DescribeTLS(f *stage.TLSFacts) string {
	var parts []string
	for i, c := range f.Faults {
		if last := i == len(f.Faults)-1 || f.Faults[i+1].Depth != c.Depth; last {
			parts = append(parts, DescribeCert(f, c))
		} else {
			parts = append(parts, certFaultWords(c)) // the certificate is told once
		}
	}
	if f.Alert != "" {
		parts = append(parts, "alert "+f.Alert)
	}
	if f.FirstBytes != "" {
		parts = append(parts, "first bytes "+FirstLine(f.FirstBytes))
	}
	return strings.Join(parts, "; ")
}

// FirstLine cuts what a server sent, made visible, at the end of its first line.
func FirstLine(shown string) string {
	for _, end := range []string{`\x0d`, `\x0a`} {
		shown, _, _ = strings.Cut(shown, end)
	}
	return shown
}

// DescribeCert tells one fault, and whose certificate has it.
func DescribeCert(f *stage.TLSFacts, c stage.CertFault) string {
	s := certFaultWords(c)
	if c.Depth >= 0 && c.Depth < len(f.Chain) {
		s += " (" + DescribeCertificate(f.Chain[c.Depth]) + ")"
	}
	return s
}

// certFaultWords are the fault's id and figures: "expired: not after ...".
func certFaultWords(c stage.CertFault) string {
	if c.Detail == "" {
		return string(c.ID)
	}
	return string(c.ID) + ": " + c.Detail
}

// DescribeCertificate tells what a technician compares with another place.
func DescribeCertificate(c stage.Certificate) string {
	s := fmt.Sprintf("%s, issued by %s", c.Subject, c.Issuer)
	if !c.NotBefore.IsZero() || !c.NotAfter.IsZero() {
		s += fmt.Sprintf(", valid %s to %s", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
	}
	if c.SHA256 != "" {
		s += ", SHA-256 " + c.SHA256
	}
	return s
}

// Duration writes a time as people read it: "58 ms", "10 s".
func Duration(m stage.Millis) string {
	d := m.Duration()
	switch {
	case d < 50*time.Microsecond:
		return "less than 0.1 ms"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
}

// FaultWords says a fault in a few words.
func FaultWords(f stage.Fault) string {
	if w, ok := faultPhrases[f]; ok {
		return w
	}
	return string(f)
}

var faultPhrases = map[stage.Fault]string{
	stage.NameNotFound:       "the name does not exist",
	stage.NoAddress:          "the name has no address",
	stage.ServFail:           "the resolver could not find out",
	stage.DNSRefused:         "the resolver refuses to answer",
	stage.DNSTimeout:         "no answer from the resolver",
	stage.DNSLoop:            "the name leads in a circle",
	stage.DNSUnreached:       "no resolver could be asked",
	stage.LookupFailed:       "the lookup failed",
	stage.BadAddress:         "the address cannot be a server's",
	stage.AddressFamily:      "no address of the kind asked for",
	stage.Refused:            "connection refused",
	stage.ConnectTimeout:     "no answer",
	stage.NetworkUnreachable: "no way to that network",
	stage.HostUnreachable:    "the host cannot be reached",
	stage.Prohibited:         "this machine forbids the connection",
	stage.ConnectFailed:      "the connection failed",
	stage.PlaintextAnswer:    "the answer came in clear text",
	stage.HandshakeTimeout:   "the handshake did not end in time",
	stage.HandshakeClosed:    "the connection was closed during the handshake",
	stage.HandshakeReset:     "the connection was reset during the handshake",
	stage.TLSAlert:           "the server broke the handshake off",
	stage.TLSVersion:         "the server has only old versions of TLS",
	stage.TLSProtocol:        "the server broke the rules of TLS",
	stage.ClientCertAsked:    "the server wants a certificate of the user",
	stage.BadCertificate:     "the certificate cannot be accepted",
	stage.Silent:             "nothing came before the time was up",
	stage.Stalled:            "the answer stopped in the middle",
	stage.Closed:             "the connection was closed",
	stage.Reset:              "the connection was reset",
	stage.WrongProtocol:      "another protocol answered",
	stage.Malformed:          "the answer could not be understood",
	stage.TooLong:            "the answer went beyond the limit",
	stage.Rejected:           "the server refused",
	stage.TemporarilyOut:     "the server refused for now",
	stage.Bye:                "the server said goodbye",
	stage.NotOffered:         "the step to encryption is not offered",
	stage.PreAuth:            "the server claims that login has already happened",
	stage.EarlyData:          "bytes came between the reply and the encryption",
	stage.NoMechanism:        "no way to log in that could be used",
	stage.ServerProof:        "the server did not prove that it knows the password",
	stage.TooManyRounds:      "the exchange went beyond the limit",
	stage.BadCredential:      "the user name or password cannot be sent as it is",
	stage.Unparsed:           "the answer could not be read",
	stage.WriteFailed:        "sending failed",
	stage.FetchFailed:        "fetching failed",
	stage.InternalProblem:    "maildoctor itself failed here",
}
