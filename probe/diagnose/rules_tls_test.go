package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

func TestStartTLSRules(t *testing.T) {
	const smtp = "smtp-587 smtp.example.net starttls"
	offered := func(caps ...string) *stage.StartTLSFacts { return &stage.StartTLSFacts{Capabilities: caps} }
	refusedStartTLS := &stage.StartTLSFacts{Offered: true, Reply: &stage.Reply{Command: "STARTTLS", Code: 454, Lines: []string{"454 4.7.0 TLS not available"}}}
	checkCases(t, []ruleCase{
		{"not offered", newRun().add(smtp, fail(stage.Upgrade, stage.NotOffered, offered("SIZE 1"))), "", sure{diagnose.StartTLSNotOfferedByServer: possible, diagnose.StartTLSStrippedByMiddlebox: possible}, []diagnose.CauseID{diagnose.StartTLSBrokenOnServer}},
		{"overwritten", newRun().add(smtp, fail(stage.Upgrade, stage.NotOffered, offered("SIZE 1", "XXXXXXXA"))), diagnose.StartTLSStrippedByMiddlebox, sure{diagnose.StartTLSStrippedByMiddlebox: likely}, nil},
		{"refused", newRun().add(smtp, fail(stage.Upgrade, stage.TemporarilyOut, refusedStartTLS)), diagnose.StartTLSBrokenOnServer, sure{diagnose.StartTLSBrokenOnServer: proven}, []diagnose.CauseID{diagnose.StartTLSAcceptedThenDropped, diagnose.StartTLSNotOfferedByServer}},
		{"hello refused before STARTTLS", newRun().add(smtp, fail(stage.Upgrade, stage.Rejected, &stage.StartTLSFacts{Reply: &stage.Reply{Command: "EHLO", Code: 550, Lines: []string{"550 bad HELO"}}})), diagnose.SMTPHELORejected, nil, []diagnose.CauseID{diagnose.StartTLSBrokenOnServer}},
		{"dropped", newRun().add(smtp, fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})), diagnose.StartTLSAcceptedThenDropped, sure{diagnose.StartTLSAcceptedThenDropped: proven}, []diagnose.CauseID{diagnose.TLSHandshakeInterrupted}},
		{"went on in clear", newRun().add(smtp, fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "250-s"})), diagnose.StartTLSAcceptedThenDropped, nil, []diagnose.CauseID{diagnose.TLSSpokenToPlaintextPort, diagnose.WrongProtocolOnPort}},
		{"early bytes", newRun().add(smtp, fail(stage.Upgrade, stage.EarlyData, &stage.StartTLSFacts{EarlyBytes: 9})), diagnose.StartTLSInjection, sure{diagnose.StartTLSInjection: proven}, []diagnose.CauseID{diagnose.StartTLSStrippedByMiddlebox}},
		{"preauth", newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.PreAuth)), "", sure{diagnose.StartTLSInjection: possible, diagnose.StartTLSStrippedByMiddlebox: possible}, nil},
		{"login disabled in clear", newRun().add("imap-143 imap.example.net none", pass(stage.Capabilities, &stage.CapabilityFacts{LoginDisabled: true, StartTLS: true}), fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})), diagnose.MustIssueStartTLSFirst, sure{diagnose.MustIssueStartTLSFirst: proven}, []diagnose.CauseID{diagnose.PasswordInClear}},
		{"PRIVACYREQUIRED", newRun().add("imap-143 imap.example.net none", refusedWith("PLAIN", imapNo("PRIVACYREQUIRED", "no"))), diagnose.MustIssueStartTLSFirst, sure{diagnose.MustIssueStartTLSFirst: proven}, []diagnose.CauseID{diagnose.WrongPassword}},
		{"no mechanism under TLS", newRun().add(imap, pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"GSSAPI"}}), fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})), diagnose.AuthMechNotOffered, sure{diagnose.AuthMechNotOffered: proven}, []diagnose.CauseID{diagnose.MustIssueStartTLSFirst}},
	})
}

