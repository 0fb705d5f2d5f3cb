package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/redact"
	"maildoctor/probe/stage"
)

func line(seq int, from stage.Side, text string) stage.Event {
	return stage.Event{Type: stage.EventLine, Check: "smtp-587", Seq: seq, Line: &stage.Line{From: from, Stage: stage.Capabilities, Text: text}}
}

func sample() *stage.Stream {
	e := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.net", Port: 587, Security: stage.StartTLS}
	return &stage.Stream{
		Header: stage.Header{
			Format: 1, Version: "test", Started: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
			System: stage.System{OS: "linux", Addresses: []string{"192.168.1.23", "203.0.113.7", "2a02:1234::5"}, Resolvers: []string{"192.168.1.1:53", "[fe80::1%eth0]:53"}},
			Plan: stage.Plan{
				Subjects: []stage.Subject{{Argument: "Jane.Doe@example.net", Kind: stage.SubjectAddress, Address: "Jane.Doe@example.net", User: "Jane.Doe@example.net", Domain: "example.net"}},
				Checks:   []stage.Check{{ID: "smtp-587", Kind: stage.KindEndpoint, Endpoint: e}},
			},
		},
		Events: []stage.Event{
			{Type: stage.EventAttempt, Check: "smtp-587", Seq: 1, Attempt: &stage.Attempt{Address: "198.51.100.25:587", Outcome: stage.DialConnected}},
			{Type: stage.EventResult, Check: "smtp-587", Seq: 2, Result: &stage.Result{Stage: stage.Connect, Status: stage.Pass, Facts: &stage.ConnectFacts{Address: "198.51.100.25:587", Local: "192.168.1.23:40000"}}},
			line(3, stage.Server, "220 smtp.example.net at 12:34:56 ready"),
			line(4, stage.Client, "EHLO laptop-of-jane.home.arpa"),
			line(5, stage.Server, "250-smtp.example.net Hello dsl-7.isp.example [203.0.113.99], pleased to meet you"),
			line(6, stage.Server, "535 5.7.8 <jane.doe@EXAMPLE.net> no such user Jane.Doe; janedoes is another; from 203.0.113.99 to 198.51.100.25"),
			line(7, stage.Server, "250 dsl-7.isp.example again, [192.168.1.23]"),
		},
		End: &stage.End{State: stage.Complete},
	}
}

func text(t *testing.T, s *stage.Stream) string {
	t.Helper()
	var b bytes.Buffer
	w := stage.NewStreamWriter(&b)
	w.Header(s.Header)
	for _, e := range s.Events {
		w.Event(e)
	}
	return b.String()
}

func TestStream(t *testing.T) {
	before := text(t, sample())
	in := sample()
	out, n := redact.Stream(in)
	got := text(t, out)
	for _, gone := range []string{"jane.doe", "192.168.1.23", "192.168.1.1:", "203.0.113.7", "203.0.113.99", "2a02:1234::5", "laptop-of-jane", "dsl-7.isp"} {
		if strings.Contains(strings.ToLower(got), gone) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
	for _, kept := range []string{"account-1@example.net", "smtp.example.net", "198.51.100.25", "at 12:34:56 ready", "535 5.7.8", "janedoes"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone:\n%s", kept, got)
		}
	}
	if n < 7 {
		t.Errorf("%d things replaced", n)
	}
	// An address has the same stand-in in facts and in a server's text.
	local := out.Events[1].Result.Facts.(*stage.ConnectFacts).Local
	address, _, _ := strings.Cut(local, ":")
	if out.Header.System.Addresses[0] != address || !strings.Contains(out.Events[6].Line.Text, "["+address+"]") || !strings.HasPrefix(address, "10.0.0.") {
		t.Errorf("local address %s, in the header %v, said %q: want one private stand-in", local, out.Header.System.Addresses, out.Events[6].Line.Text)
	}
	if text(t, in) != before {
		t.Error("the stream that was given has been changed")
	}
	if again, _ := redact.Stream(sample()); text(t, again) != got {
		t.Error("redacting twice gives two results")
	}
}

