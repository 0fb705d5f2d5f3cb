package jsonreport

import (
	_ "embed"
	"encoding/json"
	"io"

	"maildoctor/probe/stage"
)

// PlanDocument is what a run would test, the JSON output of check --dry-run. Its
// version is that of [Document], and the same rules apply to it.
type PlanDocument struct {
	Version    int              `json:"version"`
	MailDoctor string           `json:"maildoctor"`       // the program that made the plan
	Commit     string           `json:"commit,omitempty"` // the source of that build
	DryRun     bool             `json:"dry_run"`          // true: nothing was tested
	File       *stage.SmokeFile `json:"file,omitempty"`   // that the targets are from
	Targets    []PlanTarget     `json:"targets"`
	Checks     []PlanCheck      `json:"checks"`
}

// PlanTarget is one argument of the command line.
type PlanTarget struct {
	Target
	Provider string `json:"provider,omitempty"`  // the profile's name of the provider
	Source   string `json:"source,omitempty"`    // where the profile's settings come from
	Date     string `json:"read,omitempty"`      // the day on which the source was read, YYYY-MM-DD
	UserName string `json:"user_name,omitempty"` // for the login; absent: no login
}

// PlanCheck is one server that would be tested.
type PlanCheck struct {
	ID       string              `json:"id"`
	Target   int                 `json:"target"` // index in targets, from 0
	Optional bool                `json:"optional"`
	Endpoint stage.Endpoint      `json:"endpoint"`
	UserName string              `json:"user_name,omitempty"` // if it is not the target's
	Stages   []stage.Stage       `json:"stages"`              // in the order in which they would be passed
	Expects  []stage.Expectation `json:"expects,omitempty"`   // of the smoke file
}

//go:embed plan.schema.json
var planSchema []byte

// PlanSchema returns the JSON Schema of a plan (draft 2020-12).
func PlanSchema() []byte { return append([]byte(nil), planSchema...) }

// NewPlan converts a plan to a document.
func NewPlan(version, commit string, p stage.Plan) PlanDocument {
	doc := PlanDocument{Version: Version, MailDoctor: version, Commit: commit, DryRun: true, File: p.File, Targets: []PlanTarget{}, Checks: []PlanCheck{}}
	for _, s := range p.Subjects {
		t := PlanTarget{Target: Target{Argument: s.Argument, Kind: s.Kind, Label: s.Label, Labels: s.Labels, Line: s.Line}, UserName: s.User}
		if s.Profile != nil {
			t.Profile, t.Provider, t.Source, t.Date = s.Profile.ID, s.Profile.Name, s.Profile.Source, s.Profile.Date
		}
		doc.Targets = append(doc.Targets, t)
	}
	for _, c := range p.Checks {
		doc.Checks = append(doc.Checks, PlanCheck{
			ID: c.ID, Target: c.Subject, Optional: c.Optional, Endpoint: c.Endpoint, UserName: c.User, Stages: c.Order(), Expects: c.Expects,
		})
	}
	return doc
}

// RenderPlan writes a plan as [Render] writes a report.
func RenderPlan(w io.Writer, version, commit string, p stage.Plan) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(NewPlan(version, commit, p))
}
