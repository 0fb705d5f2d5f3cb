package probe_test

import (
	"slices"
	"strings"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// If no address is known, no sender is tried, and the stage says so. A login such as
// "apikey" is not an address; --from gives one.
func TestSender(t *testing.T) {
	for _, tt := range []struct {
		name, user, address, from string
		want                      string // outcome of submit, and the sender tried
	}{
		{"an account's address", user, user, "", "pass jane@example.test"},
		{"a user name that is an address", user, "", "", "pass jane@example.test"},
		{"a token", "apikey", "", "", "skip(no-sender) "},
		{"a token, and a sender", "apikey", "", "shop@example.org", "pass shop@example.org"},
		{"a name with an @ that is no address", "@resend", "", "", "skip(no-sender) "},
		{"another sender than the account's", user, user, "shop@example.org", "pass shop@example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			smtp := probetest.Config{Protocol: probetest.SMTP, Security: probetest.ImplicitTLS, Users: map[string]string{tt.user: password}}
			inBubble(t, []probetest.Config{smtp}, func(t *testing.T, h *healthy) {
				target := account(h.endpoints...)
				target[0].Subject.User, target[0].Subject.Address = tt.user, tt.address
				opt := h.options()
				opt.Sender = tt.from
				rec := examine(t, t.Context(), probe.NewPlan(target, nil), opt)
				c := &rec.Checks[0]
				r := c.Result(stage.Submit)
				got, sender := string(r.Status), ""
				if r.Reason != "" {
					got += "(" + string(r.Reason) + ")"
				}
				if f := stage.FactsOf[*stage.SubmitFacts](c); f != nil {
					sender = f.Sender
				}
				if got += " " + sender; got != tt.want {
					t.Errorf("submit %s, want %s", got, tt.want)
				}
				named := slices.ContainsFunc(c.Transcript, func(l stage.Line) bool { return strings.HasPrefix(l.Text, "MAIL FROM:<"+sender+">") })
				if named != (sender != "") {
					t.Errorf("MAIL FROM was said: %t", named)
				}
			})
		})
	}
}
