package resolve

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

const (
	tlsaOne = "0000000000000000000000000000000000000000000000000000000000000001"
	tlsaTwo = "0000000000000000000000000000000000000000000000000000000000000002"
)

// signing makes a name server claim to have validated its answers, except about names
// that contain unsigned, if it is asked to say so.
func signing(h dns.HandlerFunc, unsigned string) dns.HandlerFunc {
	return func(w dns.ResponseWriter, req *dns.Msg) {
		h(marking{w, req.AuthenticatedData && (unsigned == "" || !strings.Contains(req.Question[0].Name, unsigned))}, req)
	}
}

type marking struct {
	dns.ResponseWriter
	ad bool
}

func (m marking) WriteMsg(r *dns.Msg) error {
	r.AuthenticatedData = m.ad
	return m.ResponseWriter.WriteMsg(r)
}

// asked looks up the records of port 993 and returns the answers: "TLSA NAME answer ad
// 1", the last character that of each record's data.
func asked(t *testing.T, o Options, host string) (string, error) {
	t.Helper()
	var lines []string
	err := New(o).TLSA(t.Context(), host, 993, func(l stage.Lookup) {
		line := l.Type + " " + l.Name + " " + string(l.Outcome)
		if l.Authenticated {
			line += " ad"
		}
		for _, r := range l.TLSA {
			if r.Usage != 3 || r.Selector != 1 || r.Matching != 1 || len(r.Data) != 32 {
				t.Errorf("%+v", r)
			}
			line += " " + string(rune('0'+r.Data[31]))
		}
		if l.Index != len(lines) {
			t.Errorf("%s has index %d", line, l.Index)
		}
		lines = append(lines, line)
	})
	return strings.Join(lines, "; "), err
}

// An alias has its records under its target if DNSSEC protects the way there, and under
// its own name otherwise (RFC 7671 7). The other name is asked where there are none.
func TestTLSA(t *testing.T) {
	const a, alias = "mail.example. 60 A 192.0.2.1", "alias.example. 60 CNAME mail.example."
	own := func(host, data string) string { return "_993._tcp." + host + ". 60 TLSA 3 1 1 " + data }
	for name, c := range map[string]struct {
		host     string
		records  []string
		unsigned string // names without DNSSEC
		want     string
	}{
		"records":                       {"mail.example", []string{a, own("mail.example", tlsaOne), own("mail.example", tlsaTwo)}, "-", "A mail.example answer ad; TLSA _993._tcp.mail.example answer ad 1 2"},
		"unsigned":                      {"mail.example", []string{a, own("mail.example", tlsaOne)}, "mail", "A mail.example answer; TLSA _993._tcp.mail.example answer 1"},
		"no name":                       {"mail.example", []string{a}, "-", "A mail.example answer ad; TLSA _993._tcp.mail.example nxdomain ad"},
		"no records":                    {"mail.example", []string{a, "_993._tcp.mail.example. 60 TXT x"}, "-", "A mail.example answer ad; TLSA _993._tcp.mail.example no-data ad"},
		"not in DNS":                    {"mail.example", nil, "-", "A mail.example nxdomain ad; TLSA _993._tcp.mail.example nxdomain ad"},
		"records' alias":                {"mail.example", []string{a, "_993._tcp.mail.example. 60 CNAME tlsa.example.", "tlsa.example. 60 TLSA 3 1 1 " + tlsaOne}, "-", "A mail.example answer ad; TLSA _993._tcp.mail.example answer ad 1"},
		"unsigned there":                {"mail.example", []string{a, "_993._tcp.mail.example. 60 CNAME tlsa.example.", "tlsa.example. 60 TLSA 3 1 1 " + tlsaOne}, "tlsa", "A mail.example answer ad; TLSA _993._tcp.mail.example answer 1"},
		"alias":                         {"alias.example", []string{a, alias, own("mail.example", tlsaOne), own("alias.example", tlsaTwo)}, "-", "A alias.example answer ad; TLSA _993._tcp.mail.example answer ad 1"},
		"alias, of its own":             {"alias.example", []string{a, alias, own("alias.example", tlsaTwo)}, "-", "A alias.example answer ad; TLSA _993._tcp.mail.example nxdomain ad; TLSA _993._tcp.alias.example answer ad 2"},
		"unsigned alias":                {"alias.example", []string{a, alias, own("mail.example", tlsaOne), own("alias.example", tlsaTwo)}, "alias", "A alias.example answer; TLSA _993._tcp.alias.example answer 2"},
		"unsigned alias, of its target": {"alias.example", []string{a, alias, own("mail.example", tlsaOne)}, "alias", "A alias.example answer; TLSA _993._tcp.alias.example nxdomain; TLSA _993._tcp.mail.example answer ad 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := asked(t, Options{Server: serve(t, signing(zone(t, c.records...), c.unsigned))}, c.host)
			if got != c.want || err != nil {
				t.Errorf("got  %s (%v)\nwant %s", got, err, c.want)
			}
		})
	}
}

