package publish

import (
	"fmt"
	"slices"
	"strings"

	"maildoctor/probe/stage"
	"maildoctor/profiles/published"
)

// Record is a DNS record, with names as absolute ones.
type Record struct {
	Name string // "_imaps._tcp.firm.example."
	Type string // "SRV", "CNAME", "TXT"
	Data string // as in a zone file (RFC 1035 5.1)
}

// ttl is how long records may be kept, in seconds: short enough to be corrected.
const ttl = 3600

// Records returns the SRV records of a domain whose servers these are, one for each
// protocol: a service that is not offered is said not to be (RFC 6186 3.4), so that
// programs need not guess. Nothing is said about a protocol for which it isn't known
// whether there is a server.
func Records(domain string, servers []stage.Endpoint, unknown ...stage.Protocol) []Record {
	var out []Record
	for _, s := range published.Services() {
		if slices.Contains(unknown, s.Protocol) {
			continue
		}
		data := "0 0 0 ."
		i := slices.IndexFunc(servers, func(e stage.Endpoint) bool { return e.Protocol == s.Protocol && e.Security == s.Security })
		if i >= 0 {
			data = fmt.Sprintf("0 1 %d %s.", servers[i].Port, servers[i].Host)
		}
		out = append(out, Record{s.Name + "._tcp." + domain + ".", "SRV", data})
	}
	return out
}

// Digest returns the TXT record that vouches for a PACC file (draft-ietf-mailmaint-pacc).
func Digest(domain string, file []byte) Record {
	return Record{"_ua-auto-config." + domain + ".", "TXT", `"` + published.PACCRecord(file) + `"`}
}

// Zone writes records as lines of a zone file.
func Zone(records []Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%s %d IN %s %s\n", r.Name, ttl, r.Type, r.Data)
	}
	return b.String()
}

// Terraform writes records for the provider hashicorp/dns, which updates zones by RFC
// 2136.
func Terraform(domain string, records []Record) string {
	var b strings.Builder
	for _, r := range records {
		name := strings.TrimSuffix(r.Name, "."+domain+".")
		label := strings.Trim(strings.NewReplacer(".", "_", "-", "_").Replace(name), "_")
		switch r.Type {
		case "SRV":
			f := strings.Fields(r.Data)
			fmt.Fprintf(&b, "resource \"dns_srv_record_set\" %q {\n  zone = %q\n  name = %q\n  ttl  = %d\n  srv {\n    priority = %s\n    weight   = %s\n    port     = %s\n    target   = %q\n  }\n}\n\n",
				label, domain+".", name, ttl, f[0], f[1], f[2], f[3])
		case "TXT":
			fmt.Fprintf(&b, "resource \"dns_txt_record_set\" %q {\n  zone = %q\n  name = %q\n  ttl  = %d\n  txt  = [%s]\n}\n\n", label, domain+".", name, ttl, r.Data)
		}
	}
	return b.String()
}

// Best returns one server for each protocol: TLS from the first byte before STARTTLS
// (RFC 8314 3.3), in the order given else. Servers without encryption are left out.
func Best(servers []stage.Endpoint) []stage.Endpoint {
	var out []stage.Endpoint
	for _, p := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		for _, security := range []stage.Security{stage.TLS, stage.StartTLS} {
			i := slices.IndexFunc(servers, func(e stage.Endpoint) bool { return e.Protocol == p && e.Security == security })
			if i >= 0 {
				out = append(out, servers[i])
				break
			}
		}
	}
	return out
}