// A given sender is an account as well, and so is a recipient.
func TestSenderIsRedacted(t *testing.T) {
	in := sample()
	in.Header.Options.Recipient = "uncle.bob@example.org"
	in.Header.Options.Sender = "shop.of.jane@example.net"
	out, _ := redact.Stream(in)
	if got := out.Header.Options.Sender; !strings.HasPrefix(got, "account-") || !strings.HasSuffix(got, "@example.net") {
		t.Errorf("the sender is %q", got)
	}
	if got := out.Header.Options.Recipient; !strings.HasPrefix(got, "account-") || strings.Contains(got, "bob") {
		t.Errorf("the recipient is %q", got)
	}
}

// TestGroups checks that the events about groups and sources still refer to the checks
// of the plan.
func TestGroups(t *testing.T) {
	in := sample()
	in.Header.Plan.Checks = append(in.Header.Plan.Checks, stage.Check{ID: "imap.jane.doe.example.net-993", Kind: stage.KindEndpoint, Group: 1})
	in.Events = []stage.Event{
		{Type: stage.EventSource, Seq: 1, Source: &stage.Source{
			ID: stage.SourceAutoconfig, Asked: []string{"https://autoconfig.example.net/mail/config-v1.1.xml?emailaddress=Jane.Doe%40example.net"},
			Outcome: stage.SourceFailed, Detail: "dial tcp 192.168.1.23:40000->198.51.100.25:443: refused",
		}},
		{Type: stage.EventMerged, Seq: 2, Check: "smtp-587", Merged: &stage.Merge{With: "imap.jane.doe.example.net-993", Address: "192.168.1.23"}},
		{Type: stage.EventShared, Seq: 3, Check: "smtp-587/web", Parents: []string{"imap.jane.doe.example.net-993"}},
	}
	out, _ := redact.Stream(in)
	source, merged, shared := out.Events[0].Source, out.Events[1].Merged, out.Events[2]
	if got := fmt.Sprint(*source); strings.Contains(strings.ToLower(got), "jane") || strings.Contains(got, "192.168.1.23") || !strings.Contains(got, "https://autoconfig.example.net/") {
		t.Errorf("the source: %s", got)
	}
	id := out.Header.Plan.Checks[1].ID
	if merged.With != id || merged.Address == "192.168.1.23" || shared.Parents[0] != id {
		t.Errorf("%+v, and parents %q: the check is %s", merged, shared.Parents, id)
	}
}

// TestStreamWithoutAccount checks that without an account only addresses are replaced.
func TestStreamWithoutAccount(t *testing.T) {
	s := sample()
	s.Header.Plan.Subjects[0] = stage.Subject{Argument: "example.net", Kind: stage.SubjectDomain, Domain: "example.net"}
	s.Events = s.Events[:2]
	out, _ := redact.Stream(s)
	if got := text(t, out); strings.Contains(got, "192.168.1.23") || !strings.Contains(got, `"argument":"example.net"`) {
		t.Errorf("got %s", got)
	}
}

