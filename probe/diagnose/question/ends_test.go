package question

import (
	"time"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// The possible outcomes of a follow-up, and what it may have seen by then.

var (
	imap     = stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}
	pop3     = stage.Endpoint{Protocol: stage.POP3, Host: "pop.example.net", Port: 110, Security: stage.None}
	smtp     = stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 587, Security: stage.StartTLS}
	exchange = stage.Endpoint{Protocol: stage.SMTP, Host: "mx.example.net", Port: 25, Security: stage.StartTLSIfOffered}
	web      = stage.Endpoint{Host: "www.example.net", Port: 443, Security: stage.TLS}
	clear    = stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.None}
)

const portal = "http://portal.example/empty"

// made are the follow-ups of each question, in the forms that it may have.
var made = map[stage.QuestionID][]stage.Check{
	stage.AskPortSpeaksTLS:   {{Kind: stage.KindEndpoint, Endpoint: imap}},
	stage.AskPortSpeaksPlain: {{Kind: stage.KindGreeting, Endpoint: clear}},
	stage.AskStartTLSHere:    {{Kind: stage.KindEndpoint, Endpoint: smtp}},
	stage.AskSibling: {
		{Kind: stage.KindEndpoint, Endpoint: imap},
		{Kind: stage.KindEndpoint, Endpoint: smtp},
		{Kind: stage.KindEndpoint, Endpoint: pop3},
		{Kind: stage.KindGreeting, Endpoint: exchange},
		{Kind: stage.KindConnect, Endpoint: pop3},
	},
	stage.AskWeb:            {{Kind: stage.KindConnect, Endpoint: web}},
	stage.AskWebCertificate: {{Kind: stage.KindTLS, Endpoint: web}},
	stage.AskOtherProvider:  {{Kind: stage.KindConnect, Endpoint: imap}},
	stage.AskAgain:          {{Kind: stage.KindTLS, Endpoint: imap}, {Kind: stage.KindGreeting, Endpoint: clear}},
	stage.AskOtherAddress:   {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Address: "2001:db8::7"}}},
	stage.AskSmallHello:     {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Hello: stage.HelloSmall}}},
	stage.AskSmallSegments:  {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{MaxSegment: stage.SmallSegment}}},
	stage.AskOldTLS:         {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Hello: stage.HelloOld}}},
	stage.AskWithoutName:    {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Hello: stage.HelloNoName}}},
	stage.AskIssuer:         {{Kind: stage.KindFetch, URL: "http://ca.example/r1.der"}},
	stage.AskInsist:         {{Kind: stage.KindTLS, Endpoint: smtp, Manner: stage.Manner{Insist: true}}},
	stage.AskNobody: {
		{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Address: "192.0.2.9"}},
		{Kind: stage.KindGreeting, Endpoint: smtp, Manner: stage.Manner{Address: "192.0.2.9"}},
	},
	stage.AskProxyHeader: {
		{Kind: stage.KindGreeting, Endpoint: pop3, Manner: stage.Manner{ProxyHeader: stage.ProxyUnknown}},
		{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{ProxyHeader: stage.ProxyNamed}},
	},
	stage.AskHTTP:   {{Kind: stage.KindFetch, Endpoint: pop3, URL: "http://pop.example.net:110/"}},
	stage.AskPortal: {{Kind: stage.KindFetch, URL: portal}},
	stage.AskProxy:  {{Kind: stage.KindTunnel, Endpoint: imap, URL: "http://proxy.example:3128"}},
	stage.AskOtherResolvers: {
		{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Resolvers: []string{"192.0.2.53:53"}}},
		{Kind: stage.KindGreeting, Endpoint: pop3, Manner: stage.Manner{Resolvers: []string{"192.0.2.53:53", "[2001:db8::53]:5353"}}},
	},
	stage.AskControlName:     {{Kind: stage.KindLookup, Endpoint: stage.Endpoint{Host: "www.control.example"}}},
	stage.AskNonsenseName:    {{Kind: stage.KindLookup, Endpoint: stage.Endpoint{Host: "qzxv.example.net"}}},
	stage.AskPublished:       {{Kind: stage.KindEndpoint, Endpoint: imap}, {Kind: stage.KindEndpoint, Endpoint: smtp}},
	stage.AskConfigured:      {{Kind: stage.KindEndpoint, Endpoint: imap}, {Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: imap.Host, Port: 143, Security: stage.None}}},
	stage.AskSources:         {{Kind: stage.KindSearch, Endpoint: stage.Endpoint{Host: "example.net"}}},
	stage.AskDisagreeing:     {{Kind: stage.KindTLS, Endpoint: imap}, {Kind: stage.KindTLS, Endpoint: smtp}, {Kind: stage.KindGreeting, Endpoint: pop3}},
	stage.AskCertificateName: {{Kind: stage.KindEndpoint, Endpoint: imap}, {Kind: stage.KindEndpoint, Endpoint: smtp}},
	stage.AskNearName:        {{Kind: stage.KindTLS, Endpoint: imap}, {Kind: stage.KindGreeting, Endpoint: pop3}},
	stage.AskTime: {
		{Kind: stage.KindFetch, URL: "https://imap.example.net/", Endpoint: stage.Endpoint{Host: "imap.example.net"}},
		{Kind: stage.KindFetch, URL: portal},
		{Kind: stage.KindTime, Endpoint: stage.Endpoint{Host: "time.example"}},
	},
	stage.AskCertificateElsewhere: {{Kind: stage.KindTLS, Endpoint: imap, Manner: stage.Manner{Resolvers: []string{"192.0.2.53:53"}}}},
	stage.AskStrangerCertificate:  {{Kind: stage.KindTLS, Endpoint: imap}},
	stage.AskStrangerStartTLS:     {{Kind: stage.KindTLS, Endpoint: smtp}},
	stage.AskPlainLogin:           {{Kind: stage.KindLogin, Endpoint: imap, Manner: stage.Manner{Mechanism: "PLAIN"}}},
	stage.AskOtherLogin:           {{Kind: stage.KindLogin, Endpoint: smtp, Manner: stage.Manner{Mechanism: "LOGIN"}}},
	stage.AskUserForm:             {{Kind: stage.KindLogin, Endpoint: imap, User: "jane@example.net"}},
	stage.AskTidyPassword:         {{Kind: stage.KindLogin, Endpoint: imap, Manner: stage.Manner{Tidy: true}}},
	stage.AskOtherEncoding:        {{Kind: stage.KindLogin, Endpoint: imap, Manner: stage.Manner{Encoding: stage.Latin1}}},
	"from-another-version":        {{Kind: stage.KindTLS, Endpoint: imap}},
}

