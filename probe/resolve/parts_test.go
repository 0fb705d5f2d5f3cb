package resolve

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe/stage"
)

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		name   string
		family string
		most   int
		ips    string
		dial   string
		not    string
		fault  stage.Fault
	}{
		{name: "families in turn, IPv6 first", ips: "192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1", dial: "2001:db8::1 192.0.2.1 192.0.2.2 192.0.2.3"},
		{name: "order within a family", ips: "2001:db8::2 192.0.2.9 2001:db8::1 192.0.2.3", dial: "2001:db8::2 192.0.2.9 2001:db8::1 192.0.2.3"},
		{name: "once each", ips: "192.0.2.1 ::ffff:192.0.2.1 192.0.2.1", dial: "192.0.2.1"},
		{name: "beyond the limit", most: 2, ips: "192.0.2.1 192.0.2.2 2001:db8::1", dial: "2001:db8::1 192.0.2.1", not: "192.0.2.2"},
		{name: "IPv4 alone", family: "4", ips: "192.0.2.1 2001:db8::1", dial: "192.0.2.1", not: "2001:db8::1"},
		{name: "IPv6 alone", family: "6", ips: "192.0.2.1 2001:db8::1", dial: "2001:db8::1", not: "192.0.2.1"},
		{name: "none of the family", family: "6", ips: "192.0.2.1", not: "192.0.2.1", fault: stage.AddressFamily},
		{name: "blocked", ips: "0.0.0.0 ::", not: "0.0.0.0 ::", fault: stage.BadAddress},
		{name: "one blocked", ips: "0.0.0.0 2001:db8::1", dial: "2001:db8::1", not: "0.0.0.0"},
		{name: "multicast and broadcast", ips: "224.0.0.251 ff02::1 255.255.255.255", not: "224.0.0.251 ff02::1 255.255.255.255", fault: stage.BadAddress},
		{name: "zone", ips: "fe80::1%eth0", dial: "fe80::1%eth0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := New(Options{Family: tt.family, MaxAddresses: tt.most, Servers: []string{}})
			var ips []netip.Addr
			for s := range strings.FieldsSeq(tt.ips) {
				ips = append(ips, netip.MustParseAddr(s))
			}
			facts := &stage.ResolveFacts{Host: "mail.example"}
			err := r.choose(facts, ips)
			if got := fault(t, err); got != tt.fault {
				t.Errorf("fault = %q, want %q", got, tt.fault)
			}
			if got := strings.Join(facts.Addresses, " "); got != tt.dial {
				t.Errorf("to dial %q, want %q", got, tt.dial)
			}
			if got := strings.Join(facts.NotDialled, " "); got != tt.not {
				t.Errorf("not dialled %q, want %q", got, tt.not)
			}
		})
	}
}

func TestLiteral(t *testing.T) {
	for _, tt := range []struct {
		host, family string
		fault        stage.Fault
	}{
		{"192.0.2.1", "", ""},
		{"2001:db8::1", "6", ""},
		{"2001:db8::1", "4", stage.AddressFamily},
		{"0.0.0.0", "", stage.BadAddress},
	} {
		r := New(Options{Family: tt.family, Dial: noNetwork(t), System: system(errors.New("asked"))})
		facts, wait, err := r.Lookup(t.Context(), tt.host, nil)
		waitFor(wait)
		if got := fault(t, err); got != tt.fault || !facts.Literal || facts.Host != tt.host {
			t.Errorf("%s with family %q: fault %q, facts %+v; want %q", tt.host, tt.family, got, facts, tt.fault)
		}
		if (len(facts.Addresses) == 1) != (tt.fault == "") {
			t.Errorf("%s: addresses %v", tt.host, facts.Addresses)
		}
	}
}

func TestParseServer(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"192.0.2.53", "192.0.2.53:53"},
		{"192.0.2.53:5353", "192.0.2.53:5353"},
		{"2001:db8::53", "[2001:db8::53]:53"},
		{"[2001:db8::53]", "[2001:db8::53]:53"},
		{"[2001:db8::53]:5353", "[2001:db8::53]:5353"},
		{"fe80::1%eth0", "[fe80::1%eth0]:53"},
		{"dns.example", ""},
		{"dns.example:53", ""},
		{"192.0.2.53:0", ""},
		{"192.0.2.53:domain", ""},
		{"192.0.2.53:70000", ""},
		{"", ""},
	} {
		got, err := ParseServer(tt.in)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("ParseServer(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	_, wait, err := New(Options{Server: "dns.example", Dial: noNetwork(t)}).Lookup(t.Context(), "mail.example", nil)
	waitFor(wait)
	if fault(t, err) != stage.LookupFailed || !strings.Contains(err.Error(), `"dns.example"`) {
		t.Errorf("lookup by a server that is no address: %v", err)
	}
}

func TestReadServers(t *testing.T) {
	got := readServers(strings.NewReader("# comment\nnameserver 192.0.2.1\n\tnameserver\t2001:db8::1 \nnameserver dns.example\n" +
		"nameserver\nsearch example\nnameserver fe80::1%eth0\nnameserver 192.0.2.4\n"))
	if d := cmp.Diff([]string{"192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%eth0]:53"}, got); d != "" {
		t.Errorf("servers (-want +got):\n%s", d)
	}
	if got := readServers(strings.NewReader(strings.Repeat("#", maxResolvConf) + "\nnameserver 192.0.2.1\n")); got != nil {
		t.Errorf("read beyond the limit: %v", got)
	}
}

func TestHostsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hosts")
	text := "127.0.0.1\tlocalhost\n# 192.0.2.1 commented.example\n::1 six.example  Mail.Example. # third.example\nmail nonsense.example\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := New(Options{System: system(nil, "192.0.2.1"), Servers: []string{}, HostsFile: path})
	for name, want := range map[string]bool{
		"localhost": true, "mail.example": true, "MAIL.example.": true, "six.example": true,
		"commented.example": false, "third.example": false, "nonsense.example": false,
	} {
		facts, wait, err := r.Lookup(t.Context(), name, nil)
		waitFor(wait)
		if err != nil || facts.HostsFile != want {
			t.Errorf("%s: in the hosts file %v (%v), want %v", name, facts.HostsFile, err, want)
		}
	}
}

func TestImplementation(t *testing.T) {
	for _, tt := range []struct {
		goos    string
		cgo     bool
		debug   string
		dialled bool
		want    string
	}{
		{"windows", false, "netdns=go", false, "windows"},
		{"linux", false, "", false, "go"},
		{"linux", true, "", true, "go"},
		{"linux", true, "", false, "cgo"},
		{"linux", true, "madvdontneed=1,netdns=go+1", false, "go"},
		{"linux", true, "netdns=cgo+1", false, "cgo"},
		{"darwin", true, "netdns=1", false, "cgo"},
	} {
		if got := implementationOf(tt.goos, tt.cgo, tt.debug, tt.dialled); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

// The real resolver, with a name that every hosts file has.
func TestSystemResolver(t *testing.T) {
	facts, wait, err := New(Options{Servers: []string{}}).Lookup(t.Context(), "localhost", nil)
	waitFor(wait)
	if err != nil || len(facts.Addresses) == 0 || !netip.MustParseAddr(facts.Addresses[0]).IsLoopback() {
		t.Errorf("localhost: %+v, %v", facts, err)
	}
	if facts.Implementation == "" {
		t.Error("nobody has answered")
	}
}

// waitFor waits for the explanations of a lookup.
func waitFor(wait func()) {
	if wait != nil {
		wait()
	}
}
