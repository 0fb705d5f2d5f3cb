package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/stage"
)

func TestNotesOfProviders(t *testing.T) {
	const pop = "pop3-995 pop.example.net tls"
	refuse := refusedWith("PLAIN", authFailed)
	popRefuse := refusedWith("USER/PASS", stage.Reply{Status: "-ERR", ResponseCode: "AUTH", Lines: []string{"-ERR [AUTH] no"}})
	noted := func(id string, steps ...step) *run { return newRun().note(id, "So it is.").add(imap, steps...) }
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
		return newRun().note("bridge-on-localhost", "A bridge runs here.").add("imap-1143 "+host+" starttls", dead)
	}
	checkCases(t, []ruleCase{
		{"app password", noted("app-password", refuse), diagnose.AppPasswordRequired, sure{diagnose.AppPasswordRequired: likely, diagnose.WrongPassword: possible}, nil},
		{"app password, and the login works", noted("app-password"), "", nil, []diagnose.CauseID{diagnose.AppPasswordRequired}},
		{"app password, and the server is out of order", noted("app-password", later), diagnose.AuthBackendTemporaryFailure, nil, []diagnose.CauseID{diagnose.AppPasswordRequired}},
		{"OAuth alone", noted("oauth-only", refuse), diagnose.BasicAuthDisabled, sure{diagnose.BasicAuthDisabled: likely}, nil},
		{"OAuth alone, and a token refused", noted("oauth-only", token("400")), diagnose.OAuthTokenInvalid, nil, []diagnose.CauseID{diagnose.BasicAuthDisabled}},
		{"OAuth alone is offered", newRun().add(imap, only, none), diagnose.BasicAuthDisabled, sure{diagnose.BasicAuthDisabled: likely}, nil},
		{"PLAIN is offered as well", newRun().add(imap, both, none), diagnose.AuthMechNotOffered, nil, []diagnose.CauseID{diagnose.BasicAuthDisabled}},
		{"IMAP off", noted("imap-off-by-default", refuse), diagnose.ProtocolDisabledForAccount, sure{diagnose.ProtocolDisabledForAccount: likely}, nil},
		{"POP off, and IMAP refuses", noted("pop-off-by-default", refuse), diagnose.WrongPassword, sure{diagnose.WrongPassword: likely}, []diagnose.CauseID{diagnose.ProtocolDisabledForAccount}},
		{"POP off", newRun().note("pop-off-by-default", "Yes.").add(pop, popRefuse), diagnose.ProtocolDisabledForAccount, nil, nil},
		{"SMTP off", newRun().note("smtp-off-by-default", "Yes.").add(smtp465, refusedWith("PLAIN", smtpReply(535, "5.7.8", "535 5.7.8 no"))), diagnose.ProtocolDisabledForAccount, nil, nil},
		{"another region", noted("regional-servers", refuse), diagnose.WrongPassword, sure{diagnose.WrongRegionalServer: possible}, nil},
		{"another region, and the login works", noted("regional-servers"), "", nil, []diagnose.CauseID{diagnose.WrongRegionalServer}},
		{"sign-in on the web", noted("web-sign-in-challenge", refuse), diagnose.WrongPassword, sure{diagnose.WebLoginChallenge: possible}, nil},
		{"no notes", newRun().add(imap, refuse), diagnose.WrongPassword, nil, []diagnose.CauseID{diagnose.AppPasswordRequired, diagnose.BasicAuthDisabled, diagnose.ProtocolDisabledForAccount, diagnose.WrongRegionalServer, diagnose.WebLoginChallenge}},
		{"user names differ", noted("user-name-differs", refuse), diagnose.WrongPassword, sure{diagnose.WrongUsernameFormat: possible}, nil},

		{"token refused", newRun().add(imap, token("401")), diagnose.OAuthTokenInvalid, sure{diagnose.OAuthTokenInvalid: likely}, nil},
		{"token refused without a word", newRun().add(imap, token("")), diagnose.OAuthTokenInvalid, sure{diagnose.OAuthTokenInvalid: possible, diagnose.WrongPassword: possible}, nil},

		{"no bridge", bridge("127.0.0.1"), diagnose.LocalBridgeProblem, sure{diagnose.LocalBridgeProblem: likely}, nil},
		{"no bridge, by name", bridge("localhost"), diagnose.LocalBridgeProblem, nil, nil},
		{"the bridge is elsewhere", bridge("bridge.example.net"), diagnose.ServiceNotListening, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"no bridge noted, at the port of one", newRun().add("imap-1143 127.0.0.1 starttls", dead), diagnose.LocalBridgeProblem, sure{diagnose.LocalBridgeProblem: likely}, nil},
		{"no bridge noted, at a usual port", newRun().add("imap-143 127.0.0.1 starttls", dead), diagnose.ServiceNotListening, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"the port of a bridge elsewhere", newRun().add("imap-1143 mail.example.net starttls", dead), diagnose.ServiceNotListening, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"a login refused at the port of a bridge", newRun().add("imap-1143 127.0.0.1 starttls", refuse), diagnose.LocalBridgeProblem, nil, nil},
		{"a login refused there elsewhere", newRun().add("imap-1143 mail.example.net starttls", refuse), diagnose.WrongPassword, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"the bridge has its own certificate", newRun().note("bridge-on-localhost", "Yes.").add("imap-1143 127.0.0.1 starttls", homeMade), diagnose.LocalBridgeProblem, sure{diagnose.LocalBridgeProblem: likely}, nil},
		{"a home-made certificate at a usual port here", newRun().add("imap-993 127.0.0.1 tls", homeMade), diagnose.CertSelfSigned, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"a home-made certificate at a bridge's port elsewhere", newRun().add("imap-1143 mail.example.net starttls", homeMade), diagnose.CertSelfSigned, nil, []diagnose.CauseID{diagnose.LocalBridgeProblem}},
		{"the bridge refuses", newRun().note("bridge-on-localhost", "Yes.").add("imap-1143 127.0.0.1 starttls", refuse), diagnose.LocalBridgeProblem, nil, nil},

		{"no ID", newRun().add(imap, fail(stage.Mailbox, stage.Rejected, &stage.MailboxFacts{Reply: new(imapNo("", "EXAMINE Unsafe Login. Please contact us"))})), diagnose.IMAPIDRequired, sure{diagnose.IMAPIDRequired: likely}, []diagnose.CauseID{diagnose.MailboxBackendUnavailable}},
		{"unsafe login at the login", newRun().add(imap, refusedWith("PLAIN", imapNo("", "Unsafe Login"))), "", nil, []diagnose.CauseID{diagnose.IMAPIDRequired}},
	})
}

