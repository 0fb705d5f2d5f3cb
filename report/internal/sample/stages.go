package sample

import (
	"slices"
	"strings"
	"time"

	"maildoctor/probe/stage"
)

// addresses of the sample hosts.
var addresses = map[string]string{
	"pop.centurylink.net": "198.51.100.11", "mail.centurylink.net": "198.51.100.12", "smtp.centurylink.net": "198.51.100.25",
	"pop.qwestoffice.net": "198.51.100.31", "smtp.qwestoffice.net": "198.51.100.32",
	"imap.control.example": "203.0.113.25", "pop.q.com": "198.51.100.42",
	"imap.example.com": "203.0.113.5", "smtp2.example.com": "203.0.113.6",
}

func (r *run) endpoint(check string) stage.Endpoint {
	for _, c := range append(slices.Clone(r.header.Plan.Checks), r.asked...) {
		if c.ID == check {
			return c.Endpoint
		}
	}
	panic("no such check: " + check)
}

// name records a successful lookup.
func (r *run) name(check string) {
	e := r.endpoint(check)
	ttl := uint32(300)
	address := addresses[e.Host]
	r.pass(check, stage.Resolve, 9, &stage.ResolveFacts{
		Host: e.Host, Implementation: "cgo", Addresses: []string{address},
		Lookups: []stage.Lookup{{Server: "192.168.1.1:53", Type: "A", Outcome: stage.LookupAnswer, RCode: "NOERROR", TTL: &ttl, Addresses: []string{address}, Time: ms(8.5)}},
	})
	r.contact(check, "", "192.168.1.1:53", "resolver")
}

// connect records a lookup and a connection.
func (r *run) connect(check string) {
	r.name(check)
	e := r.endpoint(check)
	at := e
	at.Host = addresses[e.Host]
	trip := ms(40.2)
	r.pass(check, stage.Connect, 41, &stage.ConnectFacts{
		Address: at.Address(), Local: "192.168.1.23:50211", RoundTrip: &trip,
		Attempts: []stage.Attempt{{Address: at.Address(), Outcome: stage.DialConnected, Time: ms(41)}},
	})
	r.contact(check, e.Host, at.Address(), "endpoint")
}

// Certificate is the leaf certificate of a host, valid until a day.
func certificate(host string, until time.Time) stage.Certificate {
	return stage.Certificate{
		Subject: "CN=" + host, Issuer: "CN=Example Public CA R1,O=Example", Names: []string{host},
		NotBefore: until.AddDate(0, 0, -90), NotAfter: until, Serial: "04:9c:e2",
		SHA256: "51aa07bd6f9420ce" + strings.Repeat("5e", 24), Key: "ECDSA P-256", Signature: "ECDSA-SHA256",
	}
}

func root() *stage.Certificate {
	return &stage.Certificate{
		Subject: "CN=Example Public Root,O=Example", Issuer: "CN=Example Public Root,O=Example",
		NotBefore: Started.AddDate(-5, 0, 0), NotAfter: Started.AddDate(10, 0, 0), Serial: "01",
		SHA256: "2b90f4a61d77e835" + strings.Repeat("0d", 24), Key: "RSA 4096", Signature: "SHA256-RSA", CA: true, SelfSigned: true,
	}
}

func tlsFacts(host string) *stage.TLSFacts {
	return &stage.TLSFacts{
		ServerName: host, Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768",
		Chain:  []stage.Certificate{certificate(host, Started.AddDate(0, 0, 38))},
		System: stage.Trusted, Public: stage.Trusted, Root: root(), Verified: true,
	}
}

// open records everything up to the capabilities.
func (r *run) open(check string) {
	r.connect(check)
	r.greet(check)
}

// greet records a connected server's greeting, encryption and capabilities.
func (r *run) greet(check string) {
	e := r.endpoint(check)
	switch e.Security {
	case stage.TLS:
		r.pass(check, stage.Handshake, 84, tlsFacts(e.Host))
		r.greeting(check)
	case stage.None:
		r.greeting(check)
	default:
		r.greeting(check)
		r.say(check, stage.Upgrade, "C EHLO [192.168.1.23]", "S 250-"+e.Host, "S 250-SIZE 10000000", "S 250 STARTTLS", "C STARTTLS", "S 220 2.0.0 Ready to start TLS")
		r.pass(check, stage.Upgrade, 80, &stage.StartTLSFacts{Offered: true, Accepted: true, Capabilities: []string{"SIZE 10000000", "STARTTLS"}})
		r.say(check, stage.Handshake, "- TLS 1.3 begins")
		r.pass(check, stage.Handshake, 84, tlsFacts(e.Host))
	}
	r.capabilities(check)
}

func (r *run) greeting(check string) {
	e := r.endpoint(check)
	line, reply := "* OK IMAP4 ready", stage.Reply{Status: "OK"}
	switch e.Protocol {
	case stage.POP3:
		line, reply = "+OK POP3 ready", stage.Reply{Status: "+OK"}
	case stage.SMTP:
		line, reply = "220 "+e.Host+" ESMTP", stage.Reply{Code: 220}
	}
	reply.Lines = []string{line}
	r.say(check, stage.Greeting, "S "+line)
	r.pass(check, stage.Greeting, 43, &stage.GreetingFacts{Reply: reply, Wait: ms(43)})
}

