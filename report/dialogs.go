package report

import (
	"slices"

	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// Typed is what is typed into one dialog of a mail program, in the labels of that
// program.
type Typed struct {
	Endpoint stage.Endpoint
	Way      prose.Value // to the dialog; empty: not known
	Entries  []Entry     // in the order of [dialogs.Fields]
}

// Entry is one field of a dialog with what goes into it.
type Entry struct {
	Field       dialogs.Field // the first one, if a URL has several
	Name, Value prose.Value
	Unlabelled  prose.Value // which of them no source shows in the program's words; empty: none
}

// Unlabelled lists what is not in the program's own words.
func (t Typed) Unlabelled() []prose.Value {
	var all []prose.Value
	for _, e := range t.Entries {
		if !e.Unlabelled.Empty() {
			all = append(all, e.Unlabelled)
		}
	}
	return all
}

// LoginName is a user name, or in its place how one is formed.
type LoginName struct {
	Name string      // empty: not known
	Form prose.Value // replaces it
}

// TypeInto returns what is typed into a program for a server.
func TypeInto(p *dialogs.Program, e stage.Endpoint, user LoginName, m dialogs.Method) Typed {
	t := Typed{Endpoint: e, Way: Way(p.Way(e.Protocol), say.DialogThen)}
	if field, url, ok := p.URL(e, user.Name); ok {
		t.add(dialogs.Host, Label(field), prose.Value{}, prose.Data(url), true)
	} else {
		t.add(dialogs.Host, Label(p.Field(dialogs.Host, e.Protocol)), say.ColumnServer(), prose.Data(e.Host), true)
		t.add(dialogs.Port, Label(p.Field(dialogs.Port, e.Protocol)), say.ColumnPort(), prose.Figure(int(e.Port)), true)
	}
	t.encrypt(p, e)
	if name := Label(p.Field(dialogs.User, e.Protocol)); !name.Empty() || !p.File {
		said := prose.Data(user.Name)
		if said.Empty() {
			said = user.Form
		}
		t.add(dialogs.User, name, say.SettingsUserName(), said, true)
	}
	t.add(dialogs.Auth, Label(p.Field(dialogs.Auth, e.Protocol)), prose.Value{}, Label(p.Method(m, e.Security, e.Protocol)), true)
	return t
}

// encrypt adds how the connection is encrypted.
func (t *Typed) encrypt(p *dialogs.Program, e stage.Endpoint) {
	name, choice := Label(p.Field(dialogs.Security, e.Protocol)), Label(p.Choice(e.Security, e.Protocol))
	_, _, url := p.URL(e, "")
	switch {
	case p.Box(e.Protocol) && e.Security == stage.None:
		t.add(dialogs.Security, name, say.ColumnEncryption(), say.DialogNotTicked(), true)
	case p.Box(e.Protocol):
		t.add(dialogs.Security, name, say.ColumnEncryption(), say.DialogTicked(), true)
	case choice.Empty() && url: // it says so itself
	case choice.Empty():
		t.add(dialogs.Security, name, say.ColumnEncryption(), Security(e.Security), false)
	case name.Empty() && p.File: // the choices are all that there is to write
		t.add(dialogs.Security, say.ColumnEncryption(), prose.Value{}, choice, true)
	default:
		t.add(dialogs.Security, name, say.ColumnEncryption(), choice, true)
	}
}

// add adds an entry under a name or, if that isn't known, under another one; nothing if
// there is no name for it, or no value. labelled says that the value is what the program
// says.
func (t *Typed) add(f dialogs.Field, name, other, value prose.Value, labelled bool) {
	e := Entry{Field: f, Name: name, Value: value}
	if !labelled {
		e.Unlabelled = value
	}
	if name.Empty() {
		e.Name, e.Unlabelled = other, other
	}
	if !e.Name.Empty() && !value.Empty() {
		t.Entries = append(t.Entries, e)
	}
}

// Way returns the steps to a dialog, joined by then.
func Way(steps []dialogs.Label, then func(way, step prose.Value) prose.Value) prose.Value {
	var way prose.Value
	for _, s := range steps {
		step := Label(s)
		if s.Own == dialogs.Account {
			step = say.DialogAccount()
		}
		if way.Empty() {
			way = step
			continue
		}
		way = then(way, step)
	}
	return way
}

// Label returns a label with the English one beside it; nothing if neither is known.
func Label(l dialogs.Label) prose.Value {
	switch {
	case l.Own == "":
		return prose.Data(l.English)
	case l.English == "":
		return prose.Data(l.Own)
	}
	return say.DialogBeside(prose.Data(l.Own), prose.Data(l.English))
}

// placed returns the actions with the way to the dialog of a program behind those that
// say what to type into a mail program.
func placed(rec *stage.Record, d diagnose.Diagnosis, p *dialogs.Program, actions []cause.Action) []cause.Action {
	if p == nil {
		return actions
	}
	out := slices.Clone(actions)
	for i, a := range out {
		if !a.TypedIn() {
			continue
		}
		said := []prose.Value{Where(p, directions(rec, d, a)...)}
		if p.Remake {
			said = append(said, say.DialogRemake(prose.Data(p.Name)))
		}
		out[i] = a.In(prose.Sentences(said...))
	}
	return out
}

// directions returns the protocols of the failed servers that an action is about: those
// of the finding that it belongs to, or of the ways round.
func directions(rec *stage.Record, d diagnose.Diagnosis, a cause.Action) []stage.Protocol {
	var out []stage.Protocol
	for _, f := range d.Findings {
		if !slices.ContainsFunc(f.Actions, a.Same) {
			continue
		}
		for _, id := range f.Checks {
			if c := rec.Check(id); c != nil {
				out = chart.AppendNew(out, c.Check.Endpoint.Protocol)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	all := !slices.ContainsFunc(d.Ways, func(w chart.Way) bool { return isAbout(a, w.Endpoint) })
	for _, w := range d.Ways {
		if all || isAbout(a, w.Endpoint) {
			out = chart.AppendNew(out, w.Endpoint.Protocol)
		}
	}
	return out
}

// isAbout reports whether an action names a server, or those of its direction.
func isAbout(a cause.Action, e stage.Endpoint) bool {
	return slices.ContainsFunc(a.About, func(v prose.Value) bool {
		return v.Equal(serverWords(e.Protocol)) || v.Equal(prose.Data(e.Host)) || v.Equal(prose.Data(e.Address()))
	})
}

// Where says where in a program servers of these protocols are changed; nothing if that
// isn't known.
func Where(p *dialogs.Program, protocols ...stage.Protocol) prose.Value {
	return whereBy(p, say.DialogThen, protocols)
}

// whereBy is [Where] with the steps of a way joined by then.
func whereBy(p *dialogs.Program, then func(way, step prose.Value) prose.Value, protocols []stage.Protocol) prose.Value {
	var ways [2]prose.Value // for receiving and for sending
	for _, protocol := range protocols {
		i := 1
		if protocol.Receives() {
			i = 0
		}
		if ways[i].Empty() {
			ways[i] = Way(p.Way(protocol), then)
		}
	}
	name := prose.Data(p.Name)
	switch {
	case ways[0].Empty() && ways[1].Empty():
		return prose.Value{}
	case ways[1].Empty():
		return say.DialogWhere(name, ways[0])
	case ways[0].Empty() || ways[0].Equal(ways[1]):
		return say.DialogWhere(name, ways[1])
	}
	return say.DialogWhereBoth(name, ways[0], ways[1])
}

// typed says what to type into a program for each of a table's servers.
func typed(l *prose.Language, p *dialogs.Program, s Settings, subject *stage.Subject) []string {
	if p == nil {
		return nil
	}
	m := dialogs.Password
	if _, alone := subject.Profile.Note(stage.NoteOAuthOnly); alone {
		m = dialogs.OAuth2
	}
	var out []string
	for _, v := range s.Servers {
		if v.Missing || !p.Handles(v.Protocol) {
			continue
		}
		t := TypeInto(p, v.Endpoint, loginName(subject), m)
		var entries []prose.Value
		for _, e := range t.Entries {
			entries = append(entries, say.DialogEntry(e.Name, e.Value))
		}
		said := say.DialogTyped(prose.Data(p.Name), t.Way, prose.Then(entries...))
		if t.Way.Empty() {
			said = say.DialogTypedHere(prose.Data(p.Name), prose.Then(entries...))
		}
		out = append(out, l.Sentence(said))
	}
	return out
}