func TestCertificateRules(t *testing.T) {
	future := func(issuer string) step {
		f := certFacts(false, stage.CertNotYetValid)
		f.Chain[0].NotBefore, f.Chain[0].Issuer = now.AddDate(1, 0, 0), issuer
		return fail(stage.Handshake, stage.BadCertificate, f)
	}
	expired := certFacts(false, stage.CertExpired)
	expired.Chain[0].NotAfter = now.AddDate(0, 0, -3)
	said := &stage.GreetingFacts{ServerDate: now.AddDate(0, 0, -30).Format(time.RFC3339)}
	right := &stage.GreetingFacts{ServerDate: now.Add(time.Minute).Format(time.RFC3339)}
	renewed := certFacts(false)
	renewed.Verified = true
	renewed.Chain[0].NotBefore = now.AddDate(0, 0, -1)
	checkCases(t, []ruleCase{
		{"expired, and another certificate began after that", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-465 smtp.example.net tls", pass(stage.Handshake, renewed)), diagnose.CertExpired, sure{diagnose.CertExpired: proven}, []diagnose.CauseID{diagnose.ClientClockWrong}},
		{"expired", newRun().add(imap, certificate(stage.CertExpired)), diagnose.CertExpired, sure{diagnose.CertExpired: proven, diagnose.ClientClockWrong: possible}, []diagnose.CauseID{diagnose.CertNotYetValid, diagnose.CertExpiredRootInChain}},
		{"expired, and a server tells another date", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, said)), diagnose.ClientClockWrong, sure{diagnose.ClientClockWrong: likely}, nil},
		{"expired, and a server tells the same date", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, right)), diagnose.CertExpired, sure{diagnose.ClientClockWrong: possible}, nil},
		{"not yet valid", newRun().add(imap, future("A")), diagnose.CertNotYetValid, sure{diagnose.CertNotYetValid: proven, diagnose.ClientClockWrong: possible}, []diagnose.CauseID{diagnose.CertExpired}},
		{"several not yet valid", newRun().add(imap, future("A")).add("smtp-465 smtp.example.net tls", future("B")), diagnose.ClientClockWrong, sure{diagnose.ClientClockWrong: likely}, nil},
		{"issuer expired", newRun().add(imap, certificate(stage.CertIssuerExpired)), diagnose.CertExpiredRootInChain, sure{diagnose.CertExpiredRootInChain: proven}, []diagnose.CauseID{diagnose.CertExpired}},
		{"other name", newRun().add(imap, certificate(stage.CertNameMismatch)), diagnose.CertNameMismatchHosting, sure{diagnose.CertNameMismatchHosting: proven}, []diagnose.CauseID{diagnose.CertSelfSigned, diagnose.CertWeakOrLegacyFormat}},
		{"other name, unknown issuer", newRun().add(imap, certificate(stage.CertNameMismatch, stage.CertUnknownAuthority)), "", sure{diagnose.CertNameMismatchHosting: likely, diagnose.CertPrivateCA: possible}, nil},
		{"weak key", newRun().add(imap, certificate(stage.CertWeakKey)), diagnose.CertWeakOrLegacyFormat, sure{diagnose.CertWeakOrLegacyFormat: proven}, []diagnose.CauseID{diagnose.CertPrivateCA}},
		{"wrong usage", newRun().add(imap, certificate(stage.CertWrongUsage)), "", sure{diagnose.CertWeakOrLegacyFormat: possible}, nil},
		{"expires soon", newRun().add(imap, warn(stage.Handshake, stage.BadCertificate, certFacts(true, stage.CertExpiresSoon))), diagnose.CertExpiresSoon, sure{diagnose.CertExpiresSoon: proven}, []diagnose.CauseID{diagnose.CertExpired}},
		{"self-signed", newRun().add(imap, certificate(stage.CertSelfSigned)), diagnose.CertSelfSigned, sure{diagnose.CertSelfSigned: proven}, []diagnose.CauseID{diagnose.CertPrivateCA, diagnose.CertMissingIntermediate, diagnose.MITMUnknownIssuer}},
	})
}

