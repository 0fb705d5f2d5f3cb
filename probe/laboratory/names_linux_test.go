package laboratory

import (
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"maildoctor/probe/probetest"
)

// unbound runs a recursive resolver at resolvIP that knows only the world's names.
func (w *world) unbound() {
	w.t.Helper()
	w.unboundAt(resolvIP, w.names)
}

// unboundAt runs one at another address, or with other names, and with further lines
// in its section "server".
func (w *world) unboundAt(ip string, names map[string][]string, further ...string) {
	w.t.Helper()
	dir := filepath.Join(w.dir, "unbound-"+ip)
	address := "A"
	if strings.Contains(ip, ":") {
		address = "AAAA"
	}
	zone := ". 3600 IN SOA root.test. hostmaster.root.test. 1 3600 600 86400 60\n. 3600 IN NS root.test.\nroot.test. 3600 IN " + address + " " + ip + "\n"
	for _, name := range slices.Sorted(maps.Keys(names)) {
		for _, record := range names[name] {
			zone += fmt.Sprintf("%s. 300 IN %s\n", strings.TrimSuffix(name, "."), record)
		}
	}
	write(w.t, filepath.Join(dir, "zone"), zone)
	config := filepath.Join(dir, "unbound.conf")
	write(w.t, config, fmt.Sprintf(`server:
 directory: "%[1]s"
 chroot: ""
 username: ""
 pidfile: ""
 use-syslog: no
 logfile: ""
 interface: %[2]s
 access-control: 0.0.0.0/0 allow
 access-control: ::/0 allow
 module-config: "iterator"
 num-threads: 1
 so-reuseport: no
 do-not-query-localhost: no
 local-zone: "test." nodefault
 %[3]s
auth-zone:
 name: "."
 zonefile: "%[1]s/zone"
 for-downstream: no
 for-upstream: yes
 fallback-enabled: no
`, dir, ip, strings.Join(further, "\n ")))
	w.server.start(w.server.command("unbound", "-d", "-p", "-c", config), net.JoinHostPort(ip, "53"))
}

// dns replaces the resolver by a name server with faults of its own: see
// [probetest.DNSFault].
func (w *world) dns(zone probetest.Zone) {
	w.t.Helper()
	w.resolver = nil
	address := net.JoinHostPort(resolvIP, "53")
	d, err := probetest.StartDNSOn(w.server.listenPacket("udp", address), w.server.listen("tcp", address), zone)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(d.Close)
}

// routerKnows makes the customer's router answer for the provider's names.
func (w *world) routerKnows() {
	w.t.Helper()
	const ip = "192.168.1.1"
	w.client.etc("resolv.conf", "nameserver "+ip+"\n")
	d, err := probetest.StartDNSOn(w.router.listenPacket("udp", ip+":53"), w.router.listen("tcp", ip+":53"), probetest.Zone{
		popHost: {Addresses: []string{popIP}}, imapHost: {Addresses: []string{imapIP}}, smtpHost: {Addresses: []string{smtpIP}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(d.Close)
}
