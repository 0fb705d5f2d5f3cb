package jsonreport

import "maildoctor/probe/stage"

// SourceObject is the answer of one source of settings.
type SourceObject struct {
	Target    int                 `json:"target"`          // its index in targets
	Check     string              `json:"check,omitempty"` // the follow-up that asked; empty: before there was a plan
	ID        stage.SourceID      `json:"id"`
	Outcome   stage.SourceOutcome `json:"outcome"`
	Detail    string              `json:"detail,omitempty"`
	Time      stage.Millis        `json:"ms"`
	Forgeable bool                `json:"forgeable,omitempty"` // somebody who forges DNS answers could have made the settings up
	Wildcard  bool                `json:"wildcard,omitempty"`  // any name exists below the domain
	Settings  []stage.Setting     `json:"settings,omitempty"`
}

func sourcesOf(all []stage.Source) []SourceObject {
	var out []SourceObject
	for _, s := range all {
		out = append(out, SourceObject{s.Subject, s.Check, s.ID, s.Outcome, s.Detail, s.Time, s.Forgeable, s.Wildcard, s.Settings})
	}
	return out
}
