package diagnose

import (
	"cmp"
	"maps"

	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/stage"
)

// args adds to a hit's arguments those that every page may use, and those that
// the pages of a stage may. What servers and files wrote is made fit to be shown.
// Those that depend on all the checks of a finding are added by settle.
func baseArgs(k *chart.Exam, own map[string]string, s stage.Stage) map[string]string {
	e := k.Check.Endpoint
	args := map[string]string{
		"host":     cmp.Or(e.Host, "the server"),
		"protocol": cmp.Or(chart.ProtocolName(e.Protocol), "mail"),
		"provider": k.Provider(),
	}
	if s == stage.Login {
		args["mechanism"] = cmp.Or(k.Login.Mechanism, "the one tried")
	}
	maps.Copy(args, own)
	for name, value := range args {
		args[name] = stage.Visible(value)
	}
	return args
}
