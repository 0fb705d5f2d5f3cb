package diagnose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// asking lets the run ask third parties.
func (r *run) asking() *run {
	return r.with(func(rec *stage.Record) {
		rec.Header.Options.Controls = stage.Controls{
			Resolvers: []string{"192.0.2.53:53"}, Hosts: []string{"imap.stranger.example"},
			Portal: "http://portal.example/empty", Time: "time.example", Nobody: "192.0.2.1",
		}
	})
}

// cert returns a chain of one certificate, with changes.
func cert(change func(*stage.Certificate)) *stage.TLSFacts {
	f := &stage.TLSFacts{Version: "TLS 1.3", ServerName: "imap.example.net", Chain: []stage.Certificate{leaf()}}
	change(&f.Chain[0])
	return f
}

// bad makes a certificate fail.
func bad(f *stage.TLSFacts, ids ...stage.CertFaultID) step {
	g := *f
	for _, id := range ids {
		g.Faults = append(g.Faults, stage.CertFault{ID: id})
	}
	return fail(stage.Handshake, stage.BadCertificate, &g)
}

// good makes a certificate valid.
func good(f *stage.TLSFacts) step {
	g := *f
	g.Verified = true
	return pass(stage.Handshake, &g)
}

const aDay = 24 * time.Hour

func TestRenewedRules(t *testing.T) {
	by := func(issuer string, begin, end int) *stage.TLSFacts {
		return cert(func(c *stage.Certificate) {
			c.Issuer, c.NotBefore, c.NotAfter, c.SHA256 = issuer, now.Add(time.Duration(begin)*aDay), now.Add(time.Duration(end)*aDay), issuer
		})
	}
	old := func() *run { return newRun().add(imap, bad(by("CN=R10,O=Acme", -100, -10), stage.CertExpired)) }
	soon := func() *run {
		f := by("CN=R10,O=Acme", -80, 10)
		f.Verified, f.Faults = true, []stage.CertFault{{ID: stage.CertExpiresSoon, Warning: true}}
		return newRun().add(imap, warn(stage.Handshake, "", f))
	}
	at := func(address string) step {
		return pass(stage.Connect, &stage.ConnectFacts{Address: address})
	}
	sameMachine := func(r *run) *run {
		at("198.51.100.9:993")(&r.rec.Checks[0])
		return r
	}
	const web = "imap-993/web"
	const renewed, expired, ending = cause.CertRenewedNotReloaded, cause.CertExpired, cause.CertExpiresSoon
	fresh, next := good(by("CN=R11,O=Acme", -20, 70)), good(by("CN=Other", -20, 70))
	none := []cause.ID{renewed}
	checkCases(t, []ruleCase{
		{"the web port has the new one", old().followUp(t, web, fresh), renewed, sure{renewed: likely}, nil},
		{"at the same address, from the same issuer", sameMachine(old()).followUp(t, web, fresh, at("198.51.100.9:443")), renewed, sure{renewed: proven}, nil},
		{"at the same address, from another issuer", sameMachine(old()).followUp(t, web, next, at("198.51.100.9:443")), renewed, sure{renewed: likely}, nil},
		{"at another address", sameMachine(old()).followUp(t, web, fresh, at("198.51.100.7:443")), renewed, sure{renewed: likely}, nil},
		{"the web port has the old one", old().followUp(t, web, bad(by("CN=R10,O=Acme", -100, -10), stage.CertExpired)), expired, sure{expired: proven}, none},
		{"the web port is another's", old().followUp(t, web, bad(by("CN=R11,O=Acme", -20, 70), stage.CertNameMismatch)), expired, nil, none},
		{"the web port is closed", old().followUp(t, web, dialled(stage.Refused, stage.DialRefused)), expired, nil, none},
		{"a company's authority, renewed", newRun().add(imap, bad(by("CN=Home", -100, -10), stage.CertExpired, stage.CertUnknownAuthority)).followUp(t, web, bad(by("CN=Home", -20, 70), stage.CertUnknownAuthority)), "", sure{renewed: likely}, nil},
		{"soon, and the web port has the new one", soon().followUp(t, web, fresh), renewed, sure{renewed: likely}, nil},
		{"soon, and the web port has one of another issuer", soon().followUp(t, web, next), ending, sure{ending: proven}, none},
		{"soon, and the web port has the same", soon().followUp(t, web, good(by("CN=R10,O=Acme", -80, 10))), ending, nil, none},
	})
	if f := find(soon().followUp(t, web, fresh).diagnose(t), renewed); f.Severity != cause.Warn {
		t.Errorf("a certificate that works still is a failure: %+v", f)
	}
	checkWords(t, "soon", soon().followUp(t, web, fresh), renewed, "a certificate that expires soon, while port 443 of imap.example.net shows a newer one. ", "has expired")
	checkWords(t, "expired", old().followUp(t, web, fresh), renewed, "has expired, while port 443", "soon")
}

