package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// rules are causes in what a server permits, to whom, and how often.
var rules = []scenario{
	// A login was made, but the server's rules ignore it.
	{"sender-has-to-log-in-still", cause.SMTPAuthNotConfiguredInClient, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = check_sender_access inline:{ {" + user + " = 530 5.7.0 Authentication required} }"}})
		w.profile(usual...)
		return customer
	}},
	{"pop-before-smtp", cause.SMTPAuthNotConfiguredInClient, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("550 5.7.1 You must check for new mail before sending mail")}})
		w.profile(usual...)
		return customer
	}},
	{"blocklist-at-ehlo", cause.ClientIPDNSBLOnSubmission, nil, func(w *world) []string {
		w.listed()
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_helo_restrictions = reject_rbl_client zen.dnsbl.test"}})
		w.profile(usual...)
		return customer
	}},
	{"blocklist-at-mail-from", cause.ClientIPDNSBLOnSubmission, nil, func(w *world) []string {
		w.listed()
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = reject_rbl_client zen.dnsbl.test, permit_sasl_authenticated, reject"}})
		w.profile(usual...)
		return customer
	}},
	// Postfix reports it at RCPT by default (smtpd_delay_reject).
	{"blocklist-at-the-recipient", cause.ClientIPDNSBLOnSubmission, nil, func(w *world) []string {
		w.listed()
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_client_restrictions = reject_rbl_client zen.dnsbl.test", "smtpd_delay_reject = yes"}})
		w.profile(usual...)
		return customer
	}},
	{"hello-refused-at-the-recipient", cause.SMTPHELORejected, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_helo_required = yes", "smtpd_helo_restrictions = reject_non_fqdn_helo_hostname", "smtpd_delay_reject = yes"}})
		return append(login("smtps://smtp.mail.test"), "--helo", "DESKTOP1")
	}},
	{"hello-unknown-for-now", cause.SMTPHELORejected, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_helo_required = yes", "smtpd_helo_restrictions = reject_unknown_helo_hostname", "smtpd_delay_reject = yes"}})
		return append(login("smtps://smtp.mail.test"), "--helo", "25aea30808b2.mail.test")
	}},
	{"sender-not-of-the-login", cause.SenderAddressNotPermitted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{
			"smtpd_sender_login_maps = inline:{ {" + user + " = somebody@mail.test} }",
			"smtpd_sender_restrictions = reject_sender_login_mismatch", "smtpd_delay_reject = yes",
		}})
		return login("smtps://smtp.mail.test")
	}},
	{"no-relaying-after-the-login", cause.SMTPAuthNotConfiguredInClient, []cause.ID{cause.SenderAddressNotPermitted}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"mydestination =", "smtpd_relay_restrictions = reject_unauth_destination"}})
		return login("smtps://smtp.mail.test")
	}},
	{"greylisted-at-the-recipient", cause.Greylisted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_recipient_restrictions = " + w.policy("DEFER_IF_PERMIT Greylisted, see https://postgrey.mail.test")}})
		return login("smtps://smtp.mail.test")
	}},
	{"table-of-the-server-broken", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_recipient_restrictions = check_recipient_access texthash:/no/such/table"}})
		return login("smtps://smtp.mail.test")
	}},
	{"address-banned-from-sending", cause.ClientIPDNSBLOnSubmission, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("550 5.7.606 Access denied, banned sending IP [192.168.1.2]")}})
		return login("smtps://smtp.mail.test")
	}},
	{"country-denied", cause.GeoOrIPLoginBlock, nil, func(w *world) []string {
		const reason = "LOGIN DENIED -- COUNTRY IS BLACKLISTED"
		return w.refuses("NO [ALERT] "+reason, "-ERR [AUTH] "+reason, "535 5.7.8 "+reason)
	}},
	{"dovecot-denies-the-country", cause.GeoOrIPLoginBlock, nil, func(w *world) []string {
		const reason = "Login from your country is not allowed"
		return w.barred(map[string]string{"imap": reason, "pop3": reason, "smtp": reason})
	}},
	// Dovecot does not say that the address is the reason, so it can't be known
	// here.
	{"address-outside-allow-nets", cause.GeoOrIPLoginBlock, []cause.ID{cause.WrongPassword}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Users: []string{"ada@mail.test:{PLAIN}" + right + "::::::allow_nets=198.51.100.0/24"}})
		w.profile("imap imap.mail.test 993 tls")
		return []string{"ada@mail.test"}
	}},
	{"too-many-auth-commands", cause.RateLimitedLogin, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_client_auth_rate_limit = 1"}})
		// Postfix counts separately for each port.
		w.profile("pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "smtp smtp.mail.test 465 tls")
		w.submits()
		return customer
	}},
	{"minimum-time-between-logins", cause.RateLimitedLogin, nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Faults: []probetest.Fault{probetest.LoginTooOften}})
		return login("pop3s://pop.mail.test")
	}},
	{"gmail-bandwidth-exceeded", cause.RateLimitedLogin, nil, func(w *world) []string {
		return w.gmail("NO [ALERT] Account exceeded command or bandwidth limits. (Failure)", "", "")
	}},
	{"mailu-rate-limit", cause.RateLimitedLogin, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, LoginReply: "NO Authentication rate limit from one source exceeded"})
		return login("imaps://imap.mail.test")
	}},
	{"daily-sending-limit", cause.OutboundSendingRestricted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("550 5.4.5 Daily user sending limit exceeded")}})
		w.profile(usual...)
		return customer
	}},
	{"hourly-sending-limit-for-now", cause.OutboundSendingRestricted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("450 4.7.1 Error: too much mail from 192.168.1.2")}})
		w.profile(usual...)
		return customer
	}},
	{"account-barred-from-sending", cause.OutboundSendingRestricted, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("550 5.7.501 Access denied, spam abuse detected from this account")}})
		return login("smtps://smtp.mail.test")
	}},
	{"sender-not-owned", cause.SenderAddressNotPermitted, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, Faults: []probetest.Fault{probetest.SenderRefused}})
		return login("smtps://smtp.mail.test")
	}},
	{"too-many-sessions-at-pop", cause.TooManyConnectionsPerUser, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"mail_max_userip_connections = 1"}})
		w.hold(w.client, popIP+":995", "AUTH PLAIN "+plain(), "STAT")
		return login("pop3s://pop.mail.test")
	}},
}

// listed puts the customer's address on a blocklist.
func (w *world) listed() {
	w.names["2.1.168.192.zen.dnsbl.test"] = []string{"A 127.0.0.2", "TXT \"https://www.dnsbl.test/query/192.168.1.2\""}
}
