package laboratory

import (
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// healthy are worlds in which nothing is wrong.
var healthy = []scenario{
	{"healthy", "", nil, func(w *world) []string {
		w.provider()
		return customer
	}},
	{"healthy-no-password", "", nil, func(w *world) []string {
		w.provider()
		w.password = ""
		return customer
	}},
	{"healthy-dual-stack", "", nil, func(w *world) []string {
		w.dualStack()
		w.dovecot(realtest.DovecotConfig{Place: w.at(popIP, imapIP, popIP6, imapIP6)})
		w.postfix(realtest.PostfixConfig{Place: w.at(smtpIP, smtpIP6)})
		w.profile(usual...)
		return customer
	}},
	{"healthy-starttls", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{})
		w.postfix(realtest.PostfixConfig{})
		w.profile(upgraded...)
		return customer
	}},
	{"healthy-exim", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Quota: "700M"})
		w.exim(realtest.EximConfig{})
		w.profile(usual...)
		return customer
	}},
	{"healthy-urls", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain login cram-md5 scram-sha-256"})
		w.postfix(realtest.PostfixConfig{})
		return login("imaps://imap.mail.test", "pop3s://pop.mail.test", "smtps://smtp.mail.test", "smtp://smtp.mail.test")
	}},
	{"healthy-library-servers", "", nil, func(w *world) []string {
		w.mail(popIP+":995", probetest.Config{Protocol: probetest.POP3})
		w.mail(imapIP+":993", probetest.Config{Protocol: probetest.IMAP})
		w.mail(smtpIP+":587", probetest.Config{Protocol: probetest.SMTP, Security: probetest.StartTLS})
		w.profile(usual...)
		return customer
	}},
}
