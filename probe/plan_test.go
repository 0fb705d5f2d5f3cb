package probe_test

import (
	"slices"
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

// Checks that share an argument, a host or an account belong to one group.
func TestPlanGroups(t *testing.T) {
	at := func(user string, profile string, hosts ...string) probe.Target {
		target := probe.Target{Subject: stage.Subject{User: user}}
		if profile != "" {
			target.Subject.Profile = &stage.Profile{ID: profile}
		}
		for _, h := range hosts {
			target.Endpoints = append(target.Endpoints, endpoint(stage.IMAP, h, 993))
		}
		return target
	}
	another := at("jane", "", "imap.example.net")
	another.Endpoints[0].User = "joe"
	for _, tt := range []struct {
		name    string
		targets []probe.Target
		want    []int
	}{
		{"one argument", []probe.Target{at("", "", "a.example.net", "b.example.org", "c.example.com")}, []int{0, 0, 0}},
		{"nothing in common", []probe.Target{at("", "", "a.example.net"), at("", "", "b.example.net")}, []int{0, 1}},
		{"a host", []probe.Target{at("", "", "a.example.net"), at("", "", "b.example.net"), at("", "", "A.example.net")}, []int{0, 1, 0}},
		{"a user name and a domain", []probe.Target{at("jane", "", "a.example.co.uk"), at("jane", "", "b.example.co.uk"), at("jane", "", "c.other.co.uk")}, []int{0, 0, 1}},
		{"a user name alone", []probe.Target{at("jane", "", "10.0.0.1"), at("jane", "", "10.0.0.2"), at("jane", "", "mail")}, []int{0, 1, 2}},
		{"a domain alone", []probe.Target{at("jane", "", "a.example.net"), at("joe", "", "b.example.net")}, []int{0, 1}},
		{"a user name and a profile", []probe.Target{at("jane", "p", "a.example.net"), at("jane", "p", "b.example.org"), at("jane", "q", "c.example.com")}, []int{0, 0, 1}},
		{"a user name of the endpoint's own", []probe.Target{at("joe", "", "pop.example.net"), another, at("jane", "", "smtp.example.net")}, []int{0, 0, 1}},
		{"one by another", []probe.Target{at("", "", "a.example.net"), at("", "", "b.example.org"), at("", "", "c.example.com"), at("", "", "c.example.com", "a.example.net")}, []int{0, 1, 0, 0, 0}},
	} {
		var got []int
		for _, c := range probe.NewPlan(tt.targets, nil).Checks {
			got = append(got, c.Group)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: groups %v, want %v", tt.name, got, tt.want)
		}
	}
}