func TestInterceptionRules(t *testing.T) {
	from := func(issuer string, names ...string) *stage.TLSFacts {
		return cert(func(c *stage.Certificate) {
			c.Issuer, c.SHA256 = "CN="+issuer, issuer
			if names != nil {
				c.Names = names
			}
		})
	}
	unknown := func(issuer string) *run {
		return newRun().asking().add(imap, bad(from(issuer), stage.CertUnknownAuthority))
	}
	public := *from("Example Public CA R1")
	public.Public, public.System = stage.Trusted, stage.Trusted
	const web, stranger = "imap-993/web", "imap-993/stranger"
	const av, gateway, mitm, private, missing = cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer, cause.CertPrivateCA, cause.CertMissingIntermediate
	nobody := func(r *run, steps ...step) *run {
		return r.check(stage.Check{
			ID: "imap-993/nobody", Kind: stage.KindTLS, Endpoint: r.rec.Checks[0].Check.Endpoint, Parents: []string{"imap-993"}, Round: 1,
			Question: stage.AskNobody, Manner: stage.Manner{Address: "192.0.2.1"},
		}, steps...)
	}
	same := bad(from("Mallory"), stage.CertUnknownAuthority)
	closed := fail(stage.Handshake, stage.HandshakeClosed, &stage.TLSFacts{})
	silent := dialled(stage.ConnectTimeout, stage.DialTimeout)
	two := func(r *run) *run {
		f := stage.FactsOf[*stage.TLSFacts](&r.rec.Checks[0])
		f.Chain = append(f.Chain, stage.Certificate{Subject: f.Chain[0].Issuer, Issuer: f.Chain[0].Issuer, SelfSigned: true})
		return r
	}
	intruders := []cause.ID{mitm, av, gateway}
	added := func(c *stage.CheckRecord) {
		bad(from("Home CA"), stage.CertExpired, stage.CertLocalRoot)(c)
		stage.FactsOf[*stage.TLSFacts](c).Faults[1].Warning = true
	}
	if f := find(newRun().add(imap, added).diagnose(t), private); f == nil || f.Severity != cause.Warn {
		t.Errorf("an authority that is accepted here is a failure: %+v", f)
	}
	for _, q := range newRun().asking().add(imap, added).diagnose(t).Questions {
		if q.Check.Question == stage.AskStrangerCertificate || q.Check.Question == stage.AskCertificateElsewhere {
			t.Errorf("a stranger is asked about an authority that is accepted here: %s", q.Check.ID)
		}
	}
	checkCases(t, []ruleCase{
		{"an antivirus by name", unknown("Avast Web/Mail Shield Root"), av, sure{av: likely}, []cause.ID{mitm, gateway}},
		{"a gateway by name", unknown("Zscaler Root CA"), gateway, sure{gateway: likely}, []cause.ID{mitm, av}},
		{"a gateway by name, whose root was sent", two(unknown("Zscaler Root CA")), gateway, sure{gateway: likely, private: possible}, nil},
		{"an appliance's own certificate", newRun().add(imap, bad(from("Fortinet CA", "FG100"), stage.CertUnknownAuthority, stage.CertNameMismatch)), "", nil, intruders},
		{"a company named so", two(unknown("Example Mail Gateway CA")), private, sure{private: likely}, intruders},
		{"a word in the middle of a name", two(unknown("Novavast Mail CA")), private, nil, intruders},

		{"an address that nobody has shows a certificate", nobody(two(unknown("Mallory")), same), mitm, sure{mitm: proven}, []cause.ID{private, av, gateway, missing}},
		{"the same, and the chain is short", nobody(unknown("Mallory"), same), mitm, sure{mitm: proven}, []cause.ID{private, missing}},
		{"the same, a known product", nobody(unknown("Kaspersky Anti-Virus Personal Root Certificate"), same), av, sure{av: proven}, []cause.ID{private, mitm, gateway}},
		{"the same, a name like many", nobody(unknown("Acme Proxy CA"), same), gateway, sure{gateway: likely, mitm: likely}, []cause.ID{private}},
		{"an address that nobody has takes connections", nobody(two(unknown("Mallory")), closed), mitm, sure{mitm: likely, private: possible}, nil},
		{"an address that nobody has is silent", nobody(two(unknown("Mallory")), silent), private, sure{private: likely}, intruders},
		{"self-signed, and nobody's address too", nobody(newRun().add(imap, bad(from("imap.example.net"), stage.CertSelfSigned)), same), mitm, sure{mitm: proven}, []cause.ID{cause.CertSelfSigned}},

		{"a stranger's server shows the same issuer", unknown("Mallory").followUp(t, stranger, same), mitm, sure{mitm: proven}, []cause.ID{private}},
		{"a stranger's server shows its own", unknown("Example Corp CA").followUp(t, stranger, good(&public)), private, sure{private: likely, missing: possible}, intruders},
		{"a stranger's server shows another unknown issuer", unknown("Mallory").followUp(t, stranger, bad(from("Lab CA"), stage.CertUnknownAuthority)), "", sure{private: possible}, intruders},
		{"a product's name, and a stranger's server is seen as it is", two(unknown("Sophos Company CA")).followUp(t, stranger, good(&public)), "", sure{private: possible, gateway: possible}, []cause.ID{mitm}},

		{"the web port's certificate holds", unknown("Mallory").followUp(t, web, good(&public)), mitm, sure{mitm: likely, private: possible}, []cause.ID{av, gateway}},
		{"the web port's holds, and so does a stranger's", unknown("Mallory").followUp(t, web, good(&public)).followUp(t, stranger, good(&public)), private, sure{private: likely, mitm: possible}, nil},
		{"the web port has the same issuer", unknown("Example Corp CA").followUp(t, web, bad(from("Example Corp CA"), stage.CertUnknownAuthority)), private, sure{private: likely}, intruders},
		{"the web port has the same issuer, and it is trusted", unknown("Server CA 1").followUp(t, web, good(cert(func(c *stage.Certificate) { c.Issuer, c.SHA256 = "CN=Server CA 1", "99" }))), "", sure{missing: possible, private: possible}, intruders},
		{"another mail port's certificate holds", unknown("Mallory").add("smtp-465 imap.example.net tls", good(&public)), mitm, sure{mitm: likely}, nil},
		{"self-signed, and the web port's holds", newRun().add(imap, bad(from("imap.example.net"), stage.CertSelfSigned)).followUp(t, web, good(&public)), cause.CertSelfSigned, sure{cause.CertSelfSigned: proven}, intruders},

		{"accepted here by an added root, and expired", newRun().asking().add(imap, added), cause.CertExpired, sure{cause.CertExpired: proven, private: possible}, []cause.ID{mitm}},
		{"a provider of the catalogue, and a chain down to a root", two(unknown("Mallory").builtin()), mitm, sure{mitm: likely, av: possible}, []cause.ID{private}},
		{"a provider of the catalogue, and the issuer leads nowhere", unknown("Mallory").builtin().followUp(t, "imap-993/issuer", pass(stage.Fetch, &stage.FetchFacts{URL: "http://ca.example/r1.der", Found: new(leaf())})), mitm, sure{mitm: likely}, nil},
		{"a provider of the catalogue, and a root added here", newRun().builtin().add(imap, bad(from("Mallory"), stage.CertLocalRoot)), "", sure{mitm: possible, av: possible, gateway: possible}, nil},
		{"a provider of the catalogue, and a link may be missing", unknown("Mallory").builtin(), "", sure{mitm: possible, missing: possible}, nil},
		{"a provider of the catalogue, and a gateway's word", two(unknown("Acme Proxy CA").builtin()), gateway, sure{gateway: likely, mitm: possible}, nil},
		{"a provider of the catalogue, and the web port's holds", unknown("Mallory").builtin().followUp(t, web, good(&public)), mitm, sure{mitm: likely, av: possible}, []cause.ID{private}},
	})
	checkWords(t, "proven", nobody(unknown("Mallory"), same), mitm, `with a certificate from "Mallory" that it made`, "cannot show")
	checkWords(t, "proven antivirus", nobody(unknown("Avast Root"), same), av, "Judging by the name, it is an antivirus.", "may be answering")
}

