package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

func TestNotesOfProviders(t *testing.T) {
	const pop = "pop3-995 pop.example.net tls"
	refuse := refusedWith("PLAIN", authFailed)
	popRefuse := refusedWith("USER/PASS", stage.Reply{Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] no"}})
	noted := func(id stage.NoteID, steps ...step) *run { return newRun().note(id, "So it is.").add(imap, steps...) }
	later := refusedWith("PLAIN", imapNo("UNAVAILABLE", "[UNAVAILABLE] later"))
	only := pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"XOAUTH2", "OAUTHBEARER"}})
	both := pass(stage.Capabilities, &stage.CapabilityFacts{Mechanisms: []string{"XOAUTH2", "PLAIN"}})
	none := fail(stage.Login, stage.NoMechanism, &stage.LoginFacts{})
	token := func(status string) step {
		return fail(stage.Login, stage.Rejected, &stage.LoginFacts{Mechanism: "XOAUTH2", OAuthStatus: status, Reply: &authFailed, Encrypted: true, Sent: true})
	}
	homeMade := certificate(stage.CertSelfSigned)
	dead := dialled(stage.Refused, stage.DialRefused)
	bridge := func(host string) *run {
		return newRun().note(stage.NoteBridgeOnLocalhost, "A bridge runs here.").add("imap-1143 "+host+" starttls", dead)
	}
	checkCases(t, []ruleCase{
		{"app password", noted(stage.NoteAppPassword, refuse), cause.AppPasswordRequired, sure{cause.AppPasswordRequired: likely, cause.WrongPassword: possible}, nil},
		{"app password, and the login works", noted(stage.NoteAppPassword), "", nil, []cause.ID{cause.AppPasswordRequired}},
		{"app password, and the server is out of order", noted(stage.NoteAppPassword, later), cause.AuthBackendTemporaryFailure, nil, []cause.ID{cause.AppPasswordRequired}},
		{"app password, or the browser", newRun().note(stage.NoteBrowserSignIn, "Yes.").note(stage.NoteAppPassword, "Yes.").add(imap, refuse), cause.AppPasswordRequired, sure{cause.AppPasswordRequired: likely}, nil},
		{"app password for some accounts", noted(stage.NoteAppPasswordForSome, refuse), cause.WrongPassword, sure{cause.WrongPassword: likely, cause.AppPasswordRequired: possible}, nil},
		{"app password for some accounts, and the login works", noted(stage.NoteAppPasswordForSome), "", nil, []cause.ID{cause.AppPasswordRequired}},
		{"app password for some accounts, and the reply asks for one", noted(stage.NoteAppPasswordForSome, refusedWith("PLAIN", imapNo("", "Application-specific password required"))), cause.AppPasswordRequired, sure{cause.AppPasswordRequired: proven}, nil},
		{"sending is up to the organization", newRun().note(stage.NoteOAuthOnly, "Yes.").note(stage.NoteSMTPNeedsAdmin, "Yes.").add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), cause.WrongPassword, sure{cause.SMTPAuthDisabledInTenant: possible}, []cause.ID{cause.BasicAuthDisabled}},
		{"sending is up to the organization, and receiving refuses", newRun().note(stage.NoteOAuthOnly, "Yes.").note(stage.NoteSMTPNeedsAdmin, "Yes.").add(imap, refuse), cause.BasicAuthDisabled, nil, []cause.ID{cause.SMTPAuthDisabledInTenant}},
		{"OAuth alone", noted(stage.NoteOAuthOnly, refuse), cause.BasicAuthDisabled, sure{cause.BasicAuthDisabled: likely}, nil},
		{"OAuth alone, and a token refused", noted(stage.NoteOAuthOnly, token("400")), cause.OAuthTokenInvalid, nil, []cause.ID{cause.BasicAuthDisabled}},
		{"OAuth alone is offered", newRun().add(imap, only, none), cause.BasicAuthDisabled, sure{cause.BasicAuthDisabled: likely}, nil},
		{"PLAIN is offered as well", newRun().add(imap, both, none), cause.AuthMechNotOffered, nil, []cause.ID{cause.BasicAuthDisabled}},
		{"IMAP off", noted(stage.NoteIMAPOffByDefault, refuse), cause.ProtocolDisabledForAccount, sure{cause.ProtocolDisabledForAccount: likely}, nil},
		{"POP off, and IMAP refuses", noted(stage.NotePOPOffByDefault, refuse), cause.WrongPassword, sure{cause.WrongPassword: likely}, []cause.ID{cause.ProtocolDisabledForAccount}},
		{"POP off", newRun().note(stage.NotePOPOffByDefault, "Yes.").add(pop, popRefuse), cause.ProtocolDisabledForAccount, nil, nil},
		{"SMTP off", newRun().note(stage.NoteSMTPOffByDefault, "Yes.").add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), cause.ProtocolDisabledForAccount, nil, nil},
		{"another region", noted(stage.NoteRegionalServers, refuse), cause.WrongPassword, sure{cause.WrongRegionalServer: possible}, nil},
		{"another region, and the login works", noted(stage.NoteRegionalServers), "", nil, []cause.ID{cause.WrongRegionalServer}},
		{"sign-in on the web", noted(stage.NoteWebSignInChallenge, refuse), cause.WrongPassword, sure{cause.WebLoginChallenge: possible}, nil},
		{"no notes", newRun().add(imap, refuse), cause.WrongPassword, nil, []cause.ID{cause.AppPasswordRequired, cause.BasicAuthDisabled, cause.ProtocolDisabledForAccount, cause.WrongRegionalServer, cause.WebLoginChallenge}},
		{"user names differ", noted(stage.NoteUserNameDiffers, refuse), cause.WrongPassword, sure{cause.WrongUsernameFormat: possible}, nil},

		{"token refused", newRun().add(imap, token("401")), cause.OAuthTokenInvalid, sure{cause.OAuthTokenInvalid: likely}, nil},
		{"token refused without a word", newRun().add(imap, token("")), cause.OAuthTokenInvalid, sure{cause.OAuthTokenInvalid: possible, cause.WrongPassword: possible}, nil},

		{"no bridge", bridge("127.0.0.1"), cause.LocalBridgeProblem, sure{cause.LocalBridgeProblem: likely}, nil},
		{"no bridge, by name", bridge("localhost"), cause.LocalBridgeProblem, nil, nil},
		{"the bridge is elsewhere", bridge("bridge.example.net"), cause.ServiceNotListening, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"no bridge noted, at the port of one", newRun().add("imap-1143 127.0.0.1 starttls", dead), cause.LocalBridgeProblem, sure{cause.LocalBridgeProblem: likely}, nil},
		{"no bridge noted, at a usual port", newRun().add("imap-143 127.0.0.1 starttls", dead), cause.ServiceNotListening, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"the port of a bridge elsewhere", newRun().add("imap-1143 mail.example.net starttls", dead), cause.ServiceNotListening, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"a login refused at the port of a bridge", newRun().add("imap-1143 127.0.0.1 starttls", refuse), cause.LocalBridgeProblem, nil, nil},
		{"a login refused there elsewhere", newRun().add("imap-1143 mail.example.net starttls", refuse), cause.WrongPassword, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"the bridge has its own certificate", newRun().note(stage.NoteBridgeOnLocalhost, "Yes.").add("imap-1143 127.0.0.1 starttls", homeMade), cause.LocalBridgeProblem, sure{cause.LocalBridgeProblem: likely}, nil},
		{"a home-made certificate at a usual port here", newRun().add("imap-993 127.0.0.1 tls", homeMade), cause.CertSelfSigned, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"a home-made certificate at a bridge's port elsewhere", newRun().add("imap-1143 mail.example.net starttls", homeMade), cause.CertSelfSigned, nil, []cause.ID{cause.LocalBridgeProblem}},
		{"the bridge refuses", newRun().note(stage.NoteBridgeOnLocalhost, "Yes.").add("imap-1143 127.0.0.1 starttls", refuse), cause.LocalBridgeProblem, nil, nil},

		{"no ID", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("", "EXAMINE Unsafe Login. Please contact us"))})), cause.IMAPIDRequired, sure{cause.IMAPIDRequired: likely}, []cause.ID{cause.MailboxBackendUnavailable}},
		{"unsafe login at the login", newRun().add(imap, refusedWith("PLAIN", imapNo("", "Unsafe Login"))), "", nil, []cause.ID{cause.IMAPIDRequired}},
	})
}

