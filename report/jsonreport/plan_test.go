package jsonreport_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/report/jsonreport"
)

// planned is a plan with everything that a plan may have.
func planned() stage.Plan {
	profile := &stage.Profile{ID: "example", Name: "Example", Source: "a page", Date: "2026-11-22"}
	server := func(p stage.Protocol, host string, port uint16, s stage.Security) stage.Endpoint {
		return stage.Endpoint{Protocol: p, Host: host, Port: port, Security: s}
	}
	return probe.NewPlan([]probe.Target{
		{
			Subject: stage.Subject{Argument: "jane@example.net", Kind: stage.SubjectAddress, User: "jane@example.net", Profile: profile},
			Endpoints: []probe.PlannedEndpoint{
				{Endpoint: server(stage.IMAP, "imap.example.net", 993, stage.TLS)},
				{Endpoint: server(stage.SMTP, "smtp.example.net", 587, stage.StartTLS), User: "jane", Optional: true},
			},
		},
		{
			Subject:   stage.Subject{Argument: "pop3://pop.example.net", Kind: stage.SubjectURL},
			Endpoints: []probe.PlannedEndpoint{{Endpoint: server(stage.POP3, "pop.example.net", 110, stage.None)}},
		},
	}, nil)
}

// TestPlanFitsItsSchema: what is written is described, and what is described is
// written.
func TestPlanFitsItsSchema(t *testing.T) {
	var b bytes.Buffer
	if err := jsonreport.RenderPlan(&b, "1.2.3", "0123456789ab", planned()); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	v := &validator{}
	if err := json.Unmarshal(jsonreport.PlanSchema(), &v.root); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range v.check(got) {
		t.Error(wrong)
	}
	for name, typ := range map[string]reflect.Type{
		"": reflect.TypeFor[jsonreport.PlanDocument](), "target": reflect.TypeFor[jsonreport.PlanTarget](),
		"check": reflect.TypeFor[jsonreport.PlanCheck](), "endpoint": reflect.TypeFor[stage.Endpoint](),
	} {
		schema := v.root
		if name != "" {
			schema = v.ref("#/$defs/" + name)
		}
		for member := range schema["properties"].(map[string]any) {
			if _, ok := described(typ)[member]; !ok {
				t.Errorf("%s: the schema describes %s, which is never written", name, member)
			}
		}
	}
	doc := jsonreport.NewPlan("1.2.3", "0123456789ab", planned())
	c := doc.Checks[1]
	if len(doc.Checks) != 3 || c.UserName != "jane" || !c.Optional || c.Endpoint.Port != 587 || c.Target != 0 ||
		!slices.Equal(c.Stages, []stage.Stage{"resolve", "connect", "greeting", "starttls", "tls", "capabilities", "login", "submit"}) {
		t.Errorf("%+v", doc.Checks)
	}
}
