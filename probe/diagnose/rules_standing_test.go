package diagnose_test

import (
	"slices"
	"strconv"
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
		{"forbidden", login(imapNo("ALERT", "[ALERT] IMAP access is not allowed for this account.")), cause.ProtocolDisabledByAdmin, sure{cause.ProtocolDisabledByAdmin: proven}, nil},
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

		{"the network is listed", mails(smtpReply(554, "5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using pbl.example")), cause.ClientIPDNSBLOnSubmission, sure{cause.ClientIPDNSBLOnSubmission: proven}, nil},
		{"the sender is not owned", mails(smtpReply(553, "5.7.1", "553 5.7.1 Sender address rejected: not owned by user jane")), cause.SenderAddressNotPermitted, nil, []cause.ID{cause.ClientIPDNSBLOnSubmission, cause.OutboundSendingRestricted}},
		{"a limit", mails(smtpReply(550, "5.4.5", "550 5.4.5 Daily user sending limit exceeded.")), cause.OutboundSendingRestricted, sure{cause.OutboundSendingRestricted: proven}, nil},
		{"a limit at login", sends(smtpReply(454, "4.7.0", "454 4.7.0 Too many login attempts, please try again later.")), cause.RateLimitedLogin, nil, []cause.ID{cause.OutboundSendingRestricted}},

		{"the country", login(imapNo("ALERT", "[ALERT] LOGIN DENIED -- COUNTRY IS BLACKLISTED")), cause.GeoOrIPLoginBlock, sure{cause.GeoOrIPLoginBlock: likely}, nil},
		{"the browser", login(imapNo("ALERT", "[ALERT] Please log in via your web browser")), cause.WebLoginChallenge, nil, []cause.ID{cause.GeoOrIPLoginBlock}},
		{"no mailbox", opens(imapNo("NONEXISTENT", "[NONEXISTENT] Unknown Mailbox: INBOX")), cause.MailboxNotProvisioned, sure{cause.MailboxNotProvisioned: likely}, nil},
		{"a password refused", login(imapNo("AUTHENTICATIONFAILED", "Invalid credentials")), cause.WrongPassword, nil, []cause.ID{cause.MailboxNotProvisioned}},

		{"a reserved name", opens(imapNo("", "Folder name is reserved")), cause.IMAPNamespaceOrFolderMismatch, sure{cause.IMAPNamespaceOrFolderMismatch: proven}, nil},
		{"folders below a prefix", folders("INBOX.", ""), "", sure{cause.IMAPNamespaceOrFolderMismatch: possible}, nil},
		{"marked folders", folders("INBOX.", "INBOX.Sent"), "", nil, []cause.ID{cause.IMAPNamespaceOrFolderMismatch}},
		{"no prefix", folders("", ""), "", nil, []cause.ID{cause.IMAPNamespaceOrFolderMismatch}},

		{"too old a client", newRun().add(smtp465, fail(stage.Capabilities, stage.TemporarilyOut, &stage.CapabilityFacts{Reply: &stage.Reply{Command: "EHLO", Code: 421, Enhanced: "4.7.66", Lines: []string{"421 4.7.66 TLS 1.0 and 1.1 are not supported."}}})), cause.TLSClientTooOld, sure{cause.TLSClientTooOld: proven}, nil},
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
	hosted := func(r *stage.Record) {
		stage.FactsOf[*stage.TLSFacts](&r.Checks[0]).Chain[0].Names = []string{"mx.example.net"}
	}
	odd := func(steps ...step) *run {
		r := newRun()
		r.profile().Published = []stage.SourceID{stage.SourceAutoconfig}
		return r.add("imap-9930 imap.example.net tls", steps...)
	}
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
		{"discovered, and the name in the certificate works", published(certificate(stage.CertNameMismatch)).with(hosted).followUp(t, "imap-993/named-mx.example.net"), wrong, sure{wrong: likely}, nil},
		{"discovered, and so is the name in the certificate, which does not work", published(certificate(stage.CertNameMismatch)).with(hosted).followUp(t, "imap-993/named-mx.example.net", timeout()), cause.CertNameMismatchHosting, nil, []cause.ID{wrong}},
		{"discovered, and the usual port works", odd(refusing).followUp(t, "imap-9930/port-993"), wrong, sure{wrong: likely}, nil},
		{"discovered, and a usual port refuses", published(refusing).followUp(t, "imap-993/port-143"), cause.ServiceNotListening, nil, []cause.ID{wrong}},
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

// newIMAP is where a search finds the IMAP server of the domain.
var newIMAP = stage.Endpoint{Protocol: stage.IMAP, Host: "new.example.net", Port: 993, Security: stage.TLS}

// outdated returns a run with a search, in which a server of the profile fails, and how
// another one ended that these sources name.
func outdated(t *testing.T, at stage.Endpoint, by stage.SourceID, failed step, tried ...step) *run {
	t.Helper()
	r := newRun().builtin().with(func(r *stage.Record) { r.Header.Options.Discovery = true }).add(imap, failed)
	found := &stage.SearchFacts{Found: []stage.SourceID{by}, Servers: []stage.Named{{Endpoint: at, Sources: []stage.SourceID{by}, Forgeable: by != stage.SourceAutoconfig}}}
	r.followUp(t, "imap-993/sources", pass(stage.Search, found))
	return r.followUp(t, "imap-993/published-"+at.Host+"-"+strconv.Itoa(int(at.Port)), tried...)
}

func TestOutdatedProfile(t *testing.T) {
	old, auto := cause.ProfileOutOfDate, stage.SourceAutoconfig
	gone := looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")
	refusing := dialled(stage.Refused, stage.DialRefused)
	untold := skip(stage.Login, stage.NoPassword)
	ownPort := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 9930, Security: stage.TLS}
	otherPort := newIMAP
	otherPort.Port = 9930
	checkCases(t, []ruleCase{
		{"the name is gone, and a new one works", outdated(t, newIMAP, auto, gone), old, sure{old: likely}, nil},
		{"the same, without a password", outdated(t, newIMAP, auto, gone, untold), old, sure{old: likely}, nil},
		{"the same, and nobody elsewhere knows the old name", elsewhere(t, outdated(t, newIMAP, auto, gone), gone), old, sure{old: proven}, nil},
		{"the same, and others know the old name", elsewhere(t, outdated(t, newIMAP, auto, gone)), cause.DNSFilterBlocksHost, nil, []cause.ID{old}},
		{"the name is gone, and so is the new one", outdated(t, newIMAP, auto, gone, gone), cause.HostnameTypoNXDomain, nil, []cause.ID{old}},
		{"the new one refuses the login", outdated(t, newIMAP, auto, gone, refusedWith("PLAIN", imapNo("AUTHENTICATIONFAILED", "no"))), cause.HostnameTypoNXDomain, nil, []cause.ID{old}},
		{"who takes the mail has a server, and nothing says that it has the account", outdated(t, newIMAP, stage.SourceMX, gone, untold), cause.HostnameTypoNXDomain, nil, []cause.ID{old}},
		{"who takes the mail takes the login", outdated(t, newIMAP, stage.SourceMX, gone), old, sure{old: likely}, nil},
		{"anybody could have forged it", outdated(t, newIMAP, stage.SourceSRV, gone, skip(stage.Login, stage.SettingsNotVerified)), cause.HostnameTypoNXDomain, nil, []cause.ID{old}},
		{"anybody could have forged it, and it takes the login", outdated(t, newIMAP, stage.SourceSRV, gone), old, sure{old: likely}, nil},
		{"nothing listens, and another host has the same port", outdated(t, newIMAP, auto, refusing), old, sure{old: likely}, nil},
		{"no answer, and another host has the same port", outdated(t, newIMAP, auto, timeout()), old, sure{old: likely}, nil},
		{"no answer, and another port works: the port may be blocked here", outdated(t, otherPort, auto, timeout()), "", sure{old: possible}, nil},
		{"no answer, and another port of the host works", outdated(t, ownPort, auto, timeout()), "", nil, []cause.ID{old}},
		{"a usual port refuses, and another one of the host works", outdated(t, ownPort, auto, refusing), "", sure{old: possible}, nil},
	})
	d := outdated(t, newIMAP, auto, gone).diagnose(t)
	if w := d.Ways; len(w) != 1 || !w[0].Works || w[0].Endpoint != newIMAP || w[0].Named {
		t.Errorf("ways: %+v, want the new server, which works and isn't the profile's", w)
	}
	for _, by := range []stage.SourceID{stage.SourceMX, stage.SourceSRV} {
		if d := outdated(t, newIMAP, by, gone, untold).diagnose(t); len(d.Ways) != 1 || d.Ways[0].Works {
			t.Errorf("%s: ways: %+v, want none that works", by, d.Ways)
		}
	}
}

