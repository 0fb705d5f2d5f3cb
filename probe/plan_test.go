package probe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"maildoctor/probe"
	"maildoctor/probe/stage"
)

func endpoint(p stage.Protocol, host string, port uint16) probe.PlannedEndpoint {
	return probe.PlannedEndpoint{Endpoint: stage.Endpoint{Protocol: p, Host: host, Port: port, Security: stage.TLS}}
}

func TestNewPlan(t *testing.T) {
	a := probe.Target{Subject: stage.Subject{Argument: "a"}, Endpoints: []probe.PlannedEndpoint{
		endpoint(stage.POP3, "pop.example", 995), endpoint(stage.IMAP, "imap.example", 993), endpoint(stage.SMTP, "smtp.example", 465),
	}}
	b := probe.Target{Subject: stage.Subject{Argument: "b"}, Endpoints: []probe.PlannedEndpoint{
		endpoint(stage.SMTP, "smtp2.example", 465), endpoint(stage.SMTP, "smtp2.example", 465),
	}}
	b.Endpoints[0].Optional = true
	for _, tt := range []struct {
		name    string
		targets []probe.Target
		wanted  []stage.Protocol
		ids     []string
	}{
		{"one target", []probe.Target{a}, nil, []string{"pop3-995", "imap-993", "smtp-465"}},
		{"some protocols", []probe.Target{a}, []stage.Protocol{stage.IMAP, stage.SMTP}, []string{"imap-993", "smtp-465"}},
		{"ambiguous", []probe.Target{a, b}, []stage.Protocol{stage.SMTP}, []string{"smtp-465@smtp.example", "smtp-465@smtp2.example", "smtp-465@smtp2.example#2"}},
		{"nothing left", []probe.Target{b}, []stage.Protocol{stage.POP3}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := probe.NewPlan(tt.targets, tt.wanted)
			var ids []string
			for _, c := range plan.Checks {
				ids = append(ids, c.ID)
				if c.Kind != stage.KindEndpoint || c.FollowUp() {
					t.Errorf("%s is of kind %s", c.ID, c.Kind)
				}
				if want := plan.Subjects[c.Subject].Argument == "b" && c.ID == "smtp-465@smtp2.example"; c.Optional != want {
					t.Errorf("%s: optional is %v", c.ID, c.Optional)
				}
			}
			if d := cmp.Diff(tt.ids, ids); d != "" {
				t.Errorf("ids:\n%s", d)
			}
			if len(plan.Subjects) != len(tt.targets) {
				t.Errorf("%d subjects, want %d", len(plan.Subjects), len(tt.targets))
			}
		})
	}
}
