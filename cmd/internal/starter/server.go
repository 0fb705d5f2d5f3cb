package starter

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
)

// server writes one server, and what was seen of it as expectations that it meets.
func (w *writer) server(rec *stage.Record, c *stage.CheckRecord, account string) {
	w.line("url = %s", quoted(mailurl.Of(c.Check.Endpoint)))
	if account != "" {
		w.line("account = %s", quoted(account))
	}
	w.reachable(c)
	if f := stage.FactsOf[*stage.TLSFacts](c); f != nil {
		w.encryption(f)
		w.certificate(rec, f)
	}
	w.beforeTLS(c)
	w.greeting(c)
	w.announced(c)
	if account != "" {
		w.login()
	}
}

// expect writes one expectation, with what was seen.
func (w *writer) expect(id stage.ExpectationID, value string, seen ...prose.Value) {
	line := fmt.Sprintf("%s = %s", id, value)
	if len(seen) > 0 {
		line += " # " + w.l.Text(seen[0])
	}
	w.line("%s", line)
}

// hint writes an expectation that would be met, and is left to the reader.
func (w *writer) hint(id stage.ExpectationID, value string) { w.line("# %s = %s", id, value) }

func seen(what string) prose.Value { return say.InitSeen(prose.Data(what)) }

// reachable writes by which addresses the server was reached.
func (w *writer) reachable(c *stage.CheckRecord) {
	f := stage.FactsOf[*stage.ConnectFacts](c)
	if f == nil {
		return
	}
	four, six := false, false
	for _, a := range f.Attempts {
		at, err := netip.ParseAddrPort(a.Address)
		if err != nil || a.Outcome != stage.DialConnected {
			continue
		}
		is4 := at.Addr().Unmap().Is4()
		four, six = four || is4, six || !is4
	}
	switch {
	case four && six:
		w.expect(stage.ExpectReachable, quoted("both"))
	case four:
		w.expect(stage.ExpectReachable, quoted("ipv4"))
	case six:
		w.expect(stage.ExpectReachable, quoted("ipv6"))
	}
}

// modern is the version of TLS that is enough, if more was seen.
const modern = "1.2"

func (w *writer) encryption(f *stage.TLSFacts) {
	version, ok := strings.CutPrefix(f.Version, "TLS ")
	if !ok {
		return
	}
	w.expect(stage.ExpectTLSMin, quoted(min(version, modern)), seen(f.Version))
}

// fewDays is the number of days that is expected to be left of a certificate, if more
// are: certificates that renew themselves do so earlier.
const fewDays = 14

// certificate writes what the certificate is expected to be.
func (w *writer) certificate(rec *stage.Record, f *stage.TLSFacts) {
	if len(f.Chain) == 0 {
		return
	}
	leaf := f.Chain[0]
	switch left := daysLeft(f, rec.Header.Started); {
	case left < 0:
		w.hint(stage.ExpectCertificateDays, strconv.Itoa(fewDays)+" # "+w.l.Text(say.InitExpired()))
	default:
		// The file may be run a little later.
		w.expect(stage.ExpectCertificateDays, strconv.Itoa(max(0, min(fewDays, left-1))), say.InitLeft(prose.Count(left)))
	}
	if names := certificateNames(leaf); len(names) > 0 {
		w.expect(stage.ExpectCertificateNames, listOf(names))
	}
	if strong(leaf.Key) {
		w.expect(stage.ExpectCertificateKey, strconv.Itoa(strongBits), seen(leaf.Key))
	}
	if leaf.Issuer != "" && stage.Visible(leaf.Issuer) == leaf.Issuer && len(leaf.Issuer) <= 200 {
		w.hint(stage.ExpectCertificateIssuer, quoted(leaf.Issuer))
	}
}

