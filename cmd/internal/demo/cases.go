package demo

import (
	"slices"
	"time"

	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// Case is a provider with one thing wrong.
type Case struct {
	Name   string
	About  prose.Value
	change func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig)
	typed  string // the password typed in; empty: the right one
}

// Cases are the cases of demo, the default first.
var Cases = []Case{
	{Name: "healthy", About: say.DemoHealthy()},
	{
		Name: "wrong-password", About: say.DemoWrongPassword(),
		typed: "not the password",
	},
	{
		Name: "port-blocked", About: say.DemoPortBlocked(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			smtp.Connect = probetest.Drop
			unlisted(all, probetest.ProviderEndpoint{Protocol: probetest.SMTP, Host: smtp.Host, Port: 465, Security: probetest.ImplicitTLS})
		},
	},
	{
		Name: "port-refused", About: say.DemoPortRefused(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Connect = probetest.Refuse
		},
	},
	{
		Name: "cert-expired", About: say.DemoCertExpired(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Certificate = probetest.CertExpired
		},
	},
	{
		Name: "clock-wrong", About: say.DemoClockWrong(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			// The clock cannot be set: the rest of the world is a month behind
			// instead.
			pop.Certificate, imap.Certificate, smtp.Certificate = probetest.CertExpired, probetest.CertExpired, probetest.CertExpired
			all.Ahead = -30 * 24 * time.Hour
		},
	},
	{
		Name: "cert-expires-soon", About: say.DemoCertExpiresSoon(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Certificate = probetest.CertExpiresSoon
		},
	},
	{
		Name: "cert-other-name", About: say.DemoCertOtherName(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Certificate, imap.Certificate, smtp.Certificate = probetest.CertOtherName, probetest.CertOtherName, probetest.CertOtherName
		},
	},
	{
		Name: "cert-no-intermediate", About: say.DemoCertNoIntermediate(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Certificate = probetest.CertNoIntermediate
		},
	},
	{
		Name: "cert-self-signed", About: say.DemoCertSelfSigned(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Certificate = probetest.CertSelfSigned
		},
	},
	{
		Name: "tls-on-plain-port", About: say.DemoTLSOnPlainPort(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Port, imap.Security = 143, probetest.ImplicitTLS
			imap.Server.Security = probetest.StartTLS
		},
	},
	{
		Name: "plain-on-tls-port", About: say.DemoPlainOnTLSPort(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Port, smtp.Security = 465, probetest.StartTLS
			smtp.Server.Security = probetest.ImplicitTLS
		},
	},
	{
		Name: "starttls-missing", About: say.DemoStartTLSMissing(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.StartTLSNotOffered}
		},
	},
	{
		Name: "starttls-injection", About: say.DemoStartTLSInjection(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.StartTLSInjected}
		},
	},
	{
		Name: "unknown-name", About: say.DemoUnknownName(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			smtp.Host = "smpt.example.test"
			all.DNS = map[string]probetest.Name{smtp.Host: {Fault: probetest.DNSNXDomain}}
		},
	},
	{
		Name: "resolver-broken", About: say.DemoResolverBroken(),
		change: func(pop, imap, smtp *probetest.ProviderEndpoint, all *probetest.ProviderConfig) {
			all.DNS, all.Elsewhere = map[string]probetest.Name{}, map[string]probetest.Name{}
			for _, name := range append(probetest.StrangeNames(), pop.Host, imap.Host, smtp.Host) {
				all.DNS[name], all.Elsewhere[name] = probetest.Name{Fault: probetest.DNSServFail}, probetest.Name{}
			}
		},
	},
	{
		Name: "maildrop-locked", About: say.DemoMaildropLocked(),
		change: func(pop, _, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			pop.Faults = []probetest.Fault{probetest.MaildropLocked}
		},
	},
	{
		Name: "busy", About: say.DemoBusy(),
		change: func(_, _, smtp *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			smtp.Faults = []probetest.Fault{probetest.GreetingBusy}
		},
	},
	{
		Name: "imap-down", About: say.DemoIMAPDown(),
		change: func(_, imap, _ *probetest.ProviderEndpoint, _ *probetest.ProviderConfig) {
			imap.Connect = probetest.Refuse
		},
	},
}

// Named returns the case with a name.
func Named(name string) (c Case, ok bool) {
	i := slices.IndexFunc(Cases, func(c Case) bool { return c.Name == name })
	if i < 0 {
		return c, false
	}
	return Cases[i], true
}

// Names returns the names of the cases.
func Names() []string {
	var out []string
	for _, c := range Cases {
		out = append(out, c.Name)
	}
	return out
}

// provider returns the case's provider: three endpoints, of which IMAP is optional.
func (c Case) provider() probetest.ProviderConfig {
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
func (c Case) password() string {
	if c.typed != "" {
		return c.typed
	}
	return probetest.DemoPassword
}
