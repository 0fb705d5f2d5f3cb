package installed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

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

// home is a home directory with one file in it, and how to run a program there.
type home struct {
	t         *testing.T
	dir, path string
}

func newHome(t *testing.T, name, text string) home {
	t.Helper()
	dir := t.TempDir()
	h := home{t, dir, filepath.Join(dir, name)}
	h.write(name, text)
	return h
}

func (h home) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// run runs a program, whether it succeeds or not, and returns what it writes.
func (h home) run(program string, args ...string) (string, error) {
	h.t.Helper()
	return h.runUntil(h.t.Context(), program, args...)
}

// runUntil is run that may be ended.
func (h home) runUntil(ctx context.Context, program string, args ...string) (string, error) {
	h.t.Helper()
	cmd := exec.CommandContext(ctx, need(h.t, program), args...)
	cmd.WaitDelay = time.Second
	cmd.Dir = h.dir
	cmd.Env = []string{"HOME=" + h.dir, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=xterm", "USER=jane"}
	cmd.Stdin = strings.NewReader("Hello\n") // without a text neomutt sends nothing
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s%s", program, err, out.Bytes(), errs.Bytes())
	}
	return out.String(), err
}

// TestMsmtpAgrees: msmtp tells of each account what it would connect with.
func TestMsmtpAgrees(t *testing.T) {
	for _, tt := range readings {
		if tt.format != "msmtp" || tt.name == "wrong" {
			continue
		}
		h := newHome(t, "msmtprc", strings.ReplaceAll(tt.text, "passwordeval", "#"))
		found, err := ReadFile("msmtp", h.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range found.Accounts {
			if a.Servers[0].Port == 0 { // of LMTP, for which msmtp has none either
				continue
			}
			out, err := h.run("msmtp", "--pretend", "--file="+h.path, "--account="+a.Account)
			values := map[string]string{}
			for line := range strings.Lines(out) {
				if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " = "); ok {
					values[name] = strings.Replace(value, "(not set)", "", 1)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			s := a.Servers[0]
			security := map[string]stage.Security{"on on": stage.StartTLS, "on off": stage.TLS, "off off": stage.None, "off on": stage.None}[values["tls"]+" "+values["tls_starttls"]]
			got := []string{s.Host, strconv.Itoa(int(s.Port)), string(s.Security), s.User, a.Address, fmt.Sprint(s.Unchecked)}
			want := []string{strings.ToLower(strings.TrimSuffix(values["host"], ".")), values["port"], string(security), values["user"], values["from"], fmt.Sprint(values["tls_certcheck"] == "off")}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %q, and to msmtp %q", a.Account, got, want)
			}
		}
	}
}

// dumped are the values of fetchmail's --configdump, which is Python, by their names.
var dumped = regexp.MustCompile(`^\s*["'](pollname|via|protocol|service|remote|password|ssl|sslproto|sslcertck)["']:(.*),$`)

// TestFetchmailAgrees: fetchmail dumps what it has read.
func TestFetchmailAgrees(t *testing.T) {
	for _, tt := range readings {
		if tt.format != "fetchmail" || tt.name == "wrong" {
			continue
		}
		h := newHome(t, "fetchmailrc", tt.text)
		out, err := h.run("fetchmail", "--configdump", "-f", h.path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		values := map[string]string{}
		for line := range strings.Lines(out) {
			m := dumped.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil {
				continue
			}
			values[m[1]] = m[2]
			if plain, err := strconv.Unquote(m[2]); err == nil {
				values[m[1]] = plain
			}
			if m[1] == "sslcertck" && values["pollname"] != "d.example" { // the last of a user; d has a plugin
				want = append(want, dumpedUser(values))
			}
		}
		found, err := ReadFile("fetchmail", h.path)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range found.Accounts {
			s, password := a.Servers[0], "None"
			if p, ok := a.Password(0); ok {
				password = p.Reveal()
			}
			got = append(got, fmt.Sprint(a.Account, s.Endpoint, s.User, password, s.Unchecked))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s\nand to fetchmail\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// dumpedUser is a user of fetchmail's as the test writes an account. What it does about
// encryption TestConnect sees.
func dumpedUser(v map[string]string) string {
	e := stage.Endpoint{Protocol: stage.IMAP, Host: v["pollname"], Security: stage.StartTLS}
	if v["via"] != "None" {
		e.Host = v["via"]
	}
	if v["protocol"] == "POP3" {
		e.Protocol = stage.POP3
	}
	switch {
	case v["ssl"] == "TRUE":
		e.Security = stage.TLS
	case v["sslproto"] == "":
		e.Security = stage.None
	}
	switch {
	case v["service"] == "imaps": // no TLS because of it
		e.Port = 993
	case v["service"] != "None":
		n, _ := strconv.Atoi(v["service"])
		e.Port = uint16(n)
	default:
		e.Port = map[stage.Protocol]uint16{stage.IMAP: 143, stage.POP3: 110}[e.Protocol]
		if e.Security == stage.TLS {
			e.Port += 850
			if e.Protocol == stage.POP3 {
				e.Port += 35
			}
		}
	}
	return fmt.Sprint(v["pollname"], e, v["remote"], v["password"], v["sslcertck"] == "FALSE")
}

const muttMain = `# \
set imap_pass = continued
source sub/account
source ~/more
set my_host='imap.home.example'
set from = "Jane Doe <jane@home.example>" imap_user="j\"d\\e" ; set imap_pass = p\ w
set folder = "imaps://$my_host:1993/" spoolfile = +INBOX
set smtp_pass='s"p' smtp_url = "smtp://jane%40home.example@smtp.home.example:587/" \
  pop_user = 'p o'
set ssl_starttls = no nossl_force_tls
bind index "\Cb" noop ; unset ssl_verify_host # set imap_user=evil
`

// TestMuttAgrees: mutt and neomutt tell what their variables are.
func TestMuttAgrees(t *testing.T) {
	for _, program := range []string{"neomutt", "mutt"} {
		h := newHome(t, "muttrc", muttMain)
		h.write("sub/account", "set pop_host = 'pop.$x.example:111' smtp_authenticators = \"plain:\" \\\n\n set smtp_authenticators=login\n")
		h.write("more", "set pop_pass = \"a;b#c\"\n")
		values := map[string]string{}
		for _, name := range []string{"from", "imap_user", "imap_pass", "folder", "smtp_url", "smtp_pass", "smtp_authenticators", "pop_host", "pop_user", "pop_pass", "ssl_starttls", "ssl_force_tls", "ssl_verify_host"} {
			out, err := h.run(program, "-n", "-F", h.path, "-Q", name)
			if err != nil {
				t.Fatal(err)
			}
			_, value, _ := strings.Cut(strings.TrimSpace(out), "=")
			value = strings.TrimSpace(value)
			if plain, err := strconv.Unquote(value); err == nil {
				value = plain
			}
			if strings.HasSuffix(out, " is unset\n") {
				value = "no"
			}
			values[name] = value
		}
		var found Found
		r := &reader{program: stage.ProgramMutt, place: "FILE", found: &found}
		env := Environment{Home: h.dir}
		m := &muttReader{r: r, env: env, open: anywhere(env)}
		st := &muttState{m: m, place: "FILE", path: h.path, set: map[string]setting{}, setenv: map[string]string{}}
		st.run(muttMain, nil)
		for name, want := range values {
			if got := st.set[name].value; got != want {
				t.Errorf("%s: %q, and to %s %q", name, got, program, want)
			}
		}
		if len(found.Problems) != 0 {
			t.Errorf("%s: %v", program, found.Problems)
		}
	}
}
