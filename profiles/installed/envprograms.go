package installed

import (
	"net/url"
	"strings"

	"maildoctor/probe/stage"
)

// readLaravel reads MAIL_* (laravel/framework, src/Illuminate/Mail/MailManager.php):
// MAIL_SCHEME since Laravel 11 and MAIL_ENCRYPTION before it. tls was STARTTLS where it is
// offered, but TLS from the first byte on port 465; ssl was that everywhere.
func readLaravel(v variables, host setting) (entry, setting) {
	e := entry{host: host, port: v.first("MAIL_PORT"), user: v.first("MAIL_USERNAME"), password: v.first("MAIL_PASSWORD")}
	if kind := v.first("MAIL_MAILER", "MAIL_DRIVER").value; kind != "" && kind != "smtp" && kind != "failover" && kind != "roundrobin" {
		e.host = setting{} // such as log
	}
	scheme, encryption := strings.ToLower(v.first("MAIL_SCHEME").value), strings.ToLower(v.first("MAIL_ENCRYPTION").value)
	switch {
	case scheme == "smtps", scheme == "" && encryption == "ssl":
		e.security = stage.TLS
	default:
		e.security = byPort(e.port)
	}
	if scheme == "" && encryption == "" {
		e.defaults = []string{defaultSecurity}
	}
	e.usual = usualPort(stage.SMTP, e.security, 587)
	return e, v.first("MAIL_FROM_ADDRESS")
}

// readFlask reads MAIL_* of Flask-Mail.
func readFlask(v variables, host setting) (entry, setting) {
	e := entry{host: host, port: v.first("MAIL_PORT"), user: v.first("MAIL_USERNAME"), password: v.first("MAIL_PASSWORD")}
	v.djangoSecurity(&e, "MAIL_USE_TLS", "MAIL_USE_SSL")
	return e, v.first("MAIL_DEFAULT_SENDER")
}

// readDjango reads EMAIL_*, which settings take from the environment by Django's own names
// (https://docs.djangoproject.com/en/stable/ref/settings/#email-host).
func readDjango(v variables, host setting) (entry, setting) {
	e := entry{host: host, port: v.first("EMAIL_PORT"), user: v.first("EMAIL_HOST_USER"), password: v.first("EMAIL_HOST_PASSWORD")}
	v.djangoSecurity(&e, "EMAIL_USE_TLS", "EMAIL_USE_SSL")
	return e, v.first("DEFAULT_FROM_EMAIL")
}

// djangoSecurity reads two switches: one for STARTTLS, one for TLS from the first byte.
func (v variables) djangoSecurity(e *entry, startTLS, tls string) {
	switch {
	case v.is(tls):
		e.security = stage.TLS
	case v.is(startTLS):
		e.security = stage.StartTLS
	default:
		e.security = stage.None
	}
	if !v[startTLS].given && !v[tls].given {
		e.defaults = []string{defaultSecurity}
	}
	e.usual = 25 // whatever the encryption
}

// giteaSecurity are the words of PROTOCOL; smtp+starttls goes on without where it isn't
// offered (services/mailer/sender/smtp.go).
var giteaSecurity = map[string]stage.Security{
	"smtps": stage.TLS, "smtp+starttls": stage.StartTLSIfOffered, "smtp+startls": stage.StartTLSIfOffered, "smtp": stage.None,
}

// readGitea reads the section mailer of Gitea and Forgejo (modules/setting/mailer.go).
func readGitea(prefix string) func(variables, setting) (entry, setting) {
	return func(v variables, host setting) (entry, setting) {
		e := entry{user: v.first(prefix + "USER"), password: v.first(prefix + "PASSWD"), unchecked: v.is(prefix+"FORCE_TRUST_SERVER_CERT", prefix+"SKIP_VERIFY")}
		e.host, e.port = hostAndPort(host)
		e.port = v.first(prefix + "SMTP_PORT").or(e.port)
		protocol := v.first(prefix+"PROTOCOL", prefix+"MAILER_TYPE")
		e.security = giteaSecurity[protocol.value]
		if !protocol.given { // it goes by the port
			e.defaults = []string{defaultSecurity}
			e.security = map[string]stage.Security{"25": stage.None, "587": stage.StartTLSIfOffered}[e.port.value]
			if e.security == "" {
				e.security = stage.TLS
			}
		}
		e.usual = 587
		if e.security == stage.None || e.security == stage.TLS {
			e.usual = usualPort(stage.SMTP, e.security, 25)
		}
		return e, v.first(prefix + "FROM")
	}
}

