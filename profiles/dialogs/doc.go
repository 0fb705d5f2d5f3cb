// Package dialogs is a table of mail programs: the way to the dialog in which each
// takes the settings of an account, and the labels of its fields and choices there, so
// that settings can be given in the words that are on the screen.
//
// Each program has a file, programs/ID.toml. It is read when the program is asked for,
// and strictly: an unknown key, and a label that is neither given nor named as unseen,
// are errors with their line. Labels are in the languages for which a source shows
// them, each with that source and the day on which it was read; English is always
// there. Nothing is translated here, and a label that no source shows is left out. A
// label has no colon and no dots behind it.
//
// A file looks like this:
//
//	id = "thunderbird"
//	name = "Thunderbird"
//	also = ["Mozilla Thunderbird"]    # what else people call it
//	version = "153 ESR"               # that the labels are of
//
//	[language.de]
//	source = "where the labels were seen"
//	url = "https://..."
//	read = 2026-11-30
//
//	[language.de.receive]             # and [language.de.send]
//	way = ["Konto-Einstellungen", "{account}", "Server-Einstellungen"]
//	host = "Server"                   # fields: host, port, security, user, auth
//	tls = "SSL/TLS"                   # choices of security: tls, starttls, if_offered, none
//	password = "Passwort, normal"     # choices of auth: password, oauth2, encrypted
//	unseen = ["oauth2"]               # what no source shows
//
// [language.de.pop3] has what differs from receive for POP3. With box = true, security
// is a box to tick instead of a choice. With url, one field takes protocol, server and
// port, and scheme says how that URL begins. password_clear is the choice for a password
// without encryption, where that has a name of its own. file = true marks programs that
// are configured by a file: there the way is the file, and labels are its options. remake
// = true marks those whose servers can't be changed, so that the account has to be added
// again. A table [relayed] has the source that says that a program connects through its
// maker's servers. protocols lists those that it speaks, where that isn't all for which
// it has labels. namesake is another program that people call by the same name. export
// names the form of package export that the program reads.
package dialogs
