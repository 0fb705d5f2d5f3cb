package laboratory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"maildoctor/probe/realtest"
)

// The addresses of a world. All of a scenario's servers are on one machine with many
// addresses.
const (
	clientIP = "192.168.1.2"
	popIP    = "203.0.113.10"
	imapIP   = "203.0.113.11"
	smtpIP   = "203.0.113.12"
	otherIP  = "203.0.113.13" // to .29: further addresses of the servers
	resolvIP = "203.0.113.53"
	nobodyIP = "203.0.113.99" // unassigned: a router searches for it in vain

	clientIP6 = "2001:db8:1::2"
	popIP6    = "2001:db8:2::10"
	imapIP6   = "2001:db8:2::11"
	smtpIP6   = "2001:db8:2::12"
	otherIP6  = "2001:db8:2::13" // to ::29
)

// The servers of the provider mail.test, and the account there.
const (
	popHost  = "pop.mail.test"
	imapHost = "imap.mail.test"
	smtpHost = "smtp.mail.test"

	user  = realtest.User
	right = realtest.Password
	wrong = "Tr0ub4dor&3"
)

// world is the environment of one scenario: a customer's machine, a router, and the
// machine of a provider, each a network namespace of its own, without a connection
// to anything else.
type world struct {
	t      *testing.T
	client *host
	router *host
	server *host

	program func() (string, error) // builds the program under test

	dir      string              // for files; servers may read it
	names    map[string][]string // DNS records by name: "A 203.0.113.10", "CNAME x."
	password string              // empty: none
	env      []string            // further environment variables of the run
	profiles string              // directory of profiles; empty: only the embedded ones
	resolver func()              // starts the resolver, when the scenario is built; nil: none
	proxies  int                 // number of proxies on the router
	saved    string              // file with the stream of the run
}

// worlds counts worlds, for their names.
var worlds atomic.Int64

// netns is locked while namespaces are made, because ip-netns(8) prepares their
// directory when it makes the first.
var netns sync.Mutex

// prefix returns the prefix of the names of a process's namespaces.
func prefix(pid int) string { return fmt.Sprintf("md%d-", pid) }

func newWorld(t *testing.T) *world {
	t.Helper()
	name := prefix(os.Getpid()) + fmt.Sprint(worlds.Add(1))
	w := &world{
		t: t, client: &host{t, name + "c"}, router: &host{t, name + "r"}, server: &host{t, name + "s"},
		dir: filepath.Join(os.TempDir(), name), password: right, program: program,
		names: map[string][]string{
			popHost: {"A " + popIP}, imapHost: {"A " + imapIP}, smtpHost: {"A " + smtpIP},
			"mail.test": {"MX 10 mx.mail.test."},
		},
	}
	w.resolver = w.unbound
	hosts := []string{w.client.name, w.router.name, w.server.name}
	t.Cleanup(func() { remove(hosts...); os.RemoveAll(w.dir) })
	addNamespaces(t, hosts)
	w.wire()
	w.server.sysctl("unix.max_dgram_qlen", "1000") // for Postfix's log: by default it blocks after ten queued lines
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.client.etc("resolv.conf", "nameserver "+resolvIP+"\n")
	w.server.etc("resolv.conf", "nameserver "+resolvIP+"\n")
	w.client.etc("hosts", "127.0.0.1 localhost\n::1 localhost\n")
	w.client.etc("nsswitch.conf", "hosts: files dns\n")
	return w
}

// addNamespaces makes namespaces, for one world at a time. If that fails, the others
// continue.
func addNamespaces(t *testing.T, names []string) {
	t.Helper()
	netns.Lock()
	defer netns.Unlock()
	batch(t, nil, []string{"netns add " + names[0], "netns add " + names[1], "netns add " + names[2]})
}

// wire connects the three machines over IPv4.
func (w *world) wire() {
	w.t.Helper()
	for _, h := range []*host{w.client, w.router, w.server} {
		h.sysctl("ipv6.conf.default.accept_dad", "0")
	}
	w.router.ip(
		"link add c0 type veth peer name eth0 netns "+w.client.name,
		"link add s0 type veth peer name eth0 netns "+w.server.name,
		"link set lo up", "link set c0 up", "link set s0 up",
		"addr add 192.168.1.1/24 dev c0", "addr add 203.0.113.1/24 dev s0",
	)
	w.client.ip("link set lo up", "link set eth0 up", "addr add "+clientIP+"/24 dev eth0", "route add default via 192.168.1.1")
	up := []string{"link set lo up", "link set eth0 up", "addr add " + resolvIP + "/24 dev eth0"}
	for i := 10; i < 30; i++ {
		up = append(up, fmt.Sprintf("addr add 203.0.113.%d/24 dev eth0", i))
	}
	w.server.ip(append(up, "route add default via 203.0.113.1")...)
	w.router.sysctl("ipv4.ip_forward", "1")
}

// dualStack gives the machines IPv6 as well, and the provider's names their
// AAAA records.
func (w *world) dualStack() {
	w.t.Helper()
	w.router.ip("addr add 2001:db8:1::1/64 dev c0 nodad", "addr add 2001:db8:2::1/64 dev s0 nodad")
	w.client.ip("addr add "+clientIP6+"/64 dev eth0 nodad", "route add default via 2001:db8:1::1")
	var up []string
	for i := 10; i < 30; i++ {
		up = append(up, fmt.Sprintf("addr add 2001:db8:2::%d/64 dev eth0 nodad", i))
	}
	w.server.ip(append(up, "route add default via 2001:db8:2::1")...)
	w.router.sysctl("ipv6.conf.all.forwarding", "1")
	for name, ip := range map[string]string{popHost: popIP6, imapHost: imapIP6, smtpHost: smtpIP6} {
		w.names[name] = append(w.names[name], "AAAA "+ip)
	}
}

// forward adds rules, in order, for what the router forwards.
func (w *world) forward(rules ...string) {
	w.t.Helper()
	w.router.nft("table inet forwarded { chain c { type filter hook forward priority 0; " + strings.Join(rules, "; ") + "; }; }")
}

// redirect redirects what the client sends to these TCP ports ("993, 995") to a port
// of the router itself.
func (w *world) redirect(ports string, to int) {
	w.t.Helper()
	w.router.nft(fmt.Sprintf("table ip redirected { chain c { type nat hook prerouting priority -100; iifname c0 tcp dport { %s } redirect to :%d; }; }", ports, to))
}

// output adds rules for what leaves the client's machine, as a firewall there would.
func (w *world) output(rules ...string) {
	w.t.Helper()
	w.client.nft("table inet local { chain c { type filter hook output priority 0; " + strings.Join(rules, "; ") + "; }; }")
}

// write writes a file that the servers may read.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
