package markdown

import (
	"strconv"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// settings has what to type in, for each subject.
func (p *page) settings() part {
	out := part{name: say.MarkdownSettings()}
	for _, s := range p.r.Settings {
		head := out.name
		if len(p.r.Settings) > 1 {
			head = say.MarkdownSettingsFor(prose.Data(s.Subject))
		}
		if !s.OneLine.Empty() {
			out.items = append(out.items, p.head(head)+p.hint(s.OneLine)+"\n\n")
			continue
		}
		out.items = append(out.items, p.head(head)+p.servers(s)+"\n"+p.beside(s)+"\n")
	}
	return out
}

// servers is the table of the servers of a subject.
func (p *page) servers(s report.Settings) string {
	out := p.columns(prose.Value{}, say.ColumnServer(), say.ColumnPort(), say.ColumnEncryption(), prose.Value{})
	for _, v := range s.Servers {
		if v.Missing {
			out += row(p.title(v.Label()), "", "", "", p.text(v.MissingWords()))
			continue
		}
		var said []string
		for _, x := range s.Remarks(v, say.SettingsNot) {
			said = append(said, p.text(x))
		}
		out += row(
			p.title(v.Label()), p.code(v.Host), p.code(strconv.Itoa(int(v.Port))), p.text(report.Security(v.Security)), strings.Join(said, " "),
		)
	}
	return out
}

// beside is what else belongs to the settings of a subject.
func (p *page) beside(s report.Settings) string {
	var b strings.Builder
	entry := func(name prose.Value, said string) {
		if said != "" {
			b.WriteString("- **" + p.title(name) + ":** " + said + "\n")
		}
	}
	entry(say.SettingsSignIn(), Text(s.SignedIn))
	if strings.Contains(s.UserName, " ") { // how it is formed, and not the name itself
		entry(say.SettingsUserName(), Text(s.UserName))
	} else {
		entry(say.SettingsUserName(), Code(s.UserName))
	}
	entry(say.SettingsCopies(), Text(s.Copies))
	entry(say.SettingsLimits(), Text(s.Limits))
	for _, said := range s.InProgram {
		b.WriteString("- " + Text(said) + "\n")
	}
	if !s.Source.Empty() {
		b.WriteString("\n" + p.hint(s.Source) + "\n")
	}
	return b.String()
}
