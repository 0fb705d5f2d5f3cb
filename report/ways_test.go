package report_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// followUp adds a follow-up to a record, with all its stages passed except the
// changed ones.
func followUp(rec *stage.Record, kind stage.Kind, word string, port uint16, s stage.Security, changes ...change) *stage.CheckRecord {
	f := *rec.Check("smtp-587")
	f.Check.ID, f.Check.Kind, f.Check.Round = "smtp-587/"+word, kind, 1
	f.Check.Parents, f.Check.Question = []string{"smtp-587"}, stage.AskSibling
	f.Check.Endpoint.Port, f.Check.Endpoint.Security = port, s
	f.Results = nil
	for _, name := range f.Check.Order() {
		f.Results = append(f.Results, stage.Result{Stage: name, Status: stage.Pass})
	}
	for _, c := range changes {
		c.apply(f.Results)
	}
	rec.Checks = append(rec.Checks, f)
	return &rec.Checks[len(rec.Checks)-1]
}

// ways returns a diagnosis with only the ways round failed checks, and findings.
func ways(rec *stage.Record, findings ...diagnose.Finding) diagnose.Diagnosis {
	return diagnose.Diagnosis{Ways: diagnose.Diagnose(rec).Ways, Findings: findings}
}

func blocked() *stage.Record {
	return recordWith(change{"smtp-587", stage.Connect, failed(stage.ConnectTimeout)})
}

// TestWays: settings that a follow-up found are offered only if the login was
// accepted; the summary, the first action and the row mention them.
func TestWays(t *testing.T) {
	const answers = " Port 465 of the same server answers; login was not tried there."
	for _, tc := range []struct {
		name     string
		rec      func() *stage.Record
		server   string
		sentence string // end of the summary
		action   string // first action
		row      string // the follow-up's
		source   string
	}{
		{
			name: "465 works", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS)
				return rec
			},
			server:   "smtp 465 confirmed instead of smtp.centurylink.net:587 starttls-if-offered",
			sentence: " Port 465 of the same server works, and accepted your login.",
			action:   "in your mail program, under outgoing server, change the port to 465 and the encryption to SSL/TLS. Leave the rest as it is.",
			row:      "smtp-587/port-465",
			source:   "CenturyLink's page gives 587 and does not name 465, which was found by trying.",
		},
		{
			name: "implicit TLS before STARTTLS", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "port-2525", 2525, stage.StartTLS)
				followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS)
				return rec
			},
			server: "smtp 465 confirmed instead of smtp.centurylink.net:587 starttls-if-offered", row: "smtp-587/port-465",
		},
		{
			name: "what works before implicit TLS", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS, change{"", stage.Login, skipped(stage.LoginBudget)})
				followUp(rec, stage.KindEndpoint, "port-2525", 2525, stage.StartTLS)
				return rec
			},
			server: "smtp 2525 confirmed instead of smtp.centurylink.net:587 starttls-if-offered", row: "smtp-587/port-2525",
			action: "in your mail program, under outgoing server, change the port to 2525 and the encryption to STARTTLS.",
		},
		{
			name: "no login left", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS, change{"", stage.Login, skipped(stage.LoginBudget)})
				return rec
			},
			server: "smtp missing, smtp.centurylink.net:465 answers", sentence: answers, row: "smtp-587/port-465",
		},
		{
			name: "no password", rec: func() *stage.Record { return sample.Get("sibling-no-password").Record() },
			server: "smtp missing, smtp.centurylink.net:465 answers", sentence: answers, row: "smtp-587/port-465",
		},
		{
			name: "no password, and the page names it", rec: func() *stage.Record {
				rec := sample.Get("sibling-no-password").Record()
				p := rec.Header.Plan.Subjects[0].Profile
				p.Endpoints = append(p.Endpoints, rec.Check("smtp-587/port-465").Check.Endpoint)
				return rec
			},
			server: "smtp 465 confirmed instead of smtp.centurylink.net:587 starttls-if-offered", sentence: answers, row: "smtp-587/port-465",
			source: "CenturyLink's page names 465 as well as 587.",
		},
		{
			name: "the login is refused there", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS, change{"", stage.Login, failed(stage.Rejected)})
				return rec
			},
			server: "smtp missing", sentence: "Sending does not.",
		},
		{
			name: "no encryption is no way", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "clear", 587, stage.None)
				return rec
			},
			server: "smtp missing", sentence: "Sending does not.",
		},
		{
			name: "nor one that a mail program can't go", rec: func() *stage.Record {
				rec := blocked()
				followUp(rec, stage.KindEndpoint, "small", 465, stage.TLS).Check.Manner.MaxSegment = stage.SmallSegment
				return rec
			},
			server: "smtp missing", sentence: "Sending does not.",
		},
		{
			name: "the same port, handshake alone", rec: func() *stage.Record {
				rec := recordWith(change{"smtp-587", stage.Greeting, failed(stage.Silent)})
				followUp(rec, stage.KindTLS, "tls", 587, stage.TLS)
				return rec
			},
			server: "smtp missing, smtp.centurylink.net:587 answers", sentence: "Sending does not.", row: "smtp-587/tls",
		},
		{
			name: "the same port with login", rec: func() *stage.Record {
				rec := recordWith(change{"smtp-587", stage.Greeting, failed(stage.Silent)})
				followUp(rec, stage.KindEndpoint, "tls", 587, stage.TLS)
				return rec
			},
			server:   "smtp 587 confirmed instead of smtp.centurylink.net:587 starttls-if-offered",
			sentence: " The same port works with SSL/TLS, and accepted your login.", row: "smtp-587/tls",
			source: "CenturyLink's page gives STARTTLS and does not name SSL/TLS, which was found by trying.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := tc.rec()
			r := report.New(prose.English(), rec, ways(rec))
			if got := describe(r.Settings[0].Servers[1]); got != tc.server {
				t.Errorf("server %q, want %q", got, tc.server)
			}
			if got := r.SummaryText(); !strings.HasSuffix(got, tc.sentence) {
				t.Errorf("summary %q, want one that ends in %q", got, tc.sentence)
			}
			if got := strings.Join(texts(r), "\n"); !strings.HasPrefix(got, tc.action) {
				t.Errorf("actions %q, want first %q", got, tc.action)
			}
			if strings.Contains(tc.name, "same port") && len(r.Actions) > 0 {
				t.Errorf("actions %q: the page of the cause says what to change", texts(r))
			}
			if tc.source != "" && r.Settings[0].Source.Text != tc.source {
				t.Errorf("source %q, want %q", r.Settings[0].Source, tc.source)
			}
			checkRow(t, r, tc.row)
		})
	}
}