// elsewhere adds what other name servers say about the server of the profile.
func elsewhere(t *testing.T, r *run, steps ...step) *run {
	t.Helper()
	r.rec.Header.Options.Controls.Resolvers = []string{"192.0.2.99:53"}
	return r.followUp(t, "imap-993/resolvers", steps...)
}

// TestSearches: sources are asked where known settings fail before the login, and not
// where this machine, its network or its name servers are to blame.
func TestSearches(t *testing.T) {
	gone := looked(stage.NameNotFound, "A nxdomain 192.0.2.53:53")
	of := func(change func(*stage.Record), steps ...step) *run {
		return newRun().builtin().with(func(r *stage.Record) { r.Header.Options.Discovery = true }).with(change).add(imap, steps...)
	}
	as := func(*stage.Record) {}
	subject := func(change func(*stage.Subject)) func(*stage.Record) {
		return func(r *stage.Record) { change(&r.Header.Plan.Subjects[0]) }
	}
	for _, c := range []struct {
		name string
		run  *run
		want bool
	}{
		{"the name is gone", of(as, gone), true},
		{"a port refuses", of(as, dialled(stage.Refused, stage.DialRefused)), true},
		{"a port is silent", of(as, timeout()), true},
		{"another protocol", of(as, fail(stage.Greeting, stage.WrongProtocol)), true},
		{"all works", of(as), false},
		{"the login is refused", of(as, refusedWith("PLAIN", imapNo("AUTHENTICATIONFAILED", "no"))), false},
		{"not required", of(as, gone, optional), false},
		{"no search is possible", of(func(r *stage.Record) { r.Header.Options.Discovery = false }, gone), false},
		{"the sources were asked before", of(func(r *stage.Record) { r.Sources = []stage.Source{{ID: stage.SourceSRV}} }, gone), false},
		{"the settings were found", of(subject(func(s *stage.Subject) { s.Profile.Published = []stage.SourceID{stage.SourceSRV} }), gone), false},
		{"a profile without an address", of(subject(func(s *stage.Subject) { s.Domain, s.Address = "", "" }), gone), false},
		{"no network", of(func(r *stage.Record) { r.Header.System.LinkUp = false }, looked(stage.DNSUnreached)), false},
		{"the resolver is broken", of(as, looked(stage.DNSTimeout, "A timeout 192.0.2.53:53")), false},
		{"one name alone can't be looked up", of(as, looked(stage.ServFail, "A servfail 192.0.2.53:53")).add("smtp-587 smtp.example.net starttls"), true},
		{"a firewall here", of(as, dialled(stage.Prohibited, stage.DialProhibited)), false},
		{"no way out", of(as, dialled(stage.NetworkUnreachable, stage.DialNetworkUnreachable)), false},
		{"the hosts file", of(as, func(c *stage.CheckRecord) {
			timeout()(c)
			c.Result(stage.Resolve).Facts = &stage.ResolveFacts{Host: "imap.example.net", Addresses: []string{"198.51.100.7"}, HostsFile: true}
		}), false},
	} {
		asked := slices.ContainsFunc(c.run.diagnose(t).Questions, func(q stage.Question) bool { return q.Check.Question == stage.AskSources })
		if asked != c.want {
			t.Errorf("%s: sources are asked: %v", c.name, asked)
		}
	}
}