// readGrafana reads the section smtp of Grafana
// (pkg/services/notifications/smtp.go): TLS begins on port 465, and on no other.
func readGrafana(v variables, host setting) (entry, setting) {
	e := entry{user: v.first("GF_SMTP_USER"), password: v.first("GF_SMTP_PASSWORD"), unchecked: v.is("GF_SMTP_SKIP_VERIFY"), usual: 25}
	e.host, e.port = hostAndPort(host)
	policy := v.first("GF_SMTP_STARTTLS_POLICY")
	switch {
	case e.port.value == "465":
		e.security = stage.TLS
	case policy.value == "MandatoryStartTLS":
		e.security = stage.StartTLS
	case policy.value == "NoStartTLS":
		e.security = stage.None
	default:
		e.security = stage.StartTLSIfOffered
		e.defaults = []string{defaultSecurity}
	}
	return e, v.first("GF_SMTP_FROM_ADDRESS")
}

// serverURL begins an entry with what a URL says.
func serverURL(s setting) (e entry, scheme string, query url.Values) {
	u, ok := splitURL(s, "/?#")
	if !ok {
		return e, "", nil
	}
	e = entry{host: u.host, port: u.port, user: u.user, password: u.password}
	query, _ = url.ParseQuery(u.query)
	return e, u.scheme, query
}

// readSymfony reads a DSN (symfony/mailer, Transport/Smtp/EsmtpTransportFactory.php and
// EsmtpTransport.php). Without a port, a server that isn't this machine is asked for TLS.
func readSymfony(_ variables, dsn setting) (entry, setting) {
	e, scheme, query := serverURL(dsn)
	off := func(name string) bool {
		return query.Has(name) && !(setting{value: query.Get(name), given: true}).on(false, "1", "true", "on", "yes")
	}
	e.unchecked = off("verify_peer")
	switch {
	case scheme == "smtps", scheme == "smtp" && e.port.value == "465", scheme == "smtp" && !e.port.given && e.host.value != "localhost":
		e.security = stage.TLS
	case scheme != "smtp": // a provider's interface
		e.host = setting{}
	case query.Has("require_tls") && !off("require_tls"):
		e.security = stage.StartTLS
	case off("auto_tls"):
		e.security = stage.None
	default:
		e.security = stage.StartTLSIfOffered
	}
	e.usual = usualPort(stage.SMTP, e.security, 25)
	return e, setting{}
}

// readNodemailerURL reads a URL as nodemailer does (https://nodemailer.com/smtp/).
func readNodemailerURL(_ variables, s setting) (entry, setting) {
	e, scheme, query := serverURL(s)
	on := func(name string) bool { return query.Get(name) == "true" }
	switch {
	case scheme == "smtps", scheme == "smtp" && on("secure"):
		e.security = stage.TLS
	case scheme != "smtp":
		e.host = setting{}
	case on("requireTLS"):
		e.security = stage.StartTLS
	case on("ignoreTLS"):
		e.security = stage.None
	default:
		e.security = stage.StartTLSIfOffered
	}
	e.usual = usualPort(stage.SMTP, e.security, 587)
	return e, setting{}
}

// readDjangoURL reads a URL as django-environ does (environ/environ.py), whose smtps is
// STARTTLS, and dj-email-url, which knows more schemes and ?ssl= and ?tls=.
func readDjangoURL(_ variables, s setting) (entry, setting) {
	e, scheme, query := serverURL(s)
	on := func(name string) bool {
		return (setting{value: query.Get(name), given: true}).on(false, "1", "true", "yes", "y", "t")
	}
	security, ok := map[string]stage.Security{
		"smtp": stage.None, "smtps": stage.StartTLS, "smtp+tls": stage.StartTLS, "smtp+ssl": stage.TLS,
		"submission": stage.StartTLS, "submit": stage.StartTLS,
	}[scheme]
	if !ok {
		e.host = setting{}
	}
	switch {
	case on("ssl"):
		security = stage.TLS
	case on("tls"):
		security = stage.StartTLS
	}
	e.security, e.usual = security, 25
	if scheme == "submission" || scheme == "submit" {
		e.usual = 587
	}
	return e, setting{}
}
