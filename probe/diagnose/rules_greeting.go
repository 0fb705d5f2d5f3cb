package diagnose

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// greetingRules are about the first data on a connection.
var greetingRules = []Rule{
	{
		Cause: cause.ConnectionResetAfterAccept,
		Needs: []chart.Need{
			chart.Met(stage.Greeting, stage.Closed, stage.Reset, stage.WriteFailed), chart.Met(stage.Connect, stage.Reset),
			chart.Met(stage.Handshake, stage.HandshakeClosed, stage.HandshakeReset),
		},
		Judge: hungUp,
	},
	{
		// Before implicit-tls-port-spoken-plain: if no follow-up was made, other
		// settings are not the first advice to give.
		Cause:    cause.AcceptNoGreeting,
		Needs:    []chart.Need{chart.Met(stage.Greeting, stage.Silent, stage.Stalled), chart.Met(stage.Handshake, stage.HandshakeTimeout)},
		Explains: []cause.ID{cause.SlowPath},
		Judge:    noGreeting,
	},
	{
		Cause:    cause.ImplicitTLSPortSpokenPlain,
		Needs:    []chart.Need{chart.Met(stage.Greeting, stage.Silent, stage.Malformed, stage.WrongProtocol, stage.Closed, stage.Reset)},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept, cause.WrongProtocolOnPort},
		Judge:    portSpeaksTLS,
	},
	{
		Cause: cause.GreetingDelayTarpit,
		Needs: []chart.Need{chart.Seen(stage.Greeting)},
		Judge: lateGreeting,
	},
	{
		Cause:    cause.TLSSpokenToPlaintextPort,
		Needs:    []chart.Need{chart.Met(stage.Handshake, append(slices.Clone(chart.BrokenOff), stage.PlaintextAnswer)...)},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.MTUBlackhole, cause.TLSPQClientHelloIntolerant},
		Judge:    beginsInClear,
	},
	{
		Cause:    cause.CaptivePortal,
		Needs:    []chart.Need{chart.Met(stage.Handshake, stage.PlaintextAnswer), chart.Met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.Silent)},
		Explains: []cause.ID{cause.WrongProtocolOnPort, cause.AcceptNoGreeting, cause.StartTLSAcceptedThenDropped, cause.AntivirusConnectionProxyBroken},
		Judge:    captivePortal,
	},
	{
		Cause: cause.WrongProtocolOnPort,
		Needs: []chart.Need{
			chart.Met(stage.Handshake, append(slices.Clone(chart.BrokenOff), stage.PlaintextAnswer)...),
			chart.Met(stage.Greeting, stage.WrongProtocol, stage.Malformed, stage.TooLong, stage.Silent, stage.Closed, stage.Reset),
		},
		Explains: []cause.ID{cause.AcceptNoGreeting, cause.ConnectionResetAfterAccept},
		Judge:    wrongProtocol,
	},
	{
		// No mail server sends without end; whatever does is broken, or isn't one.
		Cause: cause.AntivirusConnectionProxyBroken,
		Needs: []chart.Need{chart.Met(stage.Greeting, stage.TooLong), chart.Met(stage.Upgrade, stage.TooLong), chart.Met(stage.Capabilities, stage.TooLong)},
		Judge: func(*chart.Case, *chart.Exam, *stage.Result) *Hit {
			return possible().with(cause.SlotEndless, prose.Set(true))
		},
	},
	byReply(cause.GreetingRefusedByPolicy, quoted, atSender),
	byReply(cause.ServerBusyGreeting, quoted),
	byReply(cause.SMTPHELORejected, quoted),
	{
		// HELO was accepted in place of EHLO, and offers no extension: neither
		// STARTTLS nor AUTH (RFC 5321 4.1.1.1).
		Cause:    cause.SMTPHELORejected,
		Needs:    []chart.Need{chart.Met(stage.Upgrade, stage.NotOffered), chart.Met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer, cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.MustIssueStartTLSFirst, cause.PasswordInClear},
		Judge:    onlyHELO,
	},
	{
		// HELO was accepted all the same, but nothing that needs EHLO can follow.
		Cause:    cause.ClientIPDNSBLOnSubmission,
		Needs:    []chart.Need{chart.Met(stage.Upgrade, stage.NotOffered), chart.Met(stage.Login, stage.NoMechanism)},
		Explains: []cause.ID{cause.StartTLSStrippedByMiddlebox, cause.StartTLSNotOfferedByServer, cause.AuthNotOfferedOnPort, cause.AuthMechNotOffered, cause.MustIssueStartTLSFirst, cause.PasswordInClear},
		Judge:    listedHello,
	},
}

