package probe_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// The hosts of these tests, and the third parties.
const (
	mailHost, mailAddress         = "imap.example.test", "192.0.2.1"
	otherAddress                  = "192.0.2.2"
	strangerHost, strangerAddress = "imap.stranger.test", "192.0.2.3"
	portalHost, portalAddress     = "portal.test", "192.0.2.4"
	timeHost, timeAddress         = "time.test", "192.0.2.5"
)

// bench is a mail host on port 993, with whatever else a case adds.
type bench struct {
	*healthy
	t   *testing.T
	opt probe.Options
}

func (b *bench) serve(address string, handler func(net.Conn)) { b.network.Handle(address, handler) }

// mail serves IMAP with implicit TLS under the given certificate.
func (b *bench) mail(address string, cert tls.Certificate) {
	server, err := probetest.New(probetest.Config{Protocol: probetest.IMAP, Security: probetest.ImplicitTLS, TLS: probetest.TLS(cert), Mechanisms: []string{"PLAIN"}, Users: map[string]string{user: password}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.servers = append(b.servers, server)
	b.serve(address, server.ServeConn)
}

// web serves an empty page under a certificate, or in cleartext if cert is nil. Its
// clock is ahead by the given time.
func (b *bench) web(address string, cert *tls.Certificate, ahead time.Duration) {
	b.serve(address, func(conn net.Conn) {
		if cert != nil {
			conn = tls.Server(conn, probetest.TLS(*cert))
		}
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			fmt.Fprintf(conn, "HTTP/1.1 204 No Content\r\nDate: %s\r\nConnection: close\r\n\r\n", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		}
		conn.Close()
	})
}

// time serves NTP (RFC 5905 7.3) with a clock that is ahead by the given time.
func (b *bench) time(ahead time.Duration) {
	b.timeAs(ahead, func(reply []byte) []byte { return reply })
}

// timeAs is like time, with the packet changed on its way.
func (b *bench) timeAs(ahead time.Duration, change func([]byte) []byte) {
	b.serve(timeAddress+":123", func(conn net.Conn) {
		var ask, reply [48]byte
		if _, err := io.ReadFull(conn, ask[:]); err != nil {
			return
		}
		seconds := uint32(time.Now().Add(ahead).Unix() + ntpEpoch)
		reply[0], reply[1] = 4<<3|4, 2 // version 4, server; stratum 2
		copy(reply[24:32], ask[40:48]) // origin: the request's transmit time
		for _, at := range []int{16, 32, 40} {
			binary.BigEndian.PutUint32(reply[at:], seconds)
		}
		conn.Write(change(reply[:]))
	})
}

// ntpEpoch is 1970 in NTP seconds, which start in 1900.
const ntpEpoch = 2208988800

// issue issues a certificate for the mail host, unless the leaf names another.
func (b *bench) issue(ca *probetest.CA, leaf probetest.Leaf) tls.Certificate {
	if leaf.Names == nil {
		leaf.Names = []string{mailHost}
	}
	cert, err := ca.Issue(leaf)
	if err != nil {
		b.t.Fatal(err)
	}
	return cert
}

// mallory is an authority that nobody trusts.
func (b *bench) mallory(name string) *probetest.CA {
	ca, err := probetest.NewCA(name)
	if err != nil {
		b.t.Fatal(err)
	}
	return ca
}

func daysOn(n int) time.Time { return time.Now().AddDate(0, 0, n) }

const oneDay = 24 * time.Hour

// certificateCases are bad certificates, and what follow-ups conclude from them.
var certificateCases = []struct {
	name  string
	world func(*bench)
	cause cause.ID
	sure  cause.Confidence
	asked string // a follow-up that must have been made, and its outcome
}{
	{"expired, and NTP agrees", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		b.time(0)
	}, cause.CertExpired, cause.Proven, "time clock=pass"},
	{"expired, and NTP says that it is earlier", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		b.time(-40 * oneDay)
	}, cause.ClientClockWrong, cause.Proven, "time clock=pass"},
	{"not yet valid, and two web servers say that it is later", func(b *bench) {
		cert := b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(700), NotAfter: daysOn(790)})
		b.mail(mailAddress+":993", cert)
		b.web(mailAddress+":443", &cert, 730*oneDay)
		b.web(portalAddress+":80", nil, 730*oneDay)
	}, cause.ClientClockWrong, cause.Proven, "date-https fetch=pass"},
	{"expired, and the mail host alone says that it is earlier", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		b.web(mailAddress+":80", nil, -40*oneDay)
	}, cause.ClientClockWrong, cause.Likely, "date-http fetch=pass"},
	{"expired, the mail host's clock is wrong and the portal's right", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		b.web(mailAddress+":80", nil, -40*oneDay)
		b.web(portalAddress+":80", nil, 0)
	}, cause.CertExpired, cause.Proven, "date-portal fetch=pass"},
	{"renewed at the web port", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		fresh := b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-20)})
		b.web(mailAddress+":443", &fresh, 0)
	}, cause.CertRenewedNotReloaded, cause.Proven, "web resolve=pass connect=pass tls=pass"},
	{"ends soon, and renewed at the web port", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-80), NotAfter: daysOn(5)}))
		fresh := b.issue(b.authority.CA, probetest.Leaf{NotBefore: daysOn(-20)})
		b.web(mailAddress+":443", &fresh, 0)
	}, cause.CertRenewedNotReloaded, cause.Proven, ""},
	{"a stranger's server has the same unknown issuer", func(b *bench) {
		ca := b.mallory("Mallory Root")
		b.mail(mailAddress+":993", b.issue(ca, probetest.Leaf{SendRoot: true}))
		b.mail(strangerAddress+":993", b.issue(ca, probetest.Leaf{Names: []string{strangerHost}, SendRoot: true}))
	}, cause.MITMUnknownIssuer, cause.Proven, "stranger resolve=pass connect=pass tls=fail(bad-certificate)"},
	{"a product answers everywhere", func(b *bench) {
		ca := b.mallory("Avast Web/Mail Shield Root")
		b.mail(mailAddress+":993", b.issue(ca, probetest.Leaf{}))
		b.mail(strangerAddress+":993", b.issue(ca, probetest.Leaf{Names: []string{strangerHost}}))
	}, cause.AntivirusTLSInterception, cause.Proven, ""},
	{"a gateway by its name", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.mallory("Zscaler Root CA"), probetest.Leaf{}))
	}, cause.CorporateTLSInspection, cause.Likely, ""},
	{"mail alone has an unknown issuer", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.mallory("Mallory Root"), probetest.Leaf{}))
		own := b.issue(b.authority.CA, probetest.Leaf{})
		b.web(mailAddress+":443", &own, 0)
	}, cause.MITMUnknownIssuer, cause.Likely, ""},
	{"a company's authority, and a stranger is seen as he is", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.mallory("Company Mail Gateway CA"), probetest.Leaf{}))
		b.mail(strangerAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{strangerHost}}))
	}, cause.CertPrivateCA, cause.Likely, "stranger resolve=pass connect=pass tls=pass greeting=pass"},
	{"self-signed beside a web server in order", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{SelfSigned: true}))
		own := b.issue(b.authority.CA, probetest.Leaf{})
		b.web(mailAddress+":443", &own, 0)
	}, cause.CertSelfSigned, cause.Proven, ""},
	{"the link that is missing is sent at the web port", func(b *bench) {
		middle, err := b.authority.Intermediate("Server CA")
		if err != nil {
			b.t.Fatal(err)
		}
		b.mail(mailAddress+":993", b.issue(middle, probetest.Leaf{OmitIntermediate: true}))
		whole := b.issue(middle, probetest.Leaf{})
		b.web(mailAddress+":443", &whole, 0)
	}, cause.CertMissingIntermediate, cause.Proven, ""},
	{"another machine's certificate", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{"old.hosting.test"}}))
		b.mail(otherAddress+":993", b.issue(b.authority.CA, probetest.Leaf{}))
		b.opt.ResolverAt = func(string) probe.Resolver { return names{mailHost: {otherAddress}} }
	}, cause.StaleOrOverriddenDNS, cause.Likely, "certificate-elsewhere resolve=pass connect=pass tls=pass greeting=pass"},
	{"a hoster's certificate", func(b *bench) {
		b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{Names: []string{"*.hosting.test"}}))
		b.opt.ResolverAt = func(string) probe.Resolver { return names{mailHost: {mailAddress}} }
	}, cause.CertNameMismatchHosting, cause.Proven, "without-name resolve=pass connect=pass tls=fail(bad-certificate)"},
}

