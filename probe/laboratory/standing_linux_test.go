package laboratory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// standing are causes in what a provider has switched off or forbidden for an
// account whose name and password are right.
var standing = []scenario{
	{"gmail-imap-switched-off", cause.ProtocolDisabledForAccount, nil, func(w *world) []string {
		return w.gmail("NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
			"-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.", "")
	}},
	// Both texts leave it open; but sending accepts the same password.
	{"yandex-imap-switched-off", cause.ProtocolDisabledForAccount, nil, func(w *world) []string {
		return w.brand("jane@yandex.ru",
			server{"imap.yandex.com:993", "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials or IMAP is disabled sc=ebI8JB0ug4Y1_290737_53p", probetest.Config{}},
			server{"pop.yandex.com:995", "-ERR [AUTH] login failure or POP3 disabled, try later. sc=HtjJitcPRuQ1", probetest.Config{}},
			server{"smtp.yandex.com:465", "", probetest.Config{}})
	}},
	// GMX does not distinguish a switch from a wrong password; but sending works.
	{"gmx-imap-switched-off", cause.ProtocolDisabledForAccount, nil, func(w *world) []string {
		const imap, pop = "NO [AUTHENTICATIONFAILED] Authentication credentials invalid", "-ERR authentication failed"
		return w.brand("jane@gmx.com",
			server{"imap.gmx.com:993", imap, probetest.Config{}}, server{"imap.gmx.com:143", imap, probetest.Config{}},
			server{"pop.gmx.com:995", pop, probetest.Config{}}, server{"pop.gmx.com:110", pop, probetest.Config{}},
			server{"mail.gmx.com:465", "", probetest.Config{}}, server{"mail.gmx.com:587", "", probetest.Config{}})
	}},
	{"dovecot-imap-switched-off", cause.ProtocolDisabledForAccount, nil, func(w *world) []string {
		return w.barred(map[string]string{"imap": "IMAP access is disabled for this account, enable IMAP in the settings"})
	}},
	{"courier-pop-switched-off", cause.ProtocolDisabledForAccount, nil, func(w *world) []string {
		return w.refuses("", "-ERR POP3 access disabled for this account.", "")
	}},
	{"admin-forbids-imap", cause.ProtocolDisabledByAdmin, nil, func(w *world) []string {
		return w.barred(map[string]string{"imap": "IMAP access is disabled for your domain, contact your administrator", "pop3": "POP access is disabled for your domain, contact your administrator"})
	}},
	{"gmail-family-forbids-imap", cause.ProtocolDisabledByAdmin, nil, func(w *world) []string {
		return w.gmail("NO [ALERT] IMAP access is not allowed for this account.", "-ERR [SYS/PERM] POP access is not allowed for this account.", "")
	}},
	{"workspace-admin-forbids-pop", cause.ProtocolDisabledByAdmin, nil, func(w *world) []string {
		return w.refuses("", "-ERR [SYS/PERM] POP is disabled by your domain administrator", "")
	}},
	{"smtp-auth-off-in-tenant", cause.SMTPAuthDisabledInTenant, nil, func(w *world) []string {
		return w.refuses("", "", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]")
	}},
	{"smtp-auth-off-for-mailbox", cause.SMTPAuthDisabledInTenant, nil, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS,
			LoginReply: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
		})
		return login("smtp://smtp.mail.test")
	}},
	{"sign-in-criteria-not-met", cause.ConditionalAccessBlocked, nil, func(w *world) []string {
		return w.refuses("", "", "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.")
	}},
	{"security-defaults", cause.ConditionalAccessBlocked, nil, func(w *world) []string {
		w.mail(smtpIP+":587", probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS,
			LoginReply: "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
		})
		return login("smtp://smtp.mail.test")
	}},
	{"federation-out-of-reach", cause.ConditionalAccessBlocked, nil, func(w *world) []string {
		return w.refuses("", "", "535 5.7.139 Authentication unsuccessful, federated STS service was unreachable.")
	}},
	{"gmail-wants-browser", cause.WebLoginChallenge, nil, func(w *world) []string {
		return w.gmail("NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
			"-ERR [AUTH] Web login required: https://support.google.com/mail/answer/78754",
			inLines("534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1> Please", "534-5.7.14 log in via your web browser and then try again.",
				"534-5.7.14  Learn more at", "534 5.7.14  https://support.google.com/mail/answer/78754 4fb4d7f45d1cf-example - gsmtp"))
	}},
	{"outlook-wants-browser", cause.WebLoginChallenge, nil, func(w *world) []string {
		return w.refuses("NO LOGIN failed. Account is blocked. Login to your account via a web browser to verify your identity.", "-ERR Account is blocked. Login to your account via a web browser to verify your identity.", "")
	}},
	{"yandex-wants-eula", cause.WebLoginChallenge, nil, func(w *world) []string {
		return w.refuses("NO [AUTHENTICATIONFAILED] LOGIN Please accept EULA first. sc=x", "-ERR [AUTH] Please accept EULA first. sc=x", "535 5.7.8 Error: authentication failed: Please accept EULA first. 1700000000-x")
	}},
	{"hmail-locks-after-tries", cause.AccountLockedTooManyAttempts, nil, func(w *world) []string {
		return w.refuses("NO Invalid user name or password. Too many invalid logon attempts.", "-ERR Invalid user name or password. Too many invalid logon attempts.", "535 Authentication failed. Too many invalid logon attempts.")
	}},
	{"yahoo-locks-sending", cause.AccountLockedTooManyAttempts, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, LoginReply: "535 5.7.0 (#AUTH005) Too many bad auth attempts."})
		return login("smtps://smtp.mail.test")
	}},
	{"dovecot-locks-account", cause.AccountLockedTooManyAttempts, nil, func(w *world) []string {
		const reason = "Account locked after too many failed logins, wait 30 minutes"
		return w.barred(map[string]string{"imap": reason, "pop3": reason, "smtp": reason})
	}},
	{"account-suspended", cause.AccountSuspended, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada@mail.test:{PLAIN}" + right + "::::::nologin=yes reason=Account_suspended"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return []string{"ada@mail.test"}
	}},
	{"account-unpaid", cause.AccountSuspended, nil, func(w *world) []string {
		const reason = "Account disabled for non-payment"
		return w.barred(map[string]string{"imap": reason, "pop3": reason, "smtp": reason})
	}},
	{"account-suspended-by-code", cause.AccountSuspended, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, Faults: []probetest.Fault{probetest.AccountSuspended}})
		return login("smtps://smtp.mail.test")
	}},
	{"account-suspended-says-one", cause.AccountSuspended, nil, func(w *world) []string {
		return w.refuses("NO [AUTHENTICATIONFAILED] Authentication failed.", "-ERR [AUTH] Authentication failed.", "535 5.7.8 Authentication failed: account disabled")
	}},
	{"password-expired", cause.PasswordExpired, nil, func(w *world) []string {
		return w.refuses("NO [EXPIRED] Authentication failed.", "-ERR [AUTH] Password has expired", "535 5.7.8 The password has expired")
	}},
	{"zimbra-password-must-change", cause.PasswordExpired, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, LoginReply: "NO [ALERT] password must be changed before IMAP login permitted"})
		return login("imaps://imap.mail.test")
	}},
	{"password-database-gone", cause.AuthBackendTemporaryFailure, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"passdb {\n driver = passwd-file\n args = /nonexistent/users\n}"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return []string{"ada@mail.test"}
	}},
	{"login-script-fails-for-now", cause.AuthBackendTemporaryFailure, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{w.checkpassword("exit 111")}})
		return []string{"imaps://imap.mail.test", "pop3s://pop.mail.test", "--user", "ada@mail.test"}
	}},
	{"sasl-service-dies", cause.AuthBackendTemporaryFailure, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.saslThatDies(12346)
		w.postfix(realtest.PostfixConfig{Auth: 12346})
		w.profile(usual...)
		return customer
	}},
	// Postfix's server process exits where it would offer AUTH, without giving a
	// reason.
	{"sasl-service-down", cause.AuthBackendTemporaryFailure, []cause.ID{cause.ConnectionResetAfterAccept}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Auth: 12399})
		w.profile(usual...)
		return customer
	}},
	{"exim-cannot-authenticate", cause.AuthBackendTemporaryFailure, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, LoginReply: "435 Unable to authenticate at present"})
		return login("smtps://smtp.mail.test")
	}},
	{"tuta-has-no-servers", cause.ProviderHasNoIMAP, nil, func(w *world) []string {
		w.names["tuta.com"] = []string{"MX 10 mail.tutanota.de.", "A " + otherIP}
		return []string{"jane@tuta.com"}
	}},
	{"hey-has-no-servers", cause.ProviderHasNoIMAP, nil, func(w *world) []string {
		w.names["hey.com"] = []string{"MX 10 work-mx.app.hey.com."}
		w.password = ""
		return []string{"jane@hey.com"}
	}},
}

