package export

import (
	"bufio"
	"fmt"
	"io"
	"net"
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

// readIsync lets mbsync log in to a server on loopback, which hears the user name. For
// that host, port and encryption are those of this server, and a password is there; what
// the file has of them is read by itself.
func readIsync(t *testing.T, file []byte) account {
	text := string(file)
	argument := func(name string) string {
		t.Helper()
		m := regexp.MustCompile(`(?m)^`+name+` (.*)$`).FindAllStringSubmatch(text, -1)
		if len(m) != 1 {
			t.Fatalf("%d lines with %s", len(m), name)
		}
		return m[0][1]
	}
	security := map[string]stage.Security{"IMAPS": stage.TLS, "STARTTLS": stage.StartTLS, "None": stage.None}[argument("SSLType")]
	v := server(t, stage.IMAP, argument("Host"), argument("Port"), security, "")
	v.Token = strings.Contains(text, "\nAuthMechs XOAUTH2\n")
	v.User = loggedIn(t, text)
	return account{address: "", in: v}
}

func loggedIn(t *testing.T, text string) string {
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer l.Close()
	user := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		user <- hearLogin(c)
	}()
	text = regexp.MustCompile(`(?m)^AuthMechs .*\n`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?m)^Host .*$`).ReplaceAllString(text, "Host 127.0.0.1")
	text = regexp.MustCompile(`(?m)^Port .*$`).ReplaceAllString(text, "Port "+strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	text = regexp.MustCompile(`(?m)^SSLType .*$`).ReplaceAllString(text, "SSLType None\nAuthMechs LOGIN\nPass secret")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "Mail", "q.com"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "mbsyncrc")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(need(t, "mbsync"), "-c", path, "-l", "q.com")
	cmd.Env, cmd.Dir = []string{"HOME=" + dir}, dir
	out, _ := cmd.CombinedOutput() // it fails, for the login is refused
	select {
	case name := <-user:
		return name
	case <-time.After(5 * time.Second):
		t.Fatalf("mbsync did not log in: %s\n%s", out, text)
		return ""
	}
}

// hearLogin is an IMAP server that refuses a login and returns its user name.
func hearLogin(c net.Conn) string {
	r := bufio.NewReader(c)
	fmt.Fprint(c, "* OK [CAPABILITY IMAP4rev1] here\r\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return ""
		}
		tag, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		name, args, _ := strings.Cut(rest, " ")
		if !strings.EqualFold(name, "LOGIN") {
			fmt.Fprintf(c, "%s OK done\r\n", tag)
			continue
		}
		fmt.Fprintf(c, "%s NO not here\r\n", tag)
		go io.Copy(io.Discard, r)
		args = strings.TrimSuffix(args, ` "secret"`)
		return regexp.MustCompile(`\\(.)`).ReplaceAllString(strings.TrimSuffix(strings.TrimPrefix(args, `"`), `"`), "$1")
	}
}
