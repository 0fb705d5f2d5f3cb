package cli

import (
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// demoCase is a provider with one thing wrong.
type demoCase struct {
	name   string
	about  prose.Value
	change func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig)
	typed  string // the password typed in; empty: the right one
}

// demoCases are the cases of demo, the default first.
var demoCases = []demoCase{
	{name: "healthy", about: say.DemoHealthy()},
	{
		name: "wrong-password", about: say.DemoWrongPassword(),
		typed: "not the password",
	},
	{
		name: "port-blocked", about: say.DemoPortBlocked(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			smtp.Connect = probetest.Drop
			unlisted(all, probetest.ProviderEndpoint{Protocol: probetest.SMTP, Host: smtp.Host, Port: 465, Security: probetest.ImplicitTLS})
		},
	},
	{
		name: "port-refused", about: say.DemoPortRefused(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Connect = probetest.Refuse
		},
	},
	{
		name: "cert-expired", about: say.DemoCertExpired(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Certificate = probetest.CertExpired
		},
	},
	{
		name: "clock-wrong", about: say.DemoClockWrong(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			// The clock cannot be set: the rest of the world is a month behind
			// instead.
			pop.Certificate, imap.Certificate, smtp.Certificate = probetest.CertExpired, probetest.CertExpired, probetest.CertExpired
			all.Ahead = -30 * 24 * time.Hour
		},
	},
	{
		name: "cert-expires-soon", about: say.DemoCertExpiresSoon(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Certificate = probetest.CertExpiresSoon
		},
	},
	{
		name: "cert-other-name", about: say.DemoCertOtherName(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Certificate, imap.Certificate, smtp.Certificate = probetest.CertOtherName, probetest.CertOtherName, probetest.CertOtherName
		},
	},
	{
		name: "cert-no-intermediate", about: say.DemoCertNoIntermediate(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Certificate = probetest.CertNoIntermediate
		},
	},
	{
		name: "cert-self-signed", about: say.DemoCertSelfSigned(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Certificate = probetest.CertSelfSigned
		},
	},
	{
		name: "tls-on-plain-port", about: say.DemoTLSOnPlainPort(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Port, imap.Security = 143, probetest.ImplicitTLS
			imap.Server.Security = probetest.StartTLS
		},
	},
	{
		name: "plain-on-tls-port", about: say.DemoPlainOnTLSPort(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Port, smtp.Security = 465, probetest.StartTLS
			smtp.Server.Security = probetest.ImplicitTLS
		},
	},
	{
		name: "starttls-missing", about: say.DemoStartTLSMissing(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.StartTLSNotOffered}
		},
	},
	{
		name: "starttls-injection", about: say.DemoStartTLSInjection(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.StartTLSInjected}
		},
	},
	{
		name: "unknown-name", about: say.DemoUnknownName(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			smtp.Host = "smpt.example.test"
			all.DNS = map[string]probetest.Name{smtp.Host: {Fault: probetest.DNSNXDomain}}
		},
	},
	{
		name: "resolver-broken", about: say.DemoResolverBroken(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			all.DNS, all.Elsewhere = map[string]probetest.Name{}, map[string]probetest.Name{}
			for _, name := range append(probetest.StrangeNames(), pop.Host, imap.Host, smtp.Host) {
				all.DNS[name], all.Elsewhere[name] = probetest.Name{Fault: probetest.DNSServFail}, probetest.Name{}
			}
		},
	},
	{
		name: "maildrop-locked", about: say.DemoMaildropLocked(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Faults = []probetest.Fault{probetest.MaildropLocked}
		},
	},
	{
		name: "busy", about: say.DemoBusy(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.GreetingBusy}
		},
	},
	{
		name: "imap-down", about: say.DemoIMAPDown(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Connect = probetest.Refuse
		},
	},
}

// provider returns the case's provider: three endpoints, of which IMAP is optional.
func (c demoCase) provider() probetest.ProviderConfig {
	all := probetest.ProviderConfig{Web: true, Strangers: true, Endpoints: []probetest.ProviderEndpoint{
		{Protocol: probetest.POP3, Host: "pop.example.test", Port: 995, Security: probetest.ImplicitTLS},
		{Protocol: probetest.IMAP, Host: "mail.example.test", Port: 993, Security: probetest.ImplicitTLS, Optional: true},
		{Protocol: probetest.SMTP, Host: "smtp.example.test", Port: 587, Security: probetest.StartTLS},
	}}
	if c.change != nil {
		e := all.Endpoints
		c.change(&e[0], &e[1], &e[2], &all)
	}
	return all
}

// unlisted adds a server that the settings do not name. The others must be changed
// before that.
func unlisted(all *probetest.ProviderConfig, e probetest.ProviderEndpoint) {
	e.Unlisted = true
	all.Endpoints = append(all.Endpoints, e)
}

// password returns the password that is typed in.
func (c demoCase) password() string {
	if c.typed != "" {
		return c.typed
	}
	return probetest.DemoPassword
}