// TestFollowUps checks that what follow-ups see of the local network is hidden: its
// proxy, its captive portal, the addresses to which third parties' names resolve in it,
// and the user name in another form.
func TestFollowUps(t *testing.T) {
	s := sample()
	s.Header.System.Proxies = []string{"gateway.smith.lan:3128", "192.168.1.9:8080", "localhost:8118", "proxy:80"}
	s.Header.Options.Controls = stage.Controls{
		Resolvers: []string{"192.168.7.7:53"}, Name: "www.control.example", Portal: "http://portal.control.example/204", Nobody: "192.0.2.2",
	}
	s.Header.Plan.Subjects[0].Near = []stage.Endpoint{{Protocol: stage.SMTP, Host: "smtp.example.com", Port: 587, Security: stage.StartTLS}}
	parent := []string{"smtp-587"}
	ask := func(c stage.Check, events ...stage.Event) {
		c.Parents, c.Round = parent, 1
		s.Events = append(s.Events, stage.Event{Type: stage.EventCheck, Check: c.ID, Ordered: &c})
		for i, e := range events {
			e.Check, e.Seq = c.ID, i+1
			s.Events = append(s.Events, e)
		}
	}
	result := func(name stage.Stage, f stage.Facts) stage.Event {
		return stage.Event{Type: stage.EventResult, Result: &stage.Result{Stage: name, Status: stage.Pass, Facts: f}}
	}
	contact := func(host, address, why string) stage.Event {
		return stage.Event{Type: stage.EventContact, Contact: &stage.Contact{Host: host, Address: address, Why: why}}
	}
	ask(stage.Check{ID: "smtp-587/proxy", Kind: stage.KindTunnel, Question: stage.AskProxy, URL: "http://gateway.smith.lan:3128"},
		contact("gateway.smith.lan", "192.168.1.8:3128", "proxy"),
		result(stage.Fetch, &stage.FetchFacts{URL: "http://gateway.smith.lan:3128", Address: "192.168.1.8:3128", Error: "lookup Gateway.smith.lan"}))
	ask(stage.Check{ID: "smtp-587/portal", Kind: stage.KindFetch, Question: stage.AskPortal, URL: "http://portal.control.example/204"},
		contact("portal.control.example", "192.168.1.6:80", "control"),
		result(stage.Fetch, &stage.FetchFacts{
			URL: "http://portal.control.example/204", Status: 302,
			Location: "https://login.hotel-astoria.example/room412?mac=AA:BB:CC:DD:EE:FF&ip=192.168.1.23",
		}))
	ask(stage.Check{ID: "smtp-587/control-name", Kind: stage.KindLookup, Question: stage.AskControlName, Endpoint: stage.Endpoint{Host: "www.control.example"}},
		result(stage.Resolve, &stage.ResolveFacts{Host: "www.control.example", Addresses: []string{"192.168.1.5"}}))
	ask(stage.Check{ID: "smtp-587/time", Kind: stage.KindTime, Question: stage.AskTime, Endpoint: stage.Endpoint{Host: "time.control.example"}},
		result(stage.Clock, &stage.ClockFacts{Server: "time.control.example", Address: "203.0.113.44:123", Error: "read udp 192.168.1.23:5->203.0.113.44:123"}))
	ask(stage.Check{
		ID: "smtp-587/nobody", Kind: stage.KindGreeting, Question: stage.AskNobody, Endpoint: s.Header.Plan.Checks[0].Endpoint,
		Manner: stage.Manner{Address: "192.0.2.2"},
	}, stage.Event{Type: stage.EventAttempt, Attempt: &stage.Attempt{Address: "192.0.2.2:587", Outcome: stage.DialTimeout}})
	ask(stage.Check{ID: "smtp-587/resolvers", Kind: stage.KindLookup, Question: stage.AskOtherResolvers, Manner: stage.Manner{Resolvers: []string{"192.168.7.7:53"}}},
		contact("", "192.168.7.7:53", "other resolver"))
	ask(stage.Check{ID: "smtp-587/user-name", Kind: stage.KindLogin, Question: stage.AskUserForm, User: "jdoe-old"}, line(1, stage.Server, "535 JDOE-OLD is no user"))
	found := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.example.com", Port: 465, Security: stage.TLS}
	ask(stage.Check{ID: "smtp-587/sources", Kind: stage.KindSearch, Question: stage.AskSources, Endpoint: stage.Endpoint{Host: "example.net"}},
		stage.Event{Type: stage.EventSource, Source: &stage.Source{
			ID: stage.SourceAutodiscover, Outcome: stage.SourceFound, Settings: []stage.Setting{{Endpoint: found, User: "jd1967"}},
			Contacts: []stage.Contact{{Host: "autodiscover.example.net", Address: "192.168.1.9:443", Why: "settings"}},
		}},
		result(stage.Search, &stage.SearchFacts{Found: []stage.SourceID{stage.SourceAutodiscover}, Servers: []stage.Named{{Endpoint: found, User: "jd1967"}}}))
	ask(stage.Check{ID: "smtp-587/near", Kind: stage.KindTLS, Question: stage.AskNearName, Endpoint: s.Header.Plan.Subjects[0].Near[0]})
	ask(stage.Check{
		ID: "smtp-587/named-mx.hosting.example", Kind: stage.KindEndpoint, Question: stage.AskCertificateName,
		Endpoint: stage.Endpoint{Protocol: stage.SMTP, Host: "mx.hosting.example", Port: 587, Security: stage.StartTLS},
	}, contact("mx.hosting.example", "198.51.100.77:587", "certificate"),
		stage.Event{Type: stage.EventAttempt, Attempt: &stage.Attempt{Address: "198.51.100.77:587", Outcome: stage.DialConnected}},
		line(1, stage.Client, "EHLO mx.hosting.example"))
	out, _ := redact.Stream(s)
	got := text(t, out)
	for _, gone := range []string{"smith", "hotel", "412", "AA:BB", "192.168.", "jdoe", "jd1967", "203.0.113.44"} {
		if strings.Contains(strings.ToLower(got), strings.ToLower(gone)) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
	for _, kept := range []string{
		"localhost:8118", "www.control.example", "http://portal.control.example/204", "time.control.example", `"why":"proxy"`,
		`"question":"does-the-proxy-let-mail-through"`, "192.0.2.2:587", `"nobody":"192.0.2.2"`, "smtp.example.com", "smtp-587/proxy", "smtp-587/sources", "what-is-published-now", `"host":"mx.hosting.example"`, "EHLO mx.hosting.example", "198.51.100.77:587", ".invalid/...",
	} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone:\n%s", kept, got)
		}
	}
	// Relations are preserved.
	server := out.Header.Options.Controls.Resolvers[0]
	for _, e := range out.Events {
		if e.Ordered != nil && e.Ordered.Question == stage.AskProxy && e.Ordered.URL != "http://"+out.Header.System.Proxies[0] {
			t.Errorf("proxy %s, in the header %v", e.Ordered.URL, out.Header.System.Proxies)
		}
		if e.Contact != nil && e.Contact.Why == "other resolver" && e.Contact.Address != server {
			t.Errorf("name server %s, among the controls %s", e.Contact.Address, server)
		}
	}
	stands := map[string]bool{}
	for _, a := range append(out.Header.System.Addresses, server) {
		if stands[a] || a == "192.0.2.2" {
			t.Errorf("%s stands for two", a)
		}
		stands[a] = true
	}
}