func TestTrustRules(t *testing.T) {
	unknown := func() *run { return newRun().add(imap, certificate(stage.CertUnknownAuthority)) }
	fetched := func(issued, completes bool) step {
		return pass(stage.Fetch, &stage.FetchFacts{URL: "http://ca.example/r1.der", Found: new(leaf()), Issued: issued, Completes: completes})
	}
	local := func(issuer string, warning bool) *stage.TLSFacts {
		f := certFacts(warning, stage.CertLocalRoot)
		f.Root = &stage.Certificate{Subject: "CN=" + issuer, SelfSigned: true}
		return f
	}
	complete := certFacts(false, stage.CertUnknownAuthority)
	complete.Chain = append(complete.Chain, stage.Certificate{Subject: "CN=Home Root", Issuer: "CN=Home Root", SelfSigned: true})
	intruders := []diagnose.CauseID{diagnose.MITMUnknownIssuer, diagnose.AntivirusTLSInterception, diagnose.CorporateTLSInspection}
	checkCases(t, []ruleCase{
		{"unknown", unknown(), "", sure{diagnose.CertMissingIntermediate: possible, diagnose.CertPrivateCA: possible}, intruders},
		{"the issuer completes it", unknown().followUp(t, "imap-993/issuer", fetched(true, true)), diagnose.CertMissingIntermediate, sure{diagnose.CertMissingIntermediate: proven}, nil},
		{"the issuer leads nowhere", unknown().followUp(t, "imap-993/issuer", fetched(true, false)), diagnose.CertPrivateCA, sure{diagnose.CertPrivateCA: likely}, []diagnose.CauseID{diagnose.CertMissingIntermediate}},
		{"nothing fetched", unknown().followUp(t, "imap-993/issuer", fail(stage.Fetch, stage.FetchFailed)), "", sure{diagnose.CertMissingIntermediate: likely, diagnose.CertPrivateCA: possible}, nil},
		{"a chain down to a root", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, complete)), diagnose.CertPrivateCA, sure{diagnose.CertPrivateCA: likely}, []diagnose.CauseID{diagnose.CertMissingIntermediate}},
		{"unknown at a public provider", unknown().builtin(), "", sure{diagnose.MITMUnknownIssuer: possible, diagnose.AntivirusTLSInterception: possible, diagnose.CorporateTLSInspection: possible, diagnose.CertMissingIntermediate: possible}, []diagnose.CauseID{diagnose.CertPrivateCA}},
		{"an antivirus' root", newRun().builtin().add(imap, fail(stage.Handshake, stage.BadCertificate, local("Example Antivirus Mail Scanner Root", false))), diagnose.AntivirusTLSInterception, sure{diagnose.AntivirusTLSInterception: likely, diagnose.MITMUnknownIssuer: possible}, []diagnose.CauseID{diagnose.CertPrivateCA}},
		{"a gateway's root", newRun().builtin().add(imap, fail(stage.Handshake, stage.BadCertificate, local("Zscaler Root CA", false))), diagnose.CorporateTLSInspection, sure{diagnose.CorporateTLSInspection: likely}, nil},
		{"a company's root", newRun().add(imap, warn(stage.Handshake, stage.BadCertificate, local("Home CA", true))), "", sure{diagnose.CertPrivateCA: possible, diagnose.AntivirusTLSInterception: possible, diagnose.CorporateTLSInspection: possible}, []diagnose.CauseID{diagnose.MITMUnknownIssuer}},
		{"trusted", newRun().builtin().add(imap), "", nil, append([]diagnose.CauseID{diagnose.CertPrivateCA, diagnose.CertMissingIntermediate}, intruders...)},
	})
}

func TestHandshakeRules(t *testing.T) {
	alert := func(a string) step { return fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: a}) }
	asked := &stage.TLSFacts{ClientAuth: true, Chain: []stage.Certificate{leaf()}}
	checkCases(t, []ruleCase{
		{"old version", newRun().add(imap, fail(stage.Handshake, stage.TLSVersion, &stage.TLSFacts{})), diagnose.TLSServerTooOld, sure{diagnose.TLSServerTooOld: proven}, []diagnose.CauseID{diagnose.TLSCipherMismatch}},
		{"protocol_version", newRun().add(imap, alert("protocol_version (70)")), diagnose.TLSServerTooOld, sure{diagnose.TLSServerTooOld: likely}, []diagnose.CauseID{diagnose.TLSCipherMismatch}},
		{"handshake_failure", newRun().add(imap, alert("handshake_failure (40)")), diagnose.TLSCipherMismatch, sure{diagnose.TLSCipherMismatch: likely, diagnose.TLSServerTooOld: possible}, []diagnose.CauseID{diagnose.TLSClientCertRequired}},
		{"certificate required", newRun().add(imap, fail(stage.Handshake, stage.ClientCertAsked, asked)), diagnose.TLSClientCertRequired, sure{diagnose.TLSClientCertRequired: proven}, nil},
		{"certificate required, TLS 1.3", newRun().add(imap, pass(stage.Handshake, asked), fail(stage.Greeting, stage.Closed)), diagnose.TLSClientCertRequired, sure{diagnose.TLSClientCertRequired: likely}, nil},
		{"closed with no request", newRun().add(imap, fail(stage.Greeting, stage.Closed)), diagnose.ConnectionResetAfterAccept, nil, []diagnose.CauseID{diagnose.TLSClientCertRequired}},
		{"reset", newRun().add(imap, fail(stage.Handshake, stage.HandshakeReset)), diagnose.TLSHandshakeInterrupted, sure{diagnose.TLSHandshakeInterrupted: likely, diagnose.TLSPQClientHelloIntolerant: possible}, []diagnose.CauseID{diagnose.MTUBlackhole, diagnose.StartTLSAcceptedThenDropped}},
		{"timeout", newRun().add(imap, fail(stage.Handshake, stage.HandshakeTimeout)), "", sure{diagnose.MTUBlackhole: possible, diagnose.TLSPQClientHelloIntolerant: possible}, []diagnose.CauseID{diagnose.TLSHandshakeInterrupted}},
	})
}
