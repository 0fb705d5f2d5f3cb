package probe_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/question"
	"maildoctor/probe/probetest"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

const (
	nobody   = "198.51.100.254"
	stranger = "203.0.113.200"
)

// controls returns third parties in memory: a provider on its usual ports, a page, and
// an address that nobody has.
func (h *healthy) controls() stage.Controls {
	h.names["imap.stranger.test"] = []string{stranger}
	h.names["page.test"] = []string{"203.0.113.80"}
	h.network.Fail(nobody, probetest.Drop)
	return stage.Controls{Hosts: []string{"imap.stranger.test"}, Portal: "http://page.test/empty", Nobody: nobody}
}

// says returns a handler that sends the same text on each connection, whatever it
// receives.
func says(words string) func(net.Conn) {
	return func(c net.Conn) {
		io.WriteString(c, words)
		io.Copy(io.Discard, c)
	}
}

// answers returns a handler that answers one HTTP request.
func answers(answer string) func(net.Conn) {
	return func(c net.Conn) {
		var b [4096]byte
		if _, err := c.Read(b[:]); err == nil {
			io.WriteString(c, "HTTP/1.1 "+answer+"\r\nConnection: close\r\n\r\n")
		}
	}
}

// takes accepts connections and sends nothing.
func takes(c net.Conn) { io.Copy(io.Discard, c) }

// on serves further addresses.
func (h *healthy) on(handler func(net.Conn), addresses ...string) {
	for _, a := range addresses {
		h.network.Handle(a, handler)
	}
}

// dark resolves a host to an address on which every port fails.
func (h *healthy) dark(how probetest.Outcome) string {
	const address = "203.0.113.7"
	h.names[h.endpoints[0].Host] = []string{address}
	h.network.Fail(address, how)
	return address
}

// reachCases are an IMAP server, or an SMTP server with STARTTLS if sending is set, and
// what is on the network path to it.
var reachCases = []struct {
	name    string
	sending bool
	faults  []probetest.Fault
	change  func(*healthy, *probe.Options)
	cause   cause.ID
	sure    cause.Confidence
	way     string
}{
	{name: "another port works", sending: true, change: func(h *healthy, _ *probe.Options) {
		address := h.dark(probetest.Drop)
		c := probetest.Config{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}}
		h.serve(c, h.endpoints[0].Host, address+":465")
	}, cause: cause.PortFiltered, sure: cause.Likely, way: "port 465 with SSL/TLS"},
	{name: "nobody answers for the host", change: func(h *healthy, _ *probe.Options) {
		h.dark(probetest.Drop)
		h.on(takes, stranger+":993")
	}, cause: cause.ServerUnreachable, sure: cause.Likely},
	{name: "the web answers and mail does not", change: func(h *healthy, _ *probe.Options) {
		h.on(takes, h.dark(probetest.Drop)+":443")
		h.network.Fail(stranger, probetest.Drop)
	}, cause: cause.MailPortsBlockedOnThisNetwork, sure: cause.Likely},
	{name: "the web answers and mail is refused", change: func(h *healthy, _ *probe.Options) {
		h.on(takes, h.dark(probetest.Refuse)+":443")
		h.network.Fail(stranger, probetest.Refuse)
	}, cause: cause.MailPortsBlockedOnThisNetwork, sure: cause.Likely},
	{name: "the web answers and so do others", change: func(h *healthy, _ *probe.Options) {
		h.on(takes, h.dark(probetest.Drop)+":443", stranger+":993")
	}, cause: cause.ClientIPBannedByServer, sure: cause.Likely},
	{name: "a web network", change: func(h *healthy, _ *probe.Options) {
		h.names[h.endpoints[0].Host] = []string{"104.18.3.4"}
		h.network.Fail("104.18.3.4", probetest.Drop)
		h.on(takes, "104.18.3.4:443", stranger+":993")
	}, cause: cause.CDNProxiedMailHost, sure: cause.Proven},
	{name: "sending is shut, and the spare port is not", sending: true, change: func(h *healthy, _ *probe.Options) {
		address := h.dark(probetest.Refuse)
		h.on(takes, address+":2525")
		for _, a := range []string{address, stranger} {
			for _, port := range []string{":25", ":465", ":587"} {
				h.network.Fail(a+port, probetest.Drop)
			}
		}
	}, cause: cause.CloudEgressSMTPBlocked, sure: cause.Likely},
	{name: "a proxy alone lets through", change: func(h *healthy, o *probe.Options) {
		h.dark(probetest.Drop)
		h.network.Fail(stranger, probetest.Drop)
		o.System.Proxies = []string{"192.0.2.8:3128"}
		h.on(answers("200 OK"), "192.0.2.8:3128")
	}, cause: cause.VPNOrProxyEgressOnly, sure: cause.Proven},
	{name: "a proxy alone answers", change: func(h *healthy, o *probe.Options) {
		h.dark(probetest.Drop)
		h.network.Fail(stranger, probetest.Drop)
		o.System.Proxies = []string{"192.0.2.8:3128"}
		h.on(answers("403 Forbidden"), "192.0.2.8:3128")
	}, cause: cause.VPNOrProxyEgressOnly, sure: cause.Likely},
	{name: "a sign-in page", change: func(h *healthy, _ *probe.Options) {
		h.dark(probetest.Refuse)
		h.on(answers("302 Found\r\nLocation: http://login.test/"), "203.0.113.80:80")
	}, cause: cause.CaptivePortal, sure: cause.Proven},
	{name: "no sign-in page", change: func(h *healthy, _ *probe.Options) {
		h.dark(probetest.Refuse)
		h.on(answers("204 No Content"), "203.0.113.80:80")
	}, cause: cause.ServiceNotListening, sure: cause.Likely},
	{name: "somebody greets for all", sending: true, change: func(h *healthy, _ *probe.Options) {
		gate := says("220 gate.isp.test ESMTP\r\n")
		h.on(greet("220 gate.isp.test ESMTP", "250 gate.isp.test"), h.dark(probetest.Refuse)+":587")
		h.on(gate, nobody+":587")
	}, cause: cause.TransparentSMTPProxy, sure: cause.Proven},
	{name: "somebody takes all connections and loses them", change: func(h *healthy, _ *probe.Options) {
		closes := func(net.Conn) {}
		h.on(closes, h.dark(probetest.Refuse)+":993", nobody+":993")
	}, cause: cause.AntivirusConnectionProxyBroken, sure: cause.Proven},
	{name: "the server alone loses them", change: func(h *healthy, _ *probe.Options) {
		h.on(func(net.Conn) {}, h.dark(probetest.Refuse)+":993")
	}, cause: cause.ConnectionResetAfterAccept, sure: cause.Proven},
}