// What the note says, and where to read it, is what the reader is told to do.
func TestNotesAreQuoted(t *testing.T) {
	for id, cause := range map[string]diagnose.CauseID{
		"app-password": diagnose.AppPasswordRequired, "imap-off-by-default": diagnose.ProtocolDisabledForAccount, "own-mailbox-password": diagnose.WrongPassword,
		"regional-servers": diagnose.WrongRegionalServer, "user-name-differs": diagnose.WrongUsernameFormat,
	} {
		r := newRun().note(id, "It is made on the page Keys.").add(imap, refusedWith("PLAIN", authFailed))
		r.profile().Notes[0].URL = "https://example.net/keys"
		f := find(r.diagnose(t), cause)
		if f == nil {
			t.Errorf("%s: no %s", id, cause)
			continue
		}
		p, _ := diagnose.PageOf(cause)
		actions := p.Actions(f.Args)
		if !slices.ContainsFunc(actions, func(a diagnose.Action) bool { return strings.HasSuffix(a.Text, "It is made on the page Keys.") }) {
			t.Errorf("%s: the note is not in %+v", id, actions)
		}
		linked := slices.ContainsFunc(actions, func(a diagnose.Action) bool { return strings.HasSuffix(a.Text, "https://example.net/keys") })
		if id != "own-mailbox-password" && id != "user-name-differs" && !linked {
			t.Errorf("%s: the address is not in %+v", id, actions)
		}
	}
}