func (r *run) capabilities(check string) {
	e := r.endpoint(check)
	f := &stage.CapabilityFacts{Mechanisms: []string{"PLAIN", "LOGIN"}}
	switch e.Protocol {
	case stage.POP3:
		f.List = []string{"USER", "UIDL", "TOP", "SASL PLAIN LOGIN"}
		r.say(check, stage.Capabilities, "C CAPA", "S +OK", "S USER", "S UIDL", "S TOP", "S SASL PLAIN LOGIN", "S .")
	case stage.IMAP:
		f.List = []string{"IMAP4rev1", "IDLE", "QUOTA", "AUTH=PLAIN", "AUTH=LOGIN"}
		r.say(check, stage.Capabilities, "C a1 CAPABILITY", "S * CAPABILITY IMAP4rev1 IDLE QUOTA AUTH=PLAIN AUTH=LOGIN", "S a1 OK done")
	default:
		f.List = []string{"SIZE 10000000", "AUTH PLAIN LOGIN", "PIPELINING"}
		f.Size = new(int64(10_000_000))
		f.Pipelining = true
		r.say(check, stage.Capabilities, "C EHLO [192.168.1.23]", "S 250-"+e.Host, "S 250-SIZE 10000000", "S 250-PIPELINING", "S 250 AUTH PLAIN LOGIN")
	}
	r.pass(check, stage.Capabilities, 41, f)
}

// accepted records an accepted login, and what followed.
func (r *run) accepted(check string) {
	e := r.endpoint(check)
	f := &stage.LoginFacts{Mechanism: "PLAIN", Offered: []string{"PLAIN", "LOGIN"}, Why: "strongest-offered", Encrypted: e.Security != stage.None, Sent: true, InitialReply: true}
	switch e.Protocol {
	case stage.POP3:
		f.Reply = &stage.Reply{Command: "AUTH", Status: "+OK", Lines: []string{"+OK Logged in."}}
		r.say(check, stage.Login, "C AUTH PLAIN ***", "S +OK Logged in.")
	case stage.IMAP:
		f.Reply = &stage.Reply{Command: "AUTHENTICATE", Status: "OK", Lines: []string{"a2 OK Logged in"}}
		r.say(check, stage.Login, "C a2 AUTHENTICATE PLAIN ***", "S a2 OK Logged in")
	default:
		f.Reply = &stage.Reply{Command: "AUTH", Code: 235, Enhanced: "2.7.0", Lines: []string{"235 2.7.0 Authentication successful"}}
		r.say(check, stage.Login, "C AUTH PLAIN ***", "S 235 2.7.0 Authentication successful")
	}
	r.pass(check, stage.Login, 120, f)
	r.login(check, e.Protocol, true)
	r.last(check)
	r.done(check)
}

func (r *run) last(check string) {
	switch r.endpoint(check).Protocol {
	case stage.POP3:
		r.say(check, stage.Mailbox, "C STAT", "C QUIT", "S +OK 214 39845888", "S +OK Bye")
		r.pass(check, stage.Mailbox, 42, &stage.MailboxFacts{Messages: new(int64(214)), Bytes: new(int64(38 << 20)), UIDL: new(true)})
	case stage.IMAP:
		r.say(check, stage.Mailbox, "C a3 EXAMINE INBOX", "S * 214 EXISTS", "S a3 OK [READ-ONLY] done")
		r.pass(check, stage.Mailbox, 44, &stage.MailboxFacts{
			Messages: new(int64(214)), QuotaUsed: new(int64(38 << 20)), QuotaLimit: new(int64(700 << 20)), ReadOnly: true,
			SpecialUse: map[string]string{`\Sent`: "Sent", `\Trash`: "Deleted Items"},
		})
	default:
		r.say(check, stage.Submit, "C MAIL FROM:<jane@q.com> SIZE=1024", "C RSET", "C QUIT", "S 250 2.1.0 Ok", "S 250 2.0.0 Ok", "S 221 2.0.0 Bye")
		r.pass(check, stage.Submit, 42, &stage.SubmitFacts{
			Sender: "jane@q.com", Accepted: true, SizeLimit: new(int64(10_000_000)),
			Reply: &stage.Reply{Command: "MAIL", Code: 250, Enhanced: "2.1.0", Lines: []string{"250 2.1.0 Ok"}},
		})
	}
}

// refused records a login that was refused with a reply.
func (r *run) refused(check string, reply stage.Reply) {
	r.say(check, stage.Login, "C AUTH PLAIN ***", "S "+reply.Lines[0])
	r.login(check, r.endpoint(check).Protocol, false)
	r.fail(check, stage.Login, 180, stage.Rejected, &stage.LoginFacts{
		Mechanism: "PLAIN", Offered: []string{"PLAIN", "LOGIN"}, Why: "strongest-offered", Encrypted: true, Sent: true, InitialReply: true, Reply: &reply,
	})
}
