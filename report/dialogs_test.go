package report_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// reportFor returns the report of a sample run for somebody who uses a program.
func reportFor(name string, id stage.ProgramID, language string) *report.Report {
	rec := sample.Get(name).Record()
	return report.NewFor(prose.English(), rec, diagnose.Diagnose(rec), report.Reader{Program: dialogs.For(id, language)})
}

// An action that is carried out in the settings of a program says where that is, and
// only for the direction that it is about. All other actions are as they were.
func TestActionsSayWhere(t *testing.T) {
	plain := texts(reportFor("sibling", "", ""))
	placed := texts(reportFor("sibling", stage.ProgramThunderbird, "en"))
	if len(plain) != len(placed) || len(plain) < 2 {
		t.Fatalf("%q without a program, %q with one", plain, placed)
	}
	want := plain[0] + " In Thunderbird: Account Settings > Outgoing Server > Edit."
	if placed[0] != want {
		t.Errorf("%q\nexpected %q", placed[0], want)
	}
	if !slices.Equal(plain[1:], placed[1:]) {
		t.Errorf("%q\nexpected %q", placed[1:], plain[1:])
	}
}

// An action about one of two ways round is about the direction of that one.
func TestActionsOfOneWay(t *testing.T) {
	way := func(p stage.Protocol, host string, port uint16) chart.Way {
		return chart.Way{Kind: chart.OtherEndpoint, Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port}}
	}
	d := diagnose.Diagnosis{Ways: []chart.Way{way(stage.IMAP, "imap.q.com", 993), way(stage.SMTP, "smtp.q.com", 465)}}
	for host, want := range map[string][]stage.Protocol{
		"smtp.q.com:465": {stage.SMTP}, "imap.q.com": {stage.IMAP}, "": {stage.IMAP, stage.SMTP},
	} {
		a := cause.Action{ID: cause.UseWay, About: []prose.Value{prose.Data(host)}}
		if got := report.Directions(&stage.Record{}, d, a); !slices.Equal(got, want) {
			t.Errorf("about %q: %v, expected %v", host, got, want)
		}
	}
}

// Where the servers of an account can't be changed, the action says so.
func TestActionsSayWhatCannotBeDone(t *testing.T) {
	got := texts(reportFor("sibling", stage.ProgramOutlookNew, "en"))[0]
	for _, want := range []string{
		"In Outlook for Windows (new): Add an account > Continue > Show more.",
		"Outlook for Windows (new) does not let the servers of an account be changed: remove the account, and add it again.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q\nlacks %q", got, want)
		}
	}
}

// The settings that work are given in the labels of the program, with the English ones
// beside those of another language.
func TestSettingsInLabels(t *testing.T) {
	for _, c := range []struct {
		id       stage.ProgramID
		language string
		want     []string
	}{
		{stage.ProgramThunderbird, "en", []string{
			"In Thunderbird, Account Settings > the account > Server Settings: Server Name: pop.centurylink.net; Port: 995; Connection security: SSL/TLS; User Name: jane@q.com; Authentication method: Normal password.",
			"In Thunderbird, Account Settings > Outgoing Server > Edit: Server Name: smtp.centurylink.net; Port: 465; Connection security: SSL/TLS; User Name: jane@q.com; Authentication method: Normal password.",
		}},
		{stage.ProgramEvolution, "de", []string{
			"In Evolution, Bearbeiten (Edit) > Einstellungen (Preferences) > E-Mail-Konten (Mail Accounts) > the account > Bearbeiten (Edit) > Abrufen von E-Mails (Receiving Email): Server: pop.centurylink.net; Port: 995;",
			"Verschlüsselungsmethode (Encryption method): TLS auf einem dedizierten Port (TLS on a dedicated port);",
		}},
		{stage.ProgramMsmtp, "en", []string{
			"In msmtp, ~/.msmtprc: host: smtp.centurylink.net; port: 465; encryption: tls on, tls_starttls off; user: jane@q.com; auth: on.",
		}},
		{stage.ProgramEMClient, "en", []string{"In eM Client: Host: pop.centurylink.net; Port: 995; Security policy: SSL/TLS; Login name: jane@q.com."}},
		{stage.ProgramAppleMail, "en", []string{"Use TLS/SSL: ticked; Username: jane@q.com; Authentication: Password."}},
	} {
		r := reportFor("sibling", c.id, c.language)
		if len(r.Settings) != 1 {
			t.Fatalf("%d tables of settings", len(r.Settings))
		}
		all := strings.Join(r.Settings[0].InProgram, "\n")
		for _, want := range c.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s in %s:\n%s\nlacks %q", c.id, c.language, all, want)
			}
		}
	}
	if got := reportFor("sibling", stage.ProgramMsmtp, "en").Settings[0].InProgram; len(got) != 1 {
		t.Errorf("%q for a program that only sends", got)
	}
	if r := reportFor("sibling", "", ""); r.Settings[0].InProgram != nil {
		t.Errorf("without a program: %q", r.Settings[0].InProgram)
	}
}

// A program that connects through its maker's servers takes another way than the run.
func TestAnotherWay(t *testing.T) {
	const want = "whether Outlook for Windows (new) reaches these servers: it connects through its maker's servers, and this run from here"
	if got := reportFor("healthy", stage.ProgramOutlookNew, "en").NotKnown; !slices.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
	if got := reportFor("healthy", stage.ProgramThunderbird, "en").NotKnown; slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Thunderbird") }) {
		t.Errorf("%q", got)
	}
}

// Both ways are named where an action is about both directions.
func TestBothDirections(t *testing.T) {
	p := dialogs.For(stage.ProgramThunderbird, "en")
	for _, c := range []struct {
		protocols []stage.Protocol
		want      string
	}{
		{[]stage.Protocol{stage.POP3, stage.IMAP}, "In Thunderbird: Account Settings > the account > Server Settings."},
		{[]stage.Protocol{stage.SMTP, stage.IMAP}, "In Thunderbird, for receiving: Account Settings > the account > Server Settings; for sending: Account Settings > Outgoing Server > Edit."},
		{nil, ""},
	} {
		if got := prose.English().Sentence(report.Where(p, c.protocols...)); got != c.want {
			t.Errorf("%v: %q, expected %q", c.protocols, got, c.want)
		}
	}
	const once = "In Outlook for Windows (new): Add an account > Continue > Show more."
	if got := prose.English().Sentence(report.Where(dialogs.For(stage.ProgramOutlookNew, "en"), stage.IMAP, stage.SMTP)); got != once {
		t.Errorf("%q, expected %q", got, once)
	}
}

// Only what the user does in a program is done there.
func TestTypedIn(t *testing.T) {
	for _, kind := range cause.ActionKinds {
		want := kind == cause.UseProven || kind == cause.ChangeSettings || kind == cause.CheckSettings
		if got := (cause.Action{Kind: kind, Who: cause.You}).TypedIn(); got != want {
			t.Errorf("%s: %v", kind, got)
		}
		if (cause.Action{Kind: kind, Who: cause.Provider}).TypedIn() {
			t.Errorf("%s by the provider", kind)
		}
	}
}
