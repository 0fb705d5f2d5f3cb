package diagnose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// sentence returns what the leading finding says.
func sentence(t *testing.T, r *run) string {
	t.Helper()
	d := r.diagnose(t)
	p, ok := cause.PageOf(d.Leading().Cause)
	if !ok {
		t.Fatalf("no page on %s", d.Leading().Cause)
	}
	return p.Sentence(prose.English(), d.Leading().Args)
}

func TestSentencesFitHowManyThereAre(t *testing.T) {
	named := func(specs ...string) *run {
		r := newRun()
		for _, s := range specs {
			r.add(s, certificate(stage.CertNameMismatch))
		}
		return r
	}
	const pop = "pop3-995 pop.example.net tls"
	for _, c := range []struct {
		run  *run
		want string
	}{
		{named(pop), "The certificate shown for pop.example.net is for another name. It names imap.example.net."},
		{named(pop, imap), "The certificate shown for Example's servers is for another name. It names imap.example.net."},
		{named(pop, imap).add(smtp465), "The certificate shown for pop.example.net and imap.example.net is for another name. It names imap.example.net."},
		{newRun().add(imap, timeout()).add("imap-143 imap.example.net starttls", timeout()).add(smtp465), "Ports 993 and 143 of imap.example.net give no answer from here."},
		{newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(imap), "Port 587 of smtp.example.net gives no answer from here."},
	} {
		if got := sentence(t, c.run); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
	for left, want := range map[time.Duration]string{
		11 * time.Hour: "less than a day", 30 * time.Hour: "1 day", 119 * time.Hour: "5 days", 129 * time.Hour: "5 days",
	} {
		r := newRun().add(imap, expiresIn(left))
		if got := sentence(t, r); !strings.Contains(got, "expires in "+want+". ") {
			t.Errorf("%v before: %q, want %q", left, got, want)
		}
	}
}

// expiresIn warns of a certificate that expires soon.
func expiresIn(left time.Duration) step {
	f := certFacts(true, stage.CertExpiresSoon)
	f.Faults[0].Warning, f.Verified = true, true
	f.Chain[0].NotAfter = now.Add(left)
	return warn(stage.Handshake, "", f)
}

// The ports that an action names are those of the protocol that failed.
func TestAdviceFitsTheProtocol(t *testing.T) {
	actions := func(r *run) string {
		d := r.diagnose(t)
		var all []string
		for _, a := range d.Leading().Actions {
			all = append(all, a.Text(prose.English()))
		}
		return strings.Join(all, "\n")
	}
	missing := fail(stage.Upgrade, stage.NotOffered)
	clear := func(spec string) *run {
		return newRun().add(spec, fail(stage.Handshake, stage.PlaintextAnswer, &stage.TLSFacts{FirstBytes: "220 x"}))
	}
	for _, c := range []struct {
		run       *run
		want, not string
	}{
		{newRun().add("smtp-587 smtp.example.net starttls", missing), "port 465", "993"},
		{newRun().add("pop3-110 pop.example.net starttls", missing), "port 995", "465"},
		{newRun().add("smtp-587 smtp.example.net starttls", missing).add("imap-143 imap.example.net starttls", missing), "port 993 (IMAP) or 465 (SMTP)", "995"},
		{clear("smtp-587 smtp.example.net tls"), "port 465", "993"},
		{clear("smtp-465 smtp.example.net tls"), "STARTTLS", "keep SSL/TLS"},
		{newRun().add("smtp-587 smtp.example.net starttls", timeout()).add(smtp465), "look for a filter", "hotspot"},
		{newRun().add("smtp-587 smtp.example.net starttls", timeout()).add("imap-993 smtp.example.net tls"), "hotspot", "993 with"},
	} {
		if got := actions(c.run); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("want %q, and not %q, in\n%s", c.want, c.not, got)
		}
	}
}

// A port that only connects is no way round another.
func TestNoWayRoundIsPromisedUntried(t *testing.T) {
	blocked := newRun().add("smtp-587 smtp.example.net starttls", timeout())
	f := find(blocked.add(smtp465, certificate(stage.CertWeakKey)).diagnose(t), cause.PortFiltered)
	if f == nil || prose.English().Text(f.Args["way"]) != "" || prose.English().Text(f.Args["open"]) == "" {
		t.Errorf("a certificate that nobody accepts is a way round: %+v", f)
	}
}

func TestActionsAreThingsToDo(t *testing.T) {
	for _, p := range cause.Pages() {
		for _, a := range p.Actions(nil) {
			first, _, _ := strings.Cut(a.Text(prose.English()), " ")
			if first != strings.ToLower(first) {
				t.Errorf("%s: %q follows a colon", p.ID, a.Text(prose.English()))
			}
			if slices.Contains([]string{"nothing", "your", "the"}, first) {
				t.Errorf("%s: %q is nothing to do", p.ID, a.Text(prose.English()))
			}
		}
		if n := len(p.Actions(nil)); n == 0 || n > 4 {
			t.Errorf("%s: %d actions", p.ID, n)
		}
	}
}

func TestCommonName(t *testing.T) {
	for dn, want := range map[string]string{
		"CN=Example CA R1,O=Example": "Example CA R1",
		`O=Example,CN=Cats\, Inc\+`:  "Cats, Inc+",
		"O=Example Trust,C=US":       "Example Trust",
		"C=US":                       "C=US",
		"":                           "",
		"CN=\x1b[31mred":             `\x1b[31mred`,
		"OU=Unit+CN=Two":             "Two",
		`CN=ends in a backslash\`:    `ends in a backslash\`,
	} {
		if got := chart.CommonName(dn); got != want {
			t.Errorf("%q: %q, want %q", dn, got, want)
		}
	}
}

func FuzzCommonName(f *testing.F) {
	f.Add("CN=a,O=b")
	f.Add(`CN=\,\+\\`)
	f.Fuzz(func(t *testing.T, dn string) {
		if got := chart.CommonName(dn); got != stage.Visible(got) || len(got) > 12*len(dn) {
			t.Errorf("%q: %q", dn, got)
		}
	})
}