// A round trip of a millisecond is too short for the server at the web port.
func TestNearerThanTheServer(t *testing.T) {
	trip := func(address string, d time.Duration) step {
		return pass(stage.Connect, &stage.ConnectFacts{Address: address, RoundTrip: new(stage.Ms(d))})
	}
	f := cert(func(c *stage.Certificate) { c.Issuer = "CN=Mallory" })
	for _, c := range []struct {
		mail, web time.Duration
		address   string
		want      bool
	}{
		{200 * time.Microsecond, 40 * time.Millisecond, "198.51.100.9:443", true},
		{200 * time.Microsecond, 40 * time.Millisecond, "198.51.100.7:443", false},
		{200 * time.Microsecond, 3 * time.Millisecond, "198.51.100.9:443", false},
		{39 * time.Millisecond, 40 * time.Millisecond, "198.51.100.9:443", false},
	} {
		r := newRun().add(imap, trip("198.51.100.9:993", c.mail), bad(f, stage.CertUnknownAuthority)).followUp(t, "imap-993/web", trip(c.address, c.web), fail(stage.Handshake, stage.HandshakeClosed, nil))
		if got := find(r.diagnose(t), cause.MITMUnknownIssuer) != nil; got != c.want {
			t.Errorf("%v and %v at %s: %v", c.mail, c.web, c.address, got)
		}
	}
}

