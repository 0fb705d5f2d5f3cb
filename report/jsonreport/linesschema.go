package jsonreport

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

//go:embed lines.schema.json
var linesSchema []byte

// inRun are the members of a document that the line of the run has as well.
var inRun = []string{
	"maildoctor", "commit", "started", "ms", "complete", "targets", "verdict", "receiving", "sending", "tested_up_to",
	"summary", "notices", "actions", "logins", "against",
}

// LinesSchema returns the JSON Schema of a line (draft 2020-12). What lines and the
// document of [Schema] have in common is described there alone.
func LinesSchema() []byte {
	type definition struct {
		Type        string                     `json:"type,omitempty"`
		Description string                     `json:"description,omitempty"`
		Properties  map[string]json.RawMessage `json:"properties"`
		Required    []string                   `json:"required"`
	}
	var document struct {
		definition
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	var lines map[string]any
	var own struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	var check, checkLine, runLine definition
	must(json.Unmarshal(schema, &document))
	must(json.Unmarshal(linesSchema, &lines))
	must(json.Unmarshal(linesSchema, &own))
	must(json.Unmarshal(document.Defs["check"], &check))
	must(json.Unmarshal(own.Defs["check_line"], &checkLine))
	must(json.Unmarshal(own.Defs["run_line"], &runLine))
	maps.Copy(checkLine.Properties, check.Properties)
	checkLine.Required = append(checkLine.Required, check.Required...)
	for _, name := range inRun {
		runLine.Properties[name] = document.Properties[name]
		if slices.Contains(document.Required, name) {
			runLine.Required = append(runLine.Required, name)
		}
	}
	all := make(map[string]any)
	for name, d := range document.Defs {
		all[name] = d
	}
	for name, d := range own.Defs {
		all[name] = d
	}
	all["check_line"], all["run_line"] = checkLine, runLine
	lines["$defs"] = all
	b, err := json.MarshalIndent(lines, "", "  ")
	must(err)
	return b
}

// must panics for an error in the embedded schemas, which a test would have found.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