// daysLeft returns the whole days until the first certificate of the chain expires that
// counts: an expired one that nobody needs doesn't, and neither does a root.
func daysLeft(f *stage.TLSFacts, now time.Time) int {
	first := f.Chain[0].NotAfter
	for depth, c := range f.Chain {
		extra := slices.ContainsFunc(f.Faults, func(x stage.CertFault) bool { return x.ID == stage.CertExpiredExtra && x.Depth == depth })
		if !extra && !(depth > 0 && c.SelfSigned) && c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	return int(math.Floor(first.Sub(now).Hours() / 24))
}

// maxNames is the number of names that are all listed.
const maxNames = 5

// certificateNames returns the names in a certificate that a file may list; none if there
// are many.
func certificateNames(c stage.Certificate) []string {
	var out []string
	for _, n := range c.Names {
		_, ok := hostname.Server(strings.TrimPrefix(n, "*."))
		if ok && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) > maxNames {
		return nil
	}
	return out
}

// strongBits is the least size of an RSA key that programs accept.
const strongBits = 2048

func strong(key string) bool {
	size, rsa := strings.CutPrefix(key, "RSA ")
	n, err := strconv.Atoi(size)
	return rsa && err == nil && n >= strongBits || strings.HasPrefix(key, "ECDSA P-") || key == "Ed25519"
}

// beforeTLS writes what the server offers before TLS.
func (w *writer) beforeTLS(c *stage.CheckRecord) {
	f := stage.FactsOf[*stage.StartTLSFacts](c)
	if f == nil || !f.Offered {
		return
	}
	w.expect(stage.ExpectStartTLSOffered, "true")
	p := c.Check.Endpoint.Protocol
	login := slices.ContainsFunc(f.Capabilities, func(entry string) bool {
		word := strings.ToUpper(strings.Fields(strings.Replace(entry, "=", " ", 1) + " -")[0])
		return word == "AUTH" || word == "SASL" || word == "USER"
	})
	if !login && len(f.Capabilities) > 0 && (p == stage.SMTP || f.LoginDisabled) {
		w.expect(stage.ExpectLoginNeedsTLS, "true")
	}
}

// greeting writes how soon the server greets, with room for a bad day.
func (w *writer) greeting(c *stage.CheckRecord) {
	const usual, room = 5 * time.Second, 4
	r := c.Result(stage.Greeting)
	if r == nil || r.Status != stage.Pass {
		return
	}
	took := r.Time.Duration()
	if t := c.Result(stage.Handshake); t != nil && c.Check.Endpoint.Security == stage.TLS {
		took += t.Time.Duration()
	}
	limit := min(max(usual, (room*took).Round(time.Second)), time.Hour)
	w.expect(stage.ExpectGreeting, quoted(limit.String()), say.InitSeen(prose.Duration(stage.Ms(took))))
}

// announced writes the mechanisms and the size of a message; the other capabilities are
// left to the reader.
func (w *writer) announced(c *stage.CheckRecord) {
	r, f := c.Result(stage.Capabilities), stage.FactsOf[*stage.CapabilityFacts](c)
	if r == nil || f == nil || r.Status != stage.Pass && r.Status != stage.Warn {
		return
	}
	if m := listable(f.Mechanisms, 20); len(m) > 0 {
		w.expect(stage.ExpectMechanisms, listOf(m))
	}
	if all := listable(f.List, 100); len(all) > 0 {
		w.hint(stage.ExpectCapabilities, listOf(all))
	}
	if f.Size != nil && *f.Size > 0 && c.Check.Endpoint.Protocol == stage.SMTP {
		w.expect(stage.ExpectSize, sizeOf(*f.Size))
	}
}

// listable returns those words of a server that a file may list.
func listable(words []string, most int) []string {
	var out []string
	for _, s := range words {
		odd := strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
		if s != "" && !odd && len(s) <= most && len(out) < 100 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// sizeOf writes a number of bytes with a unit, if it is a whole number of it.
func sizeOf(n int64) string {
	const mega = 1 << 20
	if n%mega == 0 && n < mega*mega {
		return quoted(fmt.Sprintf("%d MB", n/mega))
	}
	return strconv.FormatInt(n, 10)
}

func listOf(all []string) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = quoted(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
