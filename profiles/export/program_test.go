package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maildoctor/probe/stage"
)

// need finds a program. Without it the test is skipped, or fails where all that make test
// installs is required.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	switch {
	case err == nil:
		return path
	case os.Getenv("MAILDOCTOR_REAL_SERVERS") == "required":
		t.Fatalf("required: %s is not installed", program)
	}
	t.Skipf("%s is not installed (make test installs it)", program)
	return ""
}

// ran runs a program on a file, in a home of its own, and returns what it writes.
func ran(t *testing.T, file []byte, name, program string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", path)
	}
	cmd := exec.Command(need(t, program), args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "SMTP_PASSWORD=", "EMAIL_HOST_PASSWORD="}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s\nof\n%s", program, err, out.Bytes(), errs.Bytes(), file)
	}
	return out.String()
}

func readMsmtp(t *testing.T, file []byte) account {
	values := map[string]string{}
	for line := range strings.Lines(ran(t, file, "msmtprc", "msmtp", "--pretend", "--file=FILE")) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " = "); ok {
			values[name] = value
		}
	}
	security := map[string]stage.Security{"on on": stage.StartTLS, "on off": stage.TLS, "off off": stage.None}[values["tls"]+" "+values["tls_starttls"]]
	v := server(t, stage.SMTP, values["host"], values["port"], security, values["user"])
	v.Token = strings.EqualFold(values["auth"], "xoauth2")
	return account{values["from"], nil, v}
}

