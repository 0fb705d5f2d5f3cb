package jsonreport

import (
	"maildoctor/probe/diagnose/programs"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// ProgramsObject says which other mail programs and devices would connect.
type ProgramsObject struct {
	Dated      string            `json:"dated"`       // YYYY-MM-DD: when the tables were last reviewed
	Made       int               `json:"connections"` // number of connections made for it
	Kinds      []ProgramObject   `json:"kinds"`       // those that would not connect first
	Handshakes []HandshakeObject `json:"handshakes"`  // that were made
	Note       string            `json:"note"`        // what was not examined
}

// ProgramObject is one kind of programs.
type ProgramObject struct {
	ID         programs.ID       `json:"id"`
	Who        string            `json:"who"`
	Sources    []string          `json:"sources"` // URLs
	Date       string            `json:"date"`    // YYYY or YYYY-MM: the date to which the sources apply
	Judgements []JudgementObject `json:"judgements"`
}

// JudgementObject says how a kind of programs would fare at one server.
type JudgementObject struct {
	Check   string           `json:"check"`
	Verdict programs.Verdict `json:"verdict"`
	Reason  programs.Reason  `json:"reason,omitempty"` // absent if it connects
	Text    string           `json:"text"`
	Shown   string           `json:"shown"` // id of the check or handshake that shows it
	Said    []prose.Value    `json:"said"`
}

// HandshakeObject is one handshake as other programs make it.
type HandshakeObject struct {
	ID      string       `json:"id"`
	Parents []string     `json:"parents"` // ids of the checks of the same server
	Hello   stage.Hello  `json:"hello"`
	Status  stage.Status `json:"status"` // of the handshake
	Fault   stage.Fault  `json:"fault,omitempty"`
	Version string       `json:"tls,omitempty"`
	Suite   string       `json:"cipher_suite,omitempty"`
	Alert   string       `json:"alert,omitempty"`
}

func programsObject(r *report.Report) *ProgramsObject {
	p := r.Programs
	if p == nil {
		return nil
	}
	out := &ProgramsObject{Dated: p.Dated, Made: p.Made, Kinds: []ProgramObject{}, Handshakes: []HandshakeObject{}, Note: p.Note}
	for _, row := range p.Rows {
		o := ProgramObject{ID: row.ID, Who: row.Who, Sources: row.Sources, Date: row.Date, Judgements: []JudgementObject{}}
		for _, j := range row.Judgements {
			o.Judgements = append(o.Judgements, JudgementObject{
				Check: j.Check, Verdict: j.Verdict, Reason: j.Reason, Text: r.Language.Sentence(j.Said), Shown: j.Shown, Said: values(j.Said),
			})
		}
		out.Kinds = append(out.Kinds, o)
	}
	for i := range p.Handshakes {
		out.Handshakes = append(out.Handshakes, handshake(&p.Handshakes[i]))
	}
	return out
}

func handshake(c *stage.CheckRecord) HandshakeObject {
	out := HandshakeObject{ID: c.Check.ID, Parents: orEmpty(c.Check.Parents), Hello: c.Check.Manner.Hello, Status: stage.Skip}
	if f := stage.FactsOf[*stage.TLSFacts](c); f != nil {
		out.Version, out.Suite, out.Alert = f.Version, f.CipherSuite, f.Alert
	}
	if r := c.Result(stage.Handshake); r != nil {
		out.Status, out.Fault = r.Status, r.Fault
	}
	return out
}
