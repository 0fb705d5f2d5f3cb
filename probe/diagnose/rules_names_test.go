package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

const ownServer = "192.168.1.1:53"

// strangers lets a run ask control name servers about a control name.
func strangers() *run {
	return newRun().with(func(r *stage.Record) {
		r.Header.Options.Controls = stage.Controls{Resolvers: []string{"192.0.2.53:53"}, Name: "www.example.com"}
	})
}

// own fails the lookup with what the machine's own name server said.
func own(f stage.Fault, outcome stage.LookupOutcome) step {
	return looked(f, "A "+string(outcome)+" "+ownServer)
}

// ledTo lets the machine's own name server resolve a name to these addresses.
func ledTo(addresses ...string) step {
	return func(c *stage.CheckRecord) {
		pass(stage.Resolve, &stage.ResolveFacts{Host: c.Check.Endpoint.Host, Addresses: addresses, Lookups: []stage.Lookup{
			{Server: ownServer, Type: "A", Outcome: stage.LookupAnswer, Addresses: addresses},
		}})(c)
	}
}

// unheard fails a lookup because no name server could be asked.
func unheard() step { return looked(stage.DNSTimeout, "A timeout 192.0.2.53:53") }

const (
	others  = "imap-993/resolvers"
	control = "imap-993/control-name"
	sibling = "imap-993/made-up-sibling"
	madeUp  = "imap-993/made-up-name"
)

func TestWhatOtherNameServersSay(t *testing.T) {
	there := ledTo("203.0.113.7")
	denied := own(stage.NameNotFound, stage.LookupNXDomain)
	noData := own(stage.NoAddress, stage.LookupNoData)
	servfail := own(stage.ServFail, stage.LookupServFail)
	refusal := own(stage.DNSRefused, stage.LookupRefused)
	cutShort := fail(stage.Resolve, stage.LookupFailed, &stage.ResolveFacts{Host: "imap.example.net", LessKnown: true, Lookups: []stage.Lookup{
		{Server: ownServer, Type: "A", Outcome: stage.LookupOther, Truncated: true, Error: "connection refused"},
	}})
	zero := fail(stage.Resolve, stage.BadAddress, &stage.ResolveFacts{Host: "imap.example.net", NotDialled: []string{"0.0.0.0"}})
	typo, filter, empty, broken := cause.HostnameTypoNXDomain, cause.DNSFilterBlocksHost, cause.HostHasNoAddressRecord, cause.DNSResolverBroken
	one := func(here step, elsewhere ...step) *run {
		return strangers().add(imap, here).followUp(t, others, elsewhere...)
	}
	checkCases(t, []ruleCase{
		{"cut short, and no TCP", one(cutShort, unheard()), broken, sure{broken: likely}, []cause.ID{typo, cause.NoNetworkRoute}},
		{"cut short, and no address here", one(cutShort, unheard()).with(func(r *stage.Record) { r.Header.System.LinkUp = false }), broken, nil, []cause.ID{cause.NoNetworkRoute}},
		{"cut short, and others know it", one(cutShort, there), broken, sure{broken: proven}, []cause.ID{typo}},
		{"denied everywhere", one(denied, denied), typo, sure{typo: proven}, []cause.ID{filter}},
		{"denied here, a server elsewhere", one(denied, there), filter, sure{filter: proven}, []cause.ID{typo}},
		{"denied here, an address elsewhere", one(denied, there, timeout()), filter, sure{filter: likely}, []cause.ID{typo}},
		{"denied here, nobody elsewhere", one(denied, unheard()), typo, sure{typo: proven}, []cause.ID{filter}},
		{"denied here, no address elsewhere", one(denied, noData), empty, sure{empty: likely, typo: possible}, []cause.ID{filter}},
		{"the catalogue's, denied everywhere", one(denied, denied).builtin(), typo, sure{typo: proven}, nil},
		{"no address here, a server elsewhere", one(noData, there), filter, sure{filter: proven}, []cause.ID{empty}},
		{"no address anywhere", one(noData, noData), empty, sure{empty: proven}, []cause.ID{filter}},
		{"0.0.0.0 here", one(zero, there), filter, sure{filter: proven}, []cause.ID{empty}},
		{"0.0.0.0 everywhere", one(zero, zero), empty, sure{empty: proven}, []cause.ID{filter}},
		{"SERVFAIL here", one(servfail, there), broken, sure{broken: proven}, []cause.ID{filter}},
		{"SERVFAIL here, nobody elsewhere", one(servfail, unheard()), broken, sure{broken: likely}, nil},
		{"SERVFAIL here, refused elsewhere", one(servfail, refusal), broken, sure{broken: likely}, nil},
		{"SERVFAIL everywhere", one(servfail, servfail), broken, sure{broken: proven}, nil},
		{"SERVFAIL for any name", one(servfail, unheard()).followUp(t, control, servfail), broken, sure{broken: proven}, nil},
		{"SERVFAIL for this name", one(servfail, unheard()).followUp(t, control), broken, sure{broken: likely}, nil},
		{"REFUSED for this name", one(refusal, there).followUp(t, control), filter, sure{filter: proven}, []cause.ID{broken}},
		{"REFUSED for any name", one(refusal, there).followUp(t, control, refusal), broken, sure{broken: proven}, []cause.ID{filter}},
		{"silence here", one(own(stage.DNSTimeout, stage.LookupTimeout), there), broken, sure{broken: proven}, nil},
	})
	checkWords(t, "everywhere", one(denied, denied), typo, "so do independent ones", "from here")
	checkWords(t, "the catalogue's", one(denied, denied).builtin(), typo, "ask Example for the current server names", "hotspot")
	checkWords(t, "hidden", one(denied, there), filter, "Elsewhere the address is 203.0.113.7.", "that no server can have")
	checkWords(t, "fails everywhere", one(servfail, servfail), broken, "nor by independent name servers", "restart the router")
	checkWords(t, "fails for any name", one(servfail, servfail).followUp(t, control, servfail), broken, "restart the router", "nor by independent")
	if n := diagnose.NotKnown(prose.English(), one(denied, denied).diagnose(t)); n != nil {
		t.Errorf("proven, and it leaves open %q", n)
	}
}