// seen are the facts that a stage may have. No facts at all are always possible.
func seen(s stage.Stage) []stage.Facts {
	ms := func(d time.Duration) *stage.Millis { return new(stage.Ms(d)) }
	said := func(lines ...string) *stage.Reply { return &stage.Reply{Code: 502, Lines: lines} }
	switch s {
	case stage.Resolve:
		return []stage.Facts{
			&stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"203.0.113.1"}, Lookups: []stage.Lookup{
				{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupAnswer}, {Server: "192.0.2.53:53", Type: "AAAA", Outcome: stage.LookupNXDomain, Extended: "15 Blocked"},
			}},
			&stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "2001:db8::1"}},
		}
	case stage.Connect:
		return []stage.Facts{
			&stage.ConnectFacts{Address: "203.0.113.1:993", Attempts: []stage.Attempt{
				{Address: "203.0.113.1:993", Outcome: stage.DialRefused, Time: *ms(3 * time.Millisecond)}, {Address: "203.0.113.2:993", Outcome: stage.DialTimeout, Time: *ms(10 * time.Second)},
			}},
			&stage.ConnectFacts{Attempts: []stage.Attempt{
				{Address: "203.0.113.1:993", Outcome: stage.DialProhibited, Rejection: &stage.Rejection{By: "192.0.2.1", Why: stage.RejectProhibited}},
			}},
		}
	case stage.Handshake:
		return handshakes()
	case stage.Greeting:
		return []stage.Facts{
			&stage.GreetingFacts{Reply: stage.Reply{Lines: []string{"* OK ready"}}}, &stage.GreetingFacts{FirstBytes: `HTTP/1.1 400\x0d\x0aServer: x`},
		}
	case stage.Upgrade:
		return []stage.Facts{
			&stage.StartTLSFacts{Offered: true, Reply: said("502 5.5.1 no")}, &stage.StartTLSFacts{Insisted: true, Reply: said("502 5.5.1 no")},
			&stage.StartTLSFacts{Insisted: true, EarlyBytes: 7, EarlyText: "250 hi!"},
		}
	case stage.Login:
		return []stage.Facts{&stage.LoginFacts{Mechanism: "PLAIN", Reply: said("535 5.7.8 no such user")}}
	case stage.Fetch:
		return fetched()
	case stage.Search:
		return searched()
	case stage.Clock:
		return []stage.Facts{
			&stage.ClockFacts{Time: "2026-11-22T12:00:30Z", Offset: ms(30 * time.Second)}, &stage.ClockFacts{Time: "2026-11-22T10:30:00Z", Offset: ms(-90 * time.Minute)},
		}
	}
	return nil
}