// hungUp: the connection is accepted and closed before any data. With implicit TLS,
// the same port in clear text shows whether our ClientHello was the reason.
func hungUp(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	again := chart.Went(c.FollowUp(k, stage.AskAgain), r.Stage)
	if r.Stage == stage.Greeting && k.Waited() {
		return hungUpLate(k, again)
	}
	switch {
	case r.Stage == stage.Handshake && cutOffAlone(c, k):
		return possible().with(cause.SlotTLSBeside, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.TLSWorksBeside()))
	case r.Stage == stage.Handshake:
		return proven().says(prose.Then(chart.Shows(k, r), say.ClearTextCut())).
			holds(!k.StartTLS() && c.Unprompted(k).Cut)
	case r.Stage == stage.Connect:
		return likely() // a firewall that refuses on purpose may reset as well
	case k.TLS.ClientAuth, r.Fault == stage.WriteFailed:
		return possible()
	case k.Greet.FirstBytes != "" || len(k.Greet.Lines) > 0:
		return nil // it sent something first
	case again == chart.Yes:
		return likely().says(prose.Then(chart.Shows(k, r), say.SecondTry()))
	}
	return proven()
}

// cutOffAlone reports whether a port waits in clear text and closes on every form of
// TLS, while another port of the same server completes a handshake. A filter may
// block this port's encryption, or the server expects something else first, such as
// a proxy header: from here both look the same.
func cutOffAlone(c *chart.Case, k *chart.Exam) bool {
	v := c.Variations(k)
	return !k.StartTLS() && c.Unprompted(k).Silent && v.Hello == chart.No && v.Again == chart.No && len(c.CertificatesBeside(k)) > 0
}

// hungUpLate: the server waited for a while before it closed the connection.
func hungUpLate(k *chart.Exam, again chart.Answer) *Hit {
	if k.Greet.FirstBytes != "" || len(k.Greet.Lines) > 0 {
		return nil
	}
	r := k.Result(stage.Greeting)
	h := likely().with(cause.SlotWait, prose.Duration(r.Time)).with(cause.SlotLate, prose.Set(true))
	if again == chart.Yes || k.TLS.ClientAuth || k.Provoked != "" {
		h.Confidence = cause.Possible
	}
	return h.says(say.EndedAfter(chart.Shows(k, r), prose.Duration(r.Time)))
}

// beginsInClear: the greeting of the right protocol arrived where TLS was expected
// first, in answer to the ClientHello or without one.
func beginsInClear(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	first := k.TLS.FirstBytes
	h := proven()
	if r.Fault != stage.PlaintextAnswer {
		first = c.Unprompted(k).First
		h.says(prose.Then(chart.Shows(k, r), say.SaysUnasked(chart.ShowsText(chart.FirstLine(first)))))
	}
	if k.StartTLS() || chart.Spoken(first) != string(k.Check.Endpoint.Protocol) {
		return nil
	}
	if f := c.FollowUp(k, stage.AskStartTLSHere); chart.Went(f, stage.Handshake) == chart.Yes {
		h.with(cause.SlotWithStartTLS, prose.Set(true))
	} else if f != nil && f.Failed() != nil && f.Failed().Fault == stage.NotOffered {
		h.with(cause.SlotNoStartTLS, prose.Set(true))
	}
	return h.with(cause.SlotFirstBytes, prose.Data(first))
}

// portSpeaksTLS: a port waits for the client to speak first, as a TLS server does.
// The follow-up proves it, and so do the first bytes of a TLS alert.
func portSpeaksTLS(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if k.Check.Endpoint.Security == stage.TLS || k.Encrypted() {
		return nil
	}
	if chart.Spoken(k.FirstBytes(stage.Greeting)) == "tls" {
		return proven()
	}
	if r.Fault != stage.Silent {
		return nil
	}
	switch c.SpeaksTLS(k) {
	case chart.Yes:
		h := proven()
		if f := c.SpeaksTLSOf(k).Result(stage.Greeting); f != nil && f.Status == stage.Fail {
			h.Confidence = cause.Likely // TLS, but no greeting: it may be a server of another kind
		}
		return h.says(prose.Then(chart.Shows(k, r), say.TLSAnswers()))
	case chart.No:
		return nil
	}
	switch k.Check.Endpoint.Port {
	case 993, 995, 465:
		return likely() // RFC 8314 3
	}
	return possible()
}

// noGreeting: the connection was accepted, and nothing was sent.
func noGreeting(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	switch {
	case r.Stage == stage.Handshake:
		return noServerHello(c, k, r)
	case chart.Went(c.FollowUp(k, stage.AskAgain), r.Stage) == chart.Yes:
		return possible()
	case r.Fault == stage.Stalled || k.Check.Endpoint.Security == stage.TLS:
		return likely()
	case k.Provoked != "":
		return possible().says(prose.Then(chart.Shows(k, r), k.ShowsProvoked()))
	}
	switch c.SpeaksTLS(k) {
	case chart.Yes:
		return nil
	case chart.No:
		return proven().with(cause.SlotEveryWay, prose.Set(true)).says(prose.Then(chart.Shows(k, r), say.TLSGetsNothing()))
	}
	return possible()
}

