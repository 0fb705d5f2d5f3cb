package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// logins are causes in the name and password.
var logins = []scenario{
	{"local-part-as-user-name", cause.WrongUsernameFormat, nil, func(w *world) []string {
		w.provider()
		return []string{user, "--user", "jane"}
	}},
	{"full-address-as-user-name", cause.WrongUsernameFormat, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada:{PLAIN}" + right + "::::::"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile("pop3 pop.mail.test 995 tls", "user_name = \"local-part\"", "imap imap.mail.test 993 tls", "user_name = \"local-part\"",
			"smtp smtp.mail.test 587 starttls", "user_name = \"local-part\"")
		return []string{"ada@mail.test", "--user", "ada@mail.test"}
	}},
	// Without a profile the domain of the name has to be guessed.
	{"local-part-at-a-url", cause.WrongUsernameFormat, []cause.ID{cause.WrongPassword}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return []string{"imaps://imap.mail.test", "--user", "jane"}
	}},
	{"windows-domain-as-user-name", cause.WrongUsernameFormat, nil, func(w *world) []string {
		w.provider()
		return []string{user, "--user", `MAIL\jane`}
	}},
	{"bare-name-at-a-url", cause.WrongUsernameFormat, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		return []string{"imaps://imap.mail.test", "--user", "jane"}
	}},
	{"hint-at-the-user-name", cause.WrongUsernameFormat, nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, LoginReply: "-ERR Invalid user name or password. Please use full email address as user name."})
		return []string{"pop3s://pop.mail.test", "--user", "jane"}
	}},
	{"password-with-space-behind", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.provider()
		w.password = right + " "
		return customer
	}},
	{"password-with-nbsp", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada@mail.test:{PLAIN}abcdefghijklmnop::::::"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.password = "abcd\u00a0efgh\u00a0ijkl\u00a0mnop"
		return []string{"ada@mail.test"}
	}},
	{"password-with-zero-width-space", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada@mail.test:{PLAIN}Tr0ub4dor&3::::::"}})
		w.password = "\u200bTr0ub4dor&3"
		return []string{"imaps://imap.mail.test", "--user", "ada@mail.test"}
	}},
	{"password-with-carriage-return", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.provider()
		w.password = right + "\r"
		return customer
	}},
	// The server has the password in Latin-1, as set by an old program.
	{"password-stored-in-latin-1", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada@mail.test:{PLAIN}p\xe4ssw\xf6rd::::::"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		w.password = "pässwörd"
		return []string{"ada@mail.test"}
	}},
	{"bad-base64", cause.PasswordEncodingOrWhitespace, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, LoginReply: "501 Invalid base64 data"})
		return login("smtps://smtp.mail.test")
	}},
	{"gmail-wants-app-password", cause.AppPasswordRequired, nil, func(w *world) []string {
		return w.gmail("NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
			"-ERR [AUTH] Application-specific password required: https://support.google.com/accounts/answer/185833",
			inLines("534-5.7.9 Application-specific password required. For more information, go to",
				"534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor 4fb4d7f45d1cf-example - gsmtp"))
	}},
	{"icloud-wants-app-password", cause.AppPasswordRequired, nil, func(w *world) []string {
		w.password = wrong
		return w.brand("jane@icloud.com",
			server{"imap.mail.me.com:993", "NO [AUTHENTICATIONFAILED] Authentication Failed", probetest.Config{}},
			server{"smtp.mail.me.com:587", "535 5.7.8 Error: authentication failed: authentication failure", probetest.Config{}})
	}},
	{"yahoo-wants-app-password", cause.AppPasswordRequired, nil, func(w *world) []string {
		w.password = wrong
		return w.brand("jane@yahoo.com",
			server{"imap.mail.yahoo.com:993", "NO [AUTHENTICATIONFAILED] AUTHENTICATE Invalid credentials", probetest.Config{}},
			server{"pop.mail.yahoo.com:995", "-ERR [AUTH] invalid user or password", probetest.Config{}},
			server{"smtp.mail.yahoo.com:465", "535 5.7.0 (#AUTH005) Bad credentials", probetest.Config{}},
			server{"smtp.mail.yahoo.com:587", "535 5.7.0 (#AUTH005) Bad credentials", probetest.Config{}})
	}},
	{"qq-wants-authorization-code", cause.AppPasswordRequired, nil, func(w *world) []string {
		const smtp = "535 Login Fail. Please enter your authorization code to login. More information in https://service.mail.qq.com/detail/0/53"
		return w.brand("jane@qq.com",
			server{"imap.qq.com:993", "NO Please using authorized code to login.", probetest.Config{}},
			server{"pop.qq.com:995", "-ERR Please using authorized code to login.", probetest.Config{}},
			server{"smtp.qq.com:465", smtp, probetest.Config{}}, server{"smtp.qq.com:587", smtp, probetest.Config{}})
	}},
	{"app-password-at-a-url", cause.AppPasswordRequired, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, LoginReply: "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED"})
		return login("smtps://smtp.mail.test")
	}},
	{"basic-auth-blocked-at-outlook", cause.BasicAuthDisabled, nil, func(w *world) []string {
		return w.outlook("NO LOGIN failed. BasicAuthBlocked", "-ERR Logon failure: unknown user name or bad password.",
			"535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]")
	}},
	{"basic-auth-refused-without-words", cause.BasicAuthDisabled, nil, func(w *world) []string {
		return w.outlook("NO AUTHENTICATE failed.", "-ERR Logon failure: unknown user name or bad password.",
			"535 5.7.3 Authentication unsuccessful [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]")
	}},
	{"server-offers-oauth-alone", cause.BasicAuthDisabled, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "xoauth2 oauthbearer", TokenInfo: "http://127.0.0.1:8080/token?access_token="})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"basic-auth-disabled-at-an-unknown", cause.BasicAuthDisabled, nil, func(w *world) []string {
		for _, c := range []probetest.Config{
			{Protocol: probetest.IMAP, LoginReply: "NO [ALERT] Basic authentication is disabled, use OAuth"},
			{Protocol: probetest.POP3, LoginReply: "-ERR [AUTH] Basic authentication is disabled, use OAuth"},
		} {
			c.Mechanisms = []string{"PLAIN", "XOAUTH2"}
			w.mail(map[probetest.Protocol]string{probetest.IMAP: imapIP + ":993", probetest.POP3: popIP + ":995"}[c.Protocol], c)
		}
		return login("imaps://imap.mail.test", "pop3s://pop.mail.test")
	}},
	// The user database of one region doesn't know the account of another, and
	// refuses it in the words for a wrong password. The report also says that the
	// region may be another, and that some accounts need an app password, because
	// only the customer knows. If the optional port for sending is refused first, the
	// required one isn't tried, and IMAP and POP, which are off by default there, lead.
	{"zoho-account-of-another-region", cause.WrongRegionalServer, []cause.ID{cause.WrongPassword, cause.ProtocolDisabledForAccount}, func(w *world) []string {
		w.region("imap.zoho.com", "pop.zoho.com", "smtp.zoho.com")
		w.neighbour("jane@zoho.com", "imap.zoho.eu", "pop.zoho.eu")
		return []string{"jane@zoho.com"}
	}},
	// What the catalogue gives for the account works as well.
	{"gmx-account-of-another-region", cause.WrongRegionalServer, []cause.ID{cause.SettingsDifferFromProfile}, func(w *world) []string {
		w.region("imap.gmx.net", "pop.gmx.net", "mail.gmx.net")
		w.neighbour("jane@gmx.com", "imap.gmx.com", "pop.gmx.com")
		return []string{"imaps://imap.gmx.net", "smtps://mail.gmx.net", "--user", "jane@gmx.com"}
	}},
}

