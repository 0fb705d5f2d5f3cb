package report

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// CausesNamed returns the causes that require action, each once: it may be proven
// for one check and possible for another. more is the first of them.
func (r *Report) CausesNamed() (causes []prose.Value, more cause.ID) {
	named := make(map[cause.ID]bool)
	for _, f := range r.Findings {
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		if !named[f.Cause] {
			causes = append(causes, prose.All(prose.Data(string(f.Cause)), Confidences[f.Confidence]))
		}
		named[f.Cause] = true
		if more == "" {
			more = f.Cause
		}
	}
	return causes, more
}

// Remarks marks what differs from the provider's settings, in the words of instead,
// and what was not tested to the end.
func (s Settings) Remarks(v Server, instead func(prose.Value) prose.Value) []prose.Value {
	var out []prose.Value
	if differs := v.Differs(); !differs.Empty() {
		out = append(out, instead(differs))
	}
	if v.Optional {
		out = append(out, say.SettingsOptional())
	}
	if v.Unchanged {
		out = append(out, say.SettingsNothingToChange())
	}
	if !v.Confirmed && !v.Unchanged && !s.Untested {
		out = append(out, say.SettingsNotConfirmed())
	}
	return out
}

// MissingWords returns what is shown if no server works.
func (v Server) MissingWords() prose.Value {
	if a := v.Answers; a != nil {
		if v.Namesake {
			return say.SettingsNamesake(prose.Data(a.Address()), Security(a.Security))
		}
		return say.SettingsOtherAnswers(prose.Figure(int(a.Port)), Security(a.Security))
	}
	return say.SettingsNothingWorks()
}
