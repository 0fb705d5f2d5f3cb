package profiles

import (
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// fromPage are the profiles that testdata/centurylink-page.txt is about.
var fromPage = []string{"centurylink", "qwestoffice"}

// TestKnownFigures holds the catalogue against figures typed by hand.
func TestKnownFigures(t *testing.T) {
	c := mustLoad(t)
	seen := map[string]bool{}
	for _, row := range providerRows(t) {
		address := "jane@" + row[0]
		m, err := c.Find(address)
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		seen[m.Profile.ID] = true
		if got := m.Profile.UserName(address); got != row[1] {
			t.Errorf("%s: user name %q, want %q", row[0], got, row[1])
		}
		got := []string{mainServer(m.Profile, stage.IMAP), mainServer(m.Profile, stage.POP3), mainServer(m.Profile, stage.SMTP)}
		if diff := cmp.Diff(row[2:], got); diff != "" {
			t.Errorf("%s (-known +catalogue)\n%s", row[0], diff)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d providers, want at least the 60 largest", len(seen))
	}
}

// mainServer is the first server of a protocol, as the table writes it.
func mainServer(p *Profile, protocol stage.Protocol) string {
	for _, e := range p.Endpoints {
		if e.Protocol == protocol {
			return e.Address() + " " + string(e.Security)
		}
	}
	return "-"
}

func providerRows(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/providers.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == 1 || cells[0] == "domain" {
			continue
		}
		if len(cells) != 5 {
			t.Fatalf("%d columns in %q", len(cells), line)
		}
		rows = append(rows, cells)
	}
	return rows
}

// compiled are the titles by which lists and other people's compilations begin: such a
// source vouches for what it says from a time of its own.
var compiled = []string{
	"Thunderbird ISPDB", "provider-db", "email-provider-links", "MailCore", "Nodemailer", "FairEmail", "MoveMailbox",
	"Presets of a mail program", "free-email-domains", "MX Record Checker", "Mailflow Authority", "rcj99.com", "nanopo.st", "intodns.ai",
}

// TestSources checks that every fact says where it was read and when, those of lists
// also for when they vouch, and that what a reader is sent to is a page.
func TestSources(t *testing.T) {
	today := time.Now().AddDate(0, 0, 1).Format(time.DateOnly) // a day more, for time zones
	for _, p := range mustLoad(t).Profiles() {
		sources := map[string]Source{"profile": p.Source}
		for _, e := range p.Endpoints {
			sources[e.Address()] = e.Source
		}
		for _, f := range p.Further {
			sources[strings.Join(slices.Concat(f.Domains, f.Patterns, f.MX), " ")] = f.Source
		}
		for _, n := range p.Notes {
			sources[string(n.ID)] = n.Source
			if !strings.HasSuffix(n.Text, ".") || strings.Contains(n.Text, "  ") {
				t.Errorf("%s: %s is no whole sentence: %q", p.ID, n.ID, n.Text)
			}
		}
		for what, s := range sources {
			if _, err := time.Parse(time.DateOnly, s.Date); err != nil || s.Title == "" || s.Date > today {
				t.Errorf("%s: source of %s: %+v", p.ID, what, s)
			}
			ofList := slices.ContainsFunc(compiled, func(title string) bool { return strings.HasPrefix(s.Title, title) })
			if ofList && s.Checked == "" {
				t.Errorf("%s: source of %s doesn't say from when: %+v", p.ID, what, s)
			}
		}
	}
}

// TestDomains checks that each domain leads to its own profile and to no other.
func TestDomains(t *testing.T) {
	c := mustLoad(t)
	owner := map[string]string{}
	for _, p := range c.Profiles() {
		if !p.Builtin {
			t.Errorf("%s is not of the catalogue", p.ID)
		}
		for _, d := range p.Domains {
			if owner[d] != "" {
				t.Errorf("%s belongs to %s and %s", d, owner[d], p.ID)
			}
			owner[d] = p.ID
			if m, err := c.Find(d); err != nil || m.Profile.ID != p.ID {
				t.Errorf("%s: %+v, %v, want %s", d, m, err, p.ID)
			}
		}
	}
	if len(owner) < 970 {
		t.Errorf("%d domains: some were lost", len(owner))
	}
}

// senders are the services that only send mail.
var senders = []string{"sendgrid", "resend", "postmark", "mailjet", "brevo", "mailgun", "amazon-ses"}

// TestSenders: a service that only sends mail is found by its id, and its server is
// known to be its own. It has neither domains nor servers for receiving.
func TestSenders(t *testing.T) {
	c := mustLoad(t)
	for _, id := range senders {
		m, err := c.Find(id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		p := m.Profile
		if len(p.Domains)+len(p.MX) > 0 || p.UserForm != stage.AssignedName || mainServer(p, stage.IMAP) != "-" || mainServer(p, stage.POP3) != "-" {
			t.Errorf("%s: %+v", id, p)
		}
		if owner := c.Serving(p.Endpoints[0].Host, "firm.example"); owner == nil || owner.ID != id {
			t.Errorf("%s: %+v has its server", id, owner)
		}
	}
	if _, err := Parse("a.toml", []byte(strings.Replace(strings.Replace(whole, `domains = ["example.com"]`, "", 1), `protocol = "imap"`, `protocol = "smtp"`, 1))); err != nil {
		t.Error(err)
	}
}

// TestServers checks what holds for the servers of every provider: one protocol
// for receiving and one server for sending are required, all else is a choice;
// no password goes out in clear but where the provider says so; Proton's Bridge
// alone is on the user's own machine.
func TestServers(t *testing.T) {
	for _, p := range mustLoad(t).Profiles() {
		if p.hasNote(stage.NoteNoMailPrograms) {
			continue
		}
		receiving, sending := 0, 0
		for _, e := range p.Endpoints {
			switch {
			case e.Optional:
			case e.Protocol == stage.SMTP:
				sending++
			default:
				receiving++
			}
			clear := p.Imported && e.Security == stage.None && e.Note == stage.NoteCleartextOnly && p.hasNote(e.Note)
			if weak := e.Security == stage.None || e.Security == stage.StartTLSIfOffered; weak && !clear && !slices.Contains(fromPage, p.ID) {
				t.Errorf("%s: %s has security %s", p.ID, e.Address(), e.Security)
			}
			_, err := netip.ParseAddr(e.Host)
			if local := err == nil; local != p.hasNote(stage.NoteBridgeOnLocalhost) {
				t.Errorf("%s: %s, note %s %v", p.ID, e.Address(), stage.NoteBridgeOnLocalhost, !local)
			}
		}
		if p.ID == "kokuyou-ne-jp" {
			sending++ // the database has a server for those in the provider's network alone
		}
		if slices.Contains(senders, p.ID) {
			receiving++
		}
		if receiving != 1 || sending != 1 {
			t.Errorf("%s: %d servers for receiving and %d for sending are required", p.ID, receiving, sending)
		}
	}
}

// TestRemarks checks which providers have the notes that rules rely on, and that
// a switch is only spoken of where there is something to switch on.
func TestRemarks(t *testing.T) {
	c := mustLoad(t)
	for note, ids := range map[stage.NoteID][]string{
		stage.NoteAppPassword: {
			"gmail", "google-workspace", "yahoo", "cox", "aol", "att", "sky", "icloud", "fastmail", "qq", "netease-163", "netease-126", "naver", "daum",
			"mail-ru", "yandex", "ukr-net", "orange-fr", "virgin-media", "ntlworld", "blueyonder", "virgin-net", "telstra",
		},
		stage.NoteAppPasswordForSome: {
			"zoho", "zoho-eu", "zoho-in", "zoho-au", "zoho-jp", "zoho-ca", "posteo", "mailbox-org", "libero", "gmx", "gmx-com", "web-de", "mail-com",
			"ionos", "ionos-de", "1und1", "bluewin", "tim", "alice-it", "vodafone-de", "charter", "roadrunner", "bright-house", "wp-pl",
		},
		stage.NoteBrowserSignIn:        {"yahoo", "aol", "att", "cox", "sky", "google-workspace"},
		stage.NoteOAuthOnly:            {"outlook", "microsoft-365"},
		stage.NoteSMTPNeedsAdmin:       {"microsoft-365"},
		stage.NotePaidPlans:            {"fastmail", "mail-com"},
		stage.NoteAccessSwitch:         {"posteo"},
		stage.NotePartialMailbox:       {"yahoo"},
		stage.NoteSendingLimits:        {"centurylink", "qwestoffice", "gmail", "infomaniak"},
		stage.NoteIMAPOffByDefault:     {"gmx", "gmx-com", "web-de", "mail-com", "freenet", "zoho", "qq", "netease-163", "comcast", "yandex", "ukr-net", "rambler", "uol", "o2-pl", "wp-pl", "naver", "interia", "outlook"},
		stage.NotePOPOffByDefault:      {"gmail", "gmx", "gmx-com", "web-de", "mail-com", "zoho", "qq", "comcast", "outlook"},
		stage.NoteSMTPOffByDefault:     {"gmx", "freenet", "qq", "netease-163", "free-fr"},
		stage.NoteRegionalServers:      {"zoho", "zoho-eu", "zoho-in", "gmx", "gmx-com", "ionos", "ionos-de"},
		stage.NoteOwnMailboxPassword:   {"t-online", "proton", "inbox-lv", "ionos", "ionos-de", "infomaniak", "startmail"},
		stage.NoteBridgeOnLocalhost:    {"proton"},
		stage.NoteWebSignInChallenge:   {"gmail", "gmx"},
		stage.NoteNoMailPrograms:       {"tuta", "hey"},
		stage.NoteUserNameDiffers:      {"icloud", "fastmail", "mailbox-org", "laposte"},
		stage.NoteSeparateAccountLogin: fromPage,
		stage.NoteLeaveCopyOnServer:    fromPage,
		stage.NotePort25Filtered:       fromPage,
		stage.NoteIMAPUnsupported:      fromPage,
	} {
		for _, id := range ids {
			if p := c.Profile(id); p == nil || !p.hasNote(note) {
				t.Errorf("%s: no note %s", id, note)
			}
		}
	}
	for _, p := range c.Profiles() {
		for note, protocol := range map[stage.NoteID]stage.Protocol{
			stage.NoteIMAPOffByDefault: stage.IMAP, stage.NotePOPOffByDefault: stage.POP3, stage.NoteSMTPOffByDefault: stage.SMTP,
		} {
			if p.hasNote(note) && mainServer(p, protocol) == "-" {
				t.Errorf("%s: note %s, and no server for %s", p.ID, note, protocol)
			}
		}
	}
}

// TestICloudUserNames checks the provider whose servers want different names.
func TestICloudUserNames(t *testing.T) {
	p := mustLoad(t).Profile("icloud")
	got := map[stage.Protocol]string{}
	for _, e := range p.Endpoints {
		got[e.Protocol] = p.UserNameFor(e, "jane@me.com")
	}
	want := map[stage.Protocol]string{stage.IMAP: "jane", stage.SMTP: "jane@me.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestLoadsShareNothing checks that catalogues do not disturb each other, though
// the embedded files are parsed once.
func TestLoadsShareNothing(t *testing.T) {
	before := len(mustLoad(t).Profiles())
	mustLoad(t, "testdata/user")
	if m, err := mustLoad(t).Find("q.com"); err != nil || m.Profile.ID != "centurylink" {
		t.Errorf("q.com: %+v, %v", m, err)
	}
	if after := len(mustLoad(t).Profiles()); after != before {
		t.Errorf("%d profiles, %d before", after, before)
	}
}

// BenchmarkLoad reads the embedded catalogue as the first Load of a process does.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		all, problems := readEmbedded()
		if len(problems) > 0 || len(NewCatalogue(all...).Profiles()) == 0 {
			b.Fatal(problems)
		}
	}
}

// The program's own files are parsed once when it starts; what is left out then is seen
// to here.
func TestOwnFilesAreTOML(t *testing.T) {
	names, err := fs.Glob(builtin, "builtin/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := builtin.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(name, text); err != nil {
			t.Error(err)
		}
	}
}
