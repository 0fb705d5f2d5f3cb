package export

import "maildoctor/probe/stage"

// himalaya's configuration, as version 2 has it
// (https://github.com/pimalaya/himalaya/blob/master/config.sample.toml): a URL for each
// server, and starttls where imap:// or smtp:// is to be encrypted.
var himalaya = Form{
	Name: "himalaya", Place: "~/.config/himalaya/config.toml (himalaya 2)", remarks: hashes, takes: noPOP3, write: writeHimalaya,
	secret: "name the command that prints it in the lines that end in .command.",
}

func writeHimalaya(s *Settings) (string, error) {
	in, err := s.best(stage.IMAP)
	if err != nil {
		return "", err
	}
	text := "[accounts.\"" + s.Domain + "\"]\ndefault = true\nemail = " + doubleQuoted(s.Address) + "\n" + himalayaServer("imap", in)
	if s.has(stage.SMTP) {
		out, err := s.best(stage.SMTP)
		if err != nil {
			return "", err
		}
		text += himalayaServer("smtp", out)
	}
	return text, nil
}

func himalayaServer(name string, v Server) string {
	text := "\n" + name + ".server = \"" + chosen(v, name+"s", name, name) + "://" + hostPort(v) + "\"\n"
	if chosen(v, false, true, false) {
		text += name + ".starttls = true\n"
	}
	login, secret := name+".sasl.plain", "password"
	if v.Token {
		login, secret = name+".sasl.xoauth2", "token"
	}
	return text + login + ".username = " + doubleQuoted(v.User) + "\n" +
		"#" + login + "." + secret + ".command = [\"pass\", \"show\", \"mail\"]\n"
}