// A name server that can't tell is followed by the next; if none can, that is an error.
func TestTLSAThatCannotBeRead(t *testing.T) {
	good := zone(t, "mail.example. 60 A 192.0.2.1", "_993._tcp.mail.example. 60 TLSA 3 1 1 "+tlsaOne)
	only := func(rcode int) dns.HandlerFunc {
		return func(w dns.ResponseWriter, req *dns.Msg) {
			if req.Question[0].Qtype == dns.TypeTLSA {
				fails(rcode)(w, req)
				return
			}
			good(w, req)
		}
	}
	got, err := asked(t, Options{Servers: []string{serve(t, only(dns.RcodeServerFailure)), serve(t, good)}}, "mail.example")
	if want := "A mail.example answer; TLSA _993._tcp.mail.example servfail; TLSA _993._tcp.mail.example answer 1"; got != want || err != nil {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
	for rcode, want := range map[int]stage.Fault{dns.RcodeServerFailure: stage.ServFail, dns.RcodeRefused: stage.DNSRefused, dns.RcodeNotImplemented: stage.LookupFailed} {
		if _, err := asked(t, Options{Server: serve(t, only(rcode))}, "mail.example"); fault(t, err) != want {
			t.Errorf("%d: %v, want %s", rcode, err, want)
		}
	}
	if got, err := asked(t, Options{Server: serve(t, fails(dns.RcodeServerFailure))}, "mail.example"); fault(t, err) != stage.ServFail || strings.Contains(got, "TLSA") {
		t.Errorf("not even the address: %s, %v", got, err)
	}
	if _, err := asked(t, Options{Servers: []string{}}, "mail.example"); fault(t, err) != stage.LookupFailed {
		t.Errorf("no name server: %v", err)
	}
	if _, err := asked(t, Options{Server: "192.0.2.1"}, "a b.example"); fault(t, err) != stage.NameNotFound {
		t.Errorf("no name: %v", err)
	}
}

// A host whose name is too long for the records' prefix has none.
func TestTLSAOfLongName(t *testing.T) {
	label := strings.Repeat("a", 61)
	host := strings.Join([]string{label, label, label, label}, ".")
	got, err := asked(t, Options{Server: serve(t, zone(t, host+". 60 A 192.0.2.1"))}, host)
	if want := "A " + host + " answer"; got != want || err != nil {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

// Ordinary lookups don't ask for DNSSEC, so that they are what a mail program's are.
func TestLookupsDontAskForDNSSEC(t *testing.T) {
	h := zone(t, "mail.example. 60 A 192.0.2.1")
	r := New(Options{Server: serve(t, func(w dns.ResponseWriter, req *dns.Msg) {
		if req.AuthenticatedData {
			t.Error("asked")
		}
		h(marking{w, true}, req) // claimed without being asked
	})})
	facts, wait, err := r.Lookup(t.Context(), "mail.example", nil)
	if wait != nil {
		wait()
	}
	if err != nil || len(facts.Lookups) == 0 {
		t.Fatalf("%+v, %v", facts, err)
	}
	for _, l := range facts.Lookups {
		if l.Authenticated {
			t.Errorf("%+v", l)
		}
	}
}
