package resolve

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"maildoctor/probe/stage"
)

// Limits on what is kept of one answer.
const (
	maxAnswerAddresses = 64
	maxAnswerRecords   = 64
	maxExtended        = 200 // characters
)

// answer is the answer of a name server.
type answer struct {
	outcome       stage.LookupOutcome
	rcode         string
	extended      string // extended DNS error (RFC 8914)
	ttl           *uint32
	aliases       []string // targets of the CNAMEs followed within the answer
	last          string   // the name at the end of the CNAME chain
	addresses     []string
	records       []dns.RR // records of the queried type, unless it is A or AAAA
	authenticated bool     // the AD bit; it counts if the query asked for it
	truncated     bool     // the rest must be fetched over TCP
	noEDNS        bool     // the server doesn't support EDNS(0) (RFC 6891 7)
	plain         bool     // for that reason, the query was sent without EDNS(0)
}

// answers reports whether a packet is an answer to the query, judging only by its
// header: the identifier, and the response bit (RFC 1035 4.1.1).
func answers(packet []byte, query *dns.Msg) bool {
	return len(packet) >= 12 && binary.BigEndian.Uint16(packet) == query.Id && packet[2]&0x80 != 0
}

// readAnswer parses a packet that [answers] accepted. Its contents are not trusted. The
// error wraps errMalformed.
func readAnswer(packet []byte, query *dns.Msg) (answer, error) {
	var m dns.Msg
	if err := m.Unpack(packet); err != nil && !m.Truncated {
		return answer{}, fmt.Errorf("%w: %w", errMalformed, err)
	}
	q := query.Question[0]
	if len(m.Question) > 1 || len(m.Question) == 1 && !sameQuestion(m.Question[0], q) {
		return answer{}, fmt.Errorf("%w: to another question", errMalformed)
	}
	a := answer{rcode: rcodeName(m.Rcode), extended: extendedError(&m), truncated: m.Truncated, last: q.Name}
	if query.IsEdns0() != nil && m.IsEdns0() == nil {
		a.noEDNS = m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented
	}
	a.authenticated = m.AuthenticatedData
	loop := a.follow(m.Answer, q)
	a.outcome = a.judge(m.Rcode, loop)
	return a, nil
}

func sameQuestion(a, b dns.Question) bool {
	return a.Qtype == b.Qtype && a.Qclass == b.Qclass && strings.EqualFold(a.Name, b.Name)
}

// follow follows the CNAMEs within the records of an answer and takes the queried
// records at their end. It reports whether there is a loop.
func (a *answer) follow(records []dns.RR, q dns.Question) (loop bool) {
	met := map[string]bool{canonical(q.Name): true}
	for {
		cname := aliasOf(records, a.last)
		if cname == nil {
			break
		}
		a.aliases = append(a.aliases, stage.Visible(strings.TrimSuffix(cname.Target, ".")))
		a.last = cname.Target
		a.lives(cname.Hdr.Ttl)
		if met[canonical(a.last)] || len(a.aliases) > maxAliases {
			return true
		}
		met[canonical(a.last)] = true
		if q.Qtype == dns.TypeCNAME {
			return false
		}
	}
	for _, rr := range records {
		if h := rr.Header(); h.Rrtype == q.Qtype && strings.EqualFold(h.Name, a.last) && a.take(rr) {
			a.lives(h.Ttl)
		}
	}
	return false
}

// take keeps a record of the queried type, up to the limit.
func (a *answer) take(rr dns.RR) bool {
	if ip, ok := addressOf(rr); ok && len(a.addresses) < maxAnswerAddresses {
		a.addresses = append(a.addresses, ip.String())
		return true
	}
	switch rr.(type) {
	case *dns.SRV, *dns.MX, *dns.TXT, *dns.TLSA:
		if len(a.records) < maxAnswerRecords {
			a.records = append(a.records, rr)
			return true
		}
	}
	return false
}

func aliasOf(records []dns.RR, name string) *dns.CNAME {
	for _, rr := range records {
		if c, ok := rr.(*dns.CNAME); ok && strings.EqualFold(c.Hdr.Name, name) {
			return c
		}
	}
	return nil
}

func addressOf(rr dns.RR) (netip.Addr, bool) {
	var ip net.IP
	switch rr := rr.(type) {
	case *dns.A:
		ip = rr.A.To4()
	case *dns.AAAA:
		ip = rr.AAAA.To16()
	}
	return netip.AddrFromSlice(ip)
}

func (a *answer) lives(ttl uint32) { a.ttl = smaller(a.ttl, &ttl) }

// judge returns the outcome. CNAMEs are checked first, because servers report a loop as
// SERVFAIL or even as no error.
func (a *answer) judge(rcode int, loop bool) stage.LookupOutcome {
	switch {
	case loop:
		return stage.LookupLoop
	case rcode == dns.RcodeSuccess && len(a.addresses)+len(a.records) > 0:
		return stage.LookupAnswer
	case rcode == dns.RcodeSuccess:
		return stage.LookupNoData
	case rcode == dns.RcodeNameError:
		return stage.LookupNXDomain
	case rcode == dns.RcodeServerFailure:
		return stage.LookupServFail
	case rcode == dns.RcodeRefused:
		return stage.LookupRefused
	}
	return stage.LookupOther
}

func rcodeName(rcode int) string {
	if s, ok := dns.RcodeToString[rcode]; ok {
		return s
	}
	return "RCODE " + strconv.Itoa(rcode)
}

// extendedError returns the first extended DNS error of an answer: its number, its
// name, and the server's text if there is any.
func extendedError(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, o := range opt.Option {
		e, ok := o.(*dns.EDNS0_EDE)
		if !ok {
			continue
		}
		s := strconv.Itoa(int(e.InfoCode))
		if name := dns.ExtendedErrorCodeToString[e.InfoCode]; name != "" {
			s += " " + name
		}
		if e.ExtraText != "" {
			s += ": " + e.ExtraText
		}
		return cut(stage.Visible(s), maxExtended)
	}
	return ""
}

// cut truncates text to a number of characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