func TestCertificatesInAnotherLight(t *testing.T) {
	for _, tt := range certificateCases {
		t.Run(tt.name, func(t *testing.T) {
			rec := examineCertificate(t, tt.world, false)
			if got, sure := leading(rec); got != tt.cause || sure != tt.sure {
				t.Errorf("leads with %s (%s), want %s (%s); %v", got, sure, tt.cause, tt.sure, madeOf(rec))
			}
			if tt.asked != "" && !strings.Contains(strings.Join(madeOf(rec), "\n"), tt.asked) {
				t.Errorf("want %q in %q", tt.asked, madeOf(rec))
			}
		})
	}
}

// examineCertificate checks the mail host in a world.
func examineCertificate(t *testing.T, world func(*bench), private bool) (rec *stage.Record) {
	t.Helper()
	inBubble(t, nil, func(t *testing.T, h *healthy) {
		b := &bench{healthy: h, t: t, opt: h.options()}
		h.names[mailHost], h.names[strangerHost] = []string{mailAddress}, []string{strangerAddress}
		h.names[portalHost], h.names[timeHost] = []string{portalAddress}, []string{timeAddress}
		for _, a := range []string{mailAddress, otherAddress, strangerAddress, portalAddress, timeAddress} {
			h.network.Fail(a, probetest.Refuse)
		}
		b.opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
		b.opt.Private = private
		b.opt.Controls = stage.Controls{
			Resolvers: []string{"192.0.2.53:53"}, Hosts: []string{strangerHost}, Portal: "http://" + portalHost + "/empty", Time: timeHost,
		}
		b.opt.ResolverAt = func(string) probe.Resolver { return names{} }
		world(b)
		target := probe.Target{Subject: stage.Subject{Argument: mailHost, Kind: stage.SubjectURL}}
		target.Endpoints = []probe.PlannedEndpoint{{Endpoint: stage.Endpoint{Protocol: stage.IMAP, Host: mailHost, Port: 993, Security: stage.TLS}}}
		rec = examine(t, t.Context(), probe.NewPlan([]probe.Target{target}, nil), b.opt)
	})
	return rec
}

