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

func texts(r *report.Report) []string {
	var out []string
	for _, a := range r.Actions {
		out = append(out, strings.TrimSpace(a.Text(prose.English())+" "+a.Command(prose.English())))
	}
	return out
}

// told adds to a finding the actions on its page.
func told(f diagnose.Finding) diagnose.Finding {
	if p, ok := cause.PageOf(f.Cause); ok {
		f.Actions = p.Actions(f.Args)
	}
	return f
}

func finding(id cause.ID, c cause.Confidence) diagnose.Finding {
	return told(diagnose.Finding{Cause: id, Severity: cause.Fail, Confidence: c, Checks: []string{"smtp-587"}})
}

func actionsOf(t *testing.T, id cause.ID) []string {
	t.Helper()
	p, ok := cause.PageOf(id)
	if !ok {
		t.Fatalf("%s has no page", id)
	}
	var out []string
	for _, a := range p.Actions(nil) {
		out = append(out, a.Text(prose.English()))
	}
	return out
}

// TestActionsAreFew: the list stays short, however many causes there are, and says
// nothing twice.
func TestActionsAreFew(t *testing.T) {
	var d diagnose.Diagnosis
	for _, p := range cause.Pages() {
		d.Findings = append(d.Findings, finding(p.ID, cause.Proven), finding(p.ID, cause.Proven))
	}
	got := texts(report.New(prose.English(), recordWith(), d))
	if len(got) != 4 {
		t.Errorf("%d actions, want 4", len(got))
	}
	if slices.Sort(got); len(slices.Compact(got)) != len(got) {
		t.Errorf("an action twice: %q", got)
	}
}

// TestActionsOfPossibleCauses: beside a leading cause with enough actions, a cause
// that is merely possible adds nothing; beside one with few, its first action.
func TestActionsOfPossibleCauses(t *testing.T) {
	long, short := cause.ID("port-filtered"), cause.ID("cert-expired")
	beside := cause.ID("client-clock-wrong")
	for _, tc := range []struct {
		lead cause.ID
		want []string
	}{
		{long, actionsOf(t, long)},
		{short, append(actionsOf(t, short), actionsOf(t, beside)[0])},
	} {
		d := diagnose.Diagnosis{Findings: []diagnose.Finding{finding(tc.lead, cause.Proven), finding(beside, cause.Possible)}}
		if got := texts(report.New(prose.English(), recordWith(), d)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.lead, got, tc.want)
		}
	}
}

// TestSuppressedCausesAskForNothing: what follows from another cause disappears with
// it.
func TestSuppressedCausesAskForNothing(t *testing.T) {
	f := finding("cert-expired", cause.Proven)
	f.SuppressedBy = "client-clock-wrong"
	info := finding("cert-expired", cause.Proven)
	info.Severity = cause.Info
	r := report.New(prose.English(), recordWith(), diagnose.Diagnosis{Findings: []diagnose.Finding{f, info}})
	if len(r.Actions) != 0 || r.NoAction.Empty() {
		t.Errorf("actions %q, in their place %q", texts(r), r.NoAction)
	}
}

// TestOurRuleComesFirst: if only our own rule withheld the password, the way round
// it is the first action, ready to be copied.
func TestOurRuleComesFirst(t *testing.T) {
	rec := sample.Get("cleartext").Record()
	r := report.New(prose.English(), rec, diagnose.Diagnosis{})
	if got := texts(r); len(got) != 1 || !strings.HasSuffix(got[0], ": maildoctor check jane@qwestoffice.net --allow-cleartext-login") {
		t.Errorf("actions %q", got)
	}
	rec.Header.Options.Password = false
	if got := texts(report.New(prose.English(), rec, diagnose.Diagnosis{})); len(got) != 0 {
		t.Errorf("without a password: actions %q, want none", got)
	}
}

// TestConcludedNotes: a warning that only a rule could see is below the row that it
// concerns.
func TestConcludedNotes(t *testing.T) {
	f := finding("limit-differs-from-profile", cause.Proven)
	f.Severity = cause.Warn
	f.Evidence = []diagnose.Evidence{{Check: "smtp-587", Stage: stage.Capabilities, Said: prose.Data("SIZE 20 MB")}}
	d := diagnose.Diagnosis{Findings: []diagnose.Finding{f}}
	for _, status := range []stage.Status{stage.Pass, stage.Warn} {
		rec := recordWith()
		rec.Check("smtp-587").Result(stage.Capabilities).Status = status
		r := report.New(prose.English(), rec, d)
		if n := r.NotesOf(r.Rows[2]); n[0] != "capabilities: SIZE 20 MB" {
			t.Errorf("%s: notes %q", status, n)
		}
	}
}

// TestEveryTroubleGetsAnAction: if several things are wrong, each has its first
// action in the list, and an action of two causes is listed once.
func TestEveryTroubleGetsAnAction(t *testing.T) {
	ids := []cause.ID{"wrong-password", "port-filtered", "cert-expired"}
	var d diagnose.Diagnosis
	for _, id := range ids {
		d.Findings = append(d.Findings, finding(id, cause.Proven))
	}
	got := texts(report.New(prose.English(), recordWith(), d))
	want := []string{actionsOf(t, ids[0])[0], actionsOf(t, ids[0])[1], actionsOf(t, ids[1])[0], actionsOf(t, ids[2])[0]}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	d.Findings = []diagnose.Finding{finding("port-filtered", cause.Proven), finding("server-unreachable", cause.Proven)}
	hotspots := 0
	for _, text := range texts(report.New(prose.English(), recordWith(), d)) {
		if strings.Contains(text, "phone hotspot") {
			hotspots++
		}
	}
	if hotspots != 1 {
		t.Errorf("another network is asked for %d times, want once", hotspots)
	}
}

// TestAlarmingActionsStayAway: costly or alarming actions are listed only if their
// cause is more than one possibility among several.
func TestAlarmingActionsStayAway(t *testing.T) {
	for _, beside := range []cause.ID{"client-ip-banned-by-server", "mitm-unknown-issuer", "server-unreachable"} {
		d := diagnose.Diagnosis{Findings: []diagnose.Finding{finding("cert-expired", cause.Likely), finding(beside, cause.Possible)}}
		if got := texts(report.New(prose.English(), recordWith(), d)); !slices.Equal(got, actionsOf(t, "cert-expired")) {
			t.Errorf("%s: got %q", beside, got)
		}
	}
}
