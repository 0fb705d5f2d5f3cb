//go:build unix

package realtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PostfixConfig is the configuration of Postfix.
type PostfixConfig struct {
	Certificate string // PEM files; empty: no TLS
	Key         string
	Auth        int      // port of Dovecot's SASL service; 0: no AUTH
	Main        []string // further lines of main.cf; the last line for a setting counts
	Place       *Place   // nil: loopback
}

// Postfix is a running server.
type Postfix struct {
	Submission, Submissions int // ports: STARTTLS, implicit TLS
}

// StartPostfix runs Postfix until the test ends.
func StartPostfix(t *testing.T, c PostfixConfig) Postfix {
	t.Helper()
	needRoot(t)
	program := find(t, "postfix", "/usr/sbin/postfix")
	dir := folder(t)
	p := c.Place.ports(t, 587, 465)
	s := Postfix{Submission: p[0], Submissions: p[1]}
	for _, d := range []string{"queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	own(t, filepath.Join(dir, "data"), "postfix")
	etc := filepath.Join(dir, "etc")
	write(t, filepath.Join(etc, "main.cf"), postfixMain(dir, c))
	write(t, filepath.Join(etc, "master.cf"), postfixMaster(c.Place, s))
	// Postfix assumes that a configuration modified less than a second ago is still
	// being written.
	old := time.Now().Add(-time.Minute)
	for _, f := range []string{"main.cf", "master.cf"} {
		if err := os.Chtimes(filepath.Join(etc, f), old, old); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, c.Place, filepath.Join(dir, "log"), program, "-c", etc, "start-fg")
	t.Cleanup(func() { stopPostfix(program, etc) })
	await(t, c.Place, s.Submission, s.Submissions)
	return s
}

func postfixMain(dir string, c PostfixConfig) string {
	interfaces, families := "127.0.0.1", "ipv4"
	if c.Place != nil {
		interfaces, families = "all", "all"
	}
	main := fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.mail.test
mydestination = mail.test
inet_interfaces = %[2]s
inet_protocols = %[3]s
alias_maps =
local_recipient_maps =
smtpd_delay_reject = no
message_size_limit = 10485760
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sender_restrictions = permit_sasl_authenticated, reject
`, dir, interfaces, families)
	if c.Certificate != "" {
		main += fmt.Sprintf("smtpd_tls_cert_file = %s\nsmtpd_tls_key_file = %s\nsmtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\n", c.Certificate, c.Key)
	}
	if c.Auth != 0 {
		main += fmt.Sprintf("smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:%d\nsmtpd_sasl_security_options = noanonymous\n", c.Auth)
	}
	for _, l := range c.Main {
		main += l + "\n"
	}
	return main
}

func postfixMaster(p *Place, s Postfix) string {
	var b strings.Builder
	for _, a := range p.addresses() {
		if strings.Contains(a, ":") {
			a = "[" + a + "]"
		}
		fmt.Fprintf(&b, "%[1]s:%[2]d inet n - n - - smtpd\n%[1]s:%[3]d inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n", a, s.Submission, s.Submissions)
	}
	return b.String() + `cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
error unix - - n - - error
local unix - n n - - local
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
`
}

// stopPostfix asks Postfix to stop, and waits for ten seconds. Its processes log
// through a socket whose queue may be full, so that they don't respond. What is left is
// killed with the process that was started.
func stopPostfix(program, etc string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-c", etc, "stop")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Run()
}
