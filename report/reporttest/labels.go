package reporttest

import (
	"maildoctor/probe/stage"
	"maildoctor/profiles/dialogs"
)

// Labels returns the labels of the mail programs whose settings a run has, in English.
// They are data of those programs and in no table of sentences.
func Labels(recs ...*stage.Record) []string {
	var all []string
	add := func(l dialogs.Label) { all = append(all, l.Own, l.English) }
	for _, rec := range recs {
		for _, subject := range rec.Header.Plan.Subjects {
			for _, a := range subject.Configured {
				if p := dialogs.For(a.Program, dialogs.English); p != nil {
					labels(p, add)
				}
			}
		}
	}
	return all
}

func labels(p *dialogs.Program, add func(dialogs.Label)) {
	for _, protocol := range []stage.Protocol{stage.IMAP, stage.POP3, stage.SMTP} {
		for _, step := range p.Way(protocol) {
			add(step)
		}
		for _, f := range dialogs.Fields {
			add(p.Field(f, protocol))
		}
		for _, s := range []stage.Security{stage.TLS, stage.StartTLS, stage.None} {
			add(p.Choice(s, protocol))
		}
	}
}