// region sets up the servers of a region, which has accounts of its own.
func (w *world) region(imap, pop, smtp string) {
	w.t.Helper()
	w.names[imap], w.names[pop], w.names[smtp] = []string{"A " + imapIP}, []string{"A " + popIP}, []string{"A " + smtpIP}
	certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: []string{imap, pop, smtp}}))
	w.dovecot(realtest.DovecotConfig{Certificate: certificate, Key: key})
	w.postfix(realtest.PostfixConfig{Certificate: certificate, Key: key})
}

// neighbour sets up another region, which has the account. Its Dovecot runs beside
// the router, because the provider's machine has one already, using ports of its
// loopback interface.
func (w *world) neighbour(account string, hosts ...string) {
	w.t.Helper()
	const ip = "203.0.113.30"
	w.router.ip("addr add " + ip + "/32 dev s0")
	for _, h := range hosts {
		w.names[h] = []string{"A " + ip}
	}
	certificate, key := realtest.WritePEM(w.t, w.issue(probetest.Leaf{Names: hosts}))
	w.dovecot(realtest.DovecotConfig{
		Place:       &realtest.Place{Addresses: []string{ip}, Command: w.router.command, Dial: w.router.dial},
		Certificate: certificate, Key: key, Users: []string{account + ":{PLAIN}" + right + "::::::"},
	})
}