// checkpassword returns lines of dovecot.conf: a shell script decides about users
// that the file of users doesn't have. $SERVICE is imap, pop3 or smtp; "$@" accepts.
func (w *world) checkpassword(script string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, "checkpassword")
	// Dovecot writes the password to descriptor 3, and requires that it is read.
	write(w.t, path, "#!/bin/sh\ncat <&3 >/dev/null\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		w.t.Fatal(err)
	}
	return "passdb {\n driver = checkpassword\n args = " + path + "\n}"
}

// barred runs a provider with real servers at which ada, whose password is right,
// may not use some services, for a reason that Dovecot reports; Postfix refuses
// without one. The arguments check her account.
func (w *world) barred(reasons map[string]string) []string {
	w.t.Helper()
	var cases strings.Builder
	for service, reason := range reasons {
		if service == "smtp" { // Postfix doesn't know of nologin
			cases.WriteString("smtp) exit 1;;\n")
			continue
		}
		fmt.Fprintf(&cases, "%s) export EXTRA='nologin reason' nologin=yes reason='%s';;\n", service, reason)
	}
	w.dovecot(realtest.DovecotConfig{Extra: []string{w.checkpassword("export USER=ada@mail.test\ncase $SERVICE in\n" + cases.String() + "esac\nexec \"$@\"")}})
	w.postfix(realtest.PostfixConfig{})
	w.profile(usual...)
	return []string{"ada@mail.test"}
}