func TestAnotherAddressElsewhere(t *testing.T) {
	here, elsewhere := ledTo("203.0.113.1"), ledTo("203.0.113.7")
	refuses := fail(stage.Connect, stage.Refused, attempts("203.0.113.1:993 refused"))
	silent := fail(stage.Connect, stage.ConnectTimeout, attempts("203.0.113.1:993 timed-out"))
	stale, split := cause.StaleOrOverriddenDNS, cause.SplitHorizonPrivateAddress
	inside := ledTo("192.168.50.10")
	lost := fail(stage.Connect, stage.ConnectTimeout, attempts("192.168.50.10:993 timed-out"))
	hosts := func(known ...string) step {
		f := &stage.ResolveFacts{Host: "imap.example.net", HostsFile: true, Addresses: []string{"203.0.113.1"}}
		if known != nil {
			f.Lookups = []stage.Lookup{{Server: ownServer, Type: "A", Outcome: stage.LookupAnswer, Addresses: known}}
		}
		return pass(stage.Resolve, f)
	}
	loopback, refusedHere := ledTo("127.0.0.1"), fail(stage.Connect, stage.Refused, attempts("127.0.0.1:993 refused"))
	one := func(steps ...step) *run { return strangers().add(imap, steps...) }
	wrong := refusedWith("PLAIN", authFailed)
	near := strangers().with(func(r *stage.Record) { r.Header.Options.Controls.Resolvers = []string{"1.1.1.1:53", "10.0.0.53:53"} })
	checkCases(t, []ruleCase{
		{"refused here, a server elsewhere", one(here, refuses).followUp(t, others, elsewhere), stale, sure{stale: likely}, nil},
		{"silent here, a server elsewhere", one(here, silent).followUp(t, others, elsewhere), stale, sure{stale: likely}, nil},
		{"silent here, silent elsewhere", one(here, silent).followUp(t, others, elsewhere, silent), cause.PortFiltered, nil, []cause.ID{stale}},
		{"the same address", one(here, refuses).followUp(t, others, here, refuses), cause.ServiceNotListening, nil, []cause.ID{stale}},
		{"one address in common", one(here, refuses).followUp(t, others, ledTo("203.0.113.1", "203.0.113.7")), cause.ServiceNotListening, nil, []cause.ID{stale}},
		{"nobody elsewhere", one(here, refuses).followUp(t, others, unheard()), cause.ServiceNotListening, nil, []cause.ID{stale}},
		{"another login server", near.add(imap, here, wrong).followUp(t, others, elsewhere), stale, sure{stale: likely}, nil},

		{"internal here, a server elsewhere", one(inside, lost).followUp(t, others, elsewhere), split, sure{split: proven}, []cause.ID{stale}},
		{"internal here, an address elsewhere", one(inside, lost).followUp(t, others, elsewhere, silent), split, sure{split: likely}, nil},
		{"internal here and elsewhere", one(inside, lost).followUp(t, others, inside, lost), "", sure{split: possible}, []cause.ID{stale}},

		{"loopback here, a server elsewhere", one(loopback, refusedHere).followUp(t, others, elsewhere), cause.DNSFilterBlocksHost, sure{cause.DNSFilterBlocksHost: proven}, []cause.ID{stale}},
		{"loopback here and elsewhere", one(loopback, refusedHere).followUp(t, others, loopback, refusedHere), cause.ServiceNotListening, nil, []cause.ID{cause.DNSFilterBlocksHost, stale}},

		{"hosts file, refused login", one(hosts("203.0.113.7"), wrong), stale, sure{stale: likely}, nil},
		{"hosts file, refused login, a server elsewhere", one(hosts("203.0.113.7"), wrong).followUp(t, others, elsewhere), stale, sure{stale: likely}, nil},
		{"hosts file, refused, a server elsewhere", one(hosts("203.0.113.7"), refuses).followUp(t, others, elsewhere), stale, sure{stale: proven}, nil},
		{"hosts file, silent, and silent elsewhere", one(hosts("203.0.113.7"), silent).followUp(t, others, elsewhere, silent), cause.PortFiltered, sure{stale: possible}, nil},
		{"hosts file alone, silent", one(hosts(), silent), cause.PortFiltered, sure{stale: possible}, nil},
		{"hosts file alone, refused login", one(hosts(), wrong), cause.WrongPassword, sure{stale: possible}, nil},
		{"hosts file alone, known to strangers", one(hosts(), wrong).followUp(t, others, elsewhere), stale, sure{stale: likely}, nil},
	})
	d := one(hosts("203.0.113.7"), wrong).diagnose(t)
	if f := find(d, cause.WrongPassword); f == nil || f.SuppressedBy != stale {
		t.Errorf("a password refused at the wrong place: %+v", f)
	}
	checkWords(t, "name servers", one(here, refuses).followUp(t, others, elsewhere), stale, "Elsewhere the address is 203.0.113.7", "hosts file")
	checkWords(t, "inside", one(inside, lost).followUp(t, others, elsewhere), split, "Elsewhere imap.example.net leads to 203.0.113.7.", "")
}

