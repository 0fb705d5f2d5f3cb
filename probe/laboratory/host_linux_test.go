package laboratory

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// host is a machine of a world: a network namespace of that name.
type host struct {
	t    *testing.T
	name string
}

// namespaces is where ip-netns(8) keeps namespaces by name.
const namespaces = "/run/netns"

// enter runs f on a thread in the namespace. Sockets that f makes belong to it
// permanently, whoever uses them later.
func (h *host) enter(f func() error) error {
	done := make(chan error, 1)
	go func() {
		// The thread is never unlocked: it ends with this goroutine, and nothing
		// else ever runs on it.
		runtime.LockOSThread()
		done <- func() error {
			file, err := os.Open(filepath.Join(namespaces, h.name))
			if err != nil {
				return err
			}
			defer file.Close()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("entering %s: %w", h.name, err)
			}
			return f()
		}()
	}()
	return <-done
}

// must runs f in the namespace, and fails the test if f fails.
func (h *host) must(f func() error) {
	h.t.Helper()
	if err := h.enter(f); err != nil {
		h.t.Fatal(err)
	}
}

// listen is net.Listen in the namespace; address consists of an IP address and a
// port. The listener closes when the test ends.
func (h *host) listen(network, address string) net.Listener {
	h.t.Helper()
	var l net.Listener
	h.must(func() (err error) { l, err = net.Listen(network, address); return err })
	h.t.Cleanup(func() { l.Close() })
	return l
}

// listenPacket is net.ListenPacket in the namespace.
func (h *host) listenPacket(network, address string) net.PacketConn {
	h.t.Helper()
	var c net.PacketConn
	h.must(func() (err error) { c, err = net.ListenPacket(network, address); return err })
	h.t.Cleanup(func() { c.Close() })
	return c
}

// dial is net.Dial in the namespace, to an IP address and a port.
func (h *host) dial(network, address string) (net.Conn, error) {
	var c net.Conn
	err := h.enter(func() (err error) {
		c, err = net.DialTimeout(network, address, 5*time.Second)
		return err
	})
	return c, err
}

// command returns a command that runs in the namespace, with the files of
// /etc/netns/NAME in place of those in /etc (ip-netns(8)). A missing tool is named.
func (h *host) command(name string, args ...string) *exec.Cmd {
	h.t.Helper()
	need(h.t, name)
	cmd := exec.Command("ip", append([]string{"netns", "exec", h.name, name}, args...)...)
	cmd.WaitDelay = 5 * time.Second // a child that outlives it may keep its output open
	return cmd
}

// run runs a command to its end, with input on its standard input.
func (h *host) run(input, name string, args ...string) {
	h.t.Helper()
	cmd := h.command(name, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%s %q: %v\n%s\n%s", name, args, err, out, input)
	}
}

// start runs a program until the test ends, and waits until it accepts connections
// at each of the addresses.
func (h *host) start(cmd *exec.Cmd, addresses ...string) {
	h.t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		if h.t.Failed() {
			h.t.Logf("%q printed:\n%s", cmd.Args, out.String())
		}
	})
	for _, a := range addresses {
		h.await(a)
	}
}

// await waits until something listens.
func (h *host) await(address string) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := h.dial("tcp", address)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("nothing listens on %s of %s: %v", address, h.name, err)
		}
	}
}

// ip runs commands of ip(8), such as "route add prohibit 203.0.113.12".
func (h *host) ip(commands ...string) {
	h.t.Helper()
	batch(h.t, []string{"-n", h.name}, commands)
}

// batch runs commands of ip(8) in one process.
func batch(t *testing.T, options, commands []string) {
	t.Helper()
	cmd := exec.Command("ip", append(options, "-batch", "-")...)
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ip %q: %v\n%s\n%s", options, err, out, strings.Join(commands, "\n"))
	}
}

// nft adds nftables rules, as "nft -f" reads them.
func (h *host) nft(rules string) {
	h.t.Helper()
	h.run(rules, "nft", "-f", "-")
}

// sysctl sets a value below net, such as "ipv4.ip_forward".
func (h *host) sysctl(name, value string) {
	h.t.Helper()
	h.must(func() error {
		return os.WriteFile("/proc/sys/net/"+strings.ReplaceAll(name, ".", "/"), []byte(value), 0)
	})
}

// etc writes a file that appears in /etc to programs in the namespace.
func (h *host) etc(file, text string) {
	h.t.Helper()
	write(h.t, filepath.Join("/etc/netns", h.name, file), text)
}

// homes returns the namespaces with these names in the form of /proc.
func homes(names []string) map[string]bool {
	all := make(map[string]bool)
	for _, n := range names {
		var s unix.Stat_t
		if unix.Stat(filepath.Join(namespaces, n), &s) == nil {
			all[fmt.Sprintf("net:[%d]", s.Ino)] = true
		}
	}
	return all
}

// inhabitants returns the processes that run in any of the namespaces.
func inhabitants(homes map[string]bool) []int {
	entries, _ := os.ReadDir("/proc")
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if home, err := os.Readlink(filepath.Join("/proc", e.Name(), "ns/net")); err == nil && homes[home] {
			pids = append(pids, pid)
		}
	}
	return pids
}

// remove kills everything that runs in the namespaces, and deletes them.
func remove(names ...string) {
	left := homes(names)
	for _, n := range names {
		path := filepath.Join(namespaces, n)
		unix.Unmount(path, unix.MNT_DETACH)
		os.Remove(path)
		os.RemoveAll(filepath.Join("/etc/netns", n))
	}
	// A killed process may just have started another.
	for range 20 {
		pids := inhabitants(left)
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		if len(pids) == 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
}