// noServerHello: an implicit TLS port sends nothing. Lost large packets look the
// same, until smaller ones get no answer either.
func noServerHello(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	v, clear := c.Variations(k), c.Unprompted(k)
	switch {
	case k.StartTLS(), clear.First != "", clear.Cut, curedBy(v):
		return nil
	case v.Again == chart.Yes:
		return possible()
	case v.Hello == chart.No && v.Segments != chart.Yes && clear.Silent:
		h := likely().with(cause.SlotEveryWay, prose.Set(true))
		if v.Segments == chart.No {
			h.Confidence = cause.Proven
		}
		return h.says(prose.Then(chart.Shows(k, r), say.NothingIsHeard()))
	case v.Hello == chart.No && v.Segments == chart.No:
		return likely()
	}
	return possible()
}

// lateGreetingAfter is how long a server may take to send its first line before
// people notice. Mail programs give up after ten seconds or more.
const lateGreetingAfter = 5 * time.Second

// lateGreeting: the first line arrived, but late.
func lateGreeting(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	wait := k.Greet.Wait
	if r.Status == stage.Fail || wait.Duration() < lateGreetingAfter {
		return nil
	}
	if again := k.Connect.Retransmits; again != nil && *again > 0 && c.AnyLoses() {
		return nil // it may have been lost in transit: see slow-path
	}
	return proven().with(cause.SlotWait, prose.Duration(wait)).says(say.FirstLineAfter(prose.Duration(wait)))
}

// wrongProtocol: the bytes belong to another protocol. HTTP at several places is
// more likely a sign-in page of the network; unknown bytes may be anything.
func wrongProtocol(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	first := k.FirstBytes(r.Stage)
	brokeOff := slices.Contains(chart.BrokenOff, r.Fault)
	if brokeOff {
		if first = c.Unprompted(k).First; first == "" {
			return nil
		}
	}
	own := string(k.Check.Endpoint.Protocol)
	got := chart.Spoken(first)
	switch {
	case r.Stage == stage.Handshake && k.StartTLS(), got == "tls":
		return nil
	case r.Fault == stage.TooLong && (got == "" || got == own):
		return nil // it sends without end, as no other protocol does
	case got == own && r.Stage == stage.Handshake, k.Mute() && (first == "" || got == own):
		return nil
	case !k.Mute() && r.Stage == stage.Greeting && (r.Fault == stage.Closed || r.Fault == stage.Reset):
		return nil // see connection-reset-after-accept
	}
	h := proven().with(cause.SlotFound, foundName(got))
	switch {
	case got == "http" && k.Check.Endpoint.Security == stage.TLS && k.Encrypted() && k.TLS.Verified:
		// The certificate is valid, which no sign-in page of the network could have.
	case got == "http" && len(c.Web) < 2 && c.Nobody(k) == nil:
		h.Confidence = cause.Likely
	case got == "" || got == "http" || got == own:
		h.Confidence = cause.Possible
	}
	switch {
	case k.Mute():
		h.says(prose.Then(chart.Shows(k, r), k.ShowsProvoked()))
	case brokeOff:
		h.says(prose.Then(chart.Shows(k, r), say.SaysUnasked(chart.ShowsText(chart.FirstLine(first)))))
	}
	return h
}

// captivePortal: a web page arrived where mail was expected. One may be a mistake in
// the settings; at several places it is more likely the network that answers for
// all.
func captivePortal(c *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	first := k.FirstBytes(r.Stage)
	if chart.Spoken(first) != "http" || k.Encrypted() && k.TLS.Verified {
		return nil
	}
	if f := c.Ports.Portal; f != nil && chart.Portal(f) != chart.Unknown {
		return nil // there is no portal, or see portalInTheWay
	}
	h := possible()
	if len(c.Web) > 1 || c.Nobody(k) != nil {
		h.Confidence = cause.Likely // whatever answers, it isn't a single server
	}
	if r.Fault == stage.Silent {
		h.says(prose.Then(chart.Shows(k, r), k.ShowsProvoked()))
	}
	return h
}

// foundName returns a protocol's name for the page.
func foundName(got string) prose.Value {
	switch protocol := prose.Data(strings.ToUpper(got)); got {
	case "imap", "pop3", "smtp":
		return say.FoundMailServer(protocol)
	case "http":
		return say.FoundWebServer()
	case "ssh", "ftp", "vnc":
		return say.FoundServer(protocol)
	}
	return prose.Value{}
}