func TestWrongMachineRules(t *testing.T) {
	at := func(address string) step { return pass(stage.Connect, &stage.ConnectFacts{Address: address}) }
	other := cert(func(c *stage.Certificate) { c.Names = []string{"old.example.org"} })
	right := cert(func(c *stage.Certificate) { c.SHA256 = "77" })
	wrong := func(here string, ids ...stage.CertFaultID) *run {
		return newRun().asking().add(imap, at(here), bad(other, ids...))
	}
	const stale, hosting = cause.StaleOrOverriddenDNS, cause.CertNameMismatchHosting
	none := []cause.ID{stale}
	const id = "imap-993/certificate-elsewhere"
	checkCases(t, []ruleCase{
		{"the right one is elsewhere", wrong("198.51.100.9:993", stage.CertNameMismatch).followUp(t, id, at("198.51.100.7:993"), good(right)), stale, sure{stale: likely}, nil},
		{"self-signed here", wrong("198.51.100.9:993", stage.CertSelfSigned).followUp(t, id, at("198.51.100.7:993"), good(right)), stale, sure{stale: likely}, nil},
		{"both in a private network", wrong("10.1.1.1:993", stage.CertNameMismatch).followUp(t, id, at("10.1.1.2:993"), good(right)), stale, nil, nil},
		{"private here and public there", wrong("10.1.1.1:993", stage.CertNameMismatch).followUp(t, id, at("198.51.100.7:993"), good(right)), hosting, nil, none},
		{"the same address", wrong("198.51.100.9:993", stage.CertNameMismatch).followUp(t, id, at("198.51.100.9:993"), good(right)), hosting, nil, none},
		{"wrong there as well", wrong("198.51.100.9:993", stage.CertNameMismatch).followUp(t, id, at("198.51.100.7:993"), bad(other, stage.CertNameMismatch)), hosting, nil, none},
		{"no answer there", wrong("198.51.100.9:993", stage.CertNameMismatch).followUp(t, id, silentStep()), hosting, nil, none},
	})
	checkWords(t, "elsewhere", wrong("198.51.100.9:993", stage.CertNameMismatch).followUp(t, id, at("198.51.100.7:993"), good(right)), stale, "to 198.51.100.9, where another machine answers. Independent name servers give 198.51.100.7", "hosts file")
	for _, host := range []string{"198.51.100.9", "mail.lan", "mail"} {
		r := newRun().asking().add("imap-993 "+host+" tls", func(c *stage.CheckRecord) {
			stage.FactsOf[*stage.ResolveFacts](c).Literal = host[0] < 'a'
		}, bad(other, stage.CertNameMismatch))
		for _, q := range r.diagnose(t).Questions {
			if q.Check.Question == stage.AskCertificateElsewhere {
				t.Errorf("strangers are asked for %s", host)
			}
		}
	}
}

