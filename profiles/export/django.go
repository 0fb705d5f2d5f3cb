package export

// django are lines of settings.py (https://docs.djangoproject.com/en/stable/topics/email/):
// EMAIL_USE_SSL is TLS from the first byte, EMAIL_USE_TLS is STARTTLS, on which it insists.
// Its strings are Python's.
var django = Form{
	Name: "django", Place: "settings.py", remarks: hashes, takes: sends, write: writeDjango,
	secret: "it is taken from EMAIL_HOST_PASSWORD in the environment.",
}

func writeDjango(s *Settings) (string, error) {
	v, user, from, err := s.sender(always(doubleQuoted))
	if err != nil {
		return "", err
	}
	return "import os\n\n" +
		"EMAIL_BACKEND = \"django.core.mail.backends.smtp.EmailBackend\"\n" +
		"EMAIL_HOST = " + doubleQuoted(v.Host) + "\n" +
		"EMAIL_PORT = " + port(v) + "\n" +
		"EMAIL_USE_SSL = " + chosen(v, "True", "False", "False") + "\n" +
		"EMAIL_USE_TLS = " + chosen(v, "False", "True", "False") + "\n" +
		"EMAIL_HOST_USER = " + user + "\n" +
		"EMAIL_HOST_PASSWORD = os.environ[\"EMAIL_HOST_PASSWORD\"]\n" +
		"DEFAULT_FROM_EMAIL = " + from + "\n", nil
}