func TestNamesThatCannotExist(t *testing.T) {
	here := ledTo("203.0.113.1")
	refuses := fail(stage.Connect, stage.Refused, attempts("203.0.113.1:993 refused"))
	web := fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "HTTP/1.1 400"})
	named := certificate(stage.CertNameMismatch)
	none := own(stage.NameNotFound, stage.LookupNXDomain)
	hijack := cause.DNSNXDomainHijack
	one := func(far, near step, steps ...step) *run {
		return newRun().add(imap, append([]step{here}, steps...)...).followUp(t, sibling, near).followUp(t, madeUp, far)
	}
	served := one(none, here, refuses)
	served.check(stage.Check{
		ID: "imap-993/port-143", Kind: stage.KindEndpoint, Round: 1, Parents: []string{"imap-993"}, Question: stage.AskSibling,
		Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 143, Security: stage.StartTLS},
	}, pass(stage.Connect, &stage.ConnectFacts{Address: "203.0.113.1:143"}))
	denied := strangers().add(imap, here, refuses).followUp(t, others, none)
	torn := func(c *stage.CheckRecord) {
		here(c)
		f := stage.FactsOf[*stage.ResolveFacts](c)
		f.Lookups = append(f.Lookups, stage.Lookup{Server: "192.0.2.53:53", Type: "A", Outcome: stage.LookupNXDomain})
	}
	checkCases(t, []ruleCase{
		{"every name", one(here, here, refuses), hijack, sure{hijack: proven}, nil},
		{"every name, a web page", one(here, here, web), hijack, sure{hijack: proven}, nil},
		{"every name, somebody else's certificate", one(here, here, named), cause.CertNameMismatchHosting, sure{hijack: likely}, nil},
		{"every name of the domain", one(none, here, refuses), hijack, sure{hijack: likely}, nil},
		{"every name of the domain, and a mail server there", served, cause.ServiceNotListening, nil, []cause.ID{hijack}},
		{"every name of the domain, somebody else's certificate", one(none, here, named), cause.CertNameMismatchHosting, nil, []cause.ID{hijack}},
		{"every name elsewhere", one(none, ledTo("203.0.113.9"), refuses), cause.ServiceNotListening, nil, []cause.ID{hijack}},
		{"no such names", one(none, none, refuses), cause.ServiceNotListening, nil, []cause.ID{hijack}},
		{"not answered", one(unheard(), unheard(), refuses), cause.ServiceNotListening, nil, []cause.ID{hijack}},
		{"two of a mind of their own", newRun().add(imap, torn, refuses), hijack, sure{hijack: likely}, nil},
		{"two of a mind of their own, and nothing is made up", one(none, none, torn, refuses), cause.ServiceNotListening, nil, []cause.ID{hijack}},
		{"not answered, and denied elsewhere", denied.followUp(t, sibling, unheard()), hijack, sure{hijack: likely}, nil},
		{"found here, and denied elsewhere, its sibling too", strangers().add(imap, here, refuses).followUp(t, others, none).followUp(t, sibling, here), hijack, sure{hijack: proven}, nil},
	})
	near := stage.Endpoint{Protocol: stage.IMAP, Host: "mail.example.net", Port: 993, Security: stage.TLS}
	typed := strangers().with(func(r *stage.Record) {
		r.Header.Plan.Subjects[0] = stage.Subject{Kind: stage.SubjectURL, Near: []stage.Endpoint{near}}
	}).add(imap, here, refuses).followUp(t, "imap-993/near-mail.example.net").followUp(t, sibling, here).followUp(t, madeUp, here)
	checkCases(t, []ruleCase{{"every name, and one that is published answers", typed, hijack, sure{hijack: proven}, []cause.ID{cause.SettingsDifferFromProfile}}})
	checkWords(t, "two of a mind of their own", newRun().add(imap, torn, refuses), hijack, "one name server says so, but 192.168.1.1:53 gives an address", "but another gives")
	checkWords(t, "one is near", typed, hijack, "Was mail.example.net meant?", "wildcard")
	checkWords(t, "every name", one(here, here, refuses), hijack, "and names made up at random too", "wildcard")
	checkWords(t, "of the domain", one(none, here, refuses), hijack, "a wildcard of the domain hides it", "at random")
}

