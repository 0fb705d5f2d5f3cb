package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/survey"
)

// surveyExample has every reason once.
func surveyExample() surveyed {
	imap := survey.Server{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap.firm.example", Port: 993, Security: stage.TLS}, Line: 12}
	clear := survey.Server{Endpoint: stage.Endpoint{Protocol: stage.POP3, Host: "pop.firm.example", Port: 110, Security: stage.None}, Line: 9}
	beside := clear.Endpoint
	beside.Port, beside.Security = 995, stage.TLS
	bad := &survey.Visit{Endpoint: imap.Endpoint, Stage: stage.Handshake, Fault: stage.BadCertificate, TLS: &stage.TLSFacts{
		Chain:  []stage.Certificate{{Names: []string{"other_host.example", "b.example"}, NotAfter: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}},
		Faults: []stage.CertFault{{ID: stage.CertNameMismatch}, {ID: stage.CertExpired}},
	}}
	silent := &survey.Visit{Endpoint: imap.Endpoint, Stage: stage.Connect, Fault: stage.ConnectTimeout}
	refused := &survey.Visit{Endpoint: imap.Endpoint, Stage: stage.Connect, Fault: stage.Refused}
	a := surveyed{title: say.SurveyTitle(prose.Count(20), prose.Data("ispdb")), others: []string{"192.0.2.53:53"}}
	add := func(domain string, v survey.Verdict, reasons ...survey.Reason) {
		f := survey.Finding{Entry: survey.Entry{
			Domain: domain, Profile: "firm", Provider: "Firm", File: "ispdb/firm.example.xml", Line: len(a.findings) + 3,
			Source: profiles.Source{Checked: "2010-02-06", Date: "2026-11-30"},
		}, Verdicts: []survey.Verdict{v}, Reasons: reasons, Visited: true}
		if v == survey.CouldEncrypt || v == survey.SelfPublished {
			f.Verdicts = append(f.Verdicts, survey.Holds)
		}
		a.findings = append(a.findings, f)
	}
	add("holds.example", survey.Holds)
	add("holds-as-well.example", survey.Holds)
	add("gone.example", survey.Dead, survey.Reason{ID: survey.NameGone, Verdict: survey.Dead, Name: "gone.example"})
	add("null.example", survey.Dead, survey.Reason{ID: survey.NoMail, Verdict: survey.Dead, Name: "null.example"})
	add("shut.example", survey.Dead, survey.Reason{ID: survey.ServersGone, Verdict: survey.Dead, Name: "imap.shut.example", Protocol: stage.IMAP, Line: 12})
	add("moved.example", survey.Moved, survey.Reason{ID: survey.MovedTo, Verdict: survey.Moved, Name: "aspmx.l.google.com", Other: "Google Workspace"})
	add("away.example", survey.Moved, survey.Reason{ID: survey.MovedAway, Verdict: survey.Moved, Name: "mx.stranger.example", Other: "firm.example"})
	add("server.example", survey.Differs, survey.Reason{ID: survey.ServerGone, Verdict: survey.Differs, Server: &imap, Name: imap.Host, Line: 12})
	add("certificate.example", survey.Differs, survey.Reason{ID: survey.ServerDiffers, Verdict: survey.Differs, Server: &imap, Visit: bad, Name: imap.Host, Fault: bad.Fault, Line: 12})
	add("clear.example", survey.CouldEncrypt,
		survey.Reason{ID: survey.StartTLS, Verdict: survey.CouldEncrypt, Server: &clear, Name: clear.Host, Instead: beside, Line: 9},
		survey.Reason{ID: survey.ImplicitTLS, Verdict: survey.CouldEncrypt, Server: &clear, Name: clear.Host, Instead: beside, Line: 9})
	add("self.example", survey.SelfPublished, survey.Reason{ID: survey.Published, Verdict: survey.SelfPublished, Name: "self.example", Other: "autoconfig"})
	for _, r := range []survey.Reason{
		{ID: survey.Unknown, Server: &imap, Visit: silent, Name: imap.Host, Fault: silent.Fault, Line: 12},
		{ID: survey.NoControl, Server: &imap, Visit: refused, Name: imap.Host, Fault: refused.Fault, Line: 12},
		{ID: survey.NameUnknown, Name: "unknown.example", Fault: stage.ServFail},
		{ID: survey.NameUnknown, Name: "unsaid.example"},
		{ID: survey.NameDisputed, Name: "disputed.example"},
		{ID: survey.Invented},
		{ID: survey.Unvisited},
		{ID: survey.NoNames},
		{ID: survey.NoNetwork},
	} {
		r.Verdict = survey.NotFromHere
		add(string(r.ID)+".example", survey.NotFromHere, r)
		a.findings[len(a.findings)-1].Visited = r.ID != survey.Unvisited && r.ID != survey.NoNames && r.ID != survey.NoNetwork
	}
	a.sort()
	return a
}

// TestSurveyed holds each form of the answer against its file.
func TestSurveyed(t *testing.T) {
	for file, c := range map[string]struct {
		width  int
		render func(surveyed, console.Streams) error
	}{
		"survey.txt": {80, surveyed.text}, "survey.40.txt": {40, surveyed.text}, "survey.md": {0, surveyed.markdown}, "survey.json": {0, surveyed.json},
	} {
		var out bytes.Buffer
		if err := c.render(surveyExample(), console.Streams{Out: &out, OutTerminal: c.width > 0, Width: c.width, Language: prose.English()}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if c.width > 0 && ansi.StringWidth(line) > c.width && len(strings.Fields(line)) > 1 {
				t.Errorf("%s: wider than %d: %s", file, c.width, line)
			}
		}
		name := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), out.String()); d != "" {
			t.Errorf("%s (-want +got)\n%s", file, d)
		}
	}
}

// TestSurveyJSONHasNoNull: a program finds a list where one is due.
func TestSurveyJSONHasNoNull(t *testing.T) {
	var out bytes.Buffer
	if err := (surveyed{}).json(console.Streams{Out: &out, Language: prose.English()}); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) || strings.Contains(out.String(), "null") {
		t.Errorf("%s", out.String())
	}
}
