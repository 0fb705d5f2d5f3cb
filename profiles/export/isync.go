package export

import "maildoctor/probe/stage"

// isync's configuration: mbsync(1), section "CONFIGURATION". Arguments with spaces stand
// in double quotes; within them a backslash takes a double quote and itself. An empty
// line ends a section. SSLType is the word of all versions: 1.5 calls it TLSType, which
// those before don't know.
var isync = Form{
	Name: "isync", Place: "~/.mbsyncrc", remarks: hashes, takes: fetches, write: writeIsync,
	secret: "mbsync asks for it, or runs the command that you name by PassCmd.",
}

func writeIsync(s *Settings) (string, error) {
	v, err := s.best(stage.IMAP)
	if err != nil {
		return "", err
	}
	name := s.Domain
	account := "IMAPAccount " + name + "\n" +
		"Host " + v.Host + "\n" +
		"Port " + port(v) + "\n" +
		"User " + doubleQuoted(v.User) + "\n" +
		"SSLType " + chosen(v, "IMAPS", "STARTTLS", "None") + "\n"
	switch {
	case v.Token:
		account += "AuthMechs XOAUTH2\n"
	case v.Security == stage.None:
		account += "AuthMechs LOGIN\n" // without TLS it takes none that shows the password, unless told
	}
	return account +
		"\nIMAPStore " + name + "-remote\nAccount " + name + "\n" +
		"\nMaildirStore " + name + "-local\nSubFolders Verbatim\nPath ~/Mail/" + name + "/\nInbox ~/Mail/" + name + "/INBOX\n" +
		"\nChannel " + name + "\nFar :" + name + "-remote:\nNear :" + name + "-local:\nPatterns *\nCreate Near\nSyncState *\n", nil
}