func readNeomutt(t *testing.T, file []byte) account {
	names := []string{"from", "imap_user", "folder", "pop_user", "pop_host", "smtp_url", "ssl_starttls", "ssl_force_tls", "imap_authenticators", "smtp_authenticators"}
	args := []string{"-n", "-F", "FILE"}
	for _, n := range names {
		args = append(args, "-Q", n)
	}
	values := map[string]string{}
	for line := range strings.Lines(ran(t, file, "neomuttrc", "neomutt", args...)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "set "), " = ")
		values[name] = regexp.MustCompile(`\\(.)`).ReplaceAllString(strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`), "$1")
	}
	plain := map[string]stage.Security{"yes yes": stage.StartTLS, "no no": stage.None}[values["ssl_starttls"]+" "+values["ssl_force_tls"]]
	schemes := map[string]stage.Security{"imaps": stage.TLS, "pops": stage.TLS, "smtps": stage.TLS, "imap": plain, "pop": plain, "smtp": plain}
	a := account{address: values["from"]}
	if strings.HasPrefix(values["folder"], "imap") {
		a.in = fromURL(t, stage.IMAP, values["folder"], schemes)
		a.in.User, a.in.Token = values["imap_user"], values["imap_authenticators"] == "xoauth2"
	}
	if values["pop_host"] != "" {
		a.in = fromURL(t, stage.POP3, values["pop_host"], schemes)
		a.in.User = values["pop_user"]
	}
	if values["smtp_url"] != "" {
		a.out = fromURL(t, stage.SMTP, values["smtp_url"], schemes)
		a.out.Token = values["smtp_authenticators"] == "xoauth2"
	}
	return a
}

// readDotenv lets a shell read it, which takes the most for its own of all who read such
// files, and looks whether the lines say the same as they stand.
func readDotenv(t *testing.T, file []byte) account {
	values := map[string]string{}
	for line := range strings.Lines(ran(t, file, "env", "sh", "-c", `env -i sh -c 'set -a; . "$1"; env' - FILE`)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		values[name] = value
	}
	for line := range strings.Lines(string(file)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if ok && !strings.HasPrefix(line, "#") && values[name] != value {
			t.Errorf("%s is %q, and to a shell %q", name, value, values[name])
		}
	}
	security := map[string]stage.Security{"force_tls true smtps ssl": stage.TLS, "starttls false smtp tls": stage.StartTLS, "off false smtp null": stage.None}[strings.Join([]string{values["SMTP_SECURITY"], values["SMTP_SECURE"], values["MAIL_SCHEME"], values["MAIL_ENCRYPTION"]}, " ")]
	v := server(t, stage.SMTP, values["SMTP_HOST"], values["SMTP_PORT"], security, values["SMTP_USERNAME"])
	dsn := must(url.Parse(values["MAILER_DSN"]))(t)
	plain := stage.None
	if dsn.Query().Get("require_tls") == "true" {
		plain = stage.StartTLS
	}
	if d := fromURL(t, stage.SMTP, values["MAILER_DSN"], map[string]stage.Security{"smtps": stage.TLS, "smtp": plain}); *d != *v {
		t.Errorf("MAILER_DSN has %v, and SMTP_* %v", d, v)
	}
	for i, same := range [][]string{{"SMTP_USERNAME", "SMTP_USER", "MAIL_USERNAME"}, {"SMTP_HOST", "MAIL_HOST"}, {"SMTP_PORT", "MAIL_PORT"}, {"SMTP_FROM", "MAIL_FROM_ADDRESS"}} {
		for _, name := range same {
			if values[name] != values[same[0]] {
				t.Errorf("%d: %s is %q", i, name, values[name])
			}
		}
	}
	return account{values["SMTP_FROM"], nil, v}
}

// said is what the programs below say of a file, as JSON.
type said struct {
	Host, User, From string
	Port             any
	TLS, StartTLS    any
}

func (s said) account(t *testing.T, security stage.Security) account {
	return account{s.From, nil, server(t, stage.SMTP, s.Host, fmt.Sprint(s.Port), security, s.User)}
}

func sayings(t *testing.T, out string) (s said) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return s
}

// security of two words, each for one of the ways.
func security(tls, startTLS bool) stage.Security {
	switch {
	case tls && startTLS:
		return "both"
	case tls:
		return stage.TLS
	case startTLS:
		return stage.StartTLS
	}
	return stage.None
}

func readGitLab(t *testing.T, file []byte) account {
	s := sayings(t, ran(t, file, "gitlab.rb", "ruby", "-rjson", "-e", `
		gitlab_rails = {}
		eval(File.read("FILE"), binding)
		g = gitlab_rails
		puts JSON.generate(Host: g["smtp_address"], Port: g["smtp_port"], User: g["smtp_user_name"], From: g["gitlab_email_from"],
			TLS: g["smtp_tls"], StartTLS: g["smtp_enable_starttls_auto"])`))
	return s.account(t, security(s.TLS == true, s.StartTLS == true))
}

func readNextcloud(t *testing.T, file []byte) account {
	s := sayings(t, ran(t, file, "mail.config.php", "php", "-n", "-r", `
		include "FILE"; $c = $CONFIG;
		echo json_encode(["Host" => $c["mail_smtphost"], "Port" => $c["mail_smtpport"], "User" => $c["mail_smtpname"],
			"From" => $c["mail_from_address"] . "@" . $c["mail_domain"], "TLS" => $c["mail_smtpsecure"] ]);`))
	return s.account(t, security(s.TLS == "ssl", s.TLS == "tls"))
}

func readWordPress(t *testing.T, file []byte) account {
	s := sayings(t, ran(t, file, "mail.php", "php", "-n", "-r", `
		class Mailer { public $Host, $Port, $SMTPSecure, $SMTPAutoTLS, $SMTPAuth, $Username, $Password, $From; public $smtp = false;
			function isSMTP() { $this->smtp = true; } }
		function add_action($hook, $do) { global $m; if ($hook == "phpmailer_init") { $do($m); } }
		$m = new Mailer(); include "FILE";
		if (!$m->smtp || !$m->SMTPAuth || $m->SMTPAutoTLS || $m->Password) { exit(1); }
		echo json_encode(["Host" => $m->Host, "Port" => $m->Port, "User" => $m->Username, "From" => $m->From, "TLS" => $m->SMTPSecure]);`))
	return s.account(t, security(s.TLS == "ssl", s.TLS == "tls"))
}

func readDjango(t *testing.T, file []byte) account {
	s := sayings(t, ran(t, file, "settings.py", "python3", "-c", `
import json
s = {}
exec(compile(open("FILE", encoding="utf-8").read(), "settings.py", "exec"), s)
print(json.dumps(dict(Host=s["EMAIL_HOST"], Port=s["EMAIL_PORT"], User=s["EMAIL_HOST_USER"], From=s["DEFAULT_FROM_EMAIL"],
    TLS=s["EMAIL_USE_SSL"], StartTLS=s["EMAIL_USE_TLS"])))`))
	return s.account(t, security(s.TLS == true, s.StartTLS == true))
}

func readNodemailer(t *testing.T, file []byte) account {
	s := sayings(t, ran(t, file, "mail.js", "node", "-e", `
		let o, d;
		const stub = { createTransport: (options, defaults) => { o = options; d = defaults; } };
		new Function("require", "module", require("fs").readFileSync("FILE", "utf8"))(() => stub, {});
		if (o.auth.pass || o.ignoreTLS === (o.secure || o.requireTLS)) { process.exit(1); }
		console.log(JSON.stringify({ Host: o.host, Port: o.port, User: o.auth.user, From: d.from, TLS: o.secure, StartTLS: o.requireTLS }));`))
	return s.account(t, security(s.TLS == true, s.StartTLS == true))
}
