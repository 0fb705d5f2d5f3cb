package answer

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/probe"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
	"maildoctor/report"
)

// Published writes what was found, what to do next and, on request, what every source
// said.
func Published(s console.Streams, r *discover.Result, as Shown) error {
	l := s.Language
	if r.Found() {
		if err := foundServers(s, r, as); err != nil {
			return err
		}
		fmt.Fprintln(s.Out)
	}
	for _, sentence := range Discovered(r) {
		s.Paragraph("  ", l.Sentence(sentence))
	}
	if as.Verbose {
		if err := Sources(s, r); err != nil {
			return fault.Own("%w", err)
		}
	}
	fmt.Fprintln(s.Out)
	next, words := say.DiscoveryCheck(), []string{"maildoctor", "check", Subject(r)}
	linkUp := probe.ThisSystem().LinkUp
	switch {
	case r.Found() && as.Tested:
		next = say.DiscoveryCheckLogin()
	case !r.Found() && (!linkUp || report.Unasked(r.Events(), linkUp)):
		s.Paragraph("  ", l.Sentence(report.NextUnasked(linkUp)))
		return nil
	case !r.Found():
		next, words = say.DiscoveryProvider(prose.Data(r.Domain)), []string{"maildoctor", "check", "imaps://SERVER", "smtps://SERVER"}
	}
	s.Paragraph("  ", l.Sentence(next))
	fmt.Fprintf(s.Out, "  %s\n", l.Text(console.Command(console.WithFlags(as.Flags, words...)...)))
	return nil
}

func foundServers(s console.Streams, r *discover.Result, as Shown) error {
	if as.Servers != nil {
		return as.Servers()
	}
	if err := foundTable(s, r); err != nil {
		return fault.Own("%w", err)
	}
	return nil
}

// Subject returns the address or domain that was asked about.
func Subject(r *discover.Result) string {
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
	for _, c := range Best(r) {
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

// Best returns the first candidate of each protocol.
func Best(r *discover.Result) []discover.Candidate {
	var out []discover.Candidate
	for _, c := range r.Candidates() {
		if !slices.ContainsFunc(out, func(o discover.Candidate) bool { return o.Protocol == c.Protocol }) {
			out = append(out, c)
		}
	}
	return out
}

// Discovered says what was found, and where sources differ.
func Discovered(r *discover.Result) []prose.Value {
	out := report.Discovered(r.Domain, r.Events(), probe.ThisSystem().LinkUp)
	if r.Network != discover.NetworkHonest {
		return out
	}
	for _, d := range r.Disagreements() {
		out = append(out, differs(d))
	}
	return out
}

var fields = map[stage.Field]prose.Value{
	stage.FieldHost: say.DiscoveryFieldHost(), stage.FieldPort: say.DiscoveryFieldPort(),
	stage.FieldSecurity: say.DiscoveryFieldSecurity(), stage.FieldUser: say.DiscoveryFieldUser(),
}

func differs(d discover.Disagreement) prose.Value {
	var values []prose.Value
	for _, v := range d.Values {
		value := prose.Data(v.Value)
		if d.Field == stage.FieldSecurity {
			value = report.Security(stage.Security(v.Value))
		}
		values = append(values, say.DiscoveryValue(value, report.SourceIDs(v.Sources)))
	}
	return say.DiscoveryDiffer(prose.Data(chart.ProtocolName(d.Protocol)), fields[d.Field], prose.And(values...))
}

// Sources writes what every source said.
func Sources(s console.Streams, r *discover.Result) error {
	l := s.Language
	fmt.Fprintf(s.Out, "\n%s\n", l.Text(say.DiscoverySources()))
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, row := range report.SourceRows(l, r.Events()) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", row.ID, row.Outcome, row.Time, row.Says)
	}
	return w.Flush()
}
