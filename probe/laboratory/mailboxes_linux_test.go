package laboratory

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// mailboxes are causes after an accepted login.
var mailboxes = []scenario{
	{"mail-store-unwritable", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"mail_location = maildir:/proc/nobody/%u"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"mail-store-of-another-user", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"mail_location = maildir:/root/maildoctor-%u"}})
		return login("imaps://imap.mail.test")
	}},
	{"zimbra-in-maintenance", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		w.talk(imapIP+":993", w.tls(goodLeaf), "* OK IMAP4rev1 proxy server ready", opens("TAG NO [ALERT] account undergoing maintenance; please try again later")...)
		return login("imaps://imap.mail.test")
	}},
	{"cyrus-cannot-open-maildrop", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, LoginReply: "-ERR [SYS/TEMP] Unable to open maildrop"})
		return login("pop3s://pop.mail.test")
	}},
	{"mailbox-broken-everywhere", cause.MailboxBackendUnavailable, nil, func(w *world) []string {
		broken := []probetest.Fault{probetest.MailboxBroken}
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: broken})
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Faults: broken})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.profile(usual...)
		return customer
	}},
	{"account-without-mailbox", cause.MailboxNotProvisioned, nil, func(w *world) []string {
		w.talk(imapIP+":993", w.tls(goodLeaf), "* OK IMAP4 ready", opens("TAG NO [NONEXISTENT] Unknown Mailbox: INBOX")...)
		return login("imaps://imap.mail.test")
	}},
	{"account-without-licence", cause.MailboxNotProvisioned, nil, func(w *world) []string {
		const reason = "This user has no mailbox: not licensed"
		return w.barred(map[string]string{"imap": reason, "pop3": reason})
	}},
	// An alias receives mail but has no password. To the customer it looks like a
	// wrong one, unless the server for incoming mail is asked.
	{"alias-of-a-mailbox", cause.MailboxNotProvisioned, []cause.ID{cause.WrongPassword}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"virtual_alias_maps = inline:{info@mail.test=" + user + "}"}})
		w.exchanger(otherIP)
		w.names["mx.mail.test"] = []string{"A " + otherIP}
		w.profile(usual...)
		return []string{"info@mail.test"}
	}},
	{"folders-below-inbox", cause.IMAPNamespaceOrFolderMismatch, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Extra: []string{"namespace inbox {\n inbox = yes\n prefix = INBOX.\n separator = .\n}"}})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return customer
	}},
	{"full-mailbox-of-library-server", cause.MailboxFull, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP, Faults: []probetest.Fault{probetest.AccountFull}})
		return login("imaps://imap.mail.test")
	}},
	{"disk-of-the-server-full", cause.MailboxBackendUnavailable, []cause.ID{cause.MailboxFull}, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{Main: []string{"smtpd_sender_restrictions = " + w.policy("452 4.3.1 Insufficient system storage")}})
		w.profile(usual...)
		return customer
	}},
	{"maildrop-locked-elsewhere", cause.POP3MaildropLocked, nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3, Faults: []probetest.Fault{probetest.MaildropLocked}})
		return login("pop3s://pop.mail.test")
	}},
}

// opens returns an IMAP server that accepts every login, and answers every EXAMINE
// with this.
func opens(examine string) []exchange {
	return []exchange{
		says("CAPABILITY", "* CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN\nTAG OK completed"),
		says("AUTHENTICATE", "TAG OK completed"), says("LOGIN", "TAG OK completed"), says("EXAMINE", examine),
		says("LOGOUT", "* BYE bye\nTAG OK completed\nCLOSE"),
	}
}
