package probe_test

import (
	"crypto/x509"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/resolve"
	"maildoctor/probe/stage"
	"maildoctor/probe/tlsinspect"
)

// leading returns the leading cause and its confidence.
func leading(rec *stage.Record) (cause.ID, cause.Confidence) {
	d := diagnose.Diagnose(rec)
	if f := d.Leading(); f != nil {
		return f.Cause, f.Confidence
	}
	return "", ""
}

// wireCase is a server with a fault, and the cause that must lead.
type wireCase struct {
	name     string
	protocol probetest.Protocol
	security probetest.Security // of the server
	settings stage.Security     // security in the settings; empty: the server's
	faults   []probetest.Fault
	change   func(*healthy, *probe.Options)
	cause    cause.ID
}

const (
	pop, imap, smtp = probetest.POP3, probetest.IMAP, probetest.SMTP
	implicit        = probetest.ImplicitTLS
	upgrade         = probetest.StartTLS
	cleartext       = probetest.Cleartext
)

// wireCases produce causes by what a server sends or does.
var wireCases = []wireCase{
	{name: "healthy", protocol: smtp, security: upgrade},
	{name: "says nothing", protocol: imap, security: upgrade, faults: f(probetest.Silent), cause: cause.AcceptNoGreeting},
	{name: "closes at once", protocol: pop, security: upgrade, faults: f(probetest.CloseAtOnce), cause: cause.ConnectionResetAfterAccept},
	{name: "resets at once", protocol: smtp, security: upgrade, faults: f(probetest.ResetAtOnce), cause: cause.ConnectionResetAfterAccept},
	{name: "refused in the greeting", protocol: smtp, security: upgrade, faults: f(probetest.GreetingRefused), cause: cause.GreetingRefusedByPolicy},
	{name: "BYE as greeting", protocol: imap, security: implicit, faults: f(probetest.GreetingBusy), cause: cause.ServerBusyGreeting},
	{name: "busy", protocol: smtp, security: upgrade, faults: f(probetest.GreetingBusy), cause: cause.ServerBusyGreeting},
	{name: "slow to greet", protocol: smtp, security: upgrade, faults: f(probetest.SlowGreeting), cause: cause.GreetingDelayTarpit},
	{name: "SSH on the port", protocol: imap, security: upgrade, faults: f(probetest.GreetingSSH), cause: cause.WrongProtocolOnPort},
	{name: "SMTP on the POP port", protocol: pop, security: upgrade, faults: f(probetest.GreetingSMTP), cause: cause.WrongProtocolOnPort},
	{name: "TLS to a plaintext port", protocol: imap, security: upgrade, settings: stage.TLS, cause: cause.TLSSpokenToPlaintextPort},
	{name: "plaintext to a TLS port", protocol: smtp, security: implicit, settings: stage.StartTLS, cause: cause.ImplicitTLSPortSpokenPlain},
	{name: "EHLO refused", protocol: smtp, security: upgrade, faults: f(probetest.EHLORefused), cause: cause.SMTPHELORejected},
	{name: "STARTTLS refused", protocol: smtp, security: upgrade, faults: f(probetest.StartTLSRefused), cause: cause.StartTLSBrokenOnServer},
	{name: "STLS refused", protocol: pop, security: upgrade, faults: f(probetest.StartTLSRefused), cause: cause.StartTLSBrokenOnServer},
	{name: "STARTTLS dropped", protocol: imap, security: upgrade, faults: f(probetest.StartTLSDropped), cause: cause.StartTLSAcceptedThenDropped},
	{name: "plaintext after STARTTLS", protocol: smtp, security: upgrade, faults: f(probetest.StartTLSPlaintext), cause: cause.StartTLSAcceptedThenDropped},
	{name: "injection", protocol: pop, security: upgrade, faults: f(probetest.StartTLSInjected), cause: cause.StartTLSInjection},
	{name: "handshake closed", protocol: imap, security: implicit, faults: f(probetest.CloseInHandshake), cause: cause.TLSHandshakeInterrupted},
	{name: "handshake reset", protocol: pop, security: implicit, faults: f(probetest.ResetInHandshake), cause: cause.TLSHandshakeInterrupted},
	{name: "login needs TLS", protocol: imap, security: cleartext, faults: f(probetest.LoginNeedsTLS), change: inClear, cause: cause.MustIssueStartTLSFirst},
	{name: "the password would be readable", protocol: pop, security: cleartext, cause: cause.PasswordInClear},
	{name: "no AUTH", protocol: smtp, security: upgrade, faults: f(probetest.AuthNotOffered), cause: cause.AuthNotOfferedOnPort},
	{name: "another mechanism", protocol: imap, security: implicit, change: func(_ *healthy, o *probe.Options) { o.Mechanism = "CRAM-MD5" }, cause: cause.AuthMechNotOffered},
	{name: "wrong password, IMAP", protocol: imap, security: implicit, faults: f(probetest.WrongPassword), cause: cause.WrongPassword},
	{name: "wrong password, POP3", protocol: pop, security: implicit, faults: f(probetest.WrongPassword), cause: cause.WrongPassword},
	{name: "wrong password, SMTP", protocol: smtp, security: upgrade, faults: f(probetest.WrongPassword), cause: cause.WrongPassword},
	{name: "temporary, SMTP", protocol: smtp, security: upgrade, faults: f(probetest.AuthTemporary), cause: cause.AuthBackendTemporaryFailure},
	{name: "temporary, IMAP", protocol: imap, security: implicit, faults: f(probetest.AuthTemporary), cause: cause.AuthBackendTemporaryFailure},
	{name: "maildrop locked", protocol: pop, security: implicit, faults: f(probetest.MaildropLocked), cause: cause.POP3MaildropLocked},
	{name: "too many sessions", protocol: imap, security: implicit, faults: f(probetest.TooManySessions), cause: cause.TooManyConnectionsPerUser},
	{name: "login too often", protocol: pop, security: implicit, faults: f(probetest.LoginTooOften), cause: cause.RateLimitedLogin},
	{name: "app password", protocol: imap, security: implicit, faults: f(probetest.AppPassword), cause: cause.AppPasswordRequired},
	{name: "suspended", protocol: smtp, security: upgrade, faults: f(probetest.AccountSuspended), cause: cause.AccountSuspended},
	{name: "password expired", protocol: imap, security: implicit, faults: f(probetest.PasswordExpired), cause: cause.PasswordExpired},
	{name: "mailbox broken", protocol: imap, security: implicit, faults: f(probetest.MailboxBroken), cause: cause.MailboxBackendUnavailable},
	{name: "mailbox full", protocol: imap, security: implicit, faults: f(probetest.AccountFull), cause: cause.MailboxFull},
	{name: "ID wanted", protocol: imap, security: implicit, faults: f(probetest.IDRequired)},
	{name: "sender refused", protocol: smtp, security: upgrade, faults: f(probetest.SenderRefused), cause: cause.SenderAddressNotPermitted},
	{name: "no such port", protocol: imap, security: implicit, change: fails(probetest.Refuse), cause: cause.ServiceNotListening},
	{name: "packets dropped", protocol: imap, security: implicit, change: failsAt993(probetest.Drop), cause: cause.PortFiltered},
	{name: "packets dropped at every port", protocol: imap, security: implicit, change: fails(probetest.Drop), cause: cause.ServerUnreachable},
	{name: "rejected", protocol: imap, security: implicit, change: failsAt993(probetest.HostUnreachable), cause: cause.PortFiltered},
	{name: "host unreachable", protocol: imap, security: implicit, change: fails(probetest.HostUnreachable), cause: cause.ServerUnreachable},
	{name: "forbidden here", protocol: imap, security: implicit, change: fails(probetest.Prohibit), cause: cause.LocalFirewallOrAppPermission},
	{name: "no network at all", protocol: imap, security: implicit, change: func(h *healthy, o *probe.Options) {
		fails(probetest.NetworkUnreachable)(h, o)
		o.System.LinkUp = false
	}, cause: cause.NoNetworkRoute},
	{name: "dead IPv6", protocol: imap, security: implicit, change: func(h *healthy, o *probe.Options) {
		o.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99", "2001:db8::99"}}
		host := h.endpoints[0].Host
		h.names[host] = []string{"2001:db8::1", h.names[host][0]}
		h.network.Fail("2001:db8::1", probetest.Drop)
	}, cause: cause.IPv6BrokenPath},
}

