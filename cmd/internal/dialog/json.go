package dialog

import (
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
	"maildoctor/report"
)

// Program is a program with its dialogs as JSON.
type Program struct {
	ID       stage.ProgramID `json:"id"`
	Name     string          `json:"name"`
	Version  string          `json:"version"` // that the labels are of
	Language string          `json:"language"`
	Relayed  bool            `json:"relayed"` // it connects through its maker's servers
	Remake   bool            `json:"remake"`  // its servers can't be changed, only given anew
	Source   string          `json:"source"`
	URL      string          `json:"url"`
	Read     string          `json:"read"`
	Dialogs  []Dialog        `json:"dialogs"`
}

// Dialog is one dialog of a program.
type Dialog struct {
	Protocol stage.Protocol `json:"protocol"`
	Way      []Label        `json:"way"` // empty: not known
	Fields   []Entry        `json:"fields"`
}

// Entry is one field of a dialog.
type Entry struct {
	Field   dialogs.Field `json:"field"`
	Label   *Label        `json:"label,omitempty"`   // absent: not known
	Value   string        `json:"value,omitempty"`   // what to type or to choose
	Choices []Label       `json:"choices,omitempty"` // where there is nothing to type
}

// Label is a label. Own is empty where it is known only in English, English where
// it is the same.
type Label struct {
	Own     string `json:"own,omitempty"`
	English string `json:"english,omitempty"`
}

// Of converts a program to JSON's form, with what is typed into it for settings.
func Of(l *prose.Language, p *dialogs.Program, e handover.Settings) *Program {
	return programOf(l, p, typedInto(p, e))
}

// programOf converts a program to JSON's form, with what is typed into it.
func programOf(l *prose.Language, p *dialogs.Program, all []report.Typed) *Program {
	out := &Program{
		p.ID, p.Name, p.Version, p.Language, p.Relayed, p.Remake, p.Source.Title, p.Source.URL, p.Source.Read, []Dialog{},
	}
	for _, t := range all {
		d := Dialog{t.Endpoint.Protocol, labelsOf(p.Way(t.Endpoint.Protocol)), []Entry{}}
		for _, e := range t.Entries {
			d.Fields = append(d.Fields, Entry{Field: e.Field, Label: fieldLabel(p, e.Field, t.Endpoint.Protocol), Value: l.Text(e.Value)})
		}
		out.Dialogs = append(out.Dialogs, d)
	}
	return out
}

// fieldLabel returns the label of a field, or of the one that takes it within a URL; nil
// if it isn't known.
func fieldLabel(p *dialogs.Program, f dialogs.Field, protocol stage.Protocol) *Label {
	label := p.Field(f, protocol)
	if url, _, ok := p.URL(stage.Endpoint{Protocol: protocol}, ""); ok && f == dialogs.Host {
		label = url
	}
	if label.Empty() {
		return nil
	}
	return new(Label(label))
}

func labelsOf(all []dialogs.Label) []Label {
	out := []Label{}
	for _, v := range all {
		out = append(out, Label(v))
	}
	return out
}

// Described converts a program to JSON's form, with all its labels.
func Described(p *dialogs.Program) *Program {
	out := programOf(nil, p, nil)
	for _, protocol := range protocolsOf(p) {
		d := Dialog{protocol, labelsOf(p.Way(protocol)), []Entry{}}
		for _, f := range dialogs.Fields {
			one := Entry{Field: f, Label: fieldLabel(p, f, protocol), Choices: labelsOf(choicesOf(p, f, protocol))}
			if one.Label != nil || len(one.Choices) > 0 {
				d.Fields = append(d.Fields, one)
			}
		}
		out.Dialogs = append(out.Dialogs, d)
	}
	return out
}
