package export

// gitlab are lines of gitlab.rb (https://docs.gitlab.com/omnibus/settings/smtp/): smtp_tls
// is TLS from the first byte, and smtp_enable_starttls_auto is STARTTLS where it is
// offered; both together are an error. Its strings are Ruby's, and they are written into
// another Ruby file and into YAML, where quotes and #{} would have a meaning again: the
// page warns of it.
var gitlab = Form{
	Name: "gitlab", Place: "/etc/gitlab/gitlab.rb, followed by gitlab-ctl reconfigure", remarks: hashes, takes: sends, write: writeGitLab,
	secret: "add it as gitlab_rails['smtp_password'].",
	lax:    true,
}

func writeGitLab(s *Settings) (string, error) {
	v, user, from, err := s.sender(inGitLab)
	if err != nil {
		return "", err
	}
	line := func(name, value string) string { return "gitlab_rails['" + name + "'] = " + value + "\n" }
	return line("smtp_enable", "true") +
		line("smtp_address", singleQuoted(v.Host)) +
		line("smtp_port", port(v)) +
		line("smtp_user_name", singleQuoted(user)) +
		line("smtp_domain", singleQuoted(s.Domain)) +
		line("smtp_authentication", "'login'") +
		line("smtp_tls", chosen(v, "true", "false", "false")) +
		line("smtp_enable_starttls_auto", chosen(v, "false", "true", "false")) +
		line("smtp_openssl_verify_mode", "'peer'") +
		line("gitlab_email_from", singleQuoted(from)), nil
}

// inGitLab returns text that has no meaning in Ruby's strings or in YAML.
func inGitLab(what, text string) (string, error) { return unquoted(what, text, "@._+=%") }