func handshakes() []stage.Facts {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	chain := []stage.Certificate{{
		Subject: "CN=imap.example.net", Issuer: "CN=Example CA R1", Names: []string{"imap.example.net"}, NotBefore: day(1), NotAfter: day(12),
		SHA256: "0a0b", Key: "RSA 1024", Signature: "SHA1-RSA",
	}}
	var faults []stage.CertFault
	for _, id := range []stage.CertFaultID{stage.CertExpired, stage.CertNameMismatch, stage.CertUnknownAuthority} {
		faults = append(faults, stage.CertFault{ID: id})
	}
	return []stage.Facts{
		&stage.TLSFacts{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519", Verified: true, Public: stage.Trusted, Chain: chain},
		&stage.TLSFacts{Version: "TLS 1.0", CipherSuite: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", DHBits: 512, Verified: true, Public: stage.NotTrusted, Chain: chain},
		&stage.TLSFacts{Version: "TLS 1.2", Group: "brainpoolP256r1", Faults: faults, Chain: chain},
		&stage.TLSFacts{Alert: "handshake_failure (40)", Faults: []stage.CertFault{{ID: stage.CertExpiresSoon, Warning: true}}, Chain: chain[:1:1]},
		&stage.TLSFacts{FirstBytes: `* OK ready\x0d\x0a`},
	}
}

func searched() []stage.Facts {
	named := []stage.Named{{Endpoint: imap}, {Endpoint: smtp}, {Endpoint: pop3}}
	return []stage.Facts{
		&stage.SearchFacts{Found: []stage.SourceID{stage.SourceAutoconfig, stage.SourceSRV}, Failed: []stage.SourceID{stage.SourceISPDB}, Servers: named},
		&stage.SearchFacts{Failed: []stage.SourceID{stage.SourceAutoconfig, stage.SourceSRV}},
		&stage.SearchFacts{Network: stage.NetworkInventsNames, Found: []stage.SourceID{stage.SourceSRV}, Servers: named},
		&stage.SearchFacts{},
	}
}

func fetched() []stage.Facts {
	found := &stage.Certificate{Subject: "CN=Example CA R1"}
	off := stage.Ms(-3 * chart.ClockSlack)
	return []stage.Facts{
		&stage.FetchFacts{URL: portal, Status: 204, Date: "2026-11-22T12:00:00Z", Offset: new(stage.Millis)},
		&stage.FetchFacts{URL: portal, Status: 200, Bytes: 5000, Date: "2026-11-22T09:00:00Z", Offset: &off},
		&stage.FetchFacts{URL: portal, Status: 302, Location: "https://login.example/"},
		&stage.FetchFacts{URL: portal, Status: 404},
		&stage.FetchFacts{URL: portal, Status: 200, Found: found, Issued: true, Completes: true},
		&stage.FetchFacts{URL: portal, Status: 200, Found: found, Issued: true},
		&stage.FetchFacts{URL: portal, Status: 200, Found: found},
	}
}

// ends returns a follow-up with every possible outcome: success, each fault in each
// stage, and a skip of each stage for every reason; round selects the facts of every
// stage.
func ends(c stage.Check, faults []stage.Fault, reasons []stage.Reason, round int) []stage.CheckRecord {
	order := c.Order()
	facts := func(s stage.Stage) stage.Facts {
		all := append(seen(s), nil)
		return all[round%len(all)]
	}
	// passed is a follow-up that passed all stages before the one at i, with the
	// rest skipped.
	passed := func(i int, at stage.Result, reason stage.Reason) stage.CheckRecord {
		r := stage.CheckRecord{Check: c}
		for n, s := range order {
			switch {
			case n < i:
				r.Results = append(r.Results, stage.Result{Stage: s, Status: stage.Pass, Time: stage.Ms(20 * time.Millisecond), Facts: facts(s)})
			case n == i:
				at.Stage = s
				r.Results = append(r.Results, at)
			default:
				r.Results = append(r.Results, stage.Result{Stage: s, Status: stage.Skip, Reason: reason})
			}
		}
		return r
	}
	all := []stage.CheckRecord{passed(len(order), stage.Result{}, "")}
	for i, s := range order {
		for _, f := range faults {
			all = append(all, passed(i, stage.Result{Status: stage.Fail, Fault: f, Time: stage.Ms(time.Second), Facts: facts(s)}, stage.Blocked))
		}
		for _, why := range reasons {
			all = append(all, passed(i, stage.Result{Status: stage.Skip, Reason: why}, why))
		}
	}
	return all
}