// greet returns a handler that greets and replies to every command with the same line.
func greet(greeting, answer string) func(net.Conn) {
	return func(c net.Conn) {
		io.WriteString(c, greeting+"\r\n")
		var b [512]byte
		for {
			if _, err := c.Read(b[:]); err != nil {
				return
			}
			io.WriteString(c, answer+"\r\n")
		}
	}
}

// serve starts another server, with a certificate for host.
func (h *healthy) serve(c probetest.Config, host, address string) {
	cert, err := h.authority.Issue(probetest.Leaf{Names: []string{host}})
	if err != nil {
		panic(err)
	}
	c.TLS, c.Users = probetest.TLS(cert), map[string]string{user: password}
	server, err := probetest.New(c)
	if err != nil {
		panic(err)
	}
	h.servers = append(h.servers, server)
	h.on(server.ServeConn, address)
}

func TestReachFollowUps(t *testing.T) {
	for _, tt := range reachCases {
		t.Run(tt.name, func(t *testing.T) {
			c := probetest.Config{Protocol: imap, Security: implicit, Mechanisms: []string{"PLAIN"}}
			if tt.sending {
				c.Protocol, c.Security = smtp, upgrade
			}
			inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
				opt := h.options()
				opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}}
				opt.Controls = h.controls()
				tt.change(h, &opt)
				rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
				d := diagnose.Diagnose(rec)
				f := d.Leading()
				if f == nil || f.Cause != tt.cause || f.Confidence != tt.sure || prose.English().Text(f.Args["way"]) != tt.way {
					t.Errorf("%s: leading is %+v, want %s (%s) %s", outcome(&rec.Checks[0]), f, tt.cause, tt.sure, tt.way)
				}
				if len(d.Questions) != 0 {
					t.Errorf("still open: %+v", d.Questions)
				}
				for i := range rec.Checks {
					k := &rec.Checks[i]
					t.Logf("%s %s | %s %s", k.Check.ID, outcome(k), prose.English().Sentence(question.Ask(k.Check)), prose.English().Sentence(question.AnswerOf(*k).Said))
				}
			})
		})
	}
}

