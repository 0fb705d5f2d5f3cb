package diagnose

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"maildoctor/probe/stage"
)

// maxEvidence bounds one line of evidence, in bytes.
const maxEvidence = 400

// args adds to a hit's arguments those that every page may use, and those that
// the pages of a stage may. What servers and files wrote is made fit to be shown.
// Those that depend on all the checks of a finding are added by settle.
func (k *Check) args(own map[string]string, s stage.Stage) map[string]string {
	e := k.Check.Endpoint
	args := map[string]string{
		"host":     cmp.Or(e.Host, "the server"),
		"protocol": cmp.Or(protocolName(e.Protocol), "mail"),
		"provider": k.provider(),
	}
	if s == stage.Login {
		args["mechanism"] = cmp.Or(k.login.Mechanism, "the one tried")
	}
	maps.Copy(args, own)
	for name, value := range args {
		args[name] = stage.Visible(value)
	}
	return args
}

// protocolName returns the name that mail programs have for it.
func protocolName(p stage.Protocol) string {
	if p == stage.POP3 {
		return "POP"
	}
	return strings.ToUpper(stage.Visible(string(p)))
}

// describe says in one line what a result shows by itself.
func describe(k *Check, r *stage.Result) string {
	text := ""
	switch r.Stage {
	case stage.Resolve:
		text = describeLookups(k.resolve)
	case stage.Connect:
		text = describeAttempts(k.connect)
	case stage.Handshake:
		text = describeTLS(k.tls)
	case stage.Upgrade:
		text = describeReply(k.reply(r.Stage))
		if r.Fault == stage.EarlyData {
			text = fmt.Sprintf("%d bytes, %q", k.upgrade.EarlyBytes, stage.Visible(FirstLine(k.upgrade.EarlyText)))
		}
	default:
		text = describeReply(k.reply(r.Stage))
	}
	words := faultWords(r.Fault)
	if r.Stage == stage.Handshake && k.noise() {
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
	return short(stage.Visible(text))
}

// short cuts a line to [maxEvidence] at a rune's boundary.
func short(s string) string { return cutAt(s, maxEvidence) }

// cutAt cuts a line to so many bytes, and shows that it did.
func cutAt(s string, cut int) string {
	if len(s) <= cut {
		return s
	}
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// reply returns what the server said in a stage; nil where it said nothing.
func (k *Check) reply(s stage.Stage) *stage.Reply {
	switch s {
	case stage.Greeting:
		if len(k.greet.Lines) > 0 || k.greet.Code != 0 || k.greet.Status != "" {
			return &k.greet.Reply
		}
	case stage.Upgrade:
		return k.upgrade.Reply
	case stage.Capabilities:
		return cmp.Or(k.caps.Reply, k.caps.HelloRefused)
	case stage.Login:
		return k.login.Reply
	case stage.Mailbox:
		return k.mailbox.Reply
	case stage.Submit:
		return k.submit.Reply
	}
	return nil
}

func describeReply(r *stage.Reply) string {
	if r == nil {
		return ""
	}
	return r.Text()
}

// describeLookups tells what each name server said.
func describeLookups(f *stage.ResolveFacts) string {
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

// describeAttempts tells how each address took the connection.
func describeAttempts(f *stage.ConnectFacts) string {
	var parts []string
	for _, a := range f.Attempts {
		text := fmt.Sprintf("%s %s after %s", a.Address, dialWords(a.Outcome), duration(a.Time))
		if r := a.Rejection; rejects(a) == onTheWay && a.Outcome != stage.DialProhibited {
			text += ", by word of " + r.By
		} else if rejects(a) == theHost {
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

// describeTLS tells what the handshake or the certificate failed with.
func describeTLS(f *stage.TLSFacts) string {
	var parts []string
	for i, c := range f.Faults {
		if last := i == len(f.Faults)-1 || f.Faults[i+1].Depth != c.Depth; last {
			parts = append(parts, describeCert(f, c))
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

// describeCert tells one fault, and whose certificate has it.
func describeCert(f *stage.TLSFacts, c stage.CertFault) string {
	s := certFaultWords(c)
	if c.Depth >= 0 && c.Depth < len(f.Chain) {
		s += " (" + describeCertificate(f.Chain[c.Depth]) + ")"
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

// describeCertificate tells what a technician compares with another place.
func describeCertificate(c stage.Certificate) string {
	s := fmt.Sprintf("%s, issued by %s", c.Subject, c.Issuer)
	if !c.NotBefore.IsZero() || !c.NotAfter.IsZero() {
		s += fmt.Sprintf(", valid %s to %s", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
	}
	if c.SHA256 != "" {
		s += ", SHA-256 " + c.SHA256
	}
	return s
}

// duration writes a time as people read it: "58 ms", "10 s".
func duration(m stage.Millis) string {
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

// faultWords says a fault in a few words.
func faultWords(f stage.Fault) string {
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
