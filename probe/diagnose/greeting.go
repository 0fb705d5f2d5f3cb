package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// greetingRules are about the first words on a connection.
var greetingRules = []Rule{
	{
		Cause: cause.ConnectionResetAfterAccept,
		Needs: []Need{
			met(stage.Greeting, stage.Closed, stage.Reset, stage.WriteFailed), met(stage.Connect, stage.Reset),
			met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset),
		},
		Judge: hungUp,
	},
	{
		// Before implicit-tls-port-spoken-plain: where no follow-up was made, other
		// settings are no advice to begin with.
		Cause:    cause.AcceptNoGreeting,
		Needs:    []Need{met(stage.Greeting, stage.Silent, stage.Stalled), met(stage.Handshake, stage.HandshakeTimeout)},
		Explains: []cause.ID{cause.SlowPath},
		Judge:    noGreeting,
	},
	{
		Cause:    cause.ImplicitTLSPortSpokenPlain,
		Needs:    []Need{met(stage.Greeting, stage.Silent, stage.Malformed, stage.WrongProtocol, stage.Closed, stage.Reset)},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept, cause.WrongProtocolOnPort},
		Judge:    portSpeaksTLS,
	},
	{
		Cause: cause.GreetingDelayTarpit,
		Needs: []Need{seen(stage.Greeting)},
		Judge: lateGreeting,
	},
	{
		Cause:    cause.TLSSpokenToPlaintextPort,
		Needs:    []Need{met(stage.Handshake, append(slices.Clone(brokenOff), stage.PlaintextAnswer)...)},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant},
		Judge:    beginsInClear,
	},
	{
		Cause:    cause.CaptivePortal,
		Needs:    []Need{met(stage.Handshake, stage.PlaintextAnswer), met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.Silent)},
		Explains: []cause.ID{cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.StartTLSAcceptedThenDropped},
		Judge:    captivePortal,
	},
	{
		Cause: cause.WrongProtocolOnPort,
		Needs: []Need{
			met(stage.Handshake, append(slices.Clone(brokenOff), stage.PlaintextAnswer)...),
			met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.TooLong, stage.Silent, stage.Closed, stage.Reset),
		},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept},
		Judge:    wrongProtocol,
	},
	{
		// No mail server goes on for ever; whoever does is broken, or is none.
		Cause: cause.AntivirusConnectionProxyBroken,
		Needs: []Need{met(stage.Greeting, stage.TooLong), met(stage.Upgrade, stage.TooLong), met(stage.Capabilities, stage.TooLong)},
		Judge: func(*Case, *Check, *stage.Result) *Hit { return possible().with("endless", "yes") },
	},
	byReply(cause.GreetingRefusedByPolicy),
	byReply(cause.ServerBusyGreeting),
	byReply(cause.SMTPHELORejected),
	{
		// HELO was taken in the place of EHLO, and offers no extension: neither STARTTLS
		// nor AUTH (RFC 5321 4.1.1.1).
		Cause:    cause.SMTPHELORejected,
		Needs:    []Need{met(stage.Upgrade, stage.NotOffered), met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer, cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.MustIssueStartTLSFirst, cause.PasswordInClear},
		Judge:    onlyHELO,
	},
	{
		// HELO was taken all the same, and nothing that needs EHLO can follow.
		Cause:    cause.ClientIPDNSBLOnSubmission,
		Needs:    []Need{met(stage.Upgrade, stage.NotOffered), met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer, cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.MustIssueStartTLSFirst, cause.PasswordInClear},
		Judge:    listedHello,
	},
}

// firstBytes returns what came in the place of what was expected.
func (k *Check) firstBytes(s stage.Stage) string {
	if s == stage.Handshake {
		return k.tls.FirstBytes
	}
	if k.greet.FirstBytes != "" {
		return k.greet.FirstBytes
	}
	return cmp.Or(k.greet.Text(), k.provoked)
}

// hungUp: the connection is taken and ended before a word. Where TLS comes first, the
// same port in clear text tells whether it was our ClientHello that it ended for.
func hungUp(c *Case, k *Check, r *stage.Result) *Hit {
	again := went(c.followUp(k, stage.AskAgain), r.Stage)
	if r.Stage == stage.Greeting && k.waited() {
		return k.hungUpLate(again)
	}
	switch {
	case r.Stage == stage.Handshake:
		return proven().says(describe(k, r) + "; in clear text the port ends the connection too, before anything is said").
			holds(!k.startTLS() && c.unprompted(k).cut)
	case r.Stage == stage.Connect:
		return likely() // a firewall that means to refuse resets as well
	case k.tls.ClientAuth, r.Fault == stage.WriteFailed:
		return possible()
	case k.greet.FirstBytes != "" || len(k.greet.Lines) > 0:
		return nil // it said something first
	case again == yes:
		return likely().says(describe(k, r) + "; a second try went well")
	}
	return proven()
}

