package cli

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/handover"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
	"maildoctor/report"
)

// published shows what is published for an address or a domain.
func (f *settingsFlags) published(ctx context.Context, s console.Streams, c *profiles.Catalogue, m profiles.Match) error {
	names, _, err := f.names()
	if err != nil {
		return err
	}
	roots, err := f.roots()
	if err != nil {
		return err
	}
	return f.answered(ctx, s, f.asker(c, names, roots).Ask(ctx, m.Address, m.Domain))
}

// answered shows what was found or, with --verified, the part of it that answers.
func (f *settingsFlags) answered(ctx context.Context, s console.Streams, found *discover.Result) error {
	if f.tested {
		if err := f.verify(ctx, found); err != nil {
			return err
		}
	}
	var err error
	switch {
	case f.as != "" && found.Found():
		return f.export(s, publishedSettings(found), subjectOf(found))
	case f.as != "":
		return f.notExported(s, found)
	case f.format == "json":
		err = s.WriteJSON(settingsOf(found))
	default:
		err = f.show(s, found)
	}
	if err == nil && !found.Found() {
		return fault.Exit(fault.ExitProblems)
	}
	return err
}

// publishedSettings returns the settings to export.
func publishedSettings(r *discover.Result) handover.Settings {
	return handover.FromPublished(r, handover.Published{
		Best: best(r), Said: discovered(r),
		Forgeable: func(c discover.Candidate) bool { return forgeable(c, r.Domain) },
	})
}

// notExported says on standard error why there is nothing to export.
func (f *settingsFlags) notExported(s console.Streams, found *discover.Result) error {
	s.Out = s.Err
	if err := f.show(s, found); err != nil {
		return err
	}
	return fault.Exit(fault.ExitProblems)
}

// known returns the catalogue's settings in the form of discovered ones.
func known(m profiles.Match) *discover.Result {
	id := stage.SourceCatalogue
	if !m.Profile.Builtin {
		id = stage.SourceOwn
	}
	source := stage.Source{ID: id, Domain: m.Domain, Outcome: stage.SourceFound, Provider: m.Profile.Name}
	for _, e := range m.Profile.Endpoints {
		source.Settings = append(source.Settings, stage.Setting{Endpoint: e.Endpoint, User: m.Profile.UserNameFor(e, m.Address)})
	}
	if len(source.Settings) == 0 {
		source.Outcome = stage.SourceAbsent
	}
	return &discover.Result{Address: m.Address, Domain: m.Domain, Sources: []stage.Source{source}}
}

// show writes what was found, what to do next and, on request, what every source
// said.
func (f *settingsFlags) show(s console.Streams, r *discover.Result) error {
	l := s.Language
	if r.Found() {
		if err := foundTable(s, r); err != nil {
			return fault.Own("%w", err)
		}
		fmt.Fprintln(s.Out)
	}
	for _, sentence := range discovered(r) {
		s.Paragraph("  ", l.Sentence(sentence))
	}
	if f.verbose {
		if err := sourceTable(s, r); err != nil {
			return fault.Own("%w", err)
		}
	}
	fmt.Fprintln(s.Out)
	next, words := say.DiscoveryCheck(), []string{"maildoctor", "check", subjectOf(r)}
	if !r.Found() {
		next, words = say.DiscoveryProvider(prose.Data(r.Domain)), []string{"maildoctor", "check", "imaps://SERVER", "smtps://SERVER"}
	}
	s.Paragraph("  ", l.Sentence(next))
	fmt.Fprintf(s.Out, "  %s\n", l.Text(console.Command(withFlags(ofProfiles(f.dirs), words...)...)))
	return nil
}

// subjectOf returns the address or domain that was asked about.
func subjectOf(r *discover.Result) string {
	if r.Address != "" {
		return r.Address
	}
	return r.Domain
}

// foundTable writes the best server of each protocol, and the source that names it.
func foundTable(s console.Streams, r *discover.Result) error {
	l := s.Language
	w := tabwriter.NewWriter(s.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Text(say.HeadSettings()), l.Text(say.ColumnServer()), l.Text(say.ColumnPort()), l.Text(say.ColumnEncryption()), l.Text(say.DiscoveryFrom()))
	var user string
	for _, c := range best(r) {
		server := report.Server{Endpoint: c.Endpoint}
		fmt.Fprintf(w, "  %s\t%s\t%d\t%s\t%s\n", l.Title(server.Label()), l.Text(prose.Data(c.Host)), c.Port, l.Text(security(c.Security)), l.Text(report.SourceIDs(c.Sources)))
		if user == "" {
			user = c.User
		}
	}
	if user != "" {
		fmt.Fprintf(w, "  %s\t%s\n", l.Title(say.SettingsUserName()), l.Text(prose.Data(user)))
	}
	return w.Flush()
}

// best returns the first candidate of each protocol.
func best(r *discover.Result) []discover.Candidate {
	var out []discover.Candidate
	for _, c := range r.Candidates() {
		if !slices.ContainsFunc(out, func(o discover.Candidate) bool { return o.Protocol == c.Protocol }) {
			out = append(out, c)
		}
	}
	return out
}

// discovered says what was found, and where sources differ.
func discovered(r *discover.Result) []prose.Value {
	out := report.Discovered(r.Domain, r.Events())
	if r.Network != discover.NetworkHonest {
		return out
	}
	for _, d := range r.Disagreements() {
		out = append(out, differs(d))
	}
	return out
}

var fields = map[discover.Field]prose.Value{
	discover.FieldHost: say.DiscoveryFieldHost(), discover.FieldPort: say.DiscoveryFieldPort(),
	discover.FieldSecurity: say.DiscoveryFieldSecurity(), discover.FieldUser: say.DiscoveryFieldUser(),
}

func differs(d discover.Disagreement) prose.Value {
	var values []prose.Value
	for _, v := range d.Values {
		value := prose.Data(v.Value)
		if d.Field == discover.FieldSecurity {
			value = report.Security(stage.Security(v.Value))
		}
		values = append(values, say.DiscoveryValue(value, report.SourceIDs(v.Sources)))
	}
	return say.DiscoveryDiffer(prose.Data(chart.ProtocolName(d.Protocol)), fields[d.Field], prose.And(values...))
}

// sourceTable writes what every source said.
func sourceTable(s console.Streams, r *discover.Result) error {
	l := s.Language
	fmt.Fprintf(s.Out, "\n%s\n", l.Text(say.DiscoverySources()))
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, row := range report.SourceRows(l, r.Events()) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", row.ID, row.Outcome, row.Time, row.Says)
	}
	return w.Flush()
}
