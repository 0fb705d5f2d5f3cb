package export

// nextcloud is a file beside config.php, which Nextcloud reads as well
// (https://docs.nextcloud.com/server/latest/admin_manual/configuration_server/email_configuration.html).
// mail_smtpsecure is ssl for TLS from the first byte; tls and nothing are STARTTLS where
// it is offered, as versions before 25 and since have it. Its strings are PHP's.
var nextcloud = Form{
	Name: "nextcloud", Place: "config/mail.config.php, beside Nextcloud's config.php", remarks: inPHP, takes: sends, write: writeNextcloud,
	secret: "type it into Basic settings, or occ config:system:set mail_smtppassword.",
	lax:    true,
}

func writeNextcloud(s *Settings) (string, error) {
	v, user, _, err := s.sender(always(singleQuoted))
	if err != nil {
		return "", err
	}
	domain := s.Address[len(s.local())+1:]
	return "<?php\n$CONFIG = array(\n" +
		"  'mail_smtpmode' => 'smtp',\n" +
		"  'mail_smtphost' => " + singleQuoted(v.Host) + ",\n" +
		"  'mail_smtpport' => " + port(v) + ",\n" +
		"  'mail_smtpsecure' => " + chosen(v, "'ssl'", "'tls'", "''") + ",\n" +
		"  'mail_smtpauth' => true,\n" +
		"  'mail_smtpname' => " + user + ",\n" +
		"  'mail_from_address' => " + singleQuoted(s.local()) + ",\n" +
		"  'mail_domain' => " + singleQuoted(domain) + ",\n" +
		");\n", nil
}
