package installed

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// family are the variables of a program, or of several that agree.
type family struct {
	names []string // of the variable that tells the server; the first that is set counts
	read  func(v variables, host setting) (e entry, from setting)
}

// families are read one after another. Each has words of its own for encryption; ssl and
// tls are not the same in any two of them.
var families = []family{
	{[]string{"SMTP_HOST", "SMTP_SERVER", "SMTP_ADDRESS", "SMTP_HOSTNAME", "SMTP_ADDR"}, readSMTPVariables},
	{[]string{"MAIL_HOST"}, readLaravel},
	{[]string{"MAIL_SERVER"}, readFlask},
	{[]string{"EMAIL_HOST"}, readDjango},
	{[]string{"GITEA__mailer__SMTP_ADDR", "GITEA__mailer__HOST"}, readGitea("GITEA__mailer__")},
	{[]string{"FORGEJO__mailer__SMTP_ADDR", "FORGEJO__mailer__HOST"}, readGitea("FORGEJO__mailer__")},
	{[]string{"GF_SMTP_HOST"}, readGrafana},
	{[]string{"MAILER_DSN"}, readSymfony},
	{[]string{"SMTP_URL", "MAIL_URL"}, readNodemailerURL},
	{[]string{"EMAIL_URL"}, readDjangoURL},
}

// keepVariables keeps an account of each family. The same server twice is one.
func keepVariables(r *reader, v variables) {
	var seen []stage.ConfiguredServer
	for _, f := range families {
		host := v.first(f.names...)
		if !host.given || host.untold {
			continue
		}
		e, from := f.read(v, host)
		name := ""
		for _, n := range f.names {
			if v[n].given && name == "" {
				name = n
			}
		}
		a := r.account(name, v.sender(from))
		e.protocol, e.at = stage.SMTP, host.position
		r.serve(a, e)
		if len(a.Servers) == 0 || slices.ContainsFunc(seen, func(s stage.ConfiguredServer) bool {
			return s.Endpoint == a.Servers[0].Endpoint && s.User == a.Servers[0].User
		}) {
			continue
		}
		seen = append(seen, a.Servers[0])
		r.keep(a)
	}
}

// sender is the address that mail is sent from. Nextcloud has its two parts apart.
func (v variables) sender(from setting) string {
	domain := v["MAIL_DOMAIN"]
	if from.given && !from.untold && !strings.Contains(from.value, "@") && domain.given && !domain.untold {
		return from.value + "@" + domain.value
	}
	if !from.given || from.untold {
		return ""
	}
	return from.value
}

// readSMTPVariables reads SMTP_*, which many programs have: Vaultwarden, Nextcloud,
// Mastodon and what is made of nodemailer.
func readSMTPVariables(v variables, host setting) (entry, setting) {
	e := entry{
		user: v.first("SMTP_USERNAME", "SMTP_USER", "SMTP_LOGIN", "SMTP_USER_NAME", "SMTP_NAME"), password: v.first("SMTP_PASSWORD", "SMTP_PASS"),
		mechanism: v.first("SMTP_AUTH_MECHANISM", "SMTP_AUTH_METHOD", "SMTP_AUTHTYPE", "SMTP_AUTHENTICATION").value,
	}
	e.host, e.port = hostAndPort(host)
	e.port = v.first("SMTP_PORT").or(e.port)
	e.unchecked = v.is("SMTP_ACCEPT_INVALID_CERTS") || v.isOff("SMTP_TLS_REJECT_UNAUTHORIZED") || v.first("SMTP_OPENSSL_VERIFY_MODE").value == "none"
	var told bool
	if e.security, told = v.smtpSecurity(e.port); !told {
		e.defaults = []string{defaultSecurity}
		e.security = byPort(e.port)
	}
	e.usual = usualPort(stage.SMTP, e.security, 587)
	return e, v.first("SMTP_FROM", "SMTP_FROM_ADDRESS", "SMTP_FROM_EMAIL", "SMTP_SENDER", "MAIL_FROM_ADDRESS")
}

// byPort is what programs do that aren't told: TLS on its port, and else STARTTLS where
// it is offered.
func byPort(port setting) stage.Security {
	if port.value == "465" {
		return stage.TLS
	}
	return stage.StartTLSIfOffered
}

// smtpSecurity reads the words that programs have for encryption, the clearest first.
func (v variables) smtpSecurity(port setting) (s stage.Security, told bool) {
	if s, told = vaultwardenSecurity[strings.ToLower(v.first("SMTP_SECURITY").value)]; told {
		return s, true
	}
	if s, told = v.smtpSecure(); told {
		return s, true
	}
	if s, told = mastodonSecurity[strings.ToLower(v.first("SMTP_ENABLE_STARTTLS").value)]; told {
		return s, true
	}
	mastodon := v["SMTP_SERVER"].given // whose SMTP_TLS is TLS from the first byte
	switch {
	case v["SMTP_EXPLICIT_TLS"].given && v["SMTP_SSL"].given: // Vaultwarden before 1.25
		return v.oldVaultwarden(), true
	case v.is("SMTP_SSL", "SMTP_USE_SSL"), mastodon && v.is("SMTP_TLS"):
		return stage.TLS, true
	case v.is("SMTP_STARTTLS", "SMTP_USE_STARTTLS"):
		return stage.StartTLS, true
	case v.is("SMTP_TLS", "SMTP_USE_TLS"):
		if port.value == "465" {
			return stage.TLS, true
		}
		return stage.StartTLS, true
	case v.is("SMTP_ENABLE_STARTTLS_AUTO"):
		return stage.StartTLSIfOffered, true
	case v.isOff("SMTP_ENABLE_STARTTLS_AUTO"):
		return stage.None, true
	}
	return "", false
}

var (
	// https://github.com/dani-garcia/vaultwarden/wiki/SMTP-Configuration
	vaultwardenSecurity = map[string]stage.Security{"force_tls": stage.TLS, "starttls": stage.StartTLS, "off": stage.None}
	// https://docs.joinmastodon.org/admin/config/#smtp
	mastodonSecurity = map[string]stage.Security{"always": stage.StartTLS, "auto": stage.StartTLSIfOffered, "never": stage.None}
)

// oldVaultwarden: both are TLS from the first byte, SMTP_SSL alone is STARTTLS.
func (v variables) oldVaultwarden() stage.Security {
	switch {
	case !v.is("SMTP_SSL"):
		return stage.None
	case v.is("SMTP_EXPLICIT_TLS"):
		return stage.TLS
	}
	return stage.StartTLS
}

// smtpSecure reads SMTP_SECURE: of nodemailer a switch, of Nextcloud and PHPMailer ssl or
// tls. Nextcloud, which has SMTP_NAME, takes tls for STARTTLS where it is offered.
func (v variables) smtpSecure() (s stage.Security, told bool) {
	switch word := strings.ToLower(v.first("SMTP_SECURE").value); {
	case word == "ssl" || v.is("SMTP_SECURE"):
		return stage.TLS, true
	case word == "tls" && v["SMTP_NAME"].given:
		return stage.StartTLSIfOffered, true
	case word == "tls" || word == "starttls" || v.is("SMTP_REQUIRE_TLS"):
		return stage.StartTLS, true
	case v.is("SMTP_IGNORE_TLS"):
		return stage.None, true
	case v.isOff("SMTP_SECURE"):
		return stage.StartTLSIfOffered, true
	}
	return "", false
}