// madeOf lists the follow-ups of a run and their outcomes.
func madeOf(rec *stage.Record) (list []string) {
	for i := range rec.Checks {
		if c := &rec.Checks[i]; c.Check.FollowUp() {
			list = append(list, strings.TrimPrefix(c.Check.ID, "imap-993/")+" "+outcome(c))
		}
	}
	return list
}

// In a private run only the mail host is contacted, which may still give the answer.
func TestPrivateRunsAskTheMailHostAlone(t *testing.T) {
	for _, tt := range certificateCases {
		rec := examineCertificate(t, tt.world, true)
		for _, c := range rec.Contacts {
			if c.Host != mailHost {
				t.Errorf("%s: %+v was contacted", tt.name, c)
			}
		}
	}
}

// Follow-ups cost no round trip if nothing is wrong.
func TestHealthyCertificatesRaiseNothing(t *testing.T) {
	rec := examineCertificate(t, func(b *bench) { b.mail(mailAddress+":993", b.issue(b.authority.CA, probetest.Leaf{})) }, false)
	if made := madeOf(rec); made != nil || len(diagnose.Diagnose(rec).Questions) > 0 {
		t.Errorf("follow-ups %q", made)
	}
}

// If only the mail port responds, or others accept connections and stay silent, all
// follow-ups together cost one more connect timeout, and no goroutine remains.
func TestSilenceAboutCertificatesCostsOneTimeout(t *testing.T) {
	t.Run("dropped", func(t *testing.T) {
		silent(t, func(b *bench) {
			for _, a := range []string{mailAddress, strangerAddress, portalAddress, timeAddress} {
				b.network.Fail(a, probetest.Drop)
			}
		})
	})
	t.Run("taken", func(t *testing.T) {
		silent(t, func(b *bench) {
			for _, a := range []string{mailAddress + ":443", mailAddress + ":80", strangerAddress + ":993", portalAddress + ":80", timeAddress + ":123"} {
				b.serve(a, func(conn net.Conn) { io.Copy(io.Discard, conn) })
			}
		})
	})
}

func silent(t *testing.T, world func(*bench)) {
	t.Helper()
	start, end := time.Time{}, time.Time{}
	rec := examineCertificate(t, func(b *bench) {
		world(b)
		b.mail(mailAddress+":993", b.issue(b.mallory("Mallory Root"), probetest.Leaf{NotBefore: daysOn(-90), NotAfter: daysOn(-5)}))
		b.opt.Sinks = []probe.Sink{clockSink{&end}}
		start = time.Now()
	}, false)
	if took := end.Sub(start); took > 2*probe.DefaultConnectTimeout || took < probe.DefaultConnectTimeout/2 {
		t.Errorf("took %v: %v", took, madeOf(rec))
	}
}

// clockSink records when a run ends.
type clockSink struct{ end *time.Time }

func (clockSink) Header(stage.Header) error { return nil }
func (clockSink) Event(stage.Event) error   { return nil }
func (c clockSink) End(stage.End) error     { *c.end = time.Now(); return nil }
