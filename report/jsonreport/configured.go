package jsonreport

import (
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// ConfiguredObject is an account as a mail program on this machine has it, next to
// what the run has seen.
type ConfiguredObject struct {
	Target  string                   `json:"target"` // the argument that it belongs to
	Program stage.ProgramID          `json:"program"`
	Name    string                   `json:"name"` // the program's
	Place   string                   `json:"place,omitempty"`
	Account string                   `json:"account,omitempty"`
	Address string                   `json:"address,omitempty"`
	Servers []ConfiguredServerObject `json:"servers"`
}

// ConfiguredServerObject is one server of such an account.
type ConfiguredServerObject struct {
	stage.Endpoint
	User    string                   `json:"user,omitempty"`
	Line    int                      `json:"line,omitempty"`
	Outcome report.ConfiguredOutcome `json:"outcome"`
	Check   string                   `json:"check,omitempty"` // what it was compared with
	Differs []ConfiguredFieldObject  `json:"differs,omitempty"`
	Text    string                   `json:"text"`
}

// ConfiguredFieldObject is a field in which a program differs from the run.
type ConfiguredFieldObject struct {
	Field  string `json:"field"`
	Has    string `json:"has"`
	Should string `json:"should"`
}

func configuredOf(all []report.Configured) []ConfiguredObject {
	var out []ConfiguredObject
	for _, a := range all {
		o := ConfiguredObject{
			Target: a.Subject, Program: a.Program, Name: a.Name, Place: a.Place, Account: a.Account, Address: a.Address,
			Servers: []ConfiguredServerObject{},
		}
		for _, s := range a.Servers {
			one := ConfiguredServerObject{Endpoint: s.Endpoint, User: s.User, Line: s.Line, Outcome: s.Outcome, Check: s.Check, Text: s.Said}
			for _, f := range s.Fields {
				one.Differs = append(one.Differs, ConfiguredFieldObject(f))
			}
			o.Servers = append(o.Servers, one)
		}
		out = append(out, o)
	}
	return out
}
