package reporttest

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/programs"
	"maildoctor/report"
)

// IDs returns the ids that appear in reports besides the data of a run. They are not
// translated.
func IDs() []any {
	all := []any{
		report.Works, report.WorksWithWarnings, report.DoesNotWork, report.Unknown,
		report.SignPass, report.SignWarn, report.SignFail, report.SignNotReached, report.SignNotPart,
		cause.Fail, cause.Warn, cause.Info, cause.Proven, cause.Likely, cause.Possible,
		cause.You, cause.Network, cause.Provider, cause.Operator,
		cause.All(), cause.ActionKinds, cause.AskForName, cause.UseWay, cause.UseOtherProtocol, cause.AllowClearLogin,
		programs.Names(),
	}
	for _, p := range cause.Pages() {
		for _, a := range p.AllActions() {
			all = append(all, a.ID)
		}
	}
	return all
}