// checkRow: the follow-up has the only row that isn't an endpoint's, below its
// parent's; none if want is empty.
func checkRow(t *testing.T, r *report.Report, want string) {
	t.Helper()
	got := ""
	for i, row := range r.Rows {
		if row.FollowUp {
			got += row.Check
			if r.Rows[i-1].Check != "smtp-587" {
				t.Errorf("the row stands below %s", r.Rows[i-1].Check)
			}
		}
	}
	if got != want {
		t.Errorf("rows of follow-ups: %q, want %q", got, want)
	}
}

// TestOwnActionFirst: what this run has proven comes first, then what others can do;
// and a port is mentioned once.
func TestOwnActionFirst(t *testing.T) {
	rec := blocked()
	followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS)
	r := report.New(prose.English(), rec, diagnose.Diagnose(rec))
	got := texts(r)
	if len(got) < 2 || !strings.Contains(got[0], "change the port to 465") || r.Actions[0].Kind != cause.UseProven || r.Actions[1].Who != cause.Network {
		t.Errorf("actions %q", got)
	}
	if s := r.SummaryText(); strings.Contains(s, "does answer on") || strings.Count(s, "465") != 1 {
		t.Errorf("the port is told twice: %q", s)
	}
	if f := r.Findings[0]; !strings.Contains(f.Title, "587") || f.Who == "" || f.Action == "" {
		t.Errorf("finding %q: %s, %q", f.Title, f.Who, f.Action)
	}
}

