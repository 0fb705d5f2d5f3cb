package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"maildoctor/probe/probetest"
)

// TestMain lets the scripts run this binary as maildoctor.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"maildoctor": main})
}

// TestScripts runs the scripts in testdata. They document the command line. The
// servers that they speak to are in this process and listen on loopback; the
// variables that name them are those of [world.export].
func TestScripts(t *testing.T) {
	w := newWorld(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               w.export,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"connected": connected,
			"exits":     exits,
			"fetch":     fetch,
			"head":      head,
			"paste":     paste,
			"until":     until,
		},
	})
}

// world is what the scripts can speak to.
type world struct {
	healthy *probetest.Provider
}

// silent is a server that takes connections and never says a word. Each script has its
// own: none may take another's connection.
type silent struct {
	listener net.Listener
	accepted chan net.Conn
}

// silentKey is the key of a script's silent server among its values.
type silentKey struct{}

// user and password are those of the healthy provider's account.
const user, password = "jane@mail.test", `pass "word" \ Pässe`

func newWorld(t *testing.T) *world {
	w := &world{}
	var err error
	w.healthy, err = probetest.StartProvider(probetest.ProviderConfig{
		Domain: "mail.test", Users: map[string]string{user: password},
		Endpoints: []probetest.ProviderEndpoint{
			{Protocol: probetest.POP3, Host: "pop.mail.test", Security: probetest.ImplicitTLS},
			{Protocol: probetest.IMAP, Host: "imap.mail.test", Security: probetest.ImplicitTLS},
			{Protocol: probetest.SMTP, Host: "smtp.mail.test", Security: probetest.StartTLS},
			{Protocol: probetest.IMAP, Host: "old.mail.test", Security: probetest.ImplicitTLS, Certificate: probetest.CertExpired},
			{Protocol: probetest.POP3, Host: "clear.mail.test", Security: probetest.Cleartext},
			{Protocol: probetest.IMAP, Host: "soon.mail.test", Security: probetest.ImplicitTLS, Certificate: probetest.CertExpiresSoon},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.healthy.Close)
	return w
}

// startSilent starts a script's silent server, which ends with it.
func startSilent(e *testscript.Env) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &silent{listener: l, accepted: make(chan net.Conn, 8)}
	e.Defer(func() {
		l.Close()
		for c := range s.accepted {
			c.Close()
		}
	})
	go s.accept()
	e.Values[silentKey{}] = s
	e.Setenv("SILENT", l.Addr().String())
	return nil
}

func (s *silent) accept() {
	defer close(s.accepted)
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.accepted <- c
	}
}

// export sets the variables: DNS, the address of a name server that knows the
// servers; POP3, IMAP, SMTP, OLD (an expired certificate), SOON (one that runs
// out), CLEAR (POP3 without TLS), each HOST:PORT, and SILENT; USER and PASSWORD.
// It puts the root's certificate into ca.pem, a profile of the servers into the directory
// profiles, what a mail program has into home, the password into the file password, and
// smoke files with it into accounts.toml and leak.toml.
func (w *world) export(e *testscript.Env) error {
	for i, name := range []string{"POP3", "IMAP", "SMTP", "OLD", "CLEAR", "SOON"} {
		end := w.healthy.Endpoints[i]
		e.Setenv(name, fmt.Sprintf("%s:%d", end.Host, end.Listen.Port()))
		e.Setenv(name+"_PORT", fmt.Sprint(end.Listen.Port()))
	}
	e.Setenv("DNS", w.healthy.Resolver)
	if err := startSilent(e); err != nil {
		return err
	}
	at, err := free()
	if err != nil {
		return err
	}
	e.Setenv("FREE", at)
	e.Setenv("USER", user)
	e.Setenv("PASSWORD", password)
	e.Setenv("LC_ALL", "C.UTF-8")
	if err := os.WriteFile(filepath.Join(e.WorkDir, "ca.pem"), w.healthy.Root.PEM(), 0o600); err != nil {
		return err
	}
	dir := filepath.Join(e.WorkDir, "profiles")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "mail-test.toml"), []byte(w.profile()), 0o600); err != nil {
		return err
	}
	for name, text := range map[string]string{"accounts.toml": w.accounts(), "leak.toml": w.leaking()} {
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(e.WorkDir, "password"), []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(e.WorkDir, "home"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.WorkDir, "home", ".msmtprc"), []byte(w.msmtprc()), 0o600)
}

