// Package dialog shows what is typed into a mail program, and where in it that is done,
// in the labels of that program: as text, in sentences for speech output, or in JSON.
package dialog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
	"maildoctor/profiles/export"
	"maildoctor/profiles/published"
	"maildoctor/report"
)

// Typist shows what is typed into a program.
type Typist struct {
	console.Streams
	Program *dialogs.Program
	Linear  bool // in sentences for speech output
}

// typedInto are the servers of settings that a program takes: the first of each protocol,
// those for receiving before the one for sending.
func typedInto(p *dialogs.Program, e handover.Settings) []report.Typed {
	var out []report.Typed
	taken := make(map[stage.Protocol]bool)
	for _, v := range e.Servers {
		if taken[v.Protocol] || !p.Handles(v.Protocol) {
			continue
		}
		taken[v.Protocol] = true
		m := dialogs.Password
		if v.Token {
			m = dialogs.OAuth2
		}
		out = append(out, report.TypeInto(p, v.Endpoint, loginName(v), m))
	}
	slices.SortStableFunc(out, func(a, b report.Typed) int { return direction(a) - direction(b) })
	return out
}

func direction(t report.Typed) int {
	if t.Endpoint.Protocol.Receives() {
		return 0
	}
	return 1
}

// loginName returns the user name at a server, or how it is formed.
func loginName(v export.Server) report.LoginName {
	switch v.User {
	case published.FullAddress:
		return report.LoginName{Form: say.SettingsFullAddress()}
	case published.LocalPart:
		return report.LoginName{Form: say.SettingsLocalPart()}
	case "":
		return report.LoginName{Form: say.SettingsNameGiven()}
	}
	return report.LoginName{Name: v.User}
}

// Settings writes what to type, and what has to be known about the program.
func (t Typist) Settings(e handover.Settings, subject string) error {
	all := typedInto(t.Program, e)
	if len(all) == 0 {
		return fault.Usage("--program %s: expected a server that it takes; there is none for %s", t.Program.ID, subject)
	}
	l := t.Language
	t.title()
	var unlabelled []prose.Value
	for i, one := range all {
		fmt.Fprintln(t.Out)
		t.heading(one.Endpoint.Protocol, i > 0)
		t.way(one.Endpoint.Protocol)
		t.entries(one.Entries)
		for _, v := range one.Unlabelled() {
			if !slices.ContainsFunc(unlabelled, v.Equal) {
				unlabelled = append(unlabelled, v)
			}
		}
	}
	var known []prose.Value
	name := prose.Data(t.Program.Name)
	if len(unlabelled) > 0 {
		known = append(known, say.DialogUnlabelled(name, prose.All(unlabelled...)))
	}
	for i, said := range append(known, t.peculiarities()...) {
		if i == 0 {
			fmt.Fprintln(t.Out)
		}
		t.Paragraph(t.indent(), l.Sentence(said))
	}
	if t.Program.File && t.Program.Export != "" {
		fmt.Fprintln(t.Out)
		t.Paragraph(t.indent(), l.Sentence(say.DialogWritten(name)))
		fmt.Fprintf(t.Out, "%s%s\n", t.indent(), l.Text(console.Command("maildoctor", "settings", subject, "--as", t.Program.Export)))
	}
	return nil
}

// peculiarities says what a program does unlike most.
func (t Typist) peculiarities() []prose.Value {
	var out []prose.Value
	if other := dialogs.For(t.Program.Namesake, dialogs.English); other != nil {
		out = append(out, say.DialogNamesake(prose.Data(other.Name), prose.Data(string(other.ID))))
	}
	if t.Program.Remake {
		out = append(out, say.DialogRemake(prose.Data(t.Program.Name)))
	}
	if t.Program.Relayed {
		out = append(out, say.DialogRelayed(prose.Data(t.Program.Name)))
	}
	return out
}

func (t Typist) indent() string {
	if t.Linear {
		return ""
	}
	return "  "
}

// title names the program, and the version and language of its labels.
func (t Typist) title() {
	name, version := prose.Data(t.Program.Name), prose.Data(t.Program.Version)
	said := say.DialogTitle(name, version)
	if t.Program.Language != dialogs.English {
		said = say.DialogTitleIn(name, version, prose.Data(t.Program.Language))
	}
	t.Paragraph("", t.Language.Sentence(said))
}

// heading says which direction a dialog is for. instead is set if one of the same
// direction came before it.
func (t Typist) heading(p stage.Protocol, instead bool) {
	name := prose.Data(chart.ProtocolName(p))
	said := say.DialogSending()
	switch {
	case p.Receives() && instead:
		said = say.DialogReceivingElse(name)
	case p.Receives():
		said = say.DialogReceiving(name)
	}
	t.Paragraph("", t.Language.Title(said))
}

// way says how to get to a dialog.
func (t Typist) way(p stage.Protocol) {
	l := t.Language
	way := t.steps(p)
	switch {
	case way.Empty():
		t.Paragraph(t.indent(), l.Sentence(say.DialogNoWay()))
	case t.Linear:
		t.Paragraph("", l.Sentence(way))
	default:
		t.Paragraph(t.indent(), l.Title(way))
	}
}

// steps returns the steps to a dialog; empty if they aren't known.
func (t Typist) steps(p stage.Protocol) prose.Value {
	if t.Linear {
		return report.Way(t.Program.Way(p), say.DialogThenSaid)
	}
	return report.Way(t.Program.Way(p), say.DialogThen)
}

// entries writes the fields of a dialog with what goes into them, as a table or, where
// that is too wide, below each other.
func (t Typist) entries(all []report.Entry) {
	l := t.Language
	at, width := 0, 0
	for _, e := range all {
		at = max(at, ansi.StringWidth(l.Title(e.Name)))
		width = max(width, ansi.StringWidth(l.Text(e.Value)))
	}
	for _, e := range all {
		name, value := l.Title(e.Name), l.Text(e.Value)
		switch {
		case t.Linear:
			t.Paragraph("", l.Title(say.LinearNamed(e.Name, e.Value)))
		case 4+at+3+width > t.ProseWidth():
			t.Hanging("    ", "      ", l.Title(say.DialogEntry(e.Name, e.Value)))
		default:
			fmt.Fprintf(t.Out, "    %s%s   %s\n", name, strings.Repeat(" ", at-ansi.StringWidth(name)), value)
		}
	}
}