// A run in which every port drops packets ends within two connect timeouts, whatever
// its follow-ups and number of ports.
func TestAllDroppedCostsTwoTimeouts(t *testing.T) {
	for _, tt := range []struct {
		name         string
		hosts, ports int
		account      bool // all belong to one account
	}{
		{"three hosts", 3, 1, true},
		{"hundreds of hosts", 600, 1, false},
		{"hundreds of hosts of one account", 600, 1, true},
		{"hundreds of ports", 3, 200, true},
		{"a host of many names", 400, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHealthy(t, 10*time.Millisecond)
				defer h.close()
				opt := h.options()
				opt.System = stage.System{LinkUp: true, Addresses: []string{"192.0.2.99"}, Proxies: []string{"203.0.113.80:3128"}}
				opt.Controls = h.controls()
				plan := probe.NewPlan(h.dead(tt.hosts, tt.ports, tt.account), nil)
				start := time.Now()
				rec := examine(t, t.Context(), plan, opt)
				if took := time.Since(start); took > 2*probe.DefaultConnectTimeout {
					t.Errorf("%d checks took %v, want two connect timeouts at most", len(plan.Checks), took)
				}
				var made []string
				for i := range rec.Checks {
					if c := &rec.Checks[i]; c.Check.FollowUp() {
						made = append(made, string(c.Check.Question))
					} else if !strings.Contains(outcome(c), "connect=fail(connect-timeout)") {
						t.Errorf("%s: %s", c.Check.ID, outcome(c))
					}
				}
				for _, q := range []stage.QuestionID{stage.AskSibling, stage.AskWeb, stage.AskOtherProvider, stage.AskPortal, stage.AskProxy} {
					if !slices.Contains(made, string(q)) {
						t.Errorf("%s was not asked: %v", q, made)
					}
				}
			})
		})
	}
}

// dead returns targets whose ports all drop packets: one per host, with the given
// number of ports. If ports is 0, each has one port, and all are at the same address.
// With one they belong to one account, else each is a URL.
func (h *healthy) dead(hosts, ports int, one bool) []probe.Target {
	var ts []probe.Target
	for i := range hosts {
		p := []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP}[i%3]
		host := fmt.Sprintf("%s.dead%d.test", p, i)
		h.names[host] = []string{fmt.Sprintf("2001:db8::%x", 1+i), fmt.Sprintf("10.1.%d.%d", i/250, 1+i%250)}
		if ports == 0 {
			h.names[host] = []string{"10.1.0.1"}
		}
		for _, a := range append(h.names[host], stranger, "203.0.113.80") {
			h.network.Fail(a, probetest.Drop)
		}
		var all []stage.Endpoint
		for n := range max(ports, 1) {
			all = append(all, stage.Endpoint{Protocol: p, Host: host, Port: []uint16{993, 995, 587}[i%3] + uint16(n), Security: stage.TLS})
		}
		t := account(all...)[0]
		if !one {
			t.Subject = stage.Subject{Kind: stage.SubjectURL}
		}
		ts = append(ts, t)
	}
	return ts
}

// KindConnect connects and sends nothing.
func TestConnectingSaysNothing(t *testing.T) {
	inBubble(t, []probetest.Config{imapTLS}, func(t *testing.T, h *healthy) {
		heard := make(chan string, 8)
		listen := func(c net.Conn) {
			b, _ := io.ReadAll(c)
			heard <- string(b)
		}
		opt := h.options()
		opt.Controls = h.controls()
		h.on(listen, h.dark(probetest.Drop)+":587")
		rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
		if k := rec.Check("imap-993/port-587"); k == nil || !strings.Contains(outcome(k), "connect=pass") {
			t.Fatalf("the port was not dialled: %+v", k)
		}
		if got := <-heard; got != "" {
			t.Errorf("heard %q", got)
		}
	})
}

// late is like names, but answers later.
type late struct {
	names
	by time.Duration
}

func (l late) Lookup(ctx context.Context, host string, seen func(stage.Lookup)) (*stage.ResolveFacts, func(), error) {
	time.Sleep(l.by)
	return l.names.Lookup(ctx, host, seen)
}

// The time for the plan's lookups is deducted from the patience of follow-ups.
func TestSlowLookupsCostNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHealthy(t, 10*time.Millisecond)
		defer h.close()
		const host = "imap.dead.test"
		h.names[host] = []string{"198.51.100.1"}
		h.network.Fail("198.51.100.1", probetest.Drop)
		opt := h.options()
		opt.Resolver = late{h.names, 4 * time.Second}
		start := time.Now()
		dead := stage.Endpoint{Protocol: stage.IMAP, Host: host, Port: 993, Security: stage.TLS}
		rec := examine(t, t.Context(), probe.NewPlan(account(dead), nil), opt)
		if took := time.Since(start); took > 2*probe.DefaultConnectTimeout {
			t.Errorf("took %v, want two connect timeouts at most", took)
		}
		if len(rec.Checks) < 3 {
			t.Errorf("%d checks: no follow-up was made", len(rec.Checks))
		}
	})
}