func silentStep() step { return dialled(stage.ConnectTimeout, stage.DialTimeout) }

func TestNameRulesOfCertificates(t *testing.T) {
	other := cert(func(c *stage.Certificate) { c.Names = []string{"*.hosting.example"} })
	right := cert(func(c *stage.Certificate) { c.SHA256 = "77" })
	wrong := func() *run { return newRun().add(imap, bad(other, stage.CertNameMismatch)) }
	const hosting, number = cause.CertNameMismatchHosting, cause.CertNameMismatchNoSNI
	checkCases(t, []ruleCase{
		{"the same without a name", wrong().followUp(t, "imap-993/without-name", bad(other, stage.CertNameMismatch)), hosting, sure{hosting: proven}, []cause.ID{number}},
		{"the web port's holds", wrong().followUp(t, "imap-993/web", good(right)), hosting, sure{hosting: proven}, nil},
	})
	checkWords(t, "the web port's holds", wrong().followUp(t, "imap-993/web", good(right)), hosting, "Port 443 of imap.example.net shows a matching one.", "")
	if f := find(wrong().followUp(t, "imap-993/without-name", bad(other, stage.CertNameMismatch)).diagnose(t), hosting); prose.English().Text(f.Args["default"]) == "" {
		t.Error("the default certificate is not told")
	}
	for _, q := range wrong().diagnose(t).Questions {
		if want := q.Check.Question == stage.AskWithoutName; want != (q.Check.Manner.Hello == stage.HelloNoName) {
			t.Errorf("%s has the ClientHello %q", q.Check.ID, q.Check.Manner.Hello)
		}
	}
	at := pass(stage.Connect, &stage.ConnectFacts{Address: "198.51.100.9:993"})
	literal := func(c *stage.CheckRecord) { stage.FactsOf[*stage.ResolveFacts](c).Literal = true }
	bare := cert(func(*stage.Certificate) {})
	bare.ServerName = ""
	byNumber := func() *run {
		return newRun().add("imap-993 198.51.100.9 tls", literal, at, bad(bare, stage.CertNameMismatch))
	}
	checkCases(t, []ruleCase{
		{"by number", byNumber(), number, sure{number: likely}, nil},
		{"by number, and by the name in the certificate", byNumber().followUp(t, "imap-993/named-imap.example.net", at, good(right)), number, sure{number: proven}, nil},
		{"by number, and the name leads elsewhere", byNumber().followUp(t, "imap-993/named-imap.example.net", good(right)), number, sure{number: likely}, nil},
		{"by number, and by name", byNumber().add("imap-993a imap.example.net tls", at, good(right)), number, sure{number: proven}, nil},
	})
	checkWords(t, "by number", byNumber(), number, "The certificate is for imap.example.net.", "")
}

