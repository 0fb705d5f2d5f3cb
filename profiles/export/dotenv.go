package export

// dotenv is the environment of web applications, in the names that the common ones read:
//
//   - SMTP_SECURITY with starttls, force_tls and off is Vaultwarden's
//     (https://github.com/dani-garcia/vaultwarden/wiki/SMTP-Configuration), SMTP_SECURE
//     that of applications on nodemailer: TLS from the first byte, or not.
//   - MAIL_* is Laravel's: MAIL_SCHEME since 11 (config/mail.php), MAIL_ENCRYPTION before.
//   - MAILER_DSN is Symfony's (https://symfony.com/doc/current/mailer.html): smtp:// is
//     with STARTTLS where it is offered, and since 7.3 require_tls insists on it;
//     auto_tls=false is without.
//
// Those who read such files differ in quotes, variables and comments, and some are shells:
// only what needs no quotes is written.
var dotenv = Form{
	Name: "env", Place: ".env; keep the names that your application reads", remarks: hashes, takes: sends, write: writeDotenv,
	secret: "set SMTP_PASSWORD or MAIL_PASSWORD where the application has its secrets; MAILER_DSN has it behind the user name, after a colon.",
}

func writeDotenv(s *Settings) (string, error) {
	v, user, from, err := s.sender(inEnvironment)
	if err != nil {
		return "", err
	}
	return "SMTP_HOST=" + v.Host + "\n" +
		"SMTP_PORT=" + port(v) + "\n" +
		"SMTP_SECURITY=" + chosen(v, "force_tls", "starttls", "off") + "\n" +
		"SMTP_SECURE=" + chosen(v, "true", "false", "false") + "\n" +
		"SMTP_USERNAME=" + user + "\n" +
		"SMTP_USER=" + user + "\n" +
		"SMTP_FROM=" + from + "\n" +
		"\nMAIL_MAILER=smtp\n" +
		"MAIL_HOST=" + v.Host + "\n" +
		"MAIL_PORT=" + port(v) + "\n" +
		"MAIL_SCHEME=" + chosen(v, "smtps", "smtp", "smtp") + "\n" +
		"MAIL_ENCRYPTION=" + chosen(v, "ssl", "tls", "null") + "\n" +
		"MAIL_USERNAME=" + user + "\n" +
		"MAIL_FROM_ADDRESS=" + from + "\n" +
		"\nMAILER_DSN=" + serverURL(chosen(v, "smtps", "smtp", "smtp"), v) + chosen(v, "", "?require_tls=true", "?auto_tls=false") + "\n", nil
}

// inEnvironment returns text as the value of a variable, unquoted.
func inEnvironment(what, text string) (string, error) {
	for _, r := range text {
		if r > 0x7e {
			return "", cannotQuote(what, r)
		}
	}
	return unquoted(what, text, "@._+%,:/")
}
