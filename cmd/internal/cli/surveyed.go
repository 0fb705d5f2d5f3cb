package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildoctor/cmd/internal/console"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles/survey"
	"maildoctor/report"
)

// surveyed is the answer of profiles validate --probe.
type surveyed struct {
	title    prose.Value
	findings []survey.Finding
	others   []string // name servers that were asked besides
	complete bool     // it wasn't interrupted
}

// sort puts the most urgent findings first, and those of one file together.
func (a *surveyed) sort() {
	urgency := func(f survey.Finding) int { return slices.Index(survey.Verdicts, f.Verdicts[0]) }
	slices.SortStableFunc(a.findings, func(x, y survey.Finding) int {
		return cmp.Or(cmp.Compare(urgency(x), urgency(y)), cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.ID(), y.ID()))
	})
}

var verdictWords = map[survey.Verdict]prose.Value{
	survey.Holds: say.SurveyHolds(), survey.Dead: say.SurveyDead(), survey.Moved: say.SurveyMoved(), survey.Differs: say.SurveyDiffers(),
	survey.SelfPublished: say.SurveySelfPublished(), survey.CouldEncrypt: say.SurveyCouldEncrypt(), survey.NotFromHere: say.SurveyNotFromHere(),
}

func verdictsOf(f survey.Finding) prose.Value {
	var all []prose.Value
	for _, v := range f.Verdicts {
		all = append(all, verdictWords[v])
	}
	return prose.All(all...)
}

// reasonWords says what was seen.
func reasonWords(r survey.Reason) prose.Value {
	name := prose.Data(r.Name)
	switch r.ID {
	case survey.NameGone:
		return say.SurveyNameGone(name)
	case survey.NoMail:
		return say.SurveyNoMail(name)
	case survey.ServersGone:
		return say.SurveyServersGone(prose.Data(chart.ProtocolName(r.Protocol)), name)
	case survey.ServerGone:
		return say.SurveyServerGone(serverWords(r.Server.Endpoint))
	case survey.MovedTo:
		return say.SurveyMovedTo(name, prose.Data(r.Other))
	case survey.MovedAway:
		return say.SurveyMovedAway(name, prose.Data(r.Other))
	case survey.ServerDiffers:
		return say.SurveyServer(serverWords(r.Server.Endpoint), visitWords(r.Visit))
	case survey.Published:
		return say.SurveyPublished(prose.Data(r.Other))
	case survey.StartTLS:
		return say.SurveyStartTLS(prose.Data(chart.ProtocolName(r.Server.Protocol)), prose.Data(r.Server.Address()))
	case survey.ImplicitTLS:
		return say.SurveyTLS(prose.Data(chart.ProtocolName(r.Server.Protocol)), prose.Data(r.Server.Address()), prose.Data(r.Instead.Address()))
	}
	return unknownWords(r, name)
}

// unknownWords says why something can't be told from here.
func unknownWords(r survey.Reason, name prose.Value) prose.Value {
	switch r.ID {
	case survey.Unknown:
		return say.SurveyUnknown(serverWords(r.Server.Endpoint), visitWords(r.Visit))
	case survey.NoControl:
		return say.SurveyNoControl(serverWords(r.Server.Endpoint), visitWords(r.Visit), prose.Figure(int(r.Server.Port)))
	case survey.NameUnknown:
		return say.SurveyNameUnknown(name, chart.Fault(stage.Resolve, r.Fault, prose.Value{}))
	case survey.NameDisputed:
		return say.SurveyNameDisputed(name)
	case survey.Invented:
		return say.SurveyInvented()
	case survey.NoNames:
		return say.SurveyNoNames()
	case survey.NoNetwork:
		return say.SurveyNoNetwork()
	}
	return say.SurveyUnvisited()
}

func serverWords(e stage.Endpoint) prose.Value {
	return say.DiscoveryServer(prose.Data(chart.ProtocolName(e.Protocol)), prose.Data(e.Address()), report.Security(e.Security))
}

// visitWords says what went wrong at a server.
func visitWords(v *survey.Visit) prose.Value {
	if v.TLS != nil && len(v.TLS.Faults) > 0 {
		var all []prose.Value
		for _, x := range v.TLS.Faults {
			all = prose.AppendNew(all, chart.CertificateFault(v.TLS, x))
		}
		return say.CellCertificate(prose.Then(all...))
	}
	return chart.Fault(v.Stage, v.Fault, prose.Value{})
}