func TestNearNames(t *testing.T) {
	denied := own(stage.NameNotFound, stage.LookupNXDomain)
	typo := cause.HostnameTypoNXDomain
	r := newRun().with(func(r *stage.Record) {
		r.Header.Plan.Subjects[0].Near = []stage.Endpoint{
			{Protocol: stage.SMTP, Host: "smtp.example.org", Port: 465, Security: stage.TLS},
			{Protocol: stage.IMAP, Host: "imap.example.org", Port: 143, Security: stage.StartTLS},
		}
	}).add("imap-993 iamp.example.net tls", denied)
	var asked []string
	for _, q := range r.diagnose(t).Questions {
		asked = append(asked, fmt.Sprintf("%s %s %s", q.Check.Kind, q.Check.Endpoint.Address(), q.Check.Endpoint.Security))
	}
	want := []string{"greeting imap.example.org:143 starttls", "tls imap.example.net:993 tls", "tls mail.example.net:993 tls"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got)\n%s", diff)
	}
	r.followUp(t, "imap-993/near-imap.example.org", timeout()).followUp(t, "imap-993/near-imap.example.net").
		followUp(t, "imap-993/near-mail.example.net", certificate(stage.CertNameMismatch))
	checkCases(t, []ruleCase{{"found", r, typo, sure{typo: proven}, nil}})
	checkWords(t, "found", r, typo, "if you meant imap.example.net, enter that as the server name", "example.org")
}

