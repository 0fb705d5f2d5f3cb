package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

func TestStartTLSRules(t *testing.T) {
	const smtp = "smtp-587 smtp.example.net starttls"
	offered := func(caps ...string) *stage.StartTLSFacts { return &stage.StartTLSFacts{Capabilities: caps} }
	refusedStartTLS := &stage.StartTLSFacts{Offered: true, Reply: &stage.Reply{Command: "STARTTLS", Code: 454, Lines: []string{"454 4.7.0 TLS not available"}}}
	checkCases(t, []ruleCase{
		{"not offered", newRun().add(smtp, fail(stage.Upgrade, stage.NotOffered, offered("SIZE 1"))), "", sure{cause.StartTLSNotOfferedByServer: possible, cause.StartTLSStrippedByMiddlebox: possible}, []cause.ID{cause.StartTLSBrokenOnServer}},
		{"overwritten", newRun().add(smtp, fail(stage.Upgrade, stage.NotOffered, offered("SIZE 1", "XXXXXXXA"))), cause.StartTLSStrippedByMiddlebox, sure{cause.StartTLSStrippedByMiddlebox: likely}, nil},
		{"refused", newRun().add(smtp, fail(stage.Upgrade, stage.TemporarilyOut, refusedStartTLS)), cause.StartTLSBrokenOnServer, sure{cause.StartTLSBrokenOnServer: proven}, []cause.ID{cause.StartTLSAcceptedThenDropped, cause.StartTLSNotOfferedByServer}},
		{"hello refused before STARTTLS", newRun().add(smtp, fail(stage.Upgrade, stage.Rejected, &stage.StartTLSFacts{Reply: &stage.Reply{Command: "EHLO", Code: 550, Lines: []string{"550 bad HELO"}}})), cause.SMTPHELORejected, nil, []cause.ID{cause.StartTLSBrokenOnServer}},
		{"dropped", newRun().add(smtp, fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})), cause.StartTLSAcceptedThenDropped, sure{cause.StartTLSAcceptedThenDropped: proven}, []cause.ID{cause.TLSHandshakeInterrupted}},
		{"went on in clear", newRun().add(smtp, fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "250-s"})), cause.StartTLSAcceptedThenDropped, nil, []cause.ID{cause.TLSSpokenToPlaintextPort, cause.WrongProtocolOnPort}},
		{"early bytes", newRun().add(smtp, fail(stage.Upgrade, stage.EarlyData, &stage.StartTLSFacts{EarlyBytes: 9})), cause.StartTLSInjection, sure{cause.StartTLSInjection: proven}, []cause.ID{cause.StartTLSStrippedByMiddlebox}},
		{"preauth", newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.PreAuth)), "", sure{cause.StartTLSInjection: possible, cause.StartTLSStrippedByMiddlebox: possible}, nil},
		{"login disabled in clear", newRun().add("imap-143 imap.example.net none", pass(stage.Capabilities, &stage.CapabilityFacts{LoginDisabled: true, StartTLS: true}), fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})), cause.MustIssueStartTLSFirst, sure{cause.MustIssueStartTLSFirst: proven}, []cause.ID{cause.PasswordInClear}},
		{"PRIVACYREQUIRED", newRun().add("imap-143 imap.example.net none", refusedWith("PLAIN", imapNo("PRIVACYREQUIRED", "no"))), cause.MustIssueStartTLSFirst, sure{cause.MustIssueStartTLSFirst: proven}, []cause.ID{cause.WrongPassword}},
		{"no mechanism under TLS", newRun().add(imap, pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"GSSAPI"}}), fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})), cause.AuthMechNotOffered, sure{cause.AuthMechNotOffered: proven}, []cause.ID{cause.MustIssueStartTLSFirst}},
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
		{"expired, and another certificate began after that", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-465 smtp.example.net tls", pass(stage.Handshake, renewed)), cause.CertExpired, sure{cause.CertExpired: proven}, []cause.ID{cause.ClientClockWrong}},
		{"expired", newRun().add(imap, certificate(stage.CertExpired)), cause.CertExpired, sure{cause.CertExpired: proven, cause.ClientClockWrong: possible}, []cause.ID{cause.CertNotYetValid, cause.CertExpiredRootInChain}},
		{"expired, and a server tells another date", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, said)), cause.ClientClockWrong, sure{cause.ClientClockWrong: likely}, nil},
		{"expired, and a server tells the same date", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, expired)).add("smtp-587 smtp.example.net starttls", pass(stage.Greeting, right)), cause.CertExpired, sure{cause.ClientClockWrong: possible}, nil},
		{"not yet valid", newRun().add(imap, future("A")), cause.CertNotYetValid, sure{cause.CertNotYetValid: proven, cause.ClientClockWrong: possible}, []cause.ID{cause.CertExpired}},
		{"several not yet valid", newRun().add(imap, future("A")).add("smtp-465 smtp.example.net tls", future("B")), cause.ClientClockWrong, sure{cause.ClientClockWrong: likely}, nil},
		{"issuer expired", newRun().add(imap, certificate(stage.CertIssuerExpired)), cause.CertExpiredRootInChain, sure{cause.CertExpiredRootInChain: proven}, []cause.ID{cause.CertExpired}},
		{"other name", newRun().add(imap, certificate(stage.CertNameMismatch)), cause.CertNameMismatchHosting, sure{cause.CertNameMismatchHosting: proven}, []cause.ID{cause.CertSelfSigned, cause.CertWeakOrLegacyFormat}},
		{"other name, unknown issuer", newRun().add(imap, certificate(stage.CertNameMismatch, stage.CertUnknownAuthority)), "", sure{cause.CertNameMismatchHosting: likely, cause.CertPrivateCA: possible}, nil},
		{"weak key", newRun().add(imap, certificate(stage.CertWeakKey)), cause.CertWeakOrLegacyFormat, sure{cause.CertWeakOrLegacyFormat: proven}, []cause.ID{cause.CertPrivateCA}},
		{"wrong usage", newRun().add(imap, certificate(stage.CertWrongUsage)), "", sure{cause.CertWeakOrLegacyFormat: possible}, nil},
		{"expires soon", newRun().add(imap, warn(stage.Handshake, stage.BadCertificate, certFacts(true, stage.CertExpiresSoon))), cause.CertExpiresSoon, sure{cause.CertExpiresSoon: proven}, []cause.ID{cause.CertExpired}},
		{"self-signed", newRun().add(imap, certificate(stage.CertSelfSigned)), cause.CertSelfSigned, sure{cause.CertSelfSigned: proven}, []cause.ID{cause.CertPrivateCA, cause.CertMissingIntermediate, cause.MITMUnknownIssuer}},
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
	intruders := []cause.ID{cause.MITMUnknownIssuer, cause.AntivirusTLSInterception, cause.CorporateTLSInspection}
	checkCases(t, []ruleCase{
		{"unknown", unknown(), "", sure{cause.CertMissingIntermediate: possible, cause.CertPrivateCA: possible}, intruders},
		{"the issuer completes it", unknown().followUp(t, "imap-993/issuer", fetched(true, true)), cause.CertMissingIntermediate, sure{cause.CertMissingIntermediate: proven}, nil},
		{"the issuer leads nowhere", unknown().followUp(t, "imap-993/issuer", fetched(true, false)), cause.CertPrivateCA, sure{cause.CertPrivateCA: likely}, []cause.ID{cause.CertMissingIntermediate}},
		{"nothing fetched", unknown().followUp(t, "imap-993/issuer", fail(stage.Fetch, stage.FetchFailed)), "", sure{cause.CertMissingIntermediate: likely, cause.CertPrivateCA: possible}, nil},
		{"a chain down to a root", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, complete)), cause.CertPrivateCA, sure{cause.CertPrivateCA: likely}, []cause.ID{cause.CertMissingIntermediate}},
		{"unknown at a public provider", unknown().builtin(), "", sure{cause.MITMUnknownIssuer: possible, cause.AntivirusTLSInterception: possible, cause.CorporateTLSInspection: possible, cause.CertMissingIntermediate: possible}, []cause.ID{cause.CertPrivateCA}},
		{"an antivirus' root", newRun().builtin().add(imap, fail(stage.Handshake, stage.BadCertificate, local("Example Antivirus Mail Scanner Root", false))), cause.AntivirusTLSInterception, sure{cause.AntivirusTLSInterception: likely, cause.MITMUnknownIssuer: possible}, []cause.ID{cause.CertPrivateCA}},
		{"a gateway's root", newRun().builtin().add(imap, fail(stage.Handshake, stage.BadCertificate, local("Zscaler Root CA", false))), cause.CorporateTLSInspection, sure{cause.CorporateTLSInspection: likely}, nil},
		{"a company's root", newRun().add(imap, warn(stage.Handshake, stage.BadCertificate, local("Home CA", true))), "", sure{cause.CertPrivateCA: possible, cause.AntivirusTLSInterception: possible, cause.CorporateTLSInspection: possible}, []cause.ID{cause.MITMUnknownIssuer}},
		{"trusted", newRun().builtin().add(imap), "", nil, append([]cause.ID{cause.CertPrivateCA, cause.CertMissingIntermediate}, intruders...)},
	})
}

