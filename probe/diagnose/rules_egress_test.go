package diagnose_test

import (
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// secondProvider adds an unrelated provider's check to a run.
func (r *run) secondProvider(spec stage.Endpoint, steps ...step) *run {
	return r.subject(stage.Subject{Domain: "example.org", Profile: &stage.Profile{ID: "other", Name: "Other"}}, spec, steps...)
}

// subject adds a subject of its own, and a check of it.
func (r *run) subject(s stage.Subject, e stage.Endpoint, steps ...step) *run {
	subjects := &r.rec.Header.Plan.Subjects
	*subjects = append(*subjects, s)
	return r.check(stage.Check{
		ID: string(e.Protocol) + "-" + e.Host, Kind: stage.KindEndpoint, Subject: len(*subjects) - 1, Endpoint: e,
	}, steps...)
}

func submission(host string) stage.Endpoint {
	return stage.Endpoint{Protocol: stage.SMTP, Host: host, Port: 587, Security: stage.StartTLS}
}

// greets sends the first line from an address of its own.
func greets(line, ip string) step {
	return func(c *stage.CheckRecord) {
		pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Code: 220, Lines: []string{line}}})(c)
		pass(stage.Connect, &stage.ConnectFacts{Address: ip + ":587", Attempts: []stage.Attempt{{Address: ip + ":587", Outcome: stage.DialConnected}}})(c)
	}
}

// taken connects to an address in this time, and then receives nothing.
func taken(ip string, after time.Duration, f stage.Fault) step {
	trip := stage.Ms(after)
	return func(c *stage.CheckRecord) {
		pass(stage.Connect, &stage.ConnectFacts{Address: ip + ":993", RoundTrip: &trip})(c)
		fail(stage.Handshake, f, &stage.TLSFacts{})(c)
	}
}

// leads resolves a name to these addresses, and the connection fails.
func leads(f stage.Fault, addresses ...string) step {
	return func(c *stage.CheckRecord) {
		pass(stage.Resolve, &stage.ResolveFacts{Host: c.Check.Endpoint.Host, Addresses: addresses})(c)
		a := stage.Attempt{Outcome: stage.DialTimeout, Address: addresses[0] + ":993"}
		if f == stage.Refused {
			a.Outcome = stage.DialRefused
		}
		fail(stage.Connect, f, &stage.ConnectFacts{Attempts: []stage.Attempt{a}})(c)
	}
}

const (
	smtp587 = "smtp-587 smtp.example.net starttls"
	smtp25  = "smtp-25 mx.example.net starttls-if-offered"
)