func TestTheOtherFormOfTheName(t *testing.T) {
	wrong := refusedWith("PLAIN", authFailed)
	user := func(name string, form stage.UserForm, steps ...step) *run {
		r := newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = name })
		r.profile().UserName = form
		smtp := refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))
		return r.add(imap, append(steps, refusedWith("PLAIN", authFailed))...).add(smtp465, smtp)
	}
	const q = "imap-993/user-name"
	form, password := cause.WrongUsernameFormat, cause.WrongPassword
	scram := newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = "jane" }).add(imap, refusedWith("SCRAM-SHA-256", authFailed))
	url := newRun().with(func(r *stage.Record) {
		r.Header.Plan.Subjects[0] = stage.Subject{Argument: "imaps://imap.example.net", Kind: stage.SubjectURL, User: "jane"}
	}).add(imap, wrong)
	checkCases(t, []ruleCase{
		{"local part sent, not tried", user("jane", stage.FullAddress), form, sure{form: likely, password: possible}, nil},
		{"local part sent, the address accepted", user("jane", stage.FullAddress).followUp(t, q), form, sure{form: proven}, []cause.ID{password}},
		{"local part sent, the address refused", user("jane", stage.FullAddress).followUp(t, q, wrong), password, sure{password: likely}, []cause.ID{form}},
		{"local part sent, nothing came", user("jane", stage.FullAddress).followUp(t, q, fail(stage.Login, stage.Silent)), form, sure{form: likely, password: possible}, nil},
		{"address sent, the local part accepted", user("jane@example.net", stage.LocalPart).followUp(t, q), form, sure{form: proven}, []cause.ID{password}},
		{"SCRAM refused, the address accepted", scram.followUp(t, q), form, sure{form: proven}, []cause.ID{password, cause.SASLDialectIncompatible}},
		{"nobody knows the form", url, password, sure{form: likely, password: likely}, nil},
	})
	checkWords(t, "accepted", user("jane", stage.FullAddress).followUp(t, q), form, "enter jane@example.net as the user name", "only part of it was sent")
	for _, c := range []struct {
		name string
		run  *run
		want []string // id, user name, parents
	}{
		{"local part", user("jane", stage.FullAddress), []string{"imap-993/user-name jane@example.net [imap-993 smtp-465]"}},
		{"address", user("jane@example.net", stage.LocalPart), []string{"imap-993/user-name jane [imap-993 smtp-465]"}},
		{"as it should be", user("jane@example.net", stage.FullAddress), nil},
		{"nobody knows", user("jane", "assigned"), nil},
		{"a form of its own", user("jane", stage.FullAddress, func(c *stage.CheckRecord) { c.Check.User = "jd" }), []string{"smtp-465/user-name jane@example.net [smtp-465]"}},
		{"in clear", user("jane", stage.FullAddress, func(c *stage.CheckRecord) {}).with(func(r *stage.Record) {
			for i := range r.Checks {
				stage.FactsOf[*stage.LoginFacts](&r.Checks[i]).Encrypted = false
			}
		}), nil},
		{"instead of PLAIN", newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = "jane" }).add(imap, refusedWith("SCRAM-SHA-256", authFailed)), []string{"imap-993/user-name jane@example.net [imap-993]"}},
		{"accepted by another protocol", newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = "jane" }).add(imap, wrong).add(smtp465), nil},
		{"a URL", url, []string{"imap-993/user-name jane@example.net [imap-993]"}},
	} {
		var got []string
		for _, q := range c.run.diagnose(t).Questions {
			got = append(got, fmt.Sprintf("%s %s %v", q.Check.ID, q.Check.User, q.Check.Parents))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// Which questions about names are asked, and when none are.
var aboutNames = []stage.QuestionID{stage.AskOtherResolvers, stage.AskControlName, stage.AskNonsenseName, stage.AskNearName}

func TestQuestionsAboutNames(t *testing.T) {
	denied, servfail := own(stage.NameNotFound, stage.LookupNXDomain), own(stage.ServFail, stage.LookupServFail)
	wrong := refusedWith("PLAIN", authFailed)
	hosts := func(known ...string) step {
		f := &stage.ResolveFacts{Host: "imap.example.net", HostsFile: true, Addresses: []string{"203.0.113.1"}}
		if known != nil {
			f.Lookups = []stage.Lookup{{Server: ownServer, Type: "A", Outcome: stage.LookupAnswer, Addresses: known}}
		}
		return pass(stage.Resolve, f)
	}
	slow := pass(stage.Resolve, &stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"203.0.113.1"}, Lookups: []stage.Lookup{
		{Server: "192.0.2.1:53", Type: "A", Outcome: stage.LookupTimeout}, {Server: ownServer, Type: "A", Outcome: stage.LookupAnswer, Addresses: []string{"203.0.113.1"}},
	}})
	torn := pass(stage.Resolve, &stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"203.0.113.1"}, Lookups: []stage.Lookup{
		{Server: "192.0.2.1:53", Type: "A", Outcome: stage.LookupAnswer, Addresses: []string{"203.0.113.9"}}, {Server: ownServer, Type: "A", Outcome: stage.LookupAnswer, Addresses: []string{"203.0.113.1"}},
	}})
	local := func(host string, steps ...step) *run { return strangers().add("imap-993 "+host+" tls", steps...) }
	public := func(r *stage.Record) { r.Header.Options.Controls.Resolvers = []string{"1.1.1.1:53"} }
	private := func(r *stage.Record) { r.Header.Options.Private, r.Header.Options.Controls = true, stage.Controls{} }
	for _, c := range []struct {
		name string
		run  *run
		want []string // id, name servers or host
	}{
		{"healthy", strangers().add(imap), nil},
		{"a slow name server", strangers().add(imap, slow), nil},
		{"no such name", strangers().add(imap, denied), []string{"imap-993/resolvers 192.0.2.53:53", "imap-993/near-mail.example.net mail.example.net"}},
		{"no such name, twice", strangers().add(imap, denied).add("imap-143 imap.example.net starttls", denied), []string{
			"imap-993/resolvers 192.0.2.53:53", "imap-993/near-mail.example.net mail.example.net", "imap-143/near-mail.example.net mail.example.net",
		}},
		{"no such name, of the catalogue", strangers().builtin().add(imap, denied), []string{"imap-993/resolvers 192.0.2.53:53"}},
		{"no such name, private", newRun().with(private).add(imap, denied), nil},
		{"SERVFAIL", strangers().add(imap, servfail), []string{"imap-993/resolvers 192.0.2.53:53", "imap-993/control-name www.example.com"}},
		{"SERVFAIL, and another name is found", strangers().add(imap, servfail).add(smtp465), []string{"imap-993/resolvers 192.0.2.53:53"}},
		{"offline", strangers().with(func(r *stage.Record) { r.Header.System.LinkUp = false }).add(imap, looked(stage.DNSUnreached)), nil},
		{"nobody takes the connection", strangers().add(imap, timeout()), []string{"imap-993/resolvers 192.0.2.53:53", "imap-993/made-up-sibling SIBLING", "imap-993/made-up-name STRANGE"}},
		{"nobody takes the connection, of the catalogue", strangers().builtin().add(imap, timeout()), []string{"imap-993/resolvers 192.0.2.53:53"}},
		{"another port does", strangers().add(imap, timeout()).add("imap-143 imap.example.net starttls"), nil},
		{"forbidden here", strangers().add(imap, dialled(stage.Prohibited, stage.DialProhibited)), nil},
		{"a refused login", strangers().with(public).add(imap, wrong), nil},
		{"a refused login, a name server of this machine", strangers().with(func(r *stage.Record) { r.Header.Options.Controls.Resolvers = []string{"127.0.0.1:53"} }).add(imap, wrong), nil},
		{"a refused login, a name server of this network", strangers().add(imap, wrong), []string{"imap-993/resolvers 192.0.2.53:53"}},
		{"a refused login, name servers that disagree", strangers().with(public).add(imap, torn, wrong), []string{"imap-993/resolvers 1.1.1.1:53"}},
		{"a slow greeting, name servers that disagree", strangers().with(public).add(imap, torn, warn(stage.Greeting, "")), nil},
		{"a refused login, the hosts file", strangers().add(imap, hosts("203.0.113.9"), wrong), []string{"imap-993/resolvers " + ownServer}},
		{"a refused login, the hosts file alone", strangers().add(imap, hosts(), wrong), []string{"imap-993/resolvers 192.0.2.53:53"}},
		{"the hosts file, and it works", strangers().add(imap, hosts("203.0.113.9")), nil},
		{"an address typed in", strangers().add("imap-993 203.0.113.1 tls", pass(stage.Resolve, &stage.ResolveFacts{Literal: true, Addresses: []string{"203.0.113.1"}}), timeout()), nil},
		{"a local name", local("mail.home.arpa", denied), nil},
		{"this machine", local("localhost", timeout()), nil},
	} {
		var got []string
		for _, q := range c.run.diagnose(t).Questions {
			k := q.Check
			what := k.Endpoint.Host
			switch {
			case k.Manner.Resolvers != nil:
				what = strings.Join(k.Manner.Resolvers, " ")
			case k.Question == stage.AskNonsenseName && strings.HasSuffix(what, ".example.net"):
				what = "SIBLING"
			case k.Question == stage.AskNonsenseName && strings.HasSuffix(what, ".com"):
				what = "STRANGE"
			}
			if slices.Contains(aboutNames, k.Question) {
				got = append(got, k.ID+" "+what)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestAnswersAboutNames(t *testing.T) {
	denied, servfail := own(stage.NameNotFound, stage.LookupNXDomain), own(stage.ServFail, stage.LookupServFail)
	here := ledTo("203.0.113.1")
	refuses := fail(stage.Connect, stage.Refused, attempts("203.0.113.1:993 refused"))
	missing := func() *run { return strangers().add(imap, denied) }
	failing := func() *run { return strangers().add(imap, servfail) }
	useless := func() *run { return strangers().add(imap, here, refuses) }
	bare := func() *run {
		return newRun().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].User = "jane" }).add(imap, refusedWith("PLAIN", authFailed))
	}
	const near, form = "imap-993/near-mail.example.net", "imap-993/user-name"
	asked := map[string]string{
		others:  "What does the name server 192.0.2.53 say about imap.example.net?",
		control: "Can another name, www.example.com, be looked up here?",
		near:    "Was mail.example.net meant?",
		form:    "Is the same password accepted for the user name jane@example.net?",
	}
	for _, c := range []struct {
		run  *run
		want string
	}{
		{missing().followUp(t, others, here), "The answer is 203.0.113.1, and a mail server answers there."},
		{missing().followUp(t, others, here, refuses), "The answer is 203.0.113.1, where no mail server answers from here."},
		{missing().followUp(t, others, denied), "There is no such name."},
		{missing().followUp(t, others, own(stage.NoAddress, stage.LookupNoData)), "The name has no address there."},
		{missing().followUp(t, others, servfail), "The name cannot be looked up there either."},
		{missing().followUp(t, others, unheard()), "Not answered: nothing came from there."},
		{failing().followUp(t, control), "Yes: the name servers here find it."},
		{failing().followUp(t, control, servfail), "No: that name cannot be looked up either."},
		{useless().followUp(t, madeUp, here), "Yes: it leads to 203.0.113.1, so names are found here that do not exist."},
		{useless().followUp(t, madeUp, denied), "No, as it should be."},
		{missing().followUp(t, near), "Perhaps: a mail server answers there."},
		{missing().followUp(t, near, denied), "No: that name does not exist either."},
		{missing().followUp(t, near, timeout()), "No: no mail server answers there."},
		{bare().followUp(t, form), "Yes: that is the form that the server wants."},
		{bare().followUp(t, form, refusedWith("PLAIN", authFailed)), "No: it was refused as well."},
		{bare().followUp(t, form, skip(stage.Login, stage.LoginBudget)), "Not answered: one more refused login might lock the account."},
	} {
		last := c.run.rec.Checks[len(c.run.rec.Checks)-1]
		if got := answerOf(t, last); got != c.want {
			t.Errorf("%s: %q, want %q", last.Check.ID, got, c.want)
		}
		if got, want := asks(last.Check), asked[last.Check.ID]; want != "" && got != want || !strings.HasSuffix(got, "?") {
			t.Errorf("%s: the question is %q, want %q", last.Check.ID, got, want)
		}
	}
}
