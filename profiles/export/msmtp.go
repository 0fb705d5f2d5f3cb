package export

import (
	"regexp"

	"maildoctor/probe/stage"
)

// msmtp's configuration: msmtp(1), section "CONFIGURATION FILES". A line is a command and
// its argument, which may stand in double quotes: the outer ones are taken away, and
// those within need no escape.
var msmtp = Form{
	Name: "msmtp", Place: "~/.msmtprc", remarks: hashes, takes: sends, write: writeMsmtp,
	secret: "msmtp takes it from the key ring, from ~/.netrc or from the command that passwordeval names, and else asks for it.",
}

// replaced are what msmtp replaces in the argument of from.
var replaced = regexp.MustCompile(`%[UHCM]`)

func writeMsmtp(s *Settings) (string, error) {
	v, err := s.best(stage.SMTP)
	if err != nil {
		return "", err
	}
	if replaced.MatchString(s.Address) {
		return "", cannotQuote("the address", '%')
	}
	method := "on" // msmtp chooses
	if v.Token {
		method = "xoauth2"
	}
	onOff := func(on bool) string {
		if on {
			return "on"
		}
		return "off"
	}
	return "account " + s.Domain + "\n" +
		"host " + v.Host + "\n" +
		"port " + port(v) + "\n" +
		"protocol smtp\n" +
		`from "` + s.Address + "\"\n" +
		"auth " + method + "\n" +
		`user "` + v.User + "\"\n" +
		"tls " + onOff(v.Security != stage.None) + "\n" +
		"tls_starttls " + onOff(chosen(v, false, true, false)) + "\n" +
		"\naccount default : " + s.Domain + "\n", nil
}