func TestEgressRules(t *testing.T) {
	gate := "220 gate.isp.example ESMTP"
	quick, slow := 300*time.Microsecond, 20*time.Millisecond
	other := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.org", Port: 993, Security: stage.TLS}
	checkCases(t, []ruleCase{
		{"sending silent at two providers", newRun().add(imap).add(smtp587, timeout()).add(smtp465, timeout()).secondProvider(submission("smtp.example.org"), timeout()), cause.CloudEgressSMTPBlocked, sure{cause.CloudEgressSMTPBlocked: likely}, nil},
		{"sending silent at one", newRun().add(imap).add(smtp587, timeout()).add(smtp465, timeout()), "", sure{cause.CloudEgressSMTPBlocked: possible}, nil},
		{"one port for sending answers", newRun().add(imap).add(smtp587, timeout()).add(smtp465), cause.PortFiltered, nil, []cause.ID{cause.CloudEgressSMTPBlocked}},
		{"receiving is silent too", newRun().add(imap, timeout()).add(smtp587, timeout()).add(smtp465, timeout()), "", nil, []cause.ID{cause.CloudEgressSMTPBlocked}},

		{"nobody connects", newRun().add(imap, timeout()).add(smtp587, timeout()), "", sure{cause.VPNOrProxyEgressOnly: possible}, nil},
		{"one host alone is silent", newRun().add(imap).add(smtp587, timeout()), "", nil, []cause.ID{cause.VPNOrProxyEgressOnly}},

		{"two providers, one greeting", newRun().add(smtp587, greets(gate, "198.51.100.1")).secondProvider(submission("smtp.example.org"), greets(gate, "203.0.113.9"), fail(stage.Upgrade, stage.NotOffered)), cause.TransparentSMTPProxy, sure{cause.TransparentSMTPProxy: likely}, nil},
		{"one server for two providers", newRun().add(smtp587, greets(gate, "198.51.100.1")).secondProvider(submission("smtp.example.org"), greets(gate, "198.51.100.1"), fail(stage.Upgrade, stage.NotOffered)), "", nil, []cause.ID{cause.TransparentSMTPProxy}},
		{"two greetings", newRun().add(smtp587, greets(gate, "198.51.100.1")).secondProvider(submission("smtp.example.org"), greets("220 smtp.example.org", "203.0.113.9")), "", nil, []cause.ID{cause.TransparentSMTPProxy}},
		{"a gateway's greeting", newRun().add(smtp587, greets("220 SMTP/cmap____ read", "198.51.100.1"), fail(stage.Upgrade, stage.NotOffered)), "", sure{cause.TransparentSMTPProxy: possible}, nil},

		{"asterisks", newRun().add(smtp587, greets("220 *********2**0***", "198.51.100.1"), fail(stage.Upgrade, stage.NotOffered)), cause.BannerMaskedByESMTPInspection, sure{cause.BannerMaskedByESMTPInspection: likely}, nil},
		{"a capability alone", newRun().add(smtp587, fail(stage.Upgrade, stage.NotOffered, &stage.StartTLSFacts{Capabilities: []string{"XXXXXXXA"}})), cause.StartTLSStrippedByMiddlebox, nil, []cause.ID{cause.BannerMaskedByESMTPInspection}},

		{"taken at once, twice", newRun().add(imap, taken("93.184.216.34", quick, stage.HandshakeReset)).secondProvider(other, taken("151.101.1.1", quick, stage.HandshakeClosed)), "", sure{cause.AntivirusConnectionProxyBroken: possible}, nil},
		{"taken as from afar", newRun().add(imap, taken("93.184.216.34", slow, stage.HandshakeReset)).secondProvider(other, taken("151.101.1.1", slow, stage.HandshakeClosed)), "", nil, []cause.ID{cause.AntivirusConnectionProxyBroken}},
		{"a server in this network", newRun().add(imap, taken("192.168.1.5", quick, stage.HandshakeReset)).secondProvider(other, taken("10.0.0.5", quick, stage.HandshakeClosed)), "", nil, []cause.ID{cause.AntivirusConnectionProxyBroken}},
	})
}