func TestDisagreeingSources(t *testing.T) {
	wrong := cause.AutoconfigOrSRVWrong
	from := func(id stage.SourceID, note string, e stage.Endpoint) stage.Source {
		return stage.Source{ID: id, Domain: "example.net", Outcome: stage.SourceFound, Settings: []stage.Setting{{Endpoint: e, Note: note}}}
	}
	of := func(sources ...stage.Source) *run {
		r := newRun().with(func(r *stage.Record) { r.Sources = sources })
		r.profile().Published = []stage.SourceID{stage.SourceAutoconfig}
		return r.add(imap)
	}
	const id = "imap-993/source-new.example.net-993"
	late, mode := newIMAP, newIMAP
	late.Port, mode.Port, mode.Security = 9930, 143, stage.StartTLS
	at := func(e stage.Endpoint) *run { return of(from(stage.SourceSRV, "", e)) }
	slip := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.net", Port: 993, Security: stage.TLS}
	checkCases(t, []ruleCase{
		{"no such name", at(newIMAP).followUp(t, id, looked(stage.NameNotFound)), wrong, sure{wrong: likely}, nil},
		{"a dead port", at(late).followUp(t, "imap-993/source-new.example.net-9930", dialled(stage.Refused, stage.DialRefused)), wrong, sure{wrong: likely}, nil},
		{"another name's certificate", at(newIMAP).followUp(t, id, certificate(stage.CertNameMismatch)), wrong, sure{wrong: likely}, nil},
		{"a mode that it doesn't speak", at(mode).followUp(t, "imap-993/source-new.example.net-143", fail(stage.Upgrade, stage.NotOffered)), wrong, sure{wrong: likely}, nil},
		{"no answer at the port that answers elsewhere", at(newIMAP).followUp(t, id, timeout()), wrong, sure{wrong: likely}, nil},
		{"no answer at a port that may be blocked here", at(late).followUp(t, "imap-993/source-new.example.net-9930", timeout()), "", nil, []cause.ID{wrong}},
		{"the name servers fail", at(newIMAP).followUp(t, id, looked(stage.ServFail)), "", nil, []cause.ID{wrong}},
		{"it answers", at(newIMAP).followUp(t, id), "", nil, []cause.ID{wrong}},
		{"the port of TLS, under STARTTLS", of(from(stage.SourceSRV, stage.TLSPortForStartTLS, slip)), wrong, sure{wrong: likely}, nil},
	})
	for _, f := range at(newIMAP).followUp(t, id, looked(stage.NameNotFound)).diagnose(t).Findings {
		if f.Severity != cause.Warn {
			t.Errorf("%s is %s, although the settings work", f.Cause, f.Severity)
		}
	}
	for name, r := range map[string]*run{
		"they agree":                         of(from(stage.SourceSRV, "", slip)),
		"it is a guess":                      of(from(stage.SourceGuess, "", newIMAP)),
		"it says where mail goes":            of(from(stage.SourceMX, "", newIMAP)),
		"the network answers in their place": of(from(stage.SourceSRV, "", newIMAP), stage.Source{ID: stage.SourceNetwork}),
		"anybody could have written it": of(stage.Source{
			ID: stage.SourceAutoconfigHTTP, Outcome: stage.SourceUnsafe, Settings: []stage.Setting{{Endpoint: newIMAP}},
		}),
	} {
		if q := r.diagnose(t).Questions; len(q) != 0 {
			t.Errorf("%s: asked %+v", name, q)
		}
	}
}

