package laboratory

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// offers are causes in the login mechanisms that a server offers.
var offers = []scenario{
	{"imap-without-cram-md5", cause.AuthMechNotOffered, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain"})
		return login("imaps://imap.mail.test", "--auth", "CRAM-MD5")
	}},
	{"exim-without-scram", cause.AuthMechNotOffered, nil, func(w *world) []string {
		w.exim(realtest.EximConfig{})
		return login("smtp://smtp.mail.test", "--auth", "SCRAM-SHA-256")
	}},
	{"submission-offers-digest-md5-alone", cause.AuthMechNotOffered, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain digest-md5"})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sasl_mechanism_filter = digest-md5"}})
		w.profile(usual...)
		return customer
	}},
	{"mx-port-without-auth", cause.AuthNotOfferedOnPort, nil, func(w *world) []string {
		w.provider()
		w.exchanger(smtpIP)
		return login("smtp://smtp.mail.test:25")
	}},
	{"mx-port-takes-mail-for-its-domain", "", nil, func(w *world) []string {
		w.provider()
		w.exchanger(smtpIP)
		return login("smtp://smtp.mail.test:25", "--from", "scanner@mail.test", "--to", "jane@mail.test")
	}},
	{"mx-port-relays-for-nobody", cause.SMTPAuthNotConfiguredInClient, nil, func(w *world) []string {
		w.provider()
		w.exchanger(smtpIP)
		return login("smtp://smtp.mail.test:25", "--from", "scanner@mail.test", "--to", "bob@elsewhere.test")
	}},
	{"mx-port-knows-no-such-recipient", cause.RecipientUnknown, nil, func(w *world) []string {
		w.mail(smtpIP+":25", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.AuthNotOffered, probetest.OpenRelay}, RcptReply: "550 5.1.1 <jane@mail.test>: User unknown"})
		return login("smtp://smtp.mail.test:25", "--from", "scanner@mail.test", "--to", "jane@mail.test")
	}},
	// What Postfix says of a name that its table does not have.
	{"recipient-not-in-the-table", cause.RecipientUnknown, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"local_recipient_maps = inline:{ {jane@mail.test = x} }", "smtpd_reject_unlisted_recipient = yes"}})
		return login("smtps://smtp.mail.test", "--to", "jnae@mail.test")
	}},
	{"recipient-over-quota", cause.RecipientMailboxFull, nil, func(w *world) []string {
		return w.refusesRecipient("552 5.2.2 Mailbox is full")
	}},
	{"recipient-behind-an-access-rule", cause.RecipientBlocked, nil, func(w *world) []string {
		return w.refusesRecipient("REJECT")
	}},
	{"recipient-refused-without-a-reason", cause.RecipientRefused, nil, func(w *world) []string {
		return w.refusesRecipient("550 5.1.0 No")
	}},
	{"submission-without-auth", cause.AuthNotOfferedOnPort, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sasl_auth_enable = no"}})
		w.profile(usual...)
		return customer
	}},
	{"smtps-without-auth", cause.AuthNotOfferedOnPort, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, Faults: []probetest.Fault{probetest.AuthNotOffered}})
		return login("smtps://smtp.mail.test")
	}},
	{"tls-if-offered-and-it-is-not", cause.StartTLSNotOfferedByServer, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS, Faults: []probetest.Fault{probetest.StartTLSNotOffered}})
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP})
		w.profile("pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "smtp smtp.mail.test 587 starttls-if-offered")
		return customer
	}},
	{"scram-over-other-hashes", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "scram-sha-256 plain", Users: []string{"ada@mail.test:" + ssha256(right) + "::::::"}})
		return []string{"imaps://imap.mail.test", "--user", "ada@mail.test"}
	}},
	// As Cyrus does under TLS 1.3: it works without the binding, so this is a
	// warning.
	{"scram-binding-that-fails", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{
			Protocol: probetest.IMAP, Mechanisms: []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"}, Faults: []probetest.Fault{probetest.ScramUnbound},
		})
		return login("imaps://imap.mail.test")
	}},
	// The password is all ASCII: otherwise, if no other server has accepted it, the
	// run's one extra login is used to try its encoding.
	{"submission-takes-login-alone", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.password = "Tr0ub4dor&3"
		w.talk(smtpIP+":465", w.tls(goodLeaf), "220 smtp.mail.test ESMTP", loginAlone(w.password)...)
		return login("smtps://smtp.mail.test")
	}},
	{"profile-submission-takes-login-alone", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.talk(smtpIP+":465", w.tls(goodLeaf), "220 smtp.mail.test ESMTP", loginAlone(right)...)
		w.profile("pop3 pop.mail.test 995 tls", "imap imap.mail.test 993 tls", "smtp smtp.mail.test 465 tls")
		return customer
	}},
	{"imap-refuses-initial-response", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: []probetest.Fault{probetest.RefuseInitialSASL}})
		return login("imaps://imap.mail.test")
	}},
	{"postfix-out-of-step", cause.SASLDialectIncompatible, nil, func(w *world) []string {
		w.mail(smtpIP+":465", probetest.Config{Protocol: probetest.SMTP, LoginReply: "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"})
		return login("smtps://smtp.mail.test")
	}},
	{"imap-wants-id", cause.IMAPIDRequired, nil, func(w *world) []string {
		// A server that offers ID is told our name, and opens the mailbox.
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: []probetest.Fault{probetest.IDRequired}, Without: []string{"ID"}})
		return login("imaps://imap.mail.test")
	}},
	{"customer-of-163-without-id", cause.IMAPIDRequired, nil, func(w *world) []string {
		arguments := w.brand("jane@163.com",
			server{"pop.163.com:995", "", probetest.Config{}}, server{"smtp.163.com:465", "", probetest.Config{}})
		w.names["imap.163.com"] = []string{"A " + otherIP}
		w.talk(otherIP+":993", w.tls(probetest.Leaf{Names: []string{"imap.163.com"}}), "* OK Coremail System IMap Server Ready(163com)",
			says("CAPABILITY", "* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2\nTAG OK CAPABILITY completed"),
			says("LOGIN", "TAG OK LOGIN completed"), says("AUTHENTICATE", "TAG OK AUTHENTICATE completed"),
			// It requires a known program name, and doesn't know ours.
			says("ID", "* ID (\"name\" \"Coremail Imap\" \"vendor\" \"Mailtech\")\nTAG OK ID completed"),
			says("EXAMINE", "TAG NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"),
			says("LIST", "TAG OK LIST completed"), says("LOGOUT", "* BYE IMAP4rev1 Server logging out\nTAG OK LOGOUT completed\nCLOSE"))
		return arguments
	}},
}

