package probetest

import (
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// answer answers one query.
func (d *DNS) answer(w dns.ResponseWriter, ask *dns.Msg) {
	if len(ask.Question) != 1 {
		return
	}
	q := ask.Question[0]
	d.mu.Lock()
	d.questions = append(d.questions, dns.TypeToString[q.Qtype]+" "+q.Name)
	d.mu.Unlock()

	reply := new(dns.Msg).SetReply(ask)
	reply.RecursionAvailable = true
	name, known := d.zone[canonical(q.Name)]
	if !known {
		d.negative(reply, dns.RcodeNameError)
		w.WriteMsg(reply)
		return
	}
	if d.spoil(w, ask, reply, name.Fault) {
		d.resolve(reply, q, name)
		reply.AuthenticatedData = reply.AuthenticatedData && (ask.AuthenticatedData || wantsDNSSEC(ask))
		w.WriteMsg(reply)
	}
}

func wantsDNSSEC(ask *dns.Msg) bool {
	opt := ask.IsEdns0()
	return opt != nil && opt.Do()
}

// resolve adds the records to a reply, following CNAMEs. The reply is authenticated if
// all names on the way are signed.
func (d *DNS) resolve(reply *dns.Msg, q dns.Question, name Name) {
	at := canonical(q.Name)
	reply.AuthenticatedData = true
	for range 8 {
		reply.AuthenticatedData = reply.AuthenticatedData && name.Signed
		records, err := name.records(at)
		if err != nil {
			reply.Rcode = dns.RcodeServerFailure
			return
		}
		for _, rr := range records {
			if t := rr.Header().Rrtype; t == q.Qtype || t == dns.TypeCNAME {
				reply.Answer = append(reply.Answer, rr)
			}
		}
		if name.CNAME == "" || q.Qtype == dns.TypeCNAME {
			break
		}
		at = canonical(name.CNAME)
		next, known := d.zone[at]
		if !known {
			d.negative(reply, dns.RcodeNameError)
			return
		}
		name = next
	}
	if len(reply.Answer) == 0 {
		d.negative(reply, dns.RcodeSuccess)
	}
}

// spoil performs a fault. It reports whether the correct answer must still be sent.
func (d *DNS) spoil(w dns.ResponseWriter, ask, reply *dns.Msg, fault DNSFault) bool {
	q := ask.Question[0]
	udp := w.LocalAddr().Network() == "udp"
	aaaa := q.Qtype == dns.TypeAAAA
	switch fault {
	case DNSNXDomain:
		d.negative(reply, dns.RcodeNameError)
	case DNSNoData:
		d.negative(reply, dns.RcodeSuccess)
	case DNSServFail:
		reply.Rcode = dns.RcodeServerFailure
	case DNSBogus:
		reply.Rcode = dns.RcodeServerFailure
		extended(ask, reply, dns.ExtendedErrorCodeDNSBogus, "signature expired")
	case DNSRefused:
		reply.Rcode = dns.RcodeRefused
	case DNSBlocked:
		d.negative(reply, dns.RcodeNameError)
		extended(ask, reply, dns.ExtendedErrorCodeBlocked, "blocked by the network's policy")
	case DNSTimeout:
		return false
	case DNSNoIPv6:
		return !aaaa
	case DNSIPv6Fails:
		if !aaaa {
			return true
		}
		reply.Rcode = dns.RcodeServerFailure
	case DNSNoEDNS:
		if ask.IsEdns0() == nil {
			return true
		}
		reply.Rcode, reply.Question = dns.RcodeFormatError, nil
	case DNSSlow:
		return d.sleep(slowAnswer)
	case DNSLoop:
		reply.Answer = []dns.RR{cname(q.Name, "loop."+q.Name), cname("loop."+q.Name, q.Name)}
	case DNSTruncated, DNSTCPBroken:
		if !udp {
			if fault == DNSTCPBroken {
				w.Close()
				return false
			}
			return true
		}
		reply.Truncated = true
	case DNSMangled:
		w.Write([]byte{byte(ask.Id >> 8), byte(ask.Id), 0x81, 0x80, 0xff, 0xff, 0xff})
		return false
	case DNSZero:
		zero(reply, q)
	default:
		return true
	}
	w.WriteMsg(reply)
	return false
}

func (d *DNS) sleep(wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-d.done:
		return false
	}
}

// negative turns reply into a negative answer (RFC 2308 3), with the zone's SOA.
func (d *DNS) negative(reply *dns.Msg, code int) {
	reply.Rcode = code
	labels := dns.SplitDomainName(reply.Question[0].Name)
	zone := dns.Fqdn(strings.Join(labels[max(0, len(labels)-2):], "."))
	reply.Ns = []dns.RR{&dns.SOA{
		Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60},
		Ns:  "ns." + strings.TrimPrefix(zone, "."), Mbox: "hostmaster." + strings.TrimPrefix(zone, "."),
		Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: 60,
	}}
}

// extended adds an extended error (RFC 8914) if the query used EDNS(0).
func extended(ask, reply *dns.Msg, code uint16, text string) {
	if ask.IsEdns0() == nil {
		return
	}
	reply.SetEdns0(1232, false)
	opt := reply.IsEdns0()
	opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: text})
}

func cname(from, to string) dns.RR {
	return &dns.CNAME{Hdr: dns.RR_Header{Name: from, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}, Target: to}
}

// zero answers with the unspecified address.
func zero(reply *dns.Msg, q dns.Question) {
	header := dns.RR_Header{Name: q.Name, Rrtype: q.Qtype, Class: dns.ClassINET, Ttl: 60}
	switch q.Qtype {
	case dns.TypeA:
		reply.Answer = []dns.RR{&dns.A{Hdr: header, A: net.IPv4zero}}
	case dns.TypeAAAA:
		reply.Answer = []dns.RR{&dns.AAAA{Hdr: header, AAAA: net.IPv6zero}}
	}
}