// hungUpLate: the other side waited, and then had enough.
func (k *Check) hungUpLate(again answer) *Hit {
	if k.greet.FirstBytes != "" || len(k.greet.Lines) > 0 {
		return nil
	}
	r := k.Result(stage.Greeting)
	h := likely().with("wait", duration(r.Time)).with("late", "yes")
	if again == yes || k.tls.ClientAuth || k.provoked != "" {
		h.Confidence = cause.Possible
	}
	return h.says(describe(k, r) + ", after " + duration(r.Time))
}

// beginsInClear: the greeting of the right protocol, where TLS was to come first:
// in answer to the ClientHello, or when nothing is said at all.
func beginsInClear(c *Case, k *Check, r *stage.Result) *Hit {
	first := k.tls.FirstBytes
	h := proven()
	if r.Fault != stage.PlaintextAnswer {
		first = c.unprompted(k).first
		h.says(describe(k, r) + "; while nothing is said the port answers " + short(FirstLine(first)))
	}
	if k.startTLS() || spoken(first) != string(k.Check.Endpoint.Protocol) {
		return nil
	}
	if f := c.followUp(k, stage.AskStartTLSHere); went(f, stage.Handshake) == yes {
		h.with("with_starttls", "yes")
	} else if f != nil && f.Failed() != nil && f.Failed().Fault == stage.NotOffered {
		h.with("no_starttls", "yes")
	}
	return h.with("first_bytes", first)
}

// openings tells protocols by their first bytes. Five of them may be all that a
// TLS library hands on.
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
	{`\x15\x03`, "tls"}, // an alert, as it is shown
	{`\x16\x03`, "tls"},
}

