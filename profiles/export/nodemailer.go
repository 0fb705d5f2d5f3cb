package export

// nodemailer is a transport of nodemailer (https://nodemailer.com/smtp/): secure is TLS
// from the first byte; without it requireTLS insists on STARTTLS and ignoreTLS does
// without. Its strings are JavaScript's.
var nodemailer = Form{
	Name: "nodemailer", Place: "a module of your application", remarks: slashes, takes: sends, write: writeNodemailer,
	secret: "it is taken from SMTP_PASSWORD in the environment.",
}

func writeNodemailer(s *Settings) (string, error) {
	v, user, from, err := s.sender(always(doubleQuoted))
	if err != nil {
		return "", err
	}
	return "const nodemailer = require(\"nodemailer\");\n\n" +
		"module.exports = nodemailer.createTransport({\n" +
		"  host: " + doubleQuoted(v.Host) + ",\n" +
		"  port: " + port(v) + ",\n" +
		"  secure: " + chosen(v, "true", "false", "false") + ",\n" +
		"  requireTLS: " + chosen(v, "false", "true", "false") + ",\n" +
		"  ignoreTLS: " + chosen(v, "false", "false", "true") + ",\n" +
		"  auth: { user: " + user + ", pass: process.env.SMTP_PASSWORD },\n" +
		"}, { from: " + from + " });\n", nil
}
