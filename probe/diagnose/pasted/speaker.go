package pasted

import (
	"regexp"
	"strings"

	"maildoctor/probe/lazy"
)

// directions are how programs mark what was sent and received in a log: PHPMailer,
// swaks, openssl and curl, nodemailer, Python's smtplib and imaplib, MailKit, isync,
// mutt, fetchmail.
var directions = []struct {
	mark func() *regexp.Regexp
	who  Who
}{
	{lazy.Pattern(`(?i)\bserver -> client:\s*`), ByServer},
	{lazy.Pattern(`(?i)\bclient -> server:\s*`), ByClient},
	{lazy.Pattern(`(?i)^(?:[-\d:.,T/ Z\[\]()]+|.{0,80}?\] )?(?:\w+ )?(?:S|server|recv|received|got|reply|imap<|smtp<|pop3<|<-|<--|<<|<~\*?|<):?\s+`), ByServer},
	{lazy.Pattern(`^reply: (?:retcode \(\d+\); Msg: )?b?['"]?`), ByServer},
	{lazy.Pattern(`(?i)^(?:[-\d:.,T/ Z\[\]()]+|.{0,80}?\] )?(?:\w+ )?(?:C|client|send|sent|imap>|smtp>|pop3>|->|-->|>>|~>|>):?(?:\s+|$)`), ByClient},
}

// Speaker says who said a line, and returns what was said.
func Speaker(line string) (Who, string) {
	for _, d := range directions {
		if at := d.mark().FindStringIndex(line); at != nil {
			return d.who, strings.TrimSpace(line[at[1]:])
		}
	}
	if ofServer().MatchString(line) {
		return ByServer, line
	}
	return ByProgram, line
}

// ofServer finds the lines that only servers say: with a reply code and, where an
// enhanced code or a capital follows, or with a status.
var ofServer = lazy.Pattern(`^(?:[2-5]\d\d(?:-[A-Z0-9]| (?:\d\.\d{1,3}\.\d{1,3}\b|[A-Za-z]))|\* (?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY)\b|-ERR\b|\+OK\b|(?i:[a-z]{0,8}\d+) (?:OK|NO|BAD) )`)
