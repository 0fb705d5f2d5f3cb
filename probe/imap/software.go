package imap

import "strings"

// programs are strings by which server software is recognized in a greeting, specific
// ones first.
var programs = []struct{ mark, name string }{
	{"Dovecot", "Dovecot"},
	{"Courier-IMAP", "Courier"},
	{"Cyrus", "Cyrus"},
	{"Gimap", "Gmail"},
	{"Microsoft Exchange", "Microsoft Exchange"},
	{"Zimbra", "Zimbra"},
	{"hMailServer", "hMailServer"},
	{"MailEnable", "MailEnable"},
	{"MDaemon", "MDaemon"},
	{"Kerio", "Kerio Connect"},
	{"CommuniGate", "CommuniGate Pro"},
	{"Domino", "HCL Domino"},
	{"GroupWise", "GroupWise"},
	{"Stalwart", "Stalwart"},
	{"SmarterMail", "SmarterMail"},
	{"Axigen", "Axigen"},
	{"Oracle Communications Messaging", "Oracle Communications Messaging Server"},
	{"IMAP4rev1 200", "UW IMAP"}, // "IMAP4rev1 2007e.404 at Mon, ..."
}

// software guesses the server software from a greeting. It returns "" if it is not
// recognized.
func software(greeting string) string {
	for _, p := range programs {
		if strings.Contains(greeting, p.mark) {
			return p.name
		}
	}
	return ""
}