// The reader is told what the note says, and where to read it.
func TestNotesAreQuoted(t *testing.T) {
	for note, id := range map[stage.NoteID]cause.ID{
		stage.NoteAppPassword: cause.AppPasswordRequired, stage.NoteIMAPOffByDefault: cause.ProtocolDisabledForAccount, stage.NoteOwnMailboxPassword: cause.WrongPassword,
		stage.NoteRegionalServers: cause.WrongRegionalServer, stage.NoteUserNameDiffers: cause.WrongUsernameFormat,
	} {
		r := newRun().note(note, "It is made on the page Keys.").add(imap, refusedWith("PLAIN", authFailed))
		r.profile().Notes[0].URL = "https://example.net/keys"
		f := find(r.diagnose(t), id)
		if f == nil {
			t.Errorf("%s: no %s", note, id)
			continue
		}
		actions := f.Actions
		if !slices.ContainsFunc(actions, func(a cause.Action) bool {
			return strings.HasSuffix(a.Text(prose.English()), "It is made on the page Keys.")
		}) {
			t.Errorf("%s: the note is not in %+v", note, actions)
		}
		linked := slices.ContainsFunc(actions, func(a cause.Action) bool {
			return strings.HasSuffix(a.Text(prose.English()), "https://example.net/keys")
		})
		if note != stage.NoteOwnMailboxPassword && note != stage.NoteUserNameDiffers && !linked {
			t.Errorf("%s: the address is not in %+v", note, actions)
		}
	}
}

// TestWhoseNote: a note is quoted as the provider's page, or as compiled by somebody
// else.
func TestWhoseNote(t *testing.T) {
	for by, want := range map[string]string{"": "Example's page: So it is.", "A database": "A database: So it is."} {
		r := newRun().note(stage.NoteOAuthOnly, "So it is.").add(imap, refusedWith("PLAIN", authFailed))
		r.profile().Notes[0].By = by
		d := r.diagnose(t)
		f := d.Leading()
		if f == nil || !slices.ContainsFunc(f.Evidence, func(e diagnose.Evidence) bool {
			return strings.Contains(strings.ToLower(e.Text(prose.English())), strings.ToLower(want))
		}) {
			t.Errorf("%q: %+v, want %q", by, f, want)
		}
	}
}