// TestStandInsAreFree checks that an address that is kept is never a stand-in.
func TestStandInsAreFree(t *testing.T) {
	s := sample()
	s.Header.System = stage.System{Addresses: []string{"203.0.113.7", "203.0.113.8"}}
	s.Events = []stage.Event{{Type: stage.EventAttempt, Check: "smtp-587", Seq: 1, Attempt: &stage.Attempt{Address: "192.0.2.2:587"}}}
	out, _ := redact.Stream(s)
	a := out.Header.System.Addresses
	if a[0] == a[1] || a[0] == "192.0.2.2" || a[1] == "192.0.2.2" || out.Events[0].Attempt.Address != "192.0.2.2:587" {
		t.Errorf("%v beside %s", a, out.Events[0].Attempt.Address)
	}
}

func FuzzStream(f *testing.F) {
	f.Add("jane", "250 x Hello a.b [::1]", "1.2.3.4")
	f.Add("a@b", "::ffff:1.2.3.4 fe80::1%eth0", ":::::")
	f.Fuzz(func(t *testing.T, user, said, address string) {
		s := sample()
		s.Header.Plan.Subjects[0].User = stage.Visible(user)
		s.Header.System.Addresses = []string{stage.Visible(address)}
		s.Events[4].Line.Text = stage.Visible(said)
		s.Header.System.Proxies = []string{stage.Visible(address)}
		s.Events = append(s.Events, stage.Event{Type: stage.EventResult, Check: "smtp-587", Seq: 9, Result: &stage.Result{
			Stage: stage.Fetch, Status: stage.Pass, Facts: &stage.FetchFacts{Location: stage.Visible(said)},
		}})
		out, _ := redact.Stream(s)
		if _, err := stage.ReadStream(strings.NewReader(text(t, out))); err != nil {
			t.Fatal(err)
		}
	})
}

