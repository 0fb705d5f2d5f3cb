package cli

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"maildoctor/cmd/internal/demo"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
)

// demoCauses are the causes that the demonstrations show.
var demoCauses = map[string]cause.ID{
	"wrong-password":       "wrong-password",
	"port-blocked":         "port-filtered",
	"port-refused":         "service-not-listening",
	"cert-expired":         "cert-expired",
	"clock-wrong":          "client-clock-wrong",
	"cert-expires-soon":    "cert-expires-soon",
	"cert-other-name":      "cert-name-mismatch-hosting",
	"cert-no-intermediate": "cert-missing-intermediate",
	"cert-self-signed":     "cert-self-signed",
	"tls-on-plain-port":    "tls-spoken-to-plaintext-port",
	"plain-on-tls-port":    "implicit-tls-port-spoken-plain",
	"starttls-missing":     "starttls-not-offered-by-server",
	"starttls-injection":   "starttls-injection",
	"unknown-name":         "hostname-typo-nxdomain",
	"resolver-broken":      "dns-resolver-broken",
	"maildrop-locked":      "pop3-maildrop-locked",
	"busy":                 "server-busy-greeting",
	"imap-down":            "service-not-listening",
}

// longestDemo is the time limit of a demonstration: two failing connections, one
// after the other, and silence.
const longestDemo = 2*demo.ConnectTimeout + demo.StageTimeout

// inDemo reports whether an address is one of the demonstration's.
func inDemo(address string) bool {
	a, err := netip.ParseAddrPort(address)
	strange := netip.MustParsePrefix("203.0.113.0/24")
	return err == nil && (a.Addr().IsLoopback() || strange.Contains(a.Addr()) || a.Addr() == netip.MustParseAddr("192.0.2.1"))
}

// Every demonstration ends soon, names its cause, and contacts nothing outside this
// program: every address is on loopback, or is one of RFC 5737 that leads nowhere
// else.
func TestDemos(t *testing.T) {
	for _, c := range demo.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			var s screen
			file := filepath.Join(t.TempDir(), "run.jsonl")
			Main([]string{"demo", c.Name, "--save", file}, s.pipe())
			r := conclude(prose.English(), parse(t, read(t, file)))
			if took := r.Time.Duration(); took > longestDemo+time.Second {
				t.Errorf("took %v", took)
			}
			want, bad := demoCauses[c.Name]
			var got []cause.ID
			for _, f := range r.Findings {
				if f.SuppressedBy == "" {
					got = append(got, f.Cause)
				}
			}
			if bad != slices.Contains(got, want) || !bad && len(got) > 0 {
				t.Errorf("causes %v, want %q among them", got, want)
			}
			for _, x := range r.Contacts {
				if !inDemo(x.Address) {
					t.Errorf("contacted: %v", x)
				}
			}
		})
	}
}
