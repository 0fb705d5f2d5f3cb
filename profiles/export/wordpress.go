package export

// wordpress is a plugin of one file for WordPress's own mailer, PHPMailer
// (https://developer.wordpress.org/reference/hooks/phpmailer_init/): SMTPSecure is ssl for
// TLS from the first byte and tls for STARTTLS, on which it insists; SMTPAutoTLS is
// STARTTLS where it is offered. Its strings are PHP's.
var wordpress = Form{
	Name: "wordpress", Place: "wp-content/mu-plugins/mail.php", remarks: inPHP, takes: sends, write: writeWordPress,
	secret: "it is taken from SMTP_PASSWORD in the environment.",
}

func writeWordPress(s *Settings) (string, error) {
	v, user, from, err := s.sender(always(singleQuoted))
	if err != nil {
		return "", err
	}
	line := func(name, value string) string { return "\t$mailer->" + name + " = " + value + ";\n" }
	return "<?php\nadd_action( 'phpmailer_init', function ( $mailer ) {\n" +
		"\t$mailer->isSMTP();\n" +
		line("Host", singleQuoted(v.Host)) +
		line("Port", port(v)) +
		line("SMTPSecure", chosen(v, "'ssl'", "'tls'", "''")) +
		line("SMTPAutoTLS", "false") +
		line("SMTPAuth", "true") +
		line("Username", user) +
		line("Password", "getenv( 'SMTP_PASSWORD' )") +
		line("From", from) +
		"} );\n", nil
}