// Names and addresses in other forms are replaced as well.
func TestOtherSpellings(t *testing.T) {
	s := sample()
	user := "jane.doe@example.net"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	said := []string{
		"334 " + b64(user), "334 " + b64("\x00"+user+"\x00x"), "334 " + b64("n,,n="+user+",r=abc"), "hex " + hex.EncodeToString([]byte(user)),
		"HEX " + strings.ToUpper(hex.EncodeToString([]byte("jane.doe"))), "see http://x.example/?u=" + url.QueryEscape(user),
		"mailbox jane_doe", "folder janedoe", "Doe, Jane", "user doe.jane", "JANE-DOE",
		"250 smtp.example.net Hello SMITHS-PC [192.168.1.23]", "SMITHS-PC again",
		"from 192-168-1-23.dsl.isp.example", "PTR 23.1.168.192.in-addr.arpa", "c0a80117", "192.168.001.023",
		"leased to 00:1B:44:11:3a:b7", "card 00-1b-44-11-3A-B7", "card 001b.4411.3ab7",
		"2a02-1234--5.v6.isp.example", "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.3.2.1.2.0.a.2.ip6.arpa", "2A02:1234:0:0:0:0:0:5",
	}
	for i, text := range said {
		s.Events = append(s.Events, line(10+i, stage.Server, text))
	}
	s.Events = append(s.Events, stage.Event{Type: stage.EventResult, Check: "smtp-587", Seq: 90, Result: &stage.Result{
		Stage: stage.Resolve, Status: stage.Fail, Facts: &stage.ResolveFacts{Host: "smtp.example.net", Error: "lookup smtp.example.net.smith.lan: no such host"},
	}})
	out, _ := redact.Stream(s)
	got := strings.ToLower(text(t, out))
	for _, gone := range []string{
		b64(user)[:20], b64("\x00" + user)[3:20], hex.EncodeToString([]byte("jane.doe")), "jane%2edoe", "jane.doe", "jane_doe", "janedoe\"", "doe, jane", "doe.jane", "jane-doe",
		"smiths-pc", "192-168-1-23", "23.1.168.192", "c0a80117", "192.168.001.023", "1b:44", "1b-44", "001b.4411", "2a02-1234", "4.3.2.1.2.0.a.2", "2a02:1234", "smith.lan",
	} {
		if strings.Contains(got, strings.ToLower(gone)) {
			t.Errorf("%s is still there", gone)
		}
	}
	for _, kept := range []string{"smtp.example.net", "account-1", "00:00:5e:00:53:00"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone", kept)
		}
	}
}

// Thousands of names cost no more than one pass.
func TestManyNames(t *testing.T) {
	s := sample()
	for i := range 20_000 {
		s.Header.Plan.Subjects = append(s.Header.Plan.Subjects, stage.Subject{User: fmt.Sprintf("user%d@example.net", i)})
	}
	s.Events = append(s.Events, line(10, stage.Server, "user19999@example.net and user7"))
	out, _ := redact.Stream(s)
	if got := out.Events[len(out.Events)-1].Line.Text; strings.Contains(got, "user") {
		t.Errorf("left: %s", got)
	}
}

// What mail programs have tells who somebody is, and where their files are.
func TestConfigured(t *testing.T) {
	s := &stage.Stream{Header: stage.Header{Plan: stage.Plan{Subjects: []stage.Subject{{
		Argument: "jane.doe@example.net", Address: "jane.doe@example.net", User: "jane.doe@example.net",
		Configured: []stage.Configured{{
			Program: stage.ProgramThunderbird, Name: "Thunderbird", Place: "/home/jdoe/.thunderbird/prefs.js", Account: "Jane's own",
			Address: "jane.doe@example.net", Servers: []stage.ConfiguredServer{{
				Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.exmaple.net", Port: 993, Security: stage.TLS}, User: "janedoe77",
			}},
		}},
	}}}}}
	clean, _ := redact.Stream(s)
	text, err := json.Marshal(clean)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"jane", "jdoe", "Jane's"} {
		if strings.Contains(string(text), private) {
			t.Errorf("%q is left in %s", private, text)
		}
	}
	if !strings.Contains(string(text), "imap.exmaple.net") || !strings.Contains(string(text), "Thunderbird") {
		t.Errorf("what the finding needs is gone: %s", text)
	}
}

// A smoke file has names that its owner has made up, and tells where it is.
func TestSmokeFile(t *testing.T) {
	s := &stage.Stream{Header: stage.Header{Plan: stage.Plan{
		File:     &stage.SmokeFile{Path: "/home/jdoe/smoke.toml", SHA256: "5f23"},
		Subjects: []stage.Subject{{Argument: "imaps://imap.example.net", Kind: stage.SubjectURL, Label: "Jane's inbox", Labels: []string{"jane", "team-doe"}, Line: 7}},
		Checks: []stage.Check{{ID: "imap-993", Expects: []stage.Expectation{
			{ID: stage.ExpectSender, Want: []string{"jane.doe@example.net"}}, {ID: stage.ExpectTLSMin, Want: []string{"1.2"}, Line: 3},
		}}},
	}}}
	clean, _ := redact.Stream(s)
	text, err := json.Marshal(clean)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"jane", "Jane", "doe"} {
		if strings.Contains(string(text), private) {
			t.Errorf("%q is left in %s", private, text)
		}
	}
	for _, kept := range []string{"imap.example.net", `"1.2"`, `"line":7`, "tls-min", "5f23"} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("%s is gone: %s", kept, text)
		}
	}
}