// spoken returns the protocol that the first bytes are of; empty for none that
// is known. "220" opens FTP as well, which says so in its text.
func spoken(first string) string {
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

// portSpeaksTLS: a port that waits for the client to speak first, as a TLS
// server does. The follow-up proves it; so do the first bytes of a TLS alert.
func portSpeaksTLS(c *Case, k *Check, r *stage.Result) *Hit {
	if k.Check.Endpoint.Security == stage.TLS || k.encrypted() {
		return nil
	}
	if spoken(k.firstBytes(stage.Greeting)) == "tls" {
		return proven()
	}
	if r.Fault != stage.Silent {
		return nil
	}
	switch c.speaksTLS(k) {
	case yes:
		h := proven()
		if f := c.speaksTLSOf(k).Result(stage.Greeting); f != nil && f.Status == stage.Fail {
			h.Confidence = cause.Likely // TLS, and then no greeting: it may be a server of another kind
		}
		return h.says(describe(k, r) + "; with TLS from the first byte the same port answers")
	case no:
		return nil
	}
	switch k.Check.Endpoint.Port {
	case 993, 995, 465:
		return likely() // RFC 8314 3
	}
	return possible()
}

// noGreeting: connected, and nobody speaks.
func noGreeting(c *Case, k *Check, r *stage.Result) *Hit {
	switch {
	case r.Stage == stage.Handshake:
		return noServerHello(c, k, r)
	case went(c.followUp(k, stage.AskAgain), r.Stage) == yes:
		return possible()
	case r.Fault == stage.Stalled || k.Check.Endpoint.Security == stage.TLS:
		return likely()
	case k.provoked != "":
		return possible().says(describe(k, r) + "; " + k.provocation())
	}
	switch c.speaksTLS(k) {
	case yes:
		return nil
	case no:
		return proven().with("every_way", "yes").says(describe(k, r) + "; TLS from the first byte gets no answer either")
	}
	return possible()
}

// noServerHello: nobody answers where TLS comes first. Larger packets that get lost
// look the same, until smaller ones get no answer either.
func noServerHello(c *Case, k *Check, r *stage.Result) *Hit {
	v, clear := c.variations(k), c.unprompted(k)
	switch {
	case k.startTLS(), clear.first != "", clear.cut, v.cured():
		return nil
	case v.again == yes:
		return possible()
	case v.hello == no && v.segments != yes && clear.silent:
		h := likely().with("every_way", "yes")
		if v.segments == no {
			h.Confidence = cause.Proven
		}
		return h.says(describe(k, r) + "; clear text gets no answer, and no other form of TLS does")
	case v.hello == no && v.segments == no:
		return likely()
	}
	return possible()
}

// lateGreetingAfter is how long a server may take to its first line before
// people notice. Mail programs give up from ten seconds on.
const lateGreetingAfter = 5 * time.Second

// lateGreeting: the first line came, and late.
func lateGreeting(c *Case, k *Check, r *stage.Result) *Hit {
	wait := k.greet.Wait
	if r.Status == stage.Fail || wait.Duration() < lateGreetingAfter {
		return nil
	}
	if again := k.connect.Retransmits; again != nil && *again > 0 && slices.ContainsFunc(c.Checks, (*Check).loses) {
		return nil // it may have been lost on the way: see slow-path
	}
	return proven().with("wait", duration(wait)).says("the first line came after " + duration(wait))
}

// answer is what a follow-up came to.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// speaksTLS reads the follow-up to a silent port. A refused certificate or an
// alert is TLS all the same.
func (c *Case) speaksTLS(k *Check) answer { return speaksTLS(c.speaksTLSOf(k)) }

func speaksTLS(f *stage.CheckRecord) answer {
	if f == nil {
		return unknown
	}
	r := f.Result(stage.Handshake)
	if r == nil || r.Status == stage.Skip {
		return unknown
	}
	if r.Status != stage.Fail {
		return yes
	}
	switch r.Fault {
	case stage.BadCertificate, stage.TLSAlert, stage.TLSVersion, stage.ClientCertAsked:
		return yes
	}
	return no
}

// wrongProtocol: the bytes are of something else. Bytes of HTTP at several places
// are rather a sign-in page of the network; unknown ones may be anything.
func wrongProtocol(c *Case, k *Check, r *stage.Result) *Hit {
	first := k.firstBytes(r.Stage)
	brokeOff := slices.Contains(brokenOff, r.Fault)
	if brokeOff {
		if first = c.unprompted(k).first; first == "" {
			return nil
		}
	}
	own := string(k.Check.Endpoint.Protocol)
	got := spoken(first)
	switch {
	case r.Stage == stage.Handshake && k.startTLS(), got == "tls":
		return nil
	case r.Fault == stage.TooLong && (got == "" || got == own):
		return nil // it goes on without end: that is no other protocol
	case got == own && r.Stage == stage.Handshake, k.mute() && (first == "" || got == own):
		return nil
	case !k.mute() && r.Stage == stage.Greeting && (r.Fault == stage.Closed || r.Fault == stage.Reset):
		return nil // see connection-reset-after-accept
	}
	h := proven().with("found", foundName(got))
	switch {
	case got == "http" && k.Check.Endpoint.Security == stage.TLS && k.encrypted() && k.tls.Verified:
		// The certificate is in order: no sign-in page of the network has it.
	case got == "http" && len(c.web) < 2:
		h.Confidence = cause.Likely
	case got == "" || got == "http" || got == own:
		h.Confidence = cause.Possible
	}
	switch {
	case k.mute():
		h.says(describe(k, r) + "; " + k.provocation())
	case brokeOff:
		h.says(describe(k, r) + "; while nothing is said the port answers " + short(FirstLine(first)))
	}
	return h
}

// captivePortal: a web page where mail was expected. One may be a mistake in the
// settings; at several places it is rather the network that answers for all.
func captivePortal(c *Case, k *Check, r *stage.Result) *Hit {
	first := k.firstBytes(r.Stage)
	if spoken(first) != "http" || k.encrypted() && k.tls.Verified {
		return nil
	}
	if f := c.doors.portal; f != nil && portal(f) != unknown {
		return nil // there is none, or see portalInTheWay
	}
	h := possible()
	if len(c.web) > 1 {
		h.Confidence = cause.Likely
		h.with("many", "yes")
	}
	if r.Fault == stage.Silent {
		h.says(describe(k, r) + "; " + k.provocation())
	}
	return h
}

// foundName is a protocol's name for the page.
func foundName(got string) string {
	switch got {
	case "imap", "pop3", "smtp":
		return "a mail server for " + strings.ToUpper(got)
	case "http":
		return "a web server"
	case "ssh", "ftp", "vnc":
		return "a server for " + strings.ToUpper(got)
	}
	return ""
}
