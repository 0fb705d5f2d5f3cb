package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// scramRefused is a SCRAM login that the server ended with e= (RFC 5802 7) and a
// reply that refuses the password.
func scramRefused(word string) step {
	return fail(stage.Login, stage.Rejected, &stage.LoginFacts{
		Mechanism: "SCRAM-SHA-256-PLUS", Encrypted: true, Sent: true, ServerError: word, Reply: &authFailed,
	})
}

func TestWhatTheServerSaysOfTheAccount(t *testing.T) {
	smtp := func(code int, enhanced, text string) *run {
		return newRun().add(smtp465, refusedWith("PLAIN", smtpReply(code, enhanced, text)))
	}
	in := func(code, text string) *run { return newRun().add(imap, refusedWith("PLAIN", imapNo(code, text))) }
	noPassword := []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat}
	checkCases(t, []ruleCase{
		{"expired", in("EXPIRED", "[EXPIRED] no"), cause.PasswordExpired, sure{cause.PasswordExpired: proven}, noPassword},
		{"expired, in words", in("ALERT", "[ALERT] password must be changed before IMAP login permitted"), cause.PasswordExpired, sure{cause.PasswordExpired: proven}, noPassword},
		{"ask support", in("CONTACTADMIN", "[CONTACTADMIN] Login disabled for this user"), cause.ProtocolDisabledByAdmin, sure{cause.ProtocolDisabledByAdmin: likely, cause.AccountSuspended: possible}, noPassword},
		{"user account disabled", smtp(525, "5.7.13", "525 5.7.13 no"), cause.AccountSuspended, sure{cause.AccountSuspended: proven}, noPassword},
		{"disabled, by its code alone", smtp(525, "", "525 no"), cause.AccountSuspended, sure{cause.AccountSuspended: likely}, noPassword},
		{"account disabled, under 535", smtp(535, "5.7.8", "535 5.7.8 Authentication failed: account disabled"), cause.AccountSuspended, sure{cause.AccountSuspended: likely}, noPassword},
		{"app password", smtp(534, "5.7.9", "534 5.7.9 Application-specific password required."), cause.AppPasswordRequired, sure{cause.AppPasswordRequired: proven}, append(noPassword, cause.AuthMechNotOffered)},
		{"too weak a mechanism", smtp(534, "5.7.9", "534 5.7.9 too weak"), cause.AuthMechNotOffered, nil, []cause.ID{cause.AppPasswordRequired}},
		{"not enabled", in("ALERT", "[ALERT] Your account is not enabled for IMAP use."), cause.ProtocolDisabledForAccount, sure{cause.ProtocolDisabledForAccount: proven}, noPassword},
		{"one or the other", in("AUTHENTICATIONFAILED", "[AUTHENTICATIONFAILED] Invalid credentials or IMAP is disabled"), cause.ProtocolDisabledForAccount, sure{cause.WrongPassword: possible, cause.ProtocolDisabledForAccount: likely}, nil},
		{"SCRAM: the proof is wrong", newRun().add(imap, scramRefused("invalid-proof")), cause.WrongPassword, nil, []cause.ID{cause.MITMUnknownIssuer}},
		{"SCRAM: another TLS connection", newRun().add(imap, scramRefused("channel-bindings-dont-match")), "", sure{cause.MITMUnknownIssuer: possible, cause.SASLDialectIncompatible: possible}, noPassword},
		{"SCRAM: a list was cut", newRun().add(imap, scramRefused("server-does-support-channel-binding")), "", sure{cause.MITMUnknownIssuer: possible}, noPassword},
		{"SCRAM: no resources", newRun().add(imap, scramRefused("no-resources")), cause.AuthBackendTemporaryFailure, nil, noPassword},
		{"SCRAM: a word that says nothing", newRun().add(imap, scramRefused("other-error")), cause.WrongPassword, nil, nil},
	})
	if q := newRun().add(imap, scramRefused("channel-bindings-dont-match")).diagnose(t).Questions; len(q) != 0 {
		t.Errorf("where somebody may be in between, no further login is asked for: %+v", q)
	}
}