// msmtprc is what a mail program has: an account of the healthy provider's, at a server
// whose certificate has expired.
func (w *world) msmtprc() string {
	old := w.healthy.Endpoints[3]
	return fmt.Sprintf("account work\nhost %s\nport %d\nfrom %s\nauth on\nuser %s\npassword %s\ntls on\ntls_starttls off\n", old.Host, old.Listen.Port(), user, user, password)
}

// profile is the healthy provider's.
func (w *world) profile() string {
	text := `id = "mail-test"
name = "Mail Test"
domains = ["mail.test"]
user_name = "full-address"

[source]
title = "these scripts"
read = 2026-11-22
`
	for _, i := range []int{0, 1, 2} {
		e := w.healthy.Endpoints[i]
		text += fmt.Sprintf("\n[[endpoint]]\nprotocol = %q\nhost = %q\nport = %d\nsecurity = %q\n", e.Protocol, e.Host, e.Listen.Port(), e.Security)
	}
	return text
}

// accounts is a smoke file whose endpoints each get the password in another way.
func (w *world) accounts() string {
	var text string
	for i, from := range []string{`password-file = "password"`, `password-env = "PASSWORD"`, `password-command = "cat password"`} {
		e := w.healthy.Endpoints[i]
		text += fmt.Sprintf("[[endpoint]]\nurl = %q\nuser = %q\nlogin = true\n%s\n\n", smokeURL(e), user, from)
	}
	return text
}

// leaking is a smoke file one of whose commands prints the variable with the password of
// another endpoint.
func (w *world) leaking() string {
	imap, smtp := w.healthy.Endpoints[1], w.healthy.Endpoints[2]
	return fmt.Sprintf("[[endpoint]]\nurl = %q\nuser = %q\npassword-env = \"PASSWORD\"\n\n[[endpoint]]\nurl = %q\nuser = %q\npassword-command = 'echo \"$PASSWORD\"'\n",
		smokeURL(imap), user, smokeURL(smtp), user)
}

// smokeURL is the URL of one of the servers, which have encryption.
func smokeURL(e probetest.ProviderEndpoint) string {
	scheme := string(e.Protocol)
	if e.Security == probetest.ImplicitTLS {
		scheme += "s"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, e.Host, e.Listen.Port())
}

// connected waits until somebody has connected to SILENT, and has had the time to notice
// that he is: on his side that takes a moment more.
func connected(ts *testscript.TestScript, _ bool, _ []string) {
	c := <-ts.Value(silentKey{}).(*silent).accepted
	ts.Defer(func() { c.Close() })
	time.Sleep(200 * time.Millisecond)
}

// fetch CODE [-X METHOD] URL asks for a page, until the server is there, and wants that
// status code. The page is the standard output.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	method, url := http.MethodGet, args[len(args)-1]
	if len(args) == 4 && args[1] == "-X" {
		method = args[2]
	}
	req, err := http.NewRequest(method, url, nil)
	ts.Check(err)
	var resp *http.Response
	for range 100 {
		if resp, err = http.DefaultClient.Do(req); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Check(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), string(page))
	if resp.StatusCode != want {
		ts.Fatalf("%s: %d, want %d\n%s", url, resp.StatusCode, want, page)
	}
}

// free returns an address of this machine that nobody listens at.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// exits CODE PROGRAM ARGUMENT... runs a program and wants that exit code, which
// ! exec can't tell from another.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d; want %d", code, want)
	}
}

// head N FROM TO writes the first lines of a file, fewer where N is negative,
// to another.
func head(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := strings.SplitAfter(ts.ReadFile(args[1]), "\n")
	if n < 0 {
		n += len(lines) - 1
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Join(lines[:n], "")), 0o600))
}

// paste CODE FILE runs the command that a report in a file suggests, as somebody does
// who copies the line into a shell, and wants that exit code. What it writes replaces
// the file.
func paste(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		command := strings.TrimSpace(line)
		if i := strings.Index(command, "maildoctor "); i >= 0 && (i == 0 || strings.HasSuffix(command[:i], ": ")) {
			ts.Logf("%s", command[i:])
			exits(ts, false, []string{args[0], "sh", "-c", command[i:] + " >" + args[1]})
			return
		}
	}
	ts.Fatalf("%s suggests no command", args[1])
}

// until FILE TEXT waits until a file that a program is writing holds a text.
func until(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(b), args[1]) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s does not come to hold %s", args[0], args[1])
		}
	}
}
