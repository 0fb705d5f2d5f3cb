package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// Reconstructed dialogues, in which the cause was right but the advice was not.

// If something answers for all servers, the provider is not asked about a name in
// its certificate.
func TestNoNameOfAProxy(t *testing.T) {
	foreign := cert(func(c *stage.Certificate) { c.SHA256, c.Names = "77bb", []string{"server1.hoster.example"} })
	greeting := pass(stage.Greeting, &stage.GreetingFacts{Reply: stage.Reply{Code: 220, Lines: []string{"220 server1.hoster.example ESMTP Exim"}}})
	of := func(nobody step) *run {
		r := newRun().builtin().asking().add(smtp587, greeting, bad(foreign, stage.CertNameMismatch))
		return r.followUp(t, "smtp-587/named-server1.hoster.example", skip(stage.Login, stage.UnvouchedHost), skip(stage.Submit, stage.UnvouchedHost)).followUp(t, "smtp-587/nobody", nobody)
	}
	if d := of(greeting).diagnose(t); len(d.Ways) > 0 {
		t.Errorf("behind a proxy: %+v", d.Ways)
	}
	if d := of(timeout()).diagnose(t); len(d.Ways) != 1 || !d.Ways[0].Unvouched || d.Ways[0].Endpoint.Host != "server1.hoster.example" {
		t.Errorf("at a hoster: %+v", d.Ways)
	}
}

// Nobody is sent from one submission port to the other because of the name in EHLO:
// both ports check it.
func TestHelloRefusedAtSubmission(t *testing.T) {
	const refused = cause.SMTPHELORejected
	at := func(spec string) *run {
		return newRun().add(spec, fail(stage.Submit, stage.Rejected, &stage.SubmitFacts{Reply: &stage.Reply{
			Command: "RCPT", Code: 504, Enhanced: "5.5.2", Lines: []string{"504 5.5.2 <PC>: Helo command rejected: need fully-qualified hostname"},
		}}))
	}
	checkWords(t, "465", at(smtp465), refused, "give it a plain full name", "use port 587")
	checkWords(t, "587", at(smtp587), refused, "give it a plain full name", "use port 465")
	checkWords(t, "25", at("smtp-25 smtp.example.net starttls"), refused, "or 587 with STARTTLS", "")
}

// If encryption begins at another port of the server, its operator first checks why
// it does not at this one. Filters in between come last.
func TestCutOffBesideAPortThatIsNot(t *testing.T) {
	cut := fail(stage.Handshake, stage.HandshakeClosed)
	actions := func(r *run) string {
		d := r.diagnose(t)
		f := d.Leading()
		if f == nil || f.Cause != cause.TLSHandshakeInterrupted || len(f.Actions) == 0 {
			t.Fatalf("leads with %+v", f)
		}
		return string(f.Actions[0].ID)
	}
	if got := actions(newRun().add(smtp465, cut)); got != "antivirus-off" {
		t.Errorf("alone: first %s", got)
	}
	whole := good(cert(func(*stage.Certificate) {}))
	if got := actions(newRun().add(smtp465, cut).followUp(t, "smtp-465/port-587", whole)); got != "look-in-tls-log" {
		t.Errorf("beside a port that works: first %s", got)
	}
}
