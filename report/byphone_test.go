package report_test

import (
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
	"maildoctor/report/internal/sample"
)

// TestByPhone: if something failed, one line names the cause and what to type.
func TestByPhone(t *testing.T) {
	smtp := stage.Endpoint{Protocol: stage.SMTP, Host: "smtp.centurylink.net", Port: 587, Security: stage.StartTLSIfOffered}
	way := func(change func(*chart.Way)) chart.Way {
		w := chart.Way{Kind: chart.OtherEndpoint, Round: "smtp-587", Was: smtp, Endpoint: smtp, Works: true}
		change(&w)
		return w
	}
	port := way(func(w *chart.Way) { w.Endpoint.Port, w.Endpoint.Security = 465, stage.TLS })
	host := way(func(w *chart.Way) { w.Endpoint.Host = "c1.hoster.test" })
	imap := way(func(w *chart.Way) { w.Kind, w.Endpoint.Protocol = chart.OtherProtocol, stage.IMAP })
	optional := way(func(w *chart.Way) { w.Endpoint.Port, w.Optional = 2525, true })
	untried := way(func(w *chart.Way) { w.Works = false })
	found := func(id cause.ID, ways ...chart.Way) diagnose.Diagnosis {
		f := finding(id, cause.Proven)
		f.Checks = []string{"smtp-587"}
		return diagnose.Diagnosis{Findings: []diagnose.Finding{f}, Ways: ways}
	}
	broken := recordWith(change{"smtp-587", stage.Connect, failed(stage.ConnectTimeout)})
	imapDown := recordWith(change{"imap-993", stage.Connect, failed(stage.Refused)})
	for _, c := range []struct {
		name string
		rec  *stage.Record
		d    diagnose.Diagnosis
		want string
	}{
		{"all works", recordWith(), diagnose.Diagnosis{}, ""},
		{"a warning", recordWith(), found("cert-expires-soon"), ""},
		{"no cause", broken, diagnose.Diagnosis{}, ""},
		{"a cause alone", broken, found("port-filtered"), "cause port-filtered"},
		{"another port", broken, found("port-filtered", port), "cause port-filtered; outgoing server: port 465, SSL/TLS"},
		{"another name", broken, found("cert-name-mismatch-hosting", host), "cause cert-name-mismatch-hosting; outgoing server: c1.hoster.test, port 587, STARTTLS"},
		{"not seen working", broken, found("port-filtered", untried), "cause port-filtered"},
		{"another protocol", broken, found("service-not-listening", imap), "cause service-not-listening; receive with IMAP"},
		{"settings that are right", broken, found("server-busy-greeting"), "cause server-busy-greeting; no setting has to change"},
		{"optional, beside what failed", broken, found("port-filtered", optional), "cause port-filtered"},
		{"optional alone", imapDown, found("port-filtered", optional), "cause port-filtered; outgoing server: port 2525, STARTTLS"},
	} {
		if got := report.New(prose.English(), c.rec, c.d).ByPhone; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	offline := sample.Get("offline").Record()
	if got := report.New(prose.English(), offline, diagnose.Diagnose(offline)).ByPhone; got != "cause no-network-route" {
		t.Errorf("offline: %q", got)
	}
}
