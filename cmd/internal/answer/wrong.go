package answer

import (
	"fmt"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// Wrong is a server that a source names and that doesn't work, or not as the
// source has it.
type Wrong struct {
	Source stage.SourceID `json:"source"`
	stage.Endpoint
	Stage stage.Stage `json:"stage,omitempty"` // the stage in which it failed
	Fault stage.Fault `json:"fault,omitempty"`

	// Note says how the source contradicts itself about a server that works all the same,
	// such as [stage.TLSPortForStartTLS].
	Note string `json:"note,omitempty"`
}

// Wrongs writes what sources are wrong about.
func Wrongs(s console.Streams, all []Wrong) {
	l := s.Language
	if len(all) > 0 {
		fmt.Fprintln(s.Out, l.Text(say.PublishWrong()))
	}
	for _, w := range all {
		source := prose.Data(string(w.Source))
		server := say.DiscoveryServer(prose.Data(chart.ProtocolName(w.Protocol)), prose.Data(w.Address()), report.Security(w.Security))
		said := say.PublishFault(source, server, prose.Data(string(w.Stage)), prose.Data(string(w.Fault)))
		switch place := (chart.Place{Host: w.Host, Port: w.Port}).Name(); w.Note {
		case stage.TLSPortForStartTLS:
			said = say.SourceSlips(source, place)
		case stage.StartTLSPortForTLS:
			said = say.SourceSlipsPlain(source, place)
		}
		s.Paragraph("  ", l.Sentence(said))
	}
}