func f(faults ...probetest.Fault) []probetest.Fault { return faults }

func inClear(_ *healthy, o *probe.Options) { o.CleartextLogin = true }

// fails makes connecting to the server fail.
func fails(how probetest.Outcome) func(*healthy, *probe.Options) {
	return func(h *healthy, o *probe.Options) {
		o.System.LinkUp = true
		h.names[h.endpoints[0].Host] = []string{"203.0.113.7"}
		h.network.Fail("203.0.113.7", how)
	}
}

// failsAt993 makes connecting to one port fail. The others refuse.
func failsAt993(how probetest.Outcome) func(*healthy, *probe.Options) {
	return func(h *healthy, o *probe.Options) {
		fails(probetest.Refuse)(h, o)
		h.network.Fail("203.0.113.7:993", how)
	}
}

func TestCausesOnTheWire(t *testing.T) {
	for _, tt := range wireCases {
		t.Run(tt.name, func(t *testing.T) {
			c := probetest.Config{Protocol: tt.protocol, Security: tt.security, Mechanisms: []string{"PLAIN"}, Faults: tt.faults}
			inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
				e := &h.endpoints[0]
				e.Security = map[probetest.Security]stage.Security{implicit: stage.TLS, upgrade: stage.StartTLS, cleartext: stage.None}[tt.security]
				if tt.settings != "" {
					e.Security = tt.settings
				}
				opt := h.options()
				opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
				if tt.change != nil {
					tt.change(h, &opt)
				}
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				if got, sure := leading(rec); got != tt.cause {
					t.Errorf("%s: leads with %q (%s), want %q", outcome(&rec.Checks[0]), got, sure, tt.cause)
				}
			})
		})
	}
}

