//go:build unix

package realtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// EximConfig is the configuration of Exim.
type EximConfig struct {
	Certificate string // PEM files
	Key         string
	Place       *Place   // nil: loopback
	Main        []string // further lines of the main section
	Connect     string   // lines of the ACL for each connection; empty: none
}

// Exim is a running server.
type Exim struct {
	Submission, Submissions int // ports: STARTTLS, implicit TLS
}

// StartExim runs Exim until the test ends. Exim's package conflicts with Postfix's;
// EXIM may name the program if it was unpacked elsewhere.
func StartExim(t *testing.T, c EximConfig) Exim {
	t.Helper()
	needRoot(t)
	program := find(t, os.Getenv("EXIM"), "exim4", "exim")
	dir := folder(t)
	p := c.Place.ports(t, 587, 465)
	s := Exim{Submission: p[0], Submissions: p[1]}
	for _, d := range []string{"spool", "log"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
		own(t, filepath.Join(dir, d), "Debian-exim")
	}
	config := filepath.Join(dir, "exim.conf")
	write(t, config, eximConf(dir, c, s))
	serve(t, c.Place, filepath.Join(dir, "log", "mainlog"), program, "-bdf", "-C", config)
	await(t, c.Place, s.Submission, s.Submissions)
	return s
}

// expand quotes text for Exim's string expansion.
func expand(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`).Replace(s)
	var b strings.Builder
	for i := range len(s) {
		if s[i] < 0x80 {
			b.WriteByte(s[i])
		} else {
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i]), 16))
		}
	}
	return b.String()
}

func eximConf(dir string, c EximConfig, s Exim) string {
	acl, further := "", strings.Join(c.Main, "\n")
	if c.Place == nil {
		further += "\ndisable_ipv6 = true"
	}
	if c.Connect != "" {
		further += "\nacl_smtp_connect = at_connect"
		acl = "at_connect:\n" + c.Connect
	}
	return fmt.Sprintf(`primary_hostname = mx.mail.test
spool_directory = %[1]s/spool
log_file_path = %[1]s/log/%%slog
pid_file_path = %[1]s/spool/pid
daemon_smtp_ports = %[2]d : %[3]d
tls_on_connect_ports = %[3]d
local_interfaces = <; %[8]s
%[9]s
tls_advertise_hosts = *
tls_certificate = %[4]s
tls_privatekey = %[5]s
auth_advertise_hosts = ${if def:tls_in_cipher {*}{}}
message_size_limit = 10M
host_lookup =
acl_smtp_mail = check_mail
acl_smtp_rcpt = authenticated_alone
keep_environment =
rfc1413_query_timeout = 0s

begin acl
%[10]s
check_mail:
  accept authenticated = *
  deny message = authentication required
authenticated_alone:
  accept authenticated = *
  deny message = no

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{%[6]s}}{eq{$auth3}{%[7]s}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{%[6]s}}{eq{$auth2}{%[7]s}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{%[6]s}{%[7]s}fail}
  server_set_id = $auth1
`, dir, s.Submission, s.Submissions, c.Certificate, c.Key, User, expand(Password),
		strings.Join(c.Place.addresses(), " ; "), further, acl)
}
