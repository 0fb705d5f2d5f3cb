package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// A refusal at an optional server stands in for the required one whose login was
// spared.
func TestRefusalStandsForTheLoginThatItSpared(t *testing.T) {
	const spared = "smtp-587 smtp.example.net starttls"
	refused := smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed")
	at := func(reason stage.Reason) *run {
		r := newRun().add(imap).add(smtp465, refusedWith("PLAIN", refused)).add(spared, skip(stage.Login, reason))
		return r.with(func(rec *stage.Record) { rec.Checks[1].Check.Optional = true })
	}
	for reason, want := range map[stage.Reason]bool{stage.LoginBudget: true, stage.NoPassword: false} {
		r := at(reason)
		d := r.diagnose(t)
		f := find(d, cause.SMTPAndIMAPCredentialsDiffer)
		if f == nil || (f.Severity == cause.Fail) != want || f.Required != want {
			t.Errorf("%s: %+v", reason, f)
		}
		if o := chart.RefusedFor(&r.rec, &r.rec.Checks[2]); (o == &r.rec.Checks[1]) != want {
			t.Errorf("%s: refused for %v", reason, o)
		}
	}
	beside := newRun().add("pop3-995 pop.example.net tls").add(imap, refusedWith("PLAIN", authFailed)).add("imap-143 imap.example.net starttls", skip(stage.Login, stage.LoginBudget)).
		with(func(rec *stage.Record) { rec.Checks[1].Check.Optional = true }).diagnose(t)
	if f := beside.Leading(); f == nil || f.Severity != cause.Fail {
		t.Errorf("beside another protocol: %+v", f)
	}
	other := at(stage.LoginBudget)
	other.rec.Checks[2].Check.User = "jd"
	if o := chart.RefusedFor(&other.rec, &other.rec.Checks[2]); o != nil {
		t.Errorf("another name: refused for %v", o.Check.ID)
	}
}

// What one server states about the account outweighs the bare refusal of another.
func TestToldElsewhere(t *testing.T) {
	bare := smtpReply(535, "5.7.8", "535 5.7.8 Error: authentication failed")
	suspended := smtpReply(535, "5.7.8", "535 5.7.8 Authentication failed: account disabled")
	pair := func(r stage.Reply) *run {
		return newRun().add(imap, refusedWith("PLAIN", authFailed)).add(smtp465, refusedWith("PLAIN", r))
	}
	// Words about one protocol say nothing about the others.
	noIMAP := newRun().add(imap, refusedWith("PLAIN", imapNo("ALERT", "[ALERT] Your account is not enabled for IMAP use."))).
		add(smtp465, refusedWith("PLAIN", bare))
	checkCases(t, []ruleCase{
		{"both bare", pair(bare), cause.WrongPassword, sure{cause.WrongPassword: likely}, nil},
		{"one tells", pair(suspended), cause.AccountSuspended, sure{cause.AccountSuspended: likely, cause.WrongPassword: possible}, nil},
		{"of its protocol", noIMAP, "", sure{cause.WrongPassword: likely}, nil},
	})
}

func TestExchangeOnline(t *testing.T) {
	at := func(host string, mechanisms ...string) *run {
		return newRun().add("imap-993 "+host+" tls", refusedWith("PLAIN", imapNo("", "AUTHENTICATE failed.")),
			pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: mechanisms}))
	}
	tenant := smtpReply(530, "5.7.57", "530 5.7.57 Client not authenticated to send mail.")
	checkCases(t, []ruleCase{
		{"Microsoft's", at("outlook.office365.com", "PLAIN", "XOAUTH2"), cause.BasicAuthDisabled, sure{cause.BasicAuthDisabled: likely}, nil},
		{"a server on one's own", at("exchange.example.net", "PLAIN", "XOAUTH2"), cause.WrongPassword, sure{cause.WrongPassword: likely}, nil},
		{"after a login", newRun().add(smtp465, fail(stage.Submit, stage.Rejected, &stage.SubmitFacts{Reply: &tenant})), cause.SMTPAuthDisabledInTenant, sure{cause.SMTPAuthDisabledInTenant: likely}, nil},
	})
}

// If EHLO is refused because of the client's address, the name in it doesn't matter.
func TestListedAtTheHello(t *testing.T) {
	said := func(text string) *run {
		r := smtpReply(550, "", text)
		r.Command = "EHLO"
		return newRun().add(smtp465, pass(stage.Capabilities, &stage.CapabilityFacts{HelloRefused: &r}), fail(stage.Login, stage.NoMechanism))
	}
	checkCases(t, []ruleCase{
		{"the address", said("550 5.7.606 Access denied, banned sending IP [192.168.1.2]"), cause.ClientIPDNSBLOnSubmission, nil, []cause.ID{cause.SMTPHELORejected}},
		{"the name", said("550 Invalid EHLO"), cause.SMTPHELORejected, nil, []cause.ID{cause.ClientIPDNSBLOnSubmission}},
	})
}

// A password in the form of an app password is hardly the account's own.
func TestAppPasswordLike(t *testing.T) {
	with := func(odd ...stage.Oddity) *run {
		return newRun().note(stage.NoteAppPassword, "Make an app password.").add(imap, fail(stage.Login, stage.Rejected,
			&stage.LoginFacts{Mechanism: "PLAIN", Encrypted: true, Sent: true, Reply: &authFailed, Oddities: odd}))
	}
	checkCases(t, []ruleCase{
		{"another form", with(), cause.AppPasswordRequired, sure{cause.AppPasswordRequired: likely, cause.WrongPassword: possible}, nil},
		{"that form, and the server's hint", with(stage.AppPasswordLike).with(func(r *stage.Record) {
			stage.FactsOf[*stage.LoginFacts](&r.Checks[0]).Reply = new(smtpReply(535, "5.7.0", "535 5.7.0 (#AUTH005) Bad credentials"))
		}), cause.WrongPassword, sure{cause.WrongPassword: likely}, nil},
		{"that form", with(stage.AppPasswordLike), cause.WrongPassword, sure{cause.WrongPassword: likely, cause.AppPasswordRequired: possible}, nil},
	}) // A brand keeps its capitalization at the beginning of a sentence.
	checkWords(t, "brand", with().with(func(r *stage.Record) { r.Header.Plan.Subjects[0].Profile.Name = "iCloud Mail" }), cause.AppPasswordRequired, "iCloud Mail", "ICloud")
}