// providerCases produce causes by names and certificates, on loopback.
var providerCases = []struct {
	name   string
	change func(*probetest.ProviderEndpoint, *probetest.ProviderConfig)
	cause  cause.ID
}{
	{"name not found", dns(probetest.DNSNXDomain), cause.HostnameTypoNXDomain},
	{"no address", dns(probetest.DNSNoData), cause.HostHasNoAddressRecord},
	{"SERVFAIL", dns(probetest.DNSServFail), cause.DNSResolverBroken},
	{"REFUSED", dns(probetest.DNSRefused), cause.DNSResolverBroken},
	{"CNAME loop", dns(probetest.DNSLoop), cause.HostHasNoAddressRecord},
	{"blocked by the resolver", dns(probetest.DNSBlocked), cause.DNSFilterBlocksHost},
	{"0.0.0.0", dns(probetest.DNSZero), cause.DNSFilterBlocksHost},
	{"expired", cert(probetest.CertExpired), cause.CertExpired},
	{"expires soon", cert(probetest.CertExpiresSoon), cause.CertExpiresSoon},
	{"not yet valid", cert(probetest.CertNotYetValid), cause.CertNotYetValid},
	{"other name", cert(probetest.CertOtherName), cause.CertNameMismatchHosting},
	{"no names", cert(probetest.CertNoSAN), cause.CertWeakOrLegacyFormat},
	{"self-signed", cert(probetest.CertSelfSigned), cause.CertSelfSigned},
	{"intermediate missing", cert(probetest.CertNoIntermediate), cause.CertMissingIntermediate},
	{"SHA-1", cert(probetest.CertSHA1), cause.CertWeakOrLegacyFormat},
	{"RSA 1024", cert(probetest.CertRSA1024), cause.CertWeakOrLegacyFormat},
	{"private authority", cert(probetest.CertPrivateCA), cause.CertPrivateCA},
}

type providerChange = func(*probetest.ProviderEndpoint, *probetest.ProviderConfig)

func dns(fault probetest.DNSFault) providerChange {
	return func(e *probetest.ProviderEndpoint, c *probetest.ProviderConfig) {
		e.Host = "imap.example.test"
		c.DNS = map[string]probetest.Name{e.Host: {Fault: fault}}
	}
}

func cert(kind probetest.Certificate) providerChange {
	return func(e *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) { e.Certificate = kind }
}

func TestCausesOfNamesAndCertificates(t *testing.T) {
	for _, tt := range providerCases {
		t.Run(tt.name, func(t *testing.T) {
			config := probetest.ProviderConfig{Endpoints: []probetest.ProviderEndpoint{{Protocol: probetest.IMAP, Port: 993, Security: probetest.ImplicitTLS}}}
			tt.change(&config.Endpoints[0], &config)
			provider, err := probetest.StartProvider(config)
			if err != nil {
				t.Fatal(err)
			}
			defer provider.Close()
			trusted := x509.NewCertPool()
			trusted.AppendCertsFromPEM(provider.Root.PEM())
			roots, err := tlsinspect.NewRoots(trusted, trusted, nil)
			if err != nil {
				t.Fatal(err)
			}
			e := provider.Endpoints[0]
			target := probe.Target{Subject: stage.Subject{Argument: "imap", Kind: stage.SubjectURL}}
			target.Endpoints = []probe.PlannedEndpoint{{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: e.Host, Port: e.Port, Security: stage.TLS}}}
			rec := examine(t, t.Context(), probe.NewPlan([]probe.Target{target}, nil), probe.Options{
				Roots: roots, Dial: provider.Dial, System: stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}},
				Resolver:       resolve.New(resolve.Options{Server: provider.Resolver, Timeout: time.Second}),
				ConnectTimeout: time.Second,
			})
			if got, sure := leading(rec); got != tt.cause {
				t.Errorf("%s: leads with %q (%s), want %q", outcome(&rec.Checks[0]), got, sure, tt.cause)
			}
		})
	}
}
