package explain

import (
	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/paste"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/pasted"
	"maildoctor/probe/stage"
)

// Document is an answer in JSON.
type Document struct {
	Causes     []Cause         `json:"causes"` // the likeliest first, over the whole text
	Statements []Statement     `json:"statements"`
	Writer     *pasted.Writer  `json:"written_by,omitempty"`
	Server     *stage.Endpoint `json:"server,omitempty"` // that the text is about
	Next       []string        `json:"next"`             // the command to run next
	Secrets    []paste.Secret  `json:"secrets"`
	Program    *dialog.Program `json:"program,omitempty"` // with --program
}

// Cause is a cause that a text or a line suggests.
type Cause struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence"`

	// If the text names a server or a page of a provider in the catalogue: what that
	// provider's page says about the cause.
	Provider string `json:"provider,omitempty"`
	Note     string `json:"note,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Statement is a line of a text that tells something.
type Statement struct {
	Line    int         `json:"line"` // from 1
	Who     pasted.Who  `json:"who"`
	Text    string      `json:"text"`         // without what is secret
	To      string      `json:"to,omitempty"` // the command that it answers
	Leads   bool        `json:"leads"`        // it is why the first cause leads
	Causes  []Cause     `json:"causes"`
	Fact    pasted.Fact `json:"fact,omitempty"`    // what it shows that went well
	Follows int         `json:"follows,omitempty"` // the line that explains it
}

// Document returns the answer for JSON. program is the one that was named; nil if none
// was.
func (a *Answer) Document(program *dialog.Program) Document {
	d := Document{Causes: []Cause{}, Statements: []Statement{}, Secrets: append([]paste.Secret{}, a.secrets...), Next: a.next().words, Program: program}
	for _, g := range a.Guesses {
		c := Cause{Cause: g.Cause, Confidence: g.Confidence}
		if n, ok := noteOn(a.named.provider, g.Cause); ok {
			c.Provider, c.Note, c.URL = a.named.provider.Name, n.Text, n.URL
		}
		d.Causes = append(d.Causes, c)
	}
	for _, s := range a.said.Statements {
		st := Statement{Line: s.Line, Who: s.Who, Text: a.line(s.Line), To: s.To, Leads: s.Leads, Causes: []Cause{}, Fact: s.Fact, Follows: s.Follows}
		for _, g := range s.Guesses {
			st.Causes = append(st.Causes, Cause{Cause: g.Cause, Confidence: g.Confidence})
		}
		d.Statements = append(d.Statements, st)
	}
	if a.said.Writer.Name != "" {
		d.Writer = &a.said.Writer
	}
	if a.target.Server.Host != "" {
		d.Server = &a.target.Server
	}
	return d
}
