package dialog

import (
	"fmt"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
	"maildoctor/report"
)

// protocolsOf lists the protocols that a program handles, without POP3 where it is as
// IMAP.
func protocolsOf(p *dialogs.Program) []stage.Protocol {
	var out []stage.Protocol
	for _, protocol := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		same := protocol == stage.POP3 && sameWords(p)
		if p.Handles(protocol) && !same {
			out = append(out, protocol)
		}
	}
	return out
}

// sameWords reports whether a program has the same labels for IMAP and POP3.
func sameWords(p *dialogs.Program) bool {
	for _, f := range dialogs.Fields {
		if p.Field(f, stage.IMAP) != p.Field(f, stage.POP3) {
			return false
		}
	}
	field, _, _ := p.URL(stage.Endpoint{Protocol: stage.IMAP}, "")
	other, _, _ := p.URL(stage.Endpoint{Protocol: stage.POP3}, "")
	return field == other
}

// words are what fields are called where no program is asked.
var words = map[dialogs.Field]prose.Value{
	dialogs.Host: say.ColumnServer(), dialogs.Port: say.ColumnPort(), dialogs.Security: say.ColumnEncryption(),
	dialogs.User: say.SettingsUserName(), dialogs.Auth: say.DialogLogIn(),
}

// described are the fields of a dialog under the words that reports use, with their
// labels and choices.
func described(p *dialogs.Program, protocol stage.Protocol) []report.Entry {
	var out []report.Entry
	for _, f := range dialogs.Fields {
		value := report.Label(p.Field(f, protocol))
		if url, _, ok := p.URL(stage.Endpoint{Protocol: protocol}, ""); ok && f == dialogs.Host {
			value = report.Label(url)
		}
		var some []prose.Value
		for _, c := range choicesOf(p, f, protocol) {
			some = append(some, report.Label(c))
		}
		switch list := prose.Then(some...); {
		case value.Empty():
			value = list
		case !list.Empty():
			value = say.DialogEntry(value, list)
		}
		if !value.Empty() {
			out = append(out, report.Entry{Field: f, Name: words[f], Value: value})
		}
	}
	return out
}

// choicesOf returns the labels of a field's choices that are known.
func choicesOf(p *dialogs.Program, f dialogs.Field, protocol stage.Protocol) []dialogs.Label {
	var out []dialogs.Label
	add := func(l dialogs.Label) {
		if !l.Empty() {
			out = append(out, l)
		}
	}
	switch f {
	case dialogs.Security:
		for _, s := range []stage.Security{stage.TLS, stage.StartTLS, stage.None} {
			add(p.Choice(s, protocol))
		}
	case dialogs.Auth:
		for _, m := range []dialogs.Method{dialogs.Password, dialogs.OAuth2, dialogs.Encrypted} {
			add(p.Method(m, stage.TLS, protocol))
		}
	}
	return out
}

// Page shows a program's ways and labels.
func (t Typist) Page() {
	l := t.Language
	t.title()
	for _, protocol := range protocolsOf(t.Program) {
		fmt.Fprintln(t.Out)
		t.heading(protocol, false)
		t.way(protocol)
		t.entries(described(t.Program, protocol))
	}
	for i, said := range t.peculiarities() {
		if i == 0 {
			fmt.Fprintln(t.Out)
		}
		t.Paragraph(t.indent(), l.Sentence(said))
	}
	t.source(say.DialogSources(), t.Program.Source)
	if t.Program.Relayed {
		t.source(say.DialogRelaySource(), t.Program.RelayedBy)
	}
}

// source says where something about the program was read.
func (t Typist) source(what prose.Value, from dialogs.Source) {
	l := t.Language
	fmt.Fprintf(t.Out, "\n%s\n", l.Title(what))
	t.Paragraph(t.indent(), l.Sentence(say.DialogSource(prose.Data(from.Title), prose.Data(from.Read))))
	t.Paragraph(t.indent(), l.Text(prose.Data(from.URL)))
}

// Heading is that of a section with [Typist.Ways].
func (t Typist) Heading() string {
	return t.Language.Title(say.DialogSection(prose.Data(t.Program.Name)))
}

// Ways returns sentences that say how to get to the dialogs of both directions, and what
// has to be known of the program.
func (t Typist) Ways() []string {
	var said []prose.Value
	if way := t.steps(stage.IMAP); !way.Empty() {
		said = append(said, say.DialogForReceiving(way))
	}
	if way := t.steps(stage.SMTP); !way.Empty() {
		said = append(said, say.DialogForSending(way))
	}
	if len(said) == 0 {
		said = append(said, say.DialogNoWay())
	}
	var out []string
	for _, v := range append(said, t.peculiarities()...) {
		out = append(out, t.Language.Sentence(v))
	}
	return out
}

// Where says where in the program a page's actions are carried out, as far as they concern
// its settings: for one protocol or, if it isn't known, for both directions. It writes
// nothing if there is no program.
func (t Typist) Where(page *cause.Page, protocol stage.Protocol) {
	if t.Program == nil || !typedIn(page) {
		return
	}
	all := []stage.Protocol{stage.IMAP, stage.SMTP}
	if protocol != "" {
		all = []stage.Protocol{protocol}
	}
	for _, said := range append([]prose.Value{report.Where(t.Program, all...)}, t.peculiarities()...) {
		if !said.Empty() {
			t.Paragraph("  ", t.Language.Sentence(said))
		}
	}
}

// typedIn reports whether a page has an action that is carried out in the settings of a
// mail program.
func typedIn(p *cause.Page) bool {
	for _, a := range p.Actions(nil) {
		if a.TypedIn() {
			return true
		}
	}
	return false
}