func TestNameRules(t *testing.T) {
	disputed := func(c *stage.CheckRecord) {
		leads(stage.Refused, "198.51.100.80")(c)
		stage.FactsOf[*stage.ResolveFacts](c).Lookups = []stage.Lookup{
			{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupNXDomain}, {Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupAnswer},
		}
	}
	agreed := func(c *stage.CheckRecord) {
		disputed(c)
		stage.FactsOf[*stage.ResolveFacts](c).Lookups[0].Outcome = stage.LookupAnswer
	}
	domain := stage.Endpoint{Protocol: stage.IMAP, Host: "example.net", Port: 993, Security: stage.TLS}
	own := stage.Subject{Domain: "example.net", Kind: stage.SubjectURL}
	checkCases(t, []ruleCase{
		{"a provider's name inside", newRun().builtin().add(imap, leads(stage.ConnectTimeout, "192.168.50.10")), cause.SplitHorizonPrivateAddress, sure{cause.SplitHorizonPrivateAddress: likely}, nil},
		{"a company's name inside", newRun().add(imap, leads(stage.ConnectTimeout, "10.0.0.8", "fd00::8")), "", sure{cause.SplitHorizonPrivateAddress: possible}, nil},
		{"a public address", newRun().builtin().add(imap, leads(stage.ConnectTimeout, "198.51.100.8")), "", nil, []cause.ID{cause.SplitHorizonPrivateAddress, cause.CDNProxiedMailHost}},
		{"one of two is public", newRun().builtin().add(imap, leads(stage.ConnectTimeout, "192.168.50.10", "198.51.100.8")), "", nil, []cause.ID{cause.SplitHorizonPrivateAddress}},
		{"a name of this network", newRun().add("imap-993 mail.lan tls", leads(stage.ConnectTimeout, "192.168.50.10")), "", nil, []cause.ID{cause.SplitHorizonPrivateAddress}},

		{"a web network, silent", newRun().add(imap, leads(stage.ConnectTimeout, "104.18.3.4", "2606:4700::6812:304")), cause.CDNProxiedMailHost, sure{cause.CDNProxiedMailHost: likely}, nil},
		{"a web network, refused", newRun().add(imap, leads(stage.Refused, "151.101.1.57")), cause.CDNProxiedMailHost, sure{cause.CDNProxiedMailHost: likely}, nil},
		{"beside a web network", newRun().add(imap, leads(stage.ConnectTimeout, "104.32.0.1")), "", nil, []cause.ID{cause.CDNProxiedMailHost}},

		{"denied by another", newRun().add(imap, disputed), cause.DNSNXDomainHijack, sure{cause.DNSNXDomainHijack: likely}, nil},
		{"all agree", newRun().add(imap, agreed), "", nil, []cause.ID{cause.DNSNXDomainHijack}},

		{"an inbound filter", newRun().add("smtp-587 mxa-001.gslb.pphosted.com starttls", timeout()), cause.MXOrWebHostUsedAsServer, sure{cause.MXOrWebHostUsedAsServer: likely}, nil},
		{"an MX of Microsoft 365", newRun().add("imap-993 example-net.mail.protection.outlook.com tls", timeout()), cause.MXOrWebHostUsedAsServer, sure{cause.MXOrWebHostUsedAsServer: likely}, nil},
		{"the domain itself", newRun().add(smtp465).subject(own, domain, dialled(stage.Refused, stage.DialRefused)), "", sure{cause.MXOrWebHostUsedAsServer: possible}, nil},
		{"a server's own name", newRun().add(imap, dialled(stage.Refused, stage.DialRefused)), "", nil, []cause.ID{cause.MXOrWebHostUsedAsServer}},
		{"no login at an MX", newRun().add(smtp25, refusedWith("PLAIN", smtpReply(503, "5.5.1", "503 5.5.1 Error: authentication not enabled"))), cause.AuthNotOfferedOnPort, sure{cause.MXOrWebHostUsedAsServer: possible}, nil},
	})
}