func TestFiltersLateGreetingsAndAlerts(t *testing.T) {
	resolved := func(f stage.Fault, l stage.Lookup, addresses ...string) *run {
		return newRun().add(imap, fail(stage.Resolve, f, &stage.ResolveFacts{Host: "imap.example.net", Addresses: addresses, Lookups: []stage.Lookup{l}}))
	}
	nx := stage.Lookup{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupNXDomain}
	said := nx
	said.Extended = "15 Blocked: list"
	stale := nx
	stale.Extended = "3 Stale Answer"
	greeting := func(d time.Duration) *run {
		return newRun().add(imap, pass(stage.Greeting, &stage.GreetingFacts{Wait: stage.Ms(d)}))
	}
	refusedList := stage.Reply{Command: "CAPABILITY", Status: "NO", Lines: []string{"a1 NO not now"}}
	checkCases(t, []ruleCase{
		{"the resolver says so", resolved(stage.NameNotFound, said), cause.DNSFilterBlocksHost, sure{cause.DNSFilterBlocksHost: proven}, nil},
		{"another extended error", resolved(stage.NameNotFound, stale), cause.HostnameTypoNXDomain, nil, []cause.ID{cause.DNSFilterBlocksHost}},
		{"0.0.0.0", resolved(stage.BadAddress, stage.Lookup{}, "0.0.0.0", "::"), cause.DNSFilterBlocksHost, sure{cause.DNSFilterBlocksHost: likely}, nil},
		{"an address of this network's own making", resolved(stage.BadAddress, stage.Lookup{}, "0.0.0.0", "224.0.0.1"), cause.HostHasNoAddressRecord, nil, []cause.ID{cause.DNSFilterBlocksHost}},
		{"a late greeting", greeting(5 * time.Second), cause.GreetingDelayTarpit, sure{cause.GreetingDelayTarpit: proven}, nil},
		{"in time", greeting(4999 * time.Millisecond), "", nil, []cause.ID{cause.GreetingDelayTarpit}},
		{"a name that the server does not know", newRun().add(imap, fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: "unrecognized_name (112)"})), cause.CertNameMismatchHosting, sure{cause.CertNameMismatchHosting: likely}, []cause.ID{cause.TLSCipherMismatch}},
		{"the list is refused", newRun().add(imap, fail(stage.Capabilities, stage.Rejected, &stage.CapabilityFacts{Reply: &refusedList})), cause.ServerBusyGreeting, sure{cause.ServerBusyGreeting: possible}, []cause.ID{cause.SMTPHELORejected}},
		{"logged in before TLS", newRun().add("imap-143 imap.example.net starttls", fail(stage.Upgrade, stage.PreAuth)), cause.StartTLSInjection, sure{cause.StartTLSInjection: possible}, nil},
	})
	for _, f := range resolved(stage.NameNotFound, said).diagnose(t).Findings[1:] {
		if f.SuppressedBy != cause.DNSFilterBlocksHost {
			t.Errorf("%s stands beside the filter", f.Cause)
		}
	}
}

// If a provider doesn't support IMAP, its being switched off is no problem of its
// own.
func TestUnsupportedExplainsTheSwitch(t *testing.T) {
	d := newRun().note(stage.NoteIMAPUnsupported, "No IMAP.").add("pop3-995 pop.example.net tls").
		add(imap, refusedWith("PLAIN", imapNo("ALERT", "[ALERT] Your account is not enabled for IMAP use.")), optional).diagnose(t)
	f := find(d, cause.ProtocolDisabledForAccount)
	if f == nil || f.SuppressedBy != cause.ProtocolNotProvided || d.Leading().Cause != cause.ProtocolNotProvided {
		t.Errorf("%+v", d.Findings)
	}
}