// TestOtherProtocol: if one protocol for receiving fails and the other works, people
// can have their mail at once. A user whom IMAP refuses is not directed to POP,
// which takes the mail off the server.
func TestOtherProtocol(t *testing.T) {
	const want = "until POP works again, receive with IMAP, set up in your mail program as listed below. It works from here."
	rec := recordWith(change{"pop3-995", stage.Handshake, failed(stage.BadCertificate)})
	if got := texts(report.New(prose.English(), rec, diagnose.Diagnose(rec))); len(got) < 2 || got[0] != want {
		t.Errorf("actions %q", got)
	}
	atLogin := recordWith(change{"pop3-995", stage.Login, failed(stage.Rejected)})
	if got := texts(report.New(prose.English(), atLogin, diagnose.Diagnose(atLogin))); len(got) < 2 || got[0] != want {
		t.Errorf("POP refuses the login: actions %q", got)
	}
	refused := recordWith(change{"imap-993", stage.Login, failed(stage.Rejected)})
	refused.Check("imap-993").Check.Optional = false
	optional := recordWith(change{"imap-993", stage.Connect, failed(stage.Refused)})
	both := recordWith(change{"pop3-995", stage.Connect, failed(stage.Refused)}, change{"imap-993", stage.Connect, failed(stage.Refused)})
	for name, rec := range map[string]*stage.Record{"refused by IMAP": refused, "an optional one": optional, "both": both} {
		for _, text := range texts(report.New(prose.English(), rec, diagnose.Diagnose(rec))) {
			if strings.Contains(text, "works again") {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

// TestWayWithoutProfile: at a URL there is no table to mark anything in.
func TestWayWithoutProfile(t *testing.T) {
	rec := blocked()
	followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS)
	rec.Header.Plan.Subjects[0].Profile = nil
	got := texts(report.New(prose.English(), rec, ways(rec)))
	if want := "in your mail program, under outgoing server, use port 465 and SSL/TLS. It works from here."; len(got) == 0 || got[0] != want {
		t.Errorf("actions %q, want first %q", got, want)
	}
}

// TestSimilarName: a server that answers under a similar name has a row, but no
// settings: nothing shows that it is the right one.
func TestSimilarName(t *testing.T) {
	rec := recordWith(change{"smtp-587", stage.Resolve, failed(stage.NameNotFound)})
	f := followUp(rec, stage.KindTLS, "near", 465, stage.TLS)
	f.Check.Question, f.Check.Endpoint.Host = stage.AskNearName, "smtp.centurylink.example"
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	checkRow(t, r, "smtp-587/near")
	if got := describe(r.Settings[0].Servers[1]); got != "smtp missing" {
		t.Errorf("server %q", got)
	}
}

// TestOneWayForTwo: if two ports fail and one works, there is one line to type in.
func TestOneWayForTwo(t *testing.T) {
	rec := blocked()
	second := *rec.Check("smtp-587")
	second.Check.ID, second.Check.Endpoint.Port = "smtp-2525", 2525
	rec.Checks = slices.Insert(rec.Checks, 3, second)
	followUp(rec, stage.KindEndpoint, "port-465", 465, stage.TLS).Check.Parents = []string{"smtp-587", "smtp-2525"}
	r := report.New(prose.English(), rec, ways(rec))
	var got []string
	for _, v := range r.Settings[0].Servers {
		got = append(got, describe(v))
	}
	if len(got) != 2 || !strings.HasPrefix(got[1], "smtp 465 confirmed") {
		t.Errorf("servers %q", got)
	}
	checkRow(t, r, "smtp-587/port-465")
}

// TestNameInCertificate: the name in the certificate becomes settings if the login
// was accepted there. If no password was sent there, it becomes a question to the
// provider.
func TestNameInCertificate(t *testing.T) {
	const host = "server7.hosting.example"
	named := func(changes ...change) *report.Report {
		rec := recordWith(change{"smtp-587", stage.Handshake, failed(stage.BadCertificate)})
		rec.Check("smtp-587").Result(stage.Handshake).Facts = &stage.TLSFacts{
			Chain: []stage.Certificate{{Names: []string{host}}}, Faults: []stage.CertFault{{ID: stage.CertNameMismatch}},
		}
		f := followUp(rec, stage.KindEndpoint, "named-"+host, 587, stage.StartTLSIfOffered, changes...)
		f.Check.Question, f.Check.Endpoint.Host = stage.AskCertificateName, host
		return report.New(prose.English(), rec, ways(rec))
	}
	for _, tc := range []struct {
		r                                *report.Report
		server, sentence, action, source string
		kind                             cause.ActionKind
	}{
		{
			named(), "smtp 587 confirmed instead of smtp.centurylink.net:587 starttls-if-offered",
			"Port 587 of " + host + " works, and accepted your login.", "under outgoing server, change the server name to server7.hosting.example",
			"CenturyLink's page gives smtp.centurylink.net and does not name " + host + ", which was found by trying.", cause.UseProven,
		},
		{
			named(change{"", stage.Login, skipped(stage.UnvouchedHost)}, change{"", stage.Submit, skipped(stage.UnvouchedHost)}),
			"smtp missing, " + host + ":587 answers", "Port 587 of " + host + " answers; login was not tried there.",
			`ask your provider: "Is ` + host + ` the server name for my account?"`, "", cause.Contact,
		},
		{
			named(change{"", stage.Login, skipped(stage.NoPassword)}, change{"", stage.Submit, skipped(stage.NoPassword)}),
			"smtp missing, " + host + ":587 answers", "login was not tried there.",
			"under outgoing server, try " + host + " instead of", "", cause.ChangeSettings,
		},
		{named(change{"", stage.Handshake, failed(stage.BadCertificate)}), "smtp missing", "Sending does not.", "", "", ""},
	} {
		if got := describe(tc.r.Settings[0].Servers[1]); got != tc.server {
			t.Errorf("server %q, want %q", got, tc.server)
		}
		if got := tc.r.SummaryText(); !strings.HasSuffix(got, tc.sentence) {
			t.Errorf("summary %q, want one that ends in %q", got, tc.sentence)
		}
		if got := texts(tc.r); tc.action != "" && (len(got) == 0 || !strings.Contains(got[0], tc.action) || tc.r.Actions[0].Kind != tc.kind) || tc.action == "" && len(got) > 0 {
			t.Errorf("actions %q, want first %q", got, tc.action)
		}
		if got := tc.r.Settings[0].Source.Text; tc.source != "" && got != tc.source {
			t.Errorf("source %q, want %q", got, tc.source)
		}
	}
}

// TestOneNameForAllServers: the name of one certificate is asked about once.
func TestOneNameForAllServers(t *testing.T) {
	const host = "server7.hosting.example"
	rec := recordWith(change{"smtp-587", stage.Handshake, failed(stage.BadCertificate)}, change{"pop3-995", stage.Handshake, failed(stage.BadCertificate)})
	for _, id := range []string{"pop3-995", "smtp-587"} {
		rec.Check(id).Result(stage.Handshake).Facts = &stage.TLSFacts{
			Chain: []stage.Certificate{{Names: []string{host}}}, Faults: []stage.CertFault{{ID: stage.CertNameMismatch}},
		}
		f := *rec.Check(id)
		f.Check.ID, f.Check.Kind, f.Check.Round, f.Check.Parents = id+"/named-"+host, stage.KindEndpoint, 1, []string{id}
		f.Check.Question, f.Check.Endpoint.Host, f.Results = stage.AskCertificateName, host, nil
		for _, name := range f.Check.Order() {
			r := stage.Result{Stage: name, Status: stage.Pass}
			if name.Rank() >= stage.Login.Rank() {
				r.Status, r.Reason = stage.Skip, stage.UnvouchedHost
			}
			f.Results = append(f.Results, r)
		}
		rec.Checks = append(rec.Checks, f)
	}
	asked := 0
	for _, text := range texts(report.New(prose.English(), rec, diagnose.Diagnose(rec))) {
		if strings.Contains(text, "ask your provider: ") {
			if asked++; !strings.Contains(text, "under incoming server and outgoing server") {
				t.Errorf("not of both servers: %q", text)
			}
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
