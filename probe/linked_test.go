package probe_test

import (
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/probetest"
	"maildoctor/probe/stage"
)

// A refusal in a code page of its own still names the provider's web page, and that
// tells whose server it is: where nothing else does, and of the first page that
// somebody is known for.
func TestPageInARefusal(t *testing.T) {
	const gbk = "535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb: http://www.example.org/, (http://service.mail.shop.test). /cgi-bin/help?subtype=1&&id=28"
	shop := &stage.Linked{Profile: "shop", Name: "Shop Mail"}
	for _, tt := range []struct {
		name   string
		reply  string
		change func(*stage.Subject)
		want   *stage.Linked
	}{
		{"a page", gbk, func(s *stage.Subject) { s.Profile = nil }, shop},
		{"no page", "535 Error: no", func(s *stage.Subject) { s.Profile = nil }, nil},
		{"a known provider's account", gbk, func(*stage.Subject) {}, nil},
		{"a known provider's server", gbk, func(s *stage.Subject) { s.Profile, s.Servers = nil, []*stage.Profile{{ID: "other"}} }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := probetest.Config{Protocol: smtp, Security: implicit, Mechanisms: []string{"PLAIN"}, LoginReply: tt.reply}
			inBubble(t, []probetest.Config{c}, func(t *testing.T, h *healthy) {
				targets := account(h.endpoints...)
				tt.change(&targets[0].Subject)
				opt := h.options()
				opt.Credentials = withPassword("wrong")
				opt.Linked = func(host, domain string) *stage.Linked {
					if domain != "example.test" {
						t.Errorf("asked for an account of %q", domain)
					}
					if host == "service.mail.shop.test" {
						return shop
					}
					return nil
				}
				rec := examine(t, t.Context(), probe.NewPlan(targets, nil), opt)
				f := stage.FactsOf[*stage.LoginFacts](&rec.Checks[0])
				if f == nil || (f.Provider == nil) != (tt.want == nil) || f.Provider != nil && f.Provider.Name != tt.want.Name {
					t.Errorf("%s: %+v", outcome(&rec.Checks[0]), f)
				}
			})
		})
	}
}
