package probe_test

import (
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A certificate that only strict programs reject is a warning, and mail works.
func TestCertificateRefusedByStrictPrograms(t *testing.T) {
	for _, tt := range []struct {
		leaf  probetest.Leaf
		cause cause.ID
	}{
		{probetest.Leaf{}, ""},
		{probetest.Leaf{NoKeyID: true}, cause.CertRefusedByStrictPrograms},
	} {
		inBubble(t, nil, func(t *testing.T, h *healthy) {
			e := stage.Endpoint{Protocol: stage.IMAP, Host: "imap.example.test", Port: 993, Security: stage.TLS}
			c := imapTLS
			tt.leaf.Names = []string{e.Host}
			c.TLS, c.Users = h.authority.config(t, tt.leaf), map[string]string{user: password}
			server, err := probetest.New(c)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			h.names[e.Host] = []string{"192.0.2.1"}
			h.network.Handle("192.0.2.1:993", server.ServeConn)
			rec := examine(t, t.Context(), probe.NewPlan(account(e), nil), h.options())
			got, severity := cause.ID(""), cause.Severity("")
			if f := diagnose.Diagnose(rec).Findings; len(f) > 0 {
				got, severity = f[0].Cause, f[0].Severity
			}
			if got != tt.cause || tt.cause != "" && severity != cause.Warn {
				t.Errorf("leads with %q (%s), want %q", got, severity, tt.cause)
			}
			if r := rec.Checks[0].Result(stage.Mailbox); r.Status != stage.Pass {
				t.Errorf("%s", outcome(&rec.Checks[0]))
			}
		})
	}
}
