package sample

import (
	"strings"

	"maildoctor/probe/stage"
)

func healthy() *run {
	r := jane()
	for _, c := range []string{pop, imap, smtp} {
		r.open(c)
		r.accepted(c)
	}
	return r
}

func wrongPassword() *run {
	r := jane()
	for _, c := range []string{pop, imap, smtp} {
		r.open(c)
	}
	r.refused(pop, stage.Reply{Command: "AUTH", Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] Authentication failed."}})
	r.refused(imap, stage.Reply{Command: "AUTHENTICATE", Status: "NO", ResponseCode: "AUTHENTICATIONFAILED", Lines: []string{"a2 NO [AUTHENTICATIONFAILED] Authentication failed."}})
	r.refused(smtp, stage.Reply{Command: "AUTH", Code: 535, Enhanced: "5.7.8", Lines: []string{"535 5.7.8 Error: authentication failed"}})
	return r
}

// portBlocked: nothing answers on port 587; the connections were made on both
// families.
func portBlocked() *run {
	r := jane()
	r.end.Time = ms(10_800)
	for _, c := range []string{pop, imap} {
		r.open(c)
		r.accepted(c)
	}
	r.name(smtp)
	r.contact(smtp, "smtp.centurylink.net", "198.51.100.25:587", "endpoint")
	r.fail(smtp, stage.Connect, 10_000, stage.ConnectTimeout, &stage.ConnectFacts{Attempts: []stage.Attempt{
		{Index: 0, Address: "198.51.100.25:587", Outcome: stage.DialTimeout, Time: ms(10_000)},
		{Index: 1, Address: "[2001:db8::25]:587", Outcome: stage.DialTimeout, Time: ms(10_000)},
	}})
	return r
}

func noPassword() *run {
	r := jane()
	r.header.Plan.Subjects[0] = stage.Subject{Argument: "q.com", Kind: stage.SubjectDomain, Domain: "q.com", Profile: CenturyLink()}
	r.header.Options.Password = false
	r.end.Time = ms(501)
	for _, c := range []string{pop, imap, smtp} {
		r.open(c)
		last := stage.Mailbox
		if c == smtp {
			last = stage.Submit
		}
		r.skip(c, stage.NoUser, stage.Login, last)
		r.done(c)
	}
	return r
}

func offline() *run {
	r := jane()
	r.header.System = stage.System{OS: "windows", Arch: "amd64", Zone: "-07:00"}
	r.header.Options.Password = false
	r.end.Time = ms(87)
	for _, c := range []string{pop, imap, smtp} {
		r.fail(c, stage.Resolve, 2, stage.DNSUnreached, &stage.ResolveFacts{
			Host: r.endpoint(c).Host, Implementation: "cgo", LessKnown: true, Error: "temporary failure in name resolution",
		})
	}
	return r
}

// cleartext is the profile of a provider whose incoming server has no encryption.
func cleartext() *run {
	r := jane()
	r.header.Plan = stage.Plan{
		Subjects: []stage.Subject{{
			Argument: "jane@qwestoffice.net", Kind: stage.SubjectAddress, Domain: "qwestoffice.net",
			Address: "jane@qwestoffice.net", User: "jane@qwestoffice.net",
			Profile: &stage.Profile{
				ID: "qwestoffice", Name: "CenturyLink", Date: "2026-11-22", Builtin: true, Domains: []string{"qwestoffice.net"},
				UserName: stage.FullAddress, MailboxBytes: 700_000_000, MessageBytes: 10_000_000,
				Endpoints: []stage.Endpoint{
					{Protocol: stage.POP3, Host: "pop.qwestoffice.net", Port: 110, Security: stage.None},
					{Protocol: stage.SMTP, Host: "smtp.qwestoffice.net", Port: 465, Security: stage.TLS},
				},
			},
		}},
		Checks: []stage.Check{
			{ID: "pop3-110", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.POP3, Host: "pop.qwestoffice.net", Port: 110, Security: stage.None}},
			{ID: "smtp-465", Kind: stage.KindEndpoint, Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.qwestoffice.net", Port: 465, Security: stage.TLS}},
		},
	}
	r.open("pop3-110")
	r.skip("pop3-110", stage.CleartextNotAllowed, stage.Login, stage.Mailbox)
	r.done("pop3-110")
	r.open("smtp-465")
	r.accepted("smtp-465")
	return r
}

func optionalIMAP() *run {
	r := jane()
	for _, c := range []string{pop, smtp} {
		r.open(c)
		r.accepted(c)
	}
	r.name(imap)
	r.fail(imap, stage.Connect, 38, stage.Refused, &stage.ConnectFacts{Attempts: []stage.Attempt{
		{Address: "198.51.100.12:993", Outcome: stage.DialRefused, Time: ms(38), Error: "connection refused"},
	}})
	return r
}

func expiredCertificate() *run {
	r := jane()
	for _, c := range []string{imap, smtp} {
		r.open(c)
		r.accepted(c)
	}
	r.connect(pop)
	f := tlsFacts("pop.centurylink.net")
	f.Chain[0] = certificate("pop.centurylink.net", Started.AddDate(0, 0, -3))
	f.Verified = false
	f.Faults = []stage.CertFault{{ID: stage.CertExpired, Detail: "not after 2026-11-19T21:02:00Z"}}
	r.fail(pop, stage.Handshake, 90, stage.BadCertificate, f)
	return r
}

// interception: something on this computer answers in place of the incoming servers.
func interception() *run {
	r := jane()
	for _, c := range []string{pop, imap} {
		host := r.endpoint(c).Host
		r.connect(c)
		f := tlsFacts(host)
		leaf := certificate(host, Started.AddDate(1, 0, 0))
		leaf.NotBefore, leaf.Issuer = Started.Truncate(0).Add(-7200e9), "CN=Example Antivirus Mail Scanner Root,O=Example"
		leaf.SHA256 = "9f1c42e0b7a5d318" + strings.Repeat("aa", 24)
		f.Chain = []stage.Certificate{leaf}
		f.System, f.Public = stage.TrustLocal, stage.NotTrusted
		f.Root = root()
		f.Root.Subject, f.Root.Issuer, f.Root.SHA256 = leaf.Issuer, leaf.Issuer, "c07e55d1903b2af4"+strings.Repeat("bb", 24)
		f.Faults = []stage.CertFault{{ID: stage.CertLocalRoot}, {ID: stage.CertNotInPublicBundle, Warning: true}}
		r.fail(c, stage.Handshake, 60, stage.BadCertificate, f)
	}
	r.open(smtp)
	r.accepted(smtp)
	return r
}

// interrupted: the user gave up while the outgoing server was silent. The stream has
// no end event.
func interrupted() *run {
	r := jane()
	r.end = nil
	r.open(pop)
	r.accepted(pop)
	r.open(imap)
	r.name(smtp)
	r.add(stage.Event{Type: stage.EventStart, Check: smtp, Stage: stage.Connect, At: ms(420)})
	r.add(stage.Event{Type: stage.EventContact, Check: smtp, At: ms(3_200), Contact: &stage.Contact{
		Host: "smtp.centurylink.net", Address: "198.51.100.25:587", Why: "endpoint",
	}})
	return r
}

// several is a run for endpoints without a profile, one of them with a follow-up
// that found TLS on a port that was said to begin in clear text.
func several() *run {
	r := jane()
	r.header.Options.Password = false
	r.header.Options.Demo = "several"
	var checks []stage.Check
	var subjects []stage.Subject
	for i, x := range []struct {
		id, url string
		e       stage.Endpoint
	}{
		{"imap-993", "imaps://imap.example.com", stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.com", Port: 993, Security: stage.TLS}},
		{"smtp-2465", "smtp://smtp2.example.com:2465", stage.Endpoint{Protocol: stage.SMTP, Host: "smtp2.example.com", Port: 2465, Security: stage.StartTLS}},
	} {
		subjects = append(subjects, stage.Subject{Argument: x.url, Kind: stage.SubjectURL})
		checks = append(checks, stage.Check{ID: x.id, Kind: stage.KindEndpoint, Subject: i, Endpoint: x.e})
	}
	r.header.Plan = stage.Plan{Subjects: subjects, Checks: checks}
	r.open("imap-993")
	r.skip("imap-993", stage.NoUser, stage.Login, stage.Mailbox)
	r.done("imap-993")
	r.connect("smtp-2465")
	r.fail("smtp-2465", stage.Greeting, 30_000, stage.Silent, &stage.GreetingFacts{Wait: ms(30_000)})
	follow := checks[1]
	follow.ID, follow.Kind, follow.Parents, follow.Question, follow.Round = "smtp-2465/tls", stage.KindTLS, []string{"smtp-2465"}, stage.AskPortSpeaksTLS, 1
	follow.Endpoint.Security = stage.TLS
	r.ask(follow)
	r.connect(follow.ID)
	r.pass(follow.ID, stage.Handshake, 84, tlsFacts(follow.Endpoint.Host))
	r.greeting(follow.ID)
	r.done(follow.ID)
	return r
}

// twoPeople is a run for two addresses with profiles of their own.
func twoPeople() *run {
	r, other := healthy(), cleartext()
	second := other.header.Plan.Subjects[0]
	r.header.Plan.Subjects = append(r.header.Plan.Subjects, second)
	for _, c := range other.header.Plan.Checks {
		c.Subject = 1
		r.header.Plan.Checks = append(r.header.Plan.Checks, c)
	}
	r.events = append(r.events, other.events...)
	return r
}

// deadIPv6: one server has an IPv6 address that doesn't answer.
func deadIPv6() *run {
	r := healthy()
	trip := ms(40.2)
	for i, e := range r.events {
		if e.Check == pop && e.Type == stage.EventResult && e.Result.Stage == stage.Connect {
			r.events[i].Result = &stage.Result{Stage: stage.Connect, Status: stage.Warn, Time: ms(291), Facts: &stage.ConnectFacts{
				Address: "198.51.100.11:995", Local: "192.168.1.23:50211", RoundTrip: &trip,
				Attempts: []stage.Attempt{
					{Index: 0, Address: "[2001:db8::11]:995", Outcome: stage.DialTimeout, Time: ms(10_000)},
					{Index: 1, Address: "198.51.100.11:995", Outcome: stage.DialConnected, Time: ms(41)},
				},
			}}
		}
	}
	r.header.System.Addresses = append(r.header.System.Addresses, "2001:db8:1::23")
	return r
}
