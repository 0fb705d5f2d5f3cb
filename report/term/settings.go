package term

import (
	"strconv"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// The least position of the values, and the width of the encryption with its gap.
const (
	minValueAt      = 22
	encryptionWidth = 9
)

// settings shows what to type in, for each subject.
func settings(p *page, r *report.Report) {
	for _, s := range r.Settings {
		head := say.HeadSettings()
		if len(r.Settings) > 1 {
			head = say.HeadSettingsFor(prose.Data(s.Subject))
		}
		if !s.OneLine.Empty() {
			p.head(head)
			p.hint(line{{"  ", plain}}, 2, s.OneLine)
			continue
		}
		at := p.valueAt(s)
		servers(p, head, s, at)
		entry := func(name prose.Value, text string) {
			switch {
			case text == "":
			case p.linear:
				p.named(name, text)
			default:
				p.flow(line{{p.pad("  "+p.label(name), at), plain}}, at, text, plain, p.column())
			}
		}
		entry(say.SettingsSignIn(), s.SignedIn)
		entry(say.SettingsUserName(), s.UserName)
		entry(say.SettingsCopies(), s.Copies)
		entry(say.SettingsLimits(), s.Limits)
		for _, said := range s.InProgram {
			p.flow(line{{"  ", plain}}, 2, said, plain, p.column())
		}
		if !s.Source.Empty() {
			p.hint(line{{"  ", plain}}, 2, s.Source)
		}
	}
}

// valueAt returns the column in which the values begin.
func (p *page) valueAt(s report.Settings) int {
	at := minValueAt
	for _, v := range []prose.Value{say.SettingsSignIn(), say.SettingsUserName(), say.SettingsCopies(), say.SettingsLimits()} {
		at = max(at, 2+p.widest(p.label(v))+1)
	}
	for _, v := range s.Servers {
		at = max(at, 2+p.widest(p.label(v.Label()))+1)
	}
	return at
}

// servers shows the servers as a table, or one below the other if that is too wide.
func servers(p *page, head prose.Value, s report.Settings, at int) {
	if p.linear {
		spokenServers(p, head, s)
		return
	}
	heads := [...]string{p.text(say.ColumnServer()), p.text(say.ColumnPort()), p.text(say.ColumnEncryption())}
	host, portWidth := p.widest(heads[0]), p.widest(heads[1])
	for _, v := range s.Servers {
		host = max(host, p.widest(p.clean(p.data(v.Host))))
		portWidth = max(portWidth, p.widest(p.port(v.Port)))
	}
	gap := 3
	if at+host+2*gap+portWidth+max(p.widest(heads[2]), p.lastWidth(s)) > p.width {
		gap = 2
	}
	if at+host+2*gap+portWidth+p.widest(heads[2]) > p.width {
		p.head(head)
		stacked(p, s)
		return
	}
	p.blank()
	name := p.text(head)
	if p.widest(p.clean(name)) >= at {
		p.head(head)
		name = ""
	}
	p.add(span{p.pad(name, at), title}, span{p.pad(heads[0], host+gap) + p.pad(heads[1], portWidth+gap) + heads[2], faint})
	for _, v := range s.Servers {
		label := p.pad("  "+p.label(v.Label()), at)
		if v.Missing {
			p.flow(line{{label, plain}}, at, p.text(v.MissingWords()), warn, p.width)
			continue
		}
		l := line{{label, plain}, {p.pad(p.clean(p.data(v.Host)), host+gap), strong}, {p.pad(p.port(v.Port), portWidth+gap), strong}}
		words, remark := p.text(report.Security(v.Security)), p.remark(s, v)
		if p.lineWidth(l)+encryptionWidth+p.widest(remark) <= p.width {
			p.lines = append(p.lines, append(l, span{p.pad(words, encryptionWidth), strong}, span{remark, warn}))
			continue
		}
		p.lines = append(p.lines, append(l, span{words, strong}))
		if remark != "" {
			p.flow(line{{strings.Repeat(" ", at), plain}}, at, remark, warn, p.width)
		}
	}
}

// lastWidth returns the preferred width of the last column.
func (p *page) lastWidth(s report.Settings) int {
	n := 0
	for _, v := range s.Servers {
		if r := p.remark(s, v); r != "" && !v.Missing {
			n = max(n, encryptionWidth+p.widest(r))
		}
	}
	return n
}

// stacked writes one value per line.
func stacked(p *page, s report.Settings) {
	heads := [...]string{p.text(say.ColumnServer()), p.text(say.ColumnPort()), p.text(say.ColumnEncryption())}
	at := 4 + p.widest(heads[:]...) + 2
	entry := func(i int) line { return line{{p.pad("    "+heads[i], at), plain}} }
	for _, v := range s.Servers {
		p.add(span{"  " + p.label(v.Label()), plain})
		if v.Missing {
			p.flow(line{{"    ", plain}}, 4, p.text(v.MissingWords()), warn, p.width)
			continue
		}
		p.flow(entry(0), 4, p.data(v.Host), strong, p.width)
		p.add(append(entry(1), span{p.port(v.Port), strong})...)
		p.flow(append(entry(2), span{p.pad(p.text(report.Security(v.Security)), encryptionWidth), strong}), at, p.remark(s, v), warn, p.width)
	}
}

func (p *page) port(port uint16) string { return p.data(strconv.Itoa(int(port))) }

// remark returns the remark beside a server.
func (p *page) remark(s report.Settings, v report.Server) string {
	var said []string
	for _, r := range s.Remarks(v, say.SettingsNot) {
		said = append(said, p.text(r))
	}
	return strings.Join(said, " ")
}