func TestMissingLinkSeenElsewhere(t *testing.T) {
	r := newRun().add(imap, bad(cert(func(*stage.Certificate) {}), stage.CertUnknownAuthority))
	whole := cert(func(*stage.Certificate) {})
	whole.System = stage.Trusted
	whole.Chain = append(whole.Chain, stage.Certificate{Subject: "CN=Example Public CA R1", Issuer: "CN=Example Root"})
	// The names fit, but the signature doesn't.
	d := r.followUp(t, "imap-993/web", good(whole)).diagnose(t)
	if f := find(d, cause.CertMissingIntermediate); f == nil || f.Confidence == cause.Proven {
		t.Errorf("a name proves a link: %+v", f)
	}
}

func TestExpiredRootThatNobodyKnows(t *testing.T) {
	f := cert(func(*stage.Certificate) {})
	f.Chain = append(f.Chain, stage.Certificate{Subject: "CN=Old Root", Issuer: "CN=Old Root", SelfSigned: true, NotAfter: now.Add(-aDay)})
	f.Faults = []stage.CertFault{{ID: stage.CertUnknownAuthority, Depth: 1}, {ID: stage.CertIssuerExpired, Depth: 1, Warning: true}}
	checkCases(t, []ruleCase{{
		"it ran out", newRun().add(imap, fail(stage.Handshake, stage.BadCertificate, f)), cause.CertExpiredRootInChain,
		sure{cause.CertExpiredRootInChain: likely, cause.CertPrivateCA: possible},
		nil,
	}})
}

func TestCertificateAnswers(t *testing.T) {
	expired := cert(func(c *stage.Certificate) { c.NotAfter = now.Add(-10 * aDay) })
	old := func() *run { return newRun().asking().add(imap, bad(expired, stage.CertExpired)) }
	other := func() *run { return newRun().asking().add(imap, bad(expired, stage.CertNameMismatch)) }
	public := *cert(func(*stage.Certificate) {})
	public.Public = stage.Trusted
	for _, c := range []struct {
		run  *run
		ask  string
		want string
	}{
		{old().followUp(t, "imap-993/web", good(&public)), "port 443 of imap.example.net", "A valid one: CN=imap.example.net, issued by CN=Example Public CA R1"},
		{old().followUp(t, "imap-993/web", bad(expired, stage.CertExpired)), "port 443", "One that is not valid (expired on 2026-11-12 12:00 UTC): CN="},
		{old().followUp(t, "imap-993/web", dialled(stage.Refused, stage.DialRefused)), "port 443", "Not answered: connection refused"},
		{other().followUp(t, "imap-993/without-name", bad(expired, stage.CertNameMismatch)), "when no server name is sent", "That of CN=imap.example.net"},
		{other().followUp(t, "imap-993/certificate-elsewhere", good(expired)), "independent name servers give for imap.example.net", "One that is valid here, but on no public list: "},
		{old().followUp(t, "imap-993/date-portal", dateIs(-90*time.Minute)), "the web server of portal.example give (http)", "2026-11-22T10:30:00Z; this computer's clock is about 90 minutes ahead."},
		{old().followUp(t, "imap-993/date-https", fail(stage.Fetch, stage.FetchFailed, &stage.FetchFacts{})), "(https)", "Not answered: no time came from there."},
		{old().followUp(t, "imap-993/time", ntpIs(30*time.Second)), "does time.example give?", "2026-11-22T12:00:30Z, as this computer's clock says."},
		{old().followUp(t, "imap-993/time", fail(stage.Clock, stage.NoTime, &stage.ClockFacts{})), "time.example", "Not answered: no time came from there."},
	} {
		last := c.run.rec.Checks[len(c.run.rec.Checks)-1]
		if got := answerOf(t, last); !strings.HasPrefix(got, c.want) || !strings.HasSuffix(got, ".") {
			t.Errorf("%s: %q, want %q", last.Check.ID, got, c.want)
		}
		if q := asks(last.Check); !strings.HasSuffix(q, "?") || !strings.Contains(q, c.ask) {
			t.Errorf("%s: the question is %q", last.Check.ID, q)
		}
	}
}