func TestAnchorRules(t *testing.T) {
	trust := func(system, public stage.Trust) step {
		f := certFacts(false, stage.CertUnknownAuthority)
		f.System, f.Public = system, public
		return fail(stage.Handshake, stage.BadCertificate, f)
	}
	shows := func(from, until time.Time, verified bool) *stage.TLSFacts {
		f := certFacts(false)
		f.Verified = verified
		f.Chain[0].NotBefore, f.Chain[0].NotAfter = from, until
		if !verified {
			f.Faults = []stage.CertFault{{ID: stage.CertExpired}}
		}
		return f
	}
	old := shows(now.AddDate(0, -4, 0), now.AddDate(0, -1, 0), false)
	fresh := shows(now.AddDate(0, -2, 0), now.AddDate(0, 1, 0), true)
	other := "imap-143 imap.example.net starttls"
	numbered := func(literal bool, name string) step {
		return func(c *stage.CheckRecord) {
			pass(stage.Resolve, &stage.ResolveFacts{Host: c.Check.Endpoint.Host, Literal: literal, Addresses: []string{"198.51.100.1"}})(c)
			f := certFacts(false, stage.CertNameMismatch)
			f.ServerName = name
			fail(stage.Handshake, stage.BadCertificate, f)(c)
		}
	}
	unnamed := certFacts(false, stage.CertSelfSigned, stage.CertNameMismatch)
	unnamed.Chain[0].Subject = `CN=invalid2.invalid,OU=No SNI provided\; please fix your client.`
	alert := func(name string) step {
		return fail(stage.Handshake, stage.TLSAlert, &stage.TLSFacts{Alert: name})
	}
	rootless := newRun()
	rootless.rec.Header.System.NoRoots = true
	checkCases(t, []ruleCase{
		{"public alone trusts it", newRun().add(imap, trust(stage.NotTrusted, stage.Trusted)), cause.ClientTrustStoreOutdated, sure{cause.ClientTrustStoreOutdated: likely}, nil},
		{"this system trusts nobody", rootless.add(imap, trust(stage.NotTrusted, stage.Trusted)), cause.ClientTrustStoreOutdated, sure{cause.ClientTrustStoreOutdated: proven}, nil},
		{"neither trusts it", newRun().add(imap, trust(stage.NotTrusted, stage.NotTrusted)), "", nil, []cause.ID{cause.ClientTrustStoreOutdated}},

		{"another port shows the new one", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, old)).add(other, pass(stage.Handshake, fresh)), cause.CertRenewedNotReloaded, sure{cause.CertExpired: proven, cause.CertRenewedNotReloaded: likely}, nil},
		{"another host shows a new one", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, old)).add("pop3-995 pop.example.net tls", pass(stage.Handshake, fresh)), cause.CertExpired, nil, []cause.ID{cause.CertRenewedNotReloaded}},
		{"all ports show the old one", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, old)).add(other, fail(stage.Handshake, stage.BadCertificate, old)), cause.CertExpired, nil, []cause.ID{cause.CertRenewedNotReloaded}},

		{"by number", newRun().add("imap-993 198.51.100.1 tls", numbered(true, "")), cause.CertNameMismatchNoSNI, sure{cause.CertNameMismatchNoSNI: likely}, nil},
		{"by name", newRun().add(imap, numbered(false, "imap.example.net")), cause.CertNameMismatchHosting, nil, []cause.ID{cause.CertNameMismatchNoSNI}},
		{"the certificate says so", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, unnamed)), cause.CertNameMismatchNoSNI, sure{cause.CertNameMismatchNoSNI: proven}, nil},

		{"no common ground", newRun().add(imap, alert("handshake_failure (40)")), cause.TLSCipherMismatch, sure{cause.TLSWeakDH: possible}, nil},
		{"another alert", newRun().add(imap, alert("protocol_version (70)")), cause.TLSServerTooOld, nil, []cause.ID{cause.TLSWeakDH}},
	})
}

// A port that is silent to mail programs but answers web browsers may be a sign-in
// page's: then the page that is known to be empty is fetched as well.
func TestPortalAfterAWebPage(t *testing.T) {
	page := pass(stage.Fetch, &stage.FetchFacts{Status: 302, Location: "http://login.hotel.example/"})
	silent := func() *run {
		return newRun().controlled().add("imap-143 imap.example.net starttls", fail(stage.Greeting, stage.Silent))
	}
	asks := func(r *run) int {
		for _, q := range r.diagnose(t).Questions {
			if q.Check.Question == stage.AskPortal {
				return q.Check.Round
			}
		}
		return 0
	}
	if n := asks(silent()); n != 0 {
		t.Errorf("asked in round %d without reason", n)
	}
	met := silent().followUp(t, "imap-143/http", page)
	if n := asks(met); n != 2 {
		t.Errorf("asked in round %d, want 2", n)
	}
	checkCases(t, []ruleCase{
		{"it leads there as well", met.followUp(t, "imap-143/portal", page), cause.CaptivePortal, sure{cause.CaptivePortal: proven}, nil},
	})
}
