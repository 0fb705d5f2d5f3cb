package probe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maildoctor/probe"
	"maildoctor/probe/dial"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// hostileFaults are servers that try to make a check hang, use up memory or control the
// terminal, and the outcome of a check of each by protocol. Alternatives by security
// are separated by bars. An empty outcome is skipped, because the protocol doesn't
// allow that fault. Some IMAP servers send their capabilities unasked, and so never get
// to send the endless list.
var hostileFaults = []struct {
	fault            probetest.Fault
	imap, pop3, smtp string
}{
	{probetest.EndlessGreeting, "greeting=fail(too-long)", "greeting=fail(too-long)", "greeting=fail(too-long)"},
	{probetest.EndlessBanner, "capabilities=fail(too-long)|starttls=fail(too-long)", "greeting=fail(wrong-protocol)", "greeting=fail(too-long)"},
	{probetest.EndlessCapabilities, "starttls=fail(too-long)|mailbox=pass", "capabilities=fail(too-long)|starttls=fail(too-long)", "capabilities=fail(too-long)|starttls=fail(too-long)"},
	{probetest.EndlessCapability, "starttls=fail(too-long)|mailbox=pass", "capabilities=fail(too-long)|starttls=fail(too-long)", "capabilities=fail(too-long)|starttls=fail(too-long)"},
	{probetest.EndlessContinuations, "login=fail(too-many-rounds)", "login=fail(too-many-rounds)", "login=fail(too-many-rounds)"},
	{probetest.EndlessReply, "login=fail(too-long)", "login=fail(too-long)", "login=fail(too-long)"},
	{probetest.EndlessMailbox, "mailbox=fail(too-long)", "mailbox=fail(too-long)", "submit=fail(too-long)"},
	{probetest.LineAMinute, "starttls=fail(stalled)|mailbox=pass", "capabilities=fail(stalled)|starttls=fail(stalled)", "capabilities=fail(stalled)|starttls=fail(stalled)"},
	{probetest.ByteASecond, "capabilities=fail(silent)|starttls=fail(silent)", "capabilities=fail(silent)|starttls=fail(silent)", "capabilities=fail(silent)|starttls=fail(silent)"},
	{probetest.NULs, "mailbox=warn(unparsed)", "login=fail(no-mechanism)|starttls=fail(not-offered)", "login=fail(no-mechanism)|starttls=fail(not-offered)"},
	{probetest.ControlCharacters, "mailbox=warn(unparsed)", "mailbox=pass", "submit=pass"},
	{probetest.NotUTF8, "mailbox=warn(unparsed)", "mailbox=pass", "submit=pass"},
	{probetest.ScramMany, "login=fail(too-many-rounds)", "login=fail(too-many-rounds)", "login=fail(too-many-rounds)"},
	{probetest.ScramBadProof, "login=fail(server-proof)", "login=fail(server-proof)", "login=fail(server-proof)"},
	{probetest.HugeLiteral, "mailbox=fail(too-long)", "", ""},
	{probetest.UnknownResponses, "mailbox=pass", "", ""},
	{probetest.QuitIgnored, "mailbox=pass", "mailbox=pass", "submit=pass"},
	{probetest.LoginSilent, "login=fail(silent)", "login=fail(silent)", "login=fail(silent)"},
	{probetest.StallHandshake, "tls=fail(handshake-timeout)|mailbox=pass", "tls=fail(handshake-timeout)|mailbox=pass", "tls=fail(handshake-timeout)|submit=pass"},
}

// hostileConfigs calls f for each hostile server.
func hostileConfigs(f func(name string, c probetest.Config, want string)) {
	protocols := []probetest.Protocol{probetest.IMAP, probetest.POP3, probetest.SMTP}
	for _, h := range hostileFaults {
		for i, want := range []string{h.imap, h.pop3, h.smtp} {
			for _, security := range []probetest.Security{probetest.ImplicitTLS, probetest.StartTLS, probetest.Cleartext} {
				if want == "" {
					continue
				}
				c := probetest.Config{
					Protocol: protocols[i], Security: security,
					Faults: []probetest.Fault{h.fault}, Mechanisms: []string{"PLAIN"},
				}
				if h.fault == probetest.ScramMany || h.fault == probetest.ScramBadProof {
					c.Mechanisms = []string{"SCRAM-SHA-256"}
				}
				f(string(h.fault)+"/"+string(c.Protocol)+"/"+string(security), c, want)
			}
		}
	}
}

// meteredConn counts the bytes that were read from a server.
type meteredConn struct {
	net.Conn
	read *atomic.Int64
}

func (m meteredConn) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	m.read.Add(int64(n))
	return n, err
}

// metered counts the bytes on each connection. most returns the largest count.
func metered(dial dial.Func) (counting dial.Func, most func() int64) {
	var conns [16]atomic.Int64
	var n atomic.Int32
	counting = func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return meteredConn{nc, &conns[n.Add(1)-1]}, nil
	}
	return counting, func() (m int64) {
		for i := range conns {
			m = max(m, conns[i].Load())
		}
		return m
	}
}

// The limits on what one hostile server may cost.
const (
	mostOnWire = 1<<20 + 1<<18 // bytes: the total of a connection, plus the overhead of TLS
	mostKept   = 512 << 10     // bytes in a saved stream
	mostTime   = 2*probe.DefaultStageTimeout + 2*time.Second
)

// A hostile server may make a check fail. It can't make it hang, use up memory, leave
// anything behind or control a terminal, whatever the protocol and security. (A
// remaining goroutine fails the bubble.)
func TestHostileServers(t *testing.T) {
	hostileConfigs(func(name string, c probetest.Config, want string) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHealthy(t, 0, c)
				defer h.close()
				checkHostile(t, h, c.Security, want)
			})
		})
	})
}

func checkHostile(t *testing.T, h *healthy, security probetest.Security, want string) {
	h.endpoints[0].Security = stage.Security(security)
	opt := h.options()
	opt.CleartextLogin = true
	var read func() int64
	opt.Dial, read = metered(opt.Dial)
	var saved bytes.Buffer
	opt.Sinks = []probe.Sink{stage.NewStreamWriter(&saved)}
	start := time.Now()
	rec := examine(t, t.Context(), probe.NewPlan(account(h.endpoints...), nil), opt)
	took := time.Since(start)
	got := outcome(&rec.Checks[0])
	if !slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return strings.Contains(got, w) }) {
		t.Errorf("%s; want %s", got, want)
	}
	if took > mostTime || rec.End.State != stage.Complete {
		t.Errorf("took %v and ended %s", took, rec.End.State)
	}
	if n := read(); n > mostOnWire {
		t.Errorf("read %d bytes on one connection", n)
	}
	if n := saved.Len(); n > mostKept {
		t.Errorf("%d bytes were kept", n)
	}
	if n := h.network.Open(); n > 0 {
		t.Errorf("%d connections left open", n)
	}
	checkVisible(t, saved.Bytes())
}

// checkVisible checks that every string in a saved stream is safe to show.
func checkVisible(t *testing.T, saved []byte) {
	t.Helper()
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if stage.Visible(v) != v {
				t.Errorf("kept as it came: %q", v)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				walk(k)
				walk(e)
			}
		}
	}
	for line := range bytes.Lines(saved) {
		var v any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
}
