package smtp

import (
	"regexp"
	"strings"
	"time"
)

// programs are words by which server software is recognized in a greeting, specific
// ones first.
var programs = []struct{ word, name string }{
	{"Microsoft ESMTP", "Microsoft Exchange"},
	{"gsmtp", "Google"},
	{"OpenSMTPD", "OpenSMTPD"},
	{"hMailServer", "hMailServer"},
	{"CommuniGate", "CommuniGate Pro"},
	{"IBM Domino", "HCL Domino"},
	{"HCL Domino", "HCL Domino"},
	{"Lotus Domino", "HCL Domino"},
	{"MailEnable", "MailEnable"},
	{"SmarterMail", "SmarterMail"},
	{"IceWarp", "IceWarp"},
	{"Kerio Connect", "Kerio Connect"},
	{"MDaemon", "MDaemon"},
	{"GroupWise", "GroupWise"},
	{"Haraka", "Haraka"},
	{"Stalwart", "Stalwart"},
	{"Zimbra", "Zimbra"},
	{"Postfix", "Postfix"},
	{"Exim", "Exim"},
	{"Sendmail", "Sendmail"},
	{"Cyrus", "Cyrus"},
	{"Courier", "Courier"},
	{"qmail", "qmail"},
	{"maddy", "maddy"},
	{"Dovecot", "Dovecot"},
	{"James", "Apache James"},
}

// software guesses the server software from a greeting. It returns "" if it is not
// recognized.
func software(words string) string {
	words = strings.ToLower(words)
	for _, p := range programs {
		if strings.Contains(words, strings.ToLower(p.word)) {
			return p.name
		}
	}
	return ""
}

// date matches a date (RFC 5322 3.3) with an unambiguous zone, unlike names such as EST
// (4.3).
var date = regexp.MustCompile(`\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2}) ([+-]\d{4}|GMT|UTC?)\b`)

// serverDate returns the time in a greeting, in RFC 3339 format, or "" if there is
// none.
func serverDate(words string) string {
	m := date.FindStringSubmatch(words)
	if m == nil {
		return ""
	}
	zone := m[2]
	if zone[0] != '+' && zone[0] != '-' {
		zone = "+0000"
	}
	t, err := time.Parse("2 Jan 2006 15:04:05 -0700", m[1]+" "+zone)
	if err != nil {
		return ""
	}
	return t.Format(time.RFC3339)
}
