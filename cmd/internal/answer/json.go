package answer

import (
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/profiles/discover"
	"maildoctor/report"
)

// Version is the version of the JSON output of settings. It is incremented
// when a member changes its meaning or is removed.
const Version = 1

// Settings are the settings of an address as JSON.
type Settings struct {
	Version       int                `json:"version"`
	Address       string             `json:"address"` // or the domain or profile, if one was given
	Found         bool               `json:"found"`
	Settings      []settingJSON      `json:"settings"` // the best of each protocol first
	Sources       []Source           `json:"sources"`  // the most trusted first
	Disagreements []disagreementJSON `json:"disagreements"`
	Notes         []string           `json:"notes"`           // ids
	Wrong         []Wrong            `json:"wrong,omitempty"` // with --verified: what sources name and doesn't work
}

type settingJSON struct {
	stage.Endpoint
	User   string         `json:"user"` // empty if no source says
	Source stage.SourceID `json:"source"`
}

// Source is what one source answered, as JSON.
type Source struct {
	ID      stage.SourceID      `json:"id"`
	Outcome stage.SourceOutcome `json:"outcome"`
	Detail  string              `json:"detail"` // empty if there is nothing to say about found or absent
	Time    stage.Millis        `json:"ms"`
}

type disagreementJSON struct {
	Protocol stage.Protocol `json:"protocol"`
	Field    stage.Field    `json:"field"`
	Values   []valueJSON    `json:"values"`
}

type valueJSON struct {
	Value   string           `json:"value"`
	Sources []stage.SourceID `json:"sources"`
}

// JSON converts what was found to JSON's form.
func JSON(r *discover.Result) Settings {
	out := Settings{
		Version: Version, Address: Subject(r), Found: r.Found(),
		Settings: []settingJSON{}, Sources: []Source{}, Disagreements: []disagreementJSON{}, Notes: []string{},
	}
	for _, c := range r.Candidates() {
		out.Settings = append(out.Settings, settingJSON{c.Endpoint, c.User, c.Sources[0]})
		if c.Note != "" {
			out.Notes = append(out.Notes, c.Note)
		}
	}
	for _, s := range r.Every() {
		out.Sources = append(out.Sources, Source{s.ID, s.Outcome, s.Detail, s.Time})
	}
	for _, d := range r.Disagreements() {
		j := disagreementJSON{Protocol: d.Protocol, Field: d.Field}
		for _, v := range d.Values {
			j.Values = append(j.Values, valueJSON(v))
		}
		out.Disagreements = append(out.Disagreements, j)
	}
	if r.Wildcard {
		out.Notes = append(out.Notes, "wildcard-dns")
	}
	if r.Network != discover.NetworkHonest {
		out.Notes = append(out.Notes, "network-"+string(r.Network))
	}
	switch linkUp := probe.ThisSystem().LinkUp; {
	case !report.Unasked(r.Events(), linkUp):
	case linkUp:
		out.Notes = append(out.Notes, "no-name-server")
	default:
		out.Notes = append(out.Notes, "no-network")
	}
	return out
}
