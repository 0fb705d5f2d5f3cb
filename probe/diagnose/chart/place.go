package chart

import (
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// Place is a port of a host.
type Place struct {
	Host string
	Port uint16
}

// placeOf is where a check was made.
func placeOf(c stage.Check) Place { return Place{c.Endpoint.Host, c.Endpoint.Port} }

// Name names a place: "port 587 of smtp.example.net".
func (p Place) Name() prose.Value {
	return say.PortsOf(prose.Figure(int(p.Port)), prose.Data(p.Host))
}

// Names names several places.
func Names(places []Place) []prose.Value {
	var out []prose.Value
	for _, p := range places {
		out = append(out, p.Name())
	}
	return out
}

// PlaceName names where a check was made.
func (k *Exam) PlaceName() prose.Value { return placeOf(k.Check).Name() }

// PlaceName names where a certificate was shown.
func (v view) PlaceName() prose.Value { return placeOf(v.Check).Name() }
