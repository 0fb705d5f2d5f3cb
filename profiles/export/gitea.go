package export

import "maildoctor/probe/stage"

// gitea is the section mailer of Gitea and Forgejo
// (https://docs.gitea.com/administration/config-cheat-sheet, "Mailer"): PROTOCOL is
// smtps, smtp+starttls or smtp.
var gitea = Form{
	Name: "gitea", Place: "app.ini", remarks: hashes, takes: sends, write: writeGitea,
	secret: "add it as PASSWD, or name a file that holds it by PASSWD_URI.",
}

func writeGitea(s *Settings) (string, error) {
	v, user, from, err := s.sender(inINI)
	if err != nil {
		return "", err
	}
	return "[mailer]\nENABLED = true\n" +
		"PROTOCOL = " + chosen(v, "smtps", "smtp+starttls", "smtp") + "\n" +
		"SMTP_ADDR = " + v.Host + "\n" +
		"SMTP_PORT = " + port(v) + "\n" +
		"USER = " + user + "\n" +
		"FROM = " + from + "\n", nil
}

// sender returns the server for sending, with its user name and the address quoted.
func (s *Settings) sender(quote func(what, text string) (string, error)) (v Server, user, from string, err error) {
	if v, err = s.best(stage.SMTP); err != nil {
		return v, "", "", err
	}
	if v.Token {
		return v, "", "", errToken
	}
	if user, err = quote("the user name", v.User); err != nil {
		return v, "", "", err
	}
	from, err = quote("the address", s.Address)
	return v, user, from, err
}

// always makes a quoting of one that refuses nothing.
func always(quote func(string) string) func(what, text string) (string, error) {
	return func(_, text string) (string, error) { return quote(text), nil }
}