// loginAlone returns a server that offers PLAIN and LOGIN. Its PLAIN refuses every
// password; its LOGIN accepts this one.
func loginAlone(password string) []exchange {
	encode := base64.StdEncoding.EncodeToString
	step, given := 0, ""
	return []exchange{
		says("EHLO", "250-smtp.mail.test\n250-SIZE 36700160\n250 AUTH PLAIN LOGIN"),
		says("AUTH PLAIN", "535 5.7.3 Authentication unsuccessful"),
		{"AUTH LOGIN", func(line string) string {
			step, given = 1, ""
			if f := strings.Fields(line); len(f) == 3 {
				step, given = 2, f[2]
				return "334 " + encode([]byte("Password:"))
			}
			return "334 " + encode([]byte("Username:"))
		}},
		{answered, func(line string) string {
			if step++; step == 2 {
				given = line
				return "334 " + encode([]byte("Password:"))
			}
			if given == encode([]byte(user)) && line == encode([]byte(password)) {
				return "235 2.7.0 Authentication successful"
			}
			return "535 5.7.3 Authentication unsuccessful"
		}},
		says("MAIL", "250 2.1.0 Ok"), says("RSET", "250 2.0.0 Ok"), says("QUIT", "221 2.0.0 Bye\nCLOSE"),
	}
}

// ssha256 returns a password in Dovecot's salted and hashed form, which SCRAM cannot
// use.
func ssha256(password string) string {
	const salt = "0123"
	sum := sha256.Sum256([]byte(password + salt))
	return "{SSHA256}" + base64.StdEncoding.EncodeToString(append(sum[:], salt...))
}

// refusesRecipient runs a Postfix whose table of recipients says this of bob@mail.test.
// The arguments name him.
func (w *world) refusesRecipient(action string) []string {
	w.t.Helper()
	w.dovecot(realtest.DovecotConfig{})
	w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_recipient_restrictions = check_recipient_access inline:{ {bob@mail.test = " + action + "} }"}})
	return login("smtps://smtp.mail.test", "--to", "bob@mail.test")
}

// exchanger runs the domain's server for incoming mail at an address of the
// provider: a Postfix on port 25 without logins.
func (w *world) exchanger(ip string) {
	w.t.Helper()
	w.postfix(realtest.PostfixConfig{Place: w.at(backIP), Main: []string{
		"smtpd_sasl_auth_enable = no", "smtpd_sender_restrictions =", "smtpd_relay_restrictions = reject_unauth_destination", "smtpd_recipient_restrictions =",
	}})
	w.server.nft("table ip exchanger { chain c { type nat hook prerouting priority -100; ip daddr " + ip + " tcp dport 25 dnat to " + backIP + ":587; }; }")
}

// backIP is for servers that are reached through other addresses.
const backIP = "203.0.113.29"