// One wrong clock makes a thousand certificates look wrong. The questions about the
// clock must not be crowded out by those about each certificate, nor may a second
// round make up for what the first left out.
func TestQuestionsOfManyCertificatesAreBounded(t *testing.T) {
	expired := cert(func(c *stage.Certificate) { c.NotAfter = now.Add(-aDay) })
	r := newRun().asking()
	for i := range 200 {
		r.add(fmt.Sprintf("imap-993-%d h%d.example.net tls", i, i), bad(expired, stage.CertExpired, stage.CertNameMismatch, stage.CertUnknownAuthority))
	}
	asked := make(map[stage.QuestionID]int)
	questions := r.diagnose(t).Questions
	for _, q := range questions {
		asked[q.Check.Question]++
	}
	for id, want := range map[stage.QuestionID]int{stage.AskTime: 2*4 + 2, stage.AskStrangerCertificate: 1} {
		if asked[id] != want {
			t.Errorf("%s: %d questions, want %d", id, asked[id], want)
		}
	}
	for _, id := range []stage.QuestionID{stage.AskWebCertificate, stage.AskWithoutName, stage.AskCertificateElsewhere, stage.AskAgain, stage.AskSibling} {
		if asked[id] < 5 {
			t.Errorf("%s: %d questions of %d", id, asked[id], len(questions))
		}
	}
	if len(questions) > 100 {
		t.Errorf("%d questions", len(questions))
	}
	answered := questions[0].Check
	r.rec.Checks = append(r.rec.Checks, stage.CheckRecord{Check: answered})
	if again := r.diagnose(t).Questions; len(again) != len(questions)-1 {
		t.Errorf("with one answered, %d questions of %d", len(again), len(questions))
	}
}

// What the preceding check has shown already is not repeated.
func TestTheSameCertificateIsNotToldAgain(t *testing.T) {
	mismatch := bad(cert(func(*stage.Certificate) {}), stage.CertNameMismatch)
	other := cert(func(c *stage.Certificate) { c.SHA256 = "0f" })
	for _, c := range []struct {
		id   string
		step step
		want string
	}{
		{"imap-993/again", mismatch, "Yes: the same certificate."},
		{"imap-993/again", fine, "No: a second try succeeded."},
		{"imap-993/without-name", mismatch, "The same one."},
		{"imap-993/web", mismatch, "The same one."},
		{"imap-993/without-name", good(other), "That of CN="},
		{"imap-993/web", dialled(stage.Refused, stage.DialRefused), "Not answered: "},
	} {
		r := newRun().asking().add(imap, mismatch).followUp(t, c.id, c.step)
		last := r.rec.Checks[len(r.rec.Checks)-1]
		if got := prose.English().Sentence(question.AnswerIn(&r.rec, last).Said); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
}

// A known provider's server with a certificate for another name may be a wrong
// machine. That is settled once other name servers gave the same address.
func TestKnownProvidersNameMismatch(t *testing.T) {
	shown := cert(func(c *stage.Certificate) { c.SHA256, c.Names = "aa", []string{"server7.hosting.example"} })
	other := cert(func(c *stage.Certificate) { c.SHA256, c.Names = "bb", []string{"server8.hosting.example"} })
	of := func(builtin bool) *run {
		r := newRun().asking().add(imap, bad(shown, stage.CertNameMismatch))
		r.profile().Builtin = builtin
		return r
	}
	const there, names = "imap-993/certificate-elsewhere", cause.CertNameMismatchHosting
	checkCases(t, []ruleCase{
		{"of a hoster", of(false), names, sure{names: proven}, nil},
		{"of a known provider", of(true), names, sure{names: likely}, nil},
		{"where others lead as well", of(true).followUp(t, there, bad(shown, stage.CertNameMismatch)), names, sure{names: proven}, nil},
		{"where others lead, another one", of(true).followUp(t, there, bad(other, stage.CertNameMismatch)), names, sure{names: likely}, nil},
		{"where others lead, nobody answers", of(true).followUp(t, there, timeout()), names, sure{names: likely}, nil},
	})
}
