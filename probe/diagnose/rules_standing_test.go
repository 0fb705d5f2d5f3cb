package diagnose_test

import (
	"slices"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

func TestStandingRules(t *testing.T) {
	login := func(r stage.Reply) *run { return newRun().add(imap, refusedWith("PLAIN", r)) }
	sends := func(r stage.Reply) *run { return newRun().add(smtp465, refusedWith("PLAIN", r)) }
	mails := func(r stage.Reply) *run {
		return newRun().add(smtp465, fail(stage.Submit, stage.Refusal(r).Fault, &stage.SubmitFacts{Reply: &r}))
	}
	opens := func(r stage.Reply) *run {
		return newRun().add(imap, fail(stage.Mailbox, stage.Refusal(r).Fault, &stage.MailboxFacts{Reply: &r}))
	}
	token := func(status string, r stage.Reply) *run {
		return newRun().add(imap, func(c *stage.CheckRecord) {
			refusedWith("XOAUTH2", r)(c)
			stage.FactsOf[*stage.LoginFacts](c).OAuthStatus = status
		})
	}
	hello := stage.Reply{Command: "EHLO", Code: 421, Enhanced: "4.7.1", Lines: []string{"421 4.7.1 mx.example.net Error: No client certificate presented"}}
	folders := func(prefix, sent string) *run {
		return newRun().add(imap, pass(stage.Mailbox, &stage.MailboxFacts{Namespace: prefix, SpecialUse: map[string]string{`\Sent`: sent}}))
	}
	checkCases(t, []ruleCase{
		{"forbidden", login(imapNo("ALERT", "[ALERT] IMAP access is not allowed for this account.")), cause.ProtocolDisabledByAdmin, sure{cause.ProtocolDisabledByAdmin: likely}, nil},
		{"a switch of the user's", login(imapNo("ALERT", "[ALERT] Your account is not enabled for IMAP use.")), cause.ProtocolDisabledForAccount, nil, []cause.ID{cause.ProtocolDisabledByAdmin}},
		{"sending off", sends(smtpReply(535, "5.7.139", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.")), cause.SMTPAuthDisabledInTenant, sure{cause.SMTPAuthDisabledInTenant: proven}, nil},
		{"basic off", sends(smtpReply(535, "5.7.139", "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.")), cause.BasicAuthDisabled, nil, []cause.ID{cause.SMTPAuthDisabledInTenant, cause.ConditionalAccessBlocked}},
		{"criteria", sends(smtpReply(535, "5.7.139", "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.")), cause.ConditionalAccessBlocked, sure{cause.ConditionalAccessBlocked: likely}, nil},
		{"wrong credentials", sends(smtpReply(535, "5.7.139", "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.")), cause.WrongPassword, nil, []cause.ID{cause.ConditionalAccessBlocked, cause.AccountSuspended}},

		{"a right is missing", token("insufficient_scope", imapNo("", "AUTHENTICATE failed.")), "", sure{cause.OAuthScopeOrAudienceWrong: likely}, nil},
		{"a bare refusal of a token", token("", imapNo("", "AUTHENTICATE failed.")), "", sure{cause.OAuthScopeOrAudienceWrong: possible}, nil},
		{"a token refused as invalid", token("invalid_token", imapNo("", "AUTHENTICATE failed.")), "", nil, []cause.ID{cause.OAuthScopeOrAudienceWrong}},
		{"a bare refusal of a password", login(imapNo("", "AUTHENTICATE failed.")), cause.WrongPassword, nil, []cause.ID{cause.OAuthScopeOrAudienceWrong}},
		{"not connected", opens(stage.Reply{Status: "BAD", Lines: []string{"a3 BAD User is authenticated but not connected."}}), cause.OAuthMailboxNotConnected, sure{cause.OAuthMailboxNotConnected: likely}, nil},
		{"not available", opens(imapNo("UNAVAILABLE", "try again later")), cause.MailboxBackendUnavailable, nil, []cause.ID{cause.OAuthMailboxNotConnected, cause.MailboxNotProvisioned}},

		{"the network is listed", mails(smtpReply(554, "5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using pbl.example")), cause.ClientIPDNSBLOnSubmission, sure{cause.ClientIPDNSBLOnSubmission: likely}, nil},
		{"the sender is not owned", mails(smtpReply(553, "5.7.1", "553 5.7.1 Sender address rejected: not owned by user jane")), cause.SenderAddressNotPermitted, nil, []cause.ID{cause.ClientIPDNSBLOnSubmission, cause.OutboundSendingRestricted}},
		{"a limit", mails(smtpReply(550, "5.4.5", "550 5.4.5 Daily user sending limit exceeded.")), cause.OutboundSendingRestricted, sure{cause.OutboundSendingRestricted: likely}, nil},
		{"a limit at login", sends(smtpReply(454, "4.7.0", "454 4.7.0 Too many login attempts, please try again later.")), cause.RateLimitedLogin, nil, []cause.ID{cause.OutboundSendingRestricted}},

		{"the country", login(imapNo("ALERT", "[ALERT] LOGIN DENIED -- COUNTRY IS BLACKLISTED")), cause.GeoOrIPLoginBlock, sure{cause.GeoOrIPLoginBlock: likely}, nil},
		{"the browser", login(imapNo("ALERT", "[ALERT] Please log in via your web browser")), cause.WebLoginChallenge, nil, []cause.ID{cause.GeoOrIPLoginBlock}},
		{"no mailbox", opens(imapNo("NONEXISTENT", "[NONEXISTENT] Unknown Mailbox: INBOX")), cause.MailboxNotProvisioned, sure{cause.MailboxNotProvisioned: likely}, nil},
		{"a password refused", login(imapNo("AUTHENTICATIONFAILED", "Invalid credentials")), cause.WrongPassword, nil, []cause.ID{cause.MailboxNotProvisioned}},

		{"a reserved name", opens(imapNo("", "Folder name is reserved")), cause.IMAPNamespaceOrFolderMismatch, sure{cause.IMAPNamespaceOrFolderMismatch: likely}, nil},
		{"folders below a prefix", folders("INBOX.", ""), "", sure{cause.IMAPNamespaceOrFolderMismatch: possible}, nil},
		{"marked folders", folders("INBOX.", "INBOX.Sent"), "", nil, []cause.ID{cause.IMAPNamespaceOrFolderMismatch}},
		{"no prefix", folders("", ""), "", nil, []cause.ID{cause.IMAPNamespaceOrFolderMismatch}},

		{"too old a client", newRun().add(smtp465, fail(stage.Capabilities, stage.TemporarilyOut, &stage.CapabilityFacts{Reply: &stage.Reply{Command: "EHLO", Code: 421, Enhanced: "4.7.66", Lines: []string{"421 4.7.66 TLS 1.0 and 1.1 are not supported."}}})), cause.TLSClientTooOld, sure{cause.TLSClientTooOld: likely}, nil},
		{"no certificate of the client's", newRun().add(smtp465, fail(stage.Capabilities, stage.TemporarilyOut, &stage.CapabilityFacts{Reply: &hello})), cause.TLSClientCertRequired, nil, []cause.ID{cause.TLSClientTooOld}},

		{"no mail programs", newRun().note(stage.NoteNoMailPrograms, "Its own program alone.").add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), cause.ProviderHasNoIMAP, sure{cause.ProviderHasNoIMAP: likely}, nil},
		{"a name that does not exist", newRun().add(imap, looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")), cause.HostnameTypoNXDomain, nil, []cause.ID{cause.ProviderHasNoIMAP}},
	})
}

func TestPublishedRules(t *testing.T) {
	typed := stage.Endpoint{Protocol: stage.IMAP, Host: "mail.example.net", Port: 143, Security: stage.None}
	url := stage.Subject{Argument: "imap://mail.example.net", Kind: stage.SubjectURL}
	foreign := typed
	foreign.Host = "mail.example.org"
	served := func() *run {
		r := newRun()
		r.profile().Domains = []string{"example.net"}
		return r
	}
	gone := looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")
	refusing := dialled(stage.Refused, stage.DialRefused)
	beside := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}
	published := func(steps ...step) *run {
		r := newRun()
		p := r.profile()
		p.Published = []stage.SourceID{stage.SourceAutoconfig}
		p.Others = []stage.Named{{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: "imap2.example.net", Port: 993, Security: stage.TLS}, Sources: []stage.SourceID{stage.SourceSRV}}}
		return r.add(imap, steps...)
	}
	wrong := cause.AutoconfigOrSRVWrong
	alone := func(near ...stage.Endpoint) *run {
		return newRun().with(func(r *stage.Record) {
			r.Header.Plan.Subjects[0] = stage.Subject{Kind: stage.SubjectURL, Near: near}
		}).add("imap-143 mail.example.net starttls", refusing)
	}
	for _, c := range []struct {
		name string
		run  *run
		want bool
	}{
		{"published in the same domain", alone(beside), true},
		{"published in another", alone(stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.org", Port: 993, Security: stage.TLS}), false},
		{"for another protocol", alone(stage.Endpoint{Protocol: stage.POP3, Host: "imap.example.net", Port: 995, Security: stage.TLS}), false},
		{"another port of the host answers", alone(beside).add("imap-993 mail.example.net tls"), false},
	} {
		asked := slices.ContainsFunc(c.run.diagnose(t).Questions, func(q stage.Question) bool { return q.Check.Question == stage.AskNearName })
		if asked != c.want {
			t.Errorf("%s: asked for what is published: %v", c.name, asked)
		}
	}
	checkCases(t, []ruleCase{
		{"typed alone, and a mail server answers where it is published", alone(beside).followUp(t, "imap-143/near-imap.example.net"), cause.SettingsDifferFromProfile, sure{cause.SettingsDifferFromProfile: likely}, nil},
		{"typed alone, and nothing answers there either", alone(beside).followUp(t, "imap-143/near-imap.example.net", timeout()), cause.ServiceNotListening, nil, []cause.ID{cause.SettingsDifferFromProfile}},

		{"typed otherwise", served().add(imap).subject(url, typed, dialled(stage.Refused, stage.DialRefused)), "", sure{cause.SettingsDifferFromProfile: likely}, nil},
		{"somebody else's server", served().add(imap).subject(url, foreign, dialled(stage.Refused, stage.DialRefused)), "", nil, []cause.ID{cause.SettingsDifferFromProfile}},
		{"the published ones fail too", served().add(imap, dialled(stage.Refused, stage.DialRefused)).subject(url, typed, dialled(stage.Refused, stage.DialRefused)), "", nil, []cause.ID{cause.SettingsDifferFromProfile}},

		{"discovered, and the name is gone", published(gone), wrong, sure{wrong: likely}, []cause.ID{cause.ProfileOutOfDate}},
		{"discovered, and what another source names works", published(refusing).followUp(t, "imap-993/published-imap2.example.net-993"), wrong, sure{wrong: proven}, nil},
		{"discovered, and nothing listens anywhere", published(refusing).followUp(t, "imap-993/published-imap2.example.net-993", timeout()), cause.ServiceNotListening, nil, []cause.ID{wrong}},
		{"discovered, and the login is refused", published(refusedWith("PLAIN", stage.Reply{Status: "NO", ResponseCode: "AUTHENTICATIONFAILED", Lines: []string{"NO [AUTHENTICATIONFAILED] Authentication failed."}})), cause.WrongPassword, nil, []cause.ID{wrong}},
		{"a server of the profile is gone", newRun().add(imap, gone).add("pop3-995 pop.example.net tls"), cause.HostnameTypoNXDomain, sure{cause.ProfileOutOfDate: likely}, nil},
		{"a server is gone, another for the same works", newRun().add(imap, gone).add("imap-993@b imap2.example.net tls"), cause.ProfileOutOfDate, sure{cause.ProfileOutOfDate: likely}, nil},
		{"a port that no standard names is gone", newRun().add("smtp-2525 smtp.example.net starttls", refusing).add("smtp-587 smtp.example.net starttls"), cause.ProfileOutOfDate, sure{cause.ProfileOutOfDate: likely}, nil},
		{"a usual port refuses, another for the same works", newRun().add("smtp-465 smtp.example.net tls", refusing).add("smtp-587 smtp.example.net starttls"), cause.ServiceNotListening, sure{cause.ProfileOutOfDate: possible}, nil},
		{"one refuses, its sibling works", newRun().add(imap, dialled(stage.Refused, stage.DialRefused)).add("pop3-995 pop.example.net tls"), cause.ServiceNotListening, sure{cause.ProfileOutOfDate: possible}, nil},
		{"nothing of the provider works", newRun().add(imap, gone).add("pop3-995 pop.example.net tls", gone), "", nil, []cause.ID{cause.ProfileOutOfDate}},
	})
}

// What can't be seen is never found, whatever a run holds; its page says so.
func TestUnseenCausesAreNoFindings(t *testing.T) {
	hidden := 0
	for _, id := range cause.All() {
		shows, ok := diagnose.Unseen(id)
		if !ok {
			continue
		}
		hidden++
		p, _ := cause.PageOf(id)
		if shows.Empty() || p.Stage != "" {
			t.Errorf("%s: %v, stage %q", id, shows, p.Stage)
		}
	}
	if hidden == 0 {
		t.Error("everything can be seen")
	}
	if _, ok := diagnose.Unseen(cause.WrongPassword); ok {
		t.Error("a wrong password can't be seen")
	}
}

// A provider without any server has nothing to examine, and that is the finding.
func TestUnserved(t *testing.T) {
	profile := &stage.Profile{Name: "Own", Notes: []stage.Note{{ID: stage.NoteNoMailPrograms}}}
	rec := &stage.Record{Header: stage.Header{Plan: stage.Plan{Subjects: []stage.Subject{{Profile: profile}, {}}}}}
	d := diagnose.Diagnose(rec)
	if len(d.Findings) != 1 || d.Leading().Cause != cause.ProviderHasNoIMAP || d.Leading().Confidence != proven {
		t.Errorf("findings %+v, want provider-has-no-imap, proven", d.Findings)
	}
	rec.Checks = []stage.CheckRecord{{Check: stage.Check{ID: "imap-993", Subject: 0}}}
	if d := diagnose.Diagnose(rec); len(d.Findings) != 0 {
		t.Errorf("with a check: findings %+v, want none", d.Findings)
	}
}
