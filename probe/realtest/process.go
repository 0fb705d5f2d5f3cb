//go:build unix

package realtest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The account that every server has.
const (
	User     = "jane@mail.test"
	Password = `pa ss"w\örd` // a space, a quote, a backslash, a letter beyond ASCII
)

// find returns the first program that exists. If there is none, the test is skipped, or
// fails if the servers are required.
func find(t *testing.T, programs ...string) string {
	t.Helper()
	for _, p := range programs {
		if p == "" {
			continue
		}
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	missing(t, "none of %q is installed", programs)
	return ""
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("MAILDOCTOR_REAL_SERVERS") == "required" {
		t.Fatalf("required: "+format, args...)
	}
	t.Skipf(format+" (make test installs it)", args...)
}

// needRoot skips the test if the servers could not switch to their own users.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "not root")
	}
}

// folder creates a directory that the servers' users may enter.
func folder(t *testing.T) string {
	t.Helper()
	// Not t.TempDir: other users can't enter its parents, and the path of a socket must
	// be short (108 bytes, unix(7)).
	dir, err := os.MkdirTemp("", "md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// own makes a user of the system the owner of a path.
func own(t *testing.T, path, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		missing(t, "no user %s", name)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
}

// freePorts returns ports on which nothing listens.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// serve runs a program in the foreground until the test ends.
func serve(t *testing.T, p *Place, logs string, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := p.command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 5 * time.Second // a child that outlives it may keep its output open
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(5*time.Second, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		cmd.Wait()
		timer.Stop()
		if t.Failed() {
			text, _ := os.ReadFile(logs)
			t.Logf("%s printed:\n%s\nand logged:\n%s", filepath.Base(name), out.String(), text)
		}
	})
}

// await waits until something listens on every port.
func await(t *testing.T, place *Place, ports ...int) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for _, a := range place.addresses() {
		for _, p := range ports {
			address := net.JoinHostPort(a, strconv.Itoa(p))
			for {
				c, err := place.dial(address)
				if err == nil {
					c.Close()
					break
				}
				if time.Now().After(end) {
					t.Fatalf("nothing listens on %s: %v", address, err)
				}
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
}