func TestHiddenByWildcard(t *testing.T) {
	hidden := cause.WildcardDNSHidesSettings
	refusing := dialled(stage.Refused, stage.DialRefused)
	of := func(by stage.SourceID, wildcard bool, steps ...step) *run {
		r := newRun().with(func(r *stage.Record) {
			r.Sources = []stage.Source{{ID: stage.SourceGuess, Outcome: stage.SourceFound, Wildcard: wildcard}}
		})
		r.profile().Published = []stage.SourceID{by}
		return r.add(imap, steps...)
	}
	same := pass(stage.Resolve, &stage.ResolveFacts{Host: "x.example.net", Addresses: []string{addressOf("imap.example.net")}})
	checkCases(t, []ruleCase{
		{"any name exists", of(stage.SourceGuess, true, refusing), hidden, sure{hidden: likely}, nil},
		{"one made up beside it leads there too", of(stage.SourceGuess, true, refusing).followUp(t, "imap-993/made-up-sibling", same).followUp(t, "imap-993/made-up-name", looked(stage.NameNotFound)), hidden, sure{hidden: proven}, nil},
		{"it has an address of its own", of(stage.SourceGuess, true, refusing).followUp(t, "imap-993/made-up-sibling"), "", nil, []cause.ID{hidden}},
		{"only some names exist", of(stage.SourceGuess, false, refusing), "", nil, []cause.ID{hidden}},
		{"it is published", of(stage.SourceSRV, true, refusing), "", nil, []cause.ID{hidden}},
		{"it works", of(stage.SourceGuess, true), "", nil, []cause.ID{hidden}},
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
