package profiles

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

// TestPage holds the embedded catalogue against the provider's page, domain by
// domain and figure by figure.
func TestPage(t *testing.T) {
	c := mustLoad(t)
	rows := pageRows(t)
	if len(rows) != 18 {
		t.Errorf("%d rows, want the 17 domains that share their settings and qwestoffice.net", len(rows))
	}
	for _, row := range rows {
		domain := row[0]
		m, err := c.Find(domain)
		if err != nil {
			t.Errorf("%s: %v", domain, err)
			continue
		}
		p := m.Profile
		var want []stage.Endpoint
		for i, protocol := range []stage.Protocol{stage.POP3, stage.IMAP, stage.SMTP} {
			if row[i+1] != "-" {
				want = append(want, pageEndpoint(t, protocol, row[i+1]))
			}
		}
		var got []stage.Endpoint
		for _, e := range p.Endpoints {
			got = append(got, e.Endpoint)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: endpoints (-page +catalogue)\n%s", domain, diff)
		}
		if row[4] != "Full email address" || p.UserName("jane@"+domain) != "jane@"+domain {
			t.Errorf("%s: user name %q, the page says %q", domain, p.UserName("jane@"+domain), row[4])
		}
		pageLimit(t, domain+": mailbox", row[5], p.Mailbox)
		pageLimit(t, domain+": message", row[6], p.Message)
	}
	var domains []string
	for _, p := range seeds(t).Profiles() {
		domains = append(domains, p.Domains...)
	}
	slices.Sort(domains)
	if diff := cmp.Diff(pageDomains(rows), domains); diff != "" {
		t.Errorf("domains (-page +catalogue)\n%s", diff)
	}
}

// TestPageRemarks holds the catalogue against what the page says in sentences.
func TestPageRemarks(t *testing.T) {
	c := mustLoad(t)
	for id, domains := range map[string]int{"centurylink": 17, "qwestoffice": 1} {
		p := c.Profile(id)
		if p == nil {
			t.Fatalf("no profile %s", id)
		}
		if len(p.Domains) != domains || !p.Builtin || p.Name != "CenturyLink" {
			t.Errorf("%s: %d domains, builtin %v, name %q", id, len(p.Domains), p.Builtin, p.Name)
		}
		want := Source{
			Title: "CenturyLink, POP and SMTP server settings", Date: "2026-11-22",
			URL: "https://www.centurylink.com/home/help/internet/email/how-to-set-up-your-email-server-settings-to-go-through-pop-and-smtp.html",
		}
		if p.Source != want || p.Mailbox.Source != want || p.Message.Source != want {
			t.Errorf("%s: sources %v, %v, %v, want %v", id, p.Source, p.Mailbox.Source, p.Message.Source, want)
		}
		rules := p.ForRules()
		for _, note := range []stage.NoteID{stage.NoteIMAPUnsupported, stage.NotePort25Filtered, stage.NoteLeaveCopyOnServer, stage.NoteSeparateAccountLogin, stage.NoteSendingLimits} {
			n, ok := rules.Note(note)
			if !ok || n.Text == "" || n.Source != want.String() || n.Date != want.Date {
				t.Errorf("%s: note %s: %+v, %v", id, note, n, ok)
			}
		}
		limits, _ := rules.Note(stage.NoteSendingLimits)
		for _, word := range []string{"To, Cc and Bcc", "webmail"} {
			if !strings.Contains(limits.Text, word) {
				t.Errorf("%s: what is said of limits lacks %q: %s", id, word, limits.Text)
			}
		}
		for _, e := range p.Endpoints {
			isIMAP := e.Protocol == stage.IMAP
			if e.Optional != isIMAP || (e.Note == "imap-unsupported") != isIMAP || e.Source != want {
				t.Errorf("%s: %s: optional %v, note %q, source %v", id, e.Protocol, e.Optional, e.Note, e.Source)
			}
		}
	}
}

// seeds returns the profiles that come from the page, alone.
func seeds(t *testing.T) *Catalogue {
	t.Helper()
	c := mustLoad(t)
	return NewCatalogue(c.Profile("centurylink"), c.Profile("qwestoffice"))
}

func mustLoad(t *testing.T, dirs ...string) *Catalogue {
	t.Helper()
	c, err := Load(dirs...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pageRows reads the test data: lines with a column separator.
func pageRows(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/centurylink-page.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) == 1 {
			continue
		}
		if len(cells) != 7 {
			t.Fatalf("%d columns in %q", len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

func pageDomains(rows [][]string) []string {
	var domains []string
	for _, row := range rows {
		domains = append(domains, row[0])
	}
	slices.Sort(domains)
	return domains
}

// pageEndpoint reads "pop.centurylink.net 995 SSL".
func pageEndpoint(t *testing.T, protocol stage.Protocol, cell string) stage.Endpoint {
	t.Helper()
	words := strings.SplitN(cell, " ", 3)
	if len(words) != 3 {
		t.Fatalf("%q is no server, port and security", cell)
	}
	port, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	security, ok := map[string]stage.Security{
		"SSL":              stage.TLS,
		"TLS if available": stage.StartTLSIfOffered,
		"N/A":              stage.None,
	}[words[2]]
	if !ok {
		t.Fatalf("%q: unknown security", cell)
	}
	return stage.Endpoint{Protocol: protocol, Host: words[0], Port: uint16(port), Security: security}
}

func pageLimit(t *testing.T, what, cell string, got Limit) {
	t.Helper()
	bytes, ok := map[string]int64{"700MB": 734003200, "10MB": 10485760}[cell]
	if !ok {
		t.Fatalf("%s: unknown size %q", what, cell)
	}
	if got.Bytes != bytes || strings.ReplaceAll(got.Text, " ", "") != cell {
		t.Errorf("%s: %q, %d bytes; the page says %s, %d bytes", what, got.Text, got.Bytes, cell, bytes)
	}
}