// reasons returns what was seen of an entry, each sentence once, with the line that it
// is about.
func (a surveyed) reasons(l *prose.Language, f survey.Finding) []string {
	var out []string
	for _, r := range f.Reasons {
		said := reasonWords(r)
		if r.Line > 0 && r.Line != f.Line {
			said = say.SurveyLine(prose.Figure(r.Line), said)
		}
		if text := l.Text(said); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func where(f survey.Finding) string { return fmt.Sprintf("%s:%d", f.File, f.Line) }

// alike are findings of one file of which the same is to be said.
type alike struct {
	first survey.Finding
	names []string
	seen  []string
}

// folded puts together what is the same for several domains of one file. Of entries at
// which nothing was looked at there is nothing to say.
func (a surveyed) folded(l *prose.Language) []alike {
	var out []alike
	for _, f := range a.findings {
		if !slices.ContainsFunc(f.Reasons, func(r survey.Reason) bool { return r.ID != survey.Unvisited }) && !f.Visited {
			continue
		}
		seen := a.reasons(l, f)
		last := len(out) - 1
		if last >= 0 && out[last].first.File == f.File && out[last].first.Profile == f.Profile &&
			slices.Equal(out[last].first.Verdicts, f.Verdicts) && slices.Equal(out[last].seen, seen) {
			out[last].names = append(out[last].names, f.ID())
			continue
		}
		out = append(out, alike{f, []string{f.ID()}, seen})
	}
	return out
}

// text writes the answer for people.
func (a surveyed) text(s console.Streams) error {
	l := s.Language
	for _, x := range a.folded(l) {
		names := prose.All(prose.Datas(x.names)...)
		s.Hanging("", "      ", l.Text(say.SurveyVerdicts(prose.Data(where(x.first)), names, verdictsOf(x.first), prose.Data(x.first.Source.Checked))))
		for _, seen := range x.seen {
			s.Hanging("  ", "    ", seen)
		}
	}
	if len(a.findings) > 0 {
		fmt.Fprintln(s.Out)
	}
	s.Hanging("", "", l.Sentence(a.totals()))
	t := console.Table{Gap: 2}
	for _, v := range survey.Verdicts {
		if n := a.count(v); n > 0 {
			t.Row("  "+l.Text(verdictWords[v]), l.Text(prose.Figure(n)))
		}
	}
	if err := t.Write(s.Out, s.ScreenWidth()); err != nil {
		return err
	}
	if said := a.asked(); !said.Empty() {
		s.Hanging("", "", l.Sentence(said))
	}
	return nil
}

// totals says how many entries everything was looked at of.
func (a surveyed) totals() prose.Value {
	n := 0
	for _, f := range a.findings {
		if f.Visited {
			n++
		}
	}
	return say.SurveyTotals(prose.Count(n), a.title)
}

// asked names the third parties that were asked.
func (a surveyed) asked() (none prose.Value) {
	if len(a.others) == 0 {
		return none
	}
	return say.SurveyOthers(prose.And(prose.Datas(a.others)...))
}

func (a surveyed) count(v survey.Verdict) int {
	n := 0
	for _, f := range a.findings {
		if f.Is(v) {
			n++
		}
	}
	return n
}

// markdown writes the answer as tables.
func (a surveyed) markdown(s console.Streams) error {
	l := s.Language
	cell := strings.NewReplacer("|", `\|`, "`", "'", "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "]", `\]`, "\n", " ")
	row := func(cells ...string) { fmt.Fprintf(s.Out, "| %s |\n", strings.Join(cells, " | ")) }
	row(l.Text(say.SurveyHeading()), l.Text(say.SurveyDomain()), l.Text(say.SurveyWhere()), l.Text(say.SurveySeen()))
	row("---", "---", "---", "---")
	for _, x := range a.folded(l) {
		var seen []string
		for _, text := range x.seen {
			seen = append(seen, cell.Replace(text))
		}
		names := console.Texts(l, x.names...)
		row(cell.Replace(l.Text(verdictsOf(x.first))), cell.Replace(strings.Join(names, ", ")), cell.Replace(l.Text(prose.Data(where(x.first)))), strings.Join(seen, "<br>"))
	}
	fmt.Fprintf(s.Out, "\n%s\n\n", cell.Replace(l.Sentence(a.totals())))
	for _, v := range survey.Verdicts {
		if n := a.count(v); n > 0 {
			fmt.Fprintf(s.Out, "- %s: %d\n", l.Text(verdictWords[v]), n)
		}
	}
	if said := a.asked(); !said.Empty() {
		fmt.Fprintf(s.Out, "\n%s\n", cell.Replace(l.Sentence(said)))
	}
	return nil
}

// surveyVersion is the version of the JSON output of profiles validate --probe. It is
// incremented when a member changes its meaning or is removed.
const surveyVersion = 1

// surveyJSON is the answer as JSON.
type surveyJSON struct {
	Version   int                    `json:"version"`
	Catalogue string                 `json:"catalogue"` // what was looked at, in words
	Complete  bool                   `json:"complete"`  // false if it was interrupted
	Entries   []surveyedJSON         `json:"entries"`   // the most urgent first
	Totals    map[survey.Verdict]int `json:"totals"`    // every verdict; an entry may have several
	Asked     []string               `json:"asked"`     // third parties that were asked about names
}

type surveyedJSON struct {
	Domain   string           `json:"domain"` // empty for a profile without domains
	Profile  string           `json:"profile"`
	Provider string           `json:"provider"`
	File     string           `json:"file"`
	Line     int              `json:"line"`
	Checked  string           `json:"checked,omitempty"` // the date to which the source applies
	Read     string           `json:"read"`              // when it was read
	Verdicts []survey.Verdict `json:"verdicts"`
	Visited  bool             `json:"visited"` // everything about it was looked at
	Reasons  []reasonJSON     `json:"reasons"`
}

type reasonJSON struct {
	ID       survey.ReasonID `json:"id"`
	Verdict  survey.Verdict  `json:"verdict"`
	Line     int             `json:"line"`
	Text     string          `json:"text"`
	Name     string          `json:"name,omitempty"`     // of a host or domain
	Other    string          `json:"other,omitempty"`    // a provider, a domain, or a source of settings
	Server   *stage.Endpoint `json:"server,omitempty"`   // of the entry
	Instead  *stage.Endpoint `json:"instead,omitempty"`  // that would be better
	Stage    stage.Stage     `json:"stage,omitempty"`    // that failed
	Fault    stage.Fault     `json:"fault,omitempty"`    // in it
	Protocol stage.Protocol  `json:"protocol,omitempty"` // of the servers whose names are gone
}

// json writes the answer for programs.
func (a surveyed) json(s console.Streams) error {
	l := s.Language
	out := surveyJSON{
		Version: surveyVersion, Catalogue: l.Text(a.title), Complete: a.complete,
		Entries: []surveyedJSON{}, Totals: make(map[survey.Verdict]int), Asked: []string{},
	}
	out.Asked = append(out.Asked, a.others...)
	for _, v := range survey.Verdicts {
		out.Totals[v] = a.count(v)
	}
	for _, f := range a.findings {
		j := surveyedJSON{
			Domain: f.Domain, Profile: f.Profile, Provider: f.Provider, File: f.File, Line: f.Line,
			Checked: f.Source.Checked, Read: f.Source.Date, Verdicts: f.Verdicts, Visited: f.Visited, Reasons: []reasonJSON{},
		}
		for _, r := range f.Reasons {
			j.Reasons = append(j.Reasons, reasonOf(l, f, r))
		}
		out.Entries = append(out.Entries, j)
	}
	return s.WriteJSON(out)
}

func reasonOf(l *prose.Language, f survey.Finding, r survey.Reason) reasonJSON {
	out := reasonJSON{
		ID: r.ID, Verdict: r.Verdict, Line: cmp.Or(r.Line, f.Line), Text: l.Text(reasonWords(r)),
		Name: r.Name, Other: r.Other, Fault: r.Fault, Protocol: r.Protocol,
	}
	if r.Server != nil {
		out.Server = &r.Server.Endpoint
	}
	if r.Instead.Host != "" {
		out.Instead = &r.Instead
	}
	if r.Visit != nil {
		out.Stage = r.Visit.Stage
	}
	return out
}