func TestHandshakeRules(t *testing.T) {
	alert := func(a string) step { return fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: a}) }
	asked := &stage.TLSFacts{ClientAuth: true, Chain: []stage.Certificate{leaf()}}
	checkCases(t, []ruleCase{
		{"old version", newRun().add(imap, fail(stage.Handshake, stage.TLSVersion, &stage.TLSFacts{})), cause.TLSServerTooOld, sure{cause.TLSServerTooOld: proven}, []cause.ID{cause.TLSCipherMismatch}},
		{"protocol_version", newRun().add(imap, alert("protocol_version (70)")), cause.TLSServerTooOld, sure{cause.TLSServerTooOld: likely}, []cause.ID{cause.TLSCipherMismatch}},
		{"handshake_failure", newRun().add(imap, alert("handshake_failure (40)")), cause.TLSCipherMismatch, sure{cause.TLSCipherMismatch: likely, cause.TLSServerTooOld: possible}, []cause.ID{cause.TLSClientCertRequired}},
		{"certificate required", newRun().add(imap, fail(stage.Handshake, stage.ClientCertAsked, asked)), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: proven}, nil},
		{"certificate required, TLS 1.3", newRun().add(imap, pass(stage.Handshake, asked), fail(stage.Greeting, stage.Closed)), cause.TLSClientCertRequired, sure{cause.TLSClientCertRequired: likely}, nil},
		{"closed with no request", newRun().add(imap, fail(stage.Greeting, stage.Closed)), cause.ConnectionResetAfterAccept, nil, []cause.ID{cause.TLSClientCertRequired}},
		{"reset", newRun().add(imap, fail(stage.Handshake, stage.HandshakeReset)), cause.TLSHandshakeInterrupted, sure{cause.TLSHandshakeInterrupted: likely, cause.TLSPQClientHelloIntolerant: possible}, []cause.ID{cause.MTUBlackhole, cause.StartTLSAcceptedThenDropped}},
		{"timeout", newRun().add(imap, fail(stage.Handshake, stage.HandshakeTimeout)), "", sure{cause.MTUBlackhole: possible, cause.TLSPQClientHelloIntolerant: possible}, []cause.ID{cause.TLSHandshakeInterrupted}},
	})
}
