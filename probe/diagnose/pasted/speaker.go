package pasted

import (
	"regexp"
	"strings"
)

// directions are how programs mark what was sent and received in a log: PHPMailer,
// swaks, openssl and curl, nodemailer, Python's smtplib and imaplib, MailKit, isync,
// mutt, fetchmail.
var directions = []struct {
	mark *regexp.Regexp
	who  Who
}{
	{regexp.MustCompile(`(?i)\bserver -> client:\s*`), ByServer},
	{regexp.MustCompile(`(?i)\bclient -> server:\s*`), ByClient},
	{regexp.MustCompile(`(?i)^(?:[-\d:.,T/ Z\[\]()]+)?(?:\w+ )?(?:S|server|recv|received|reply|imap<|smtp<|pop3<|<-|<--|<<|<~\*?|<):?\s+`), ByServer},
	{regexp.MustCompile(`^reply: (?:retcode \(\d+\); Msg: )?b?['"]?`), ByServer},
	{regexp.MustCompile(`(?i)^(?:[-\d:.,T/ Z\[\]()]+)?(?:\w+ )?(?:C|client|send|sent|imap>|smtp>|pop3>|->|-->|>>|~>|>):?\s+`), ByClient},
}

// Speaker says who said a line, and returns what was said.
func Speaker(line string) (Who, string) {
	for _, d := range directions {
		if at := d.mark.FindStringIndex(line); at != nil {
			return d.who, strings.TrimSpace(line[at[1]:])
		}
	}
	return ByProgram, line
}
