package term

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/report"
)

const (
	settingsHead = "SETTINGS TO TYPE IN"
	valueAt      = 22 // the column of what is typed in

	encryptionWidth = 9 // of its words, with a gap behind
)

// settings shows what to type in, for each subject.
func settings(p *page, r *report.Report) {
	for _, s := range r.Settings {
		head := settingsHead
		if len(r.Settings) > 1 {
			head += " FOR " + s.Subject
		}
		if s.OneLine.Text != "" {
			p.head(head)
			p.advice(line{{"  ", plain}}, 2, s.OneLine.Text, s.OneLine.Command)
			continue
		}
		servers(p, head, s)
		entry := func(name, text string) {
			if text != "" {
				p.flow(line{{pad("  "+name, valueAt), plain}}, valueAt, text, plain, p.prose())
			}
		}
		if s.SignIn {
			entry("Outgoing sign-in", "yes, same user name and password as incoming")
		}
		entry("User name", s.UserName)
		entry("Copies of mail", s.Copies)
		entry("Limits", s.Limits)
		if s.Source.Text != "" {
			p.advice(line{{"  ", plain}}, 2, s.Source.Text, s.Source.Command)
		}
	}
}

// servers draws the servers as a table, or one below the other where that is
// too wide.
func servers(p *page, head string, s report.Settings) {
	host := len("server")
	for _, v := range s.Servers {
		host = max(host, ansi.StringWidth(p.clean(v.Host)))
	}
	gap := 3
	if valueAt+host+2*gap+4+widest(s) > p.width {
		gap = 2
	}
	if valueAt+host+2*gap+4+len("encryption") > p.width {
		p.head(head)
		stacked(p, s)
		return
	}
	p.blank()
	if ansi.StringWidth(p.clean(head)) >= valueAt {
		p.head(head)
		head = ""
	}
	p.add(span{pad(head, valueAt), title}, span{pad("server", host+gap) + pad("port", 4+gap) + "encryption", faint})
	for _, v := range s.Servers {
		label := pad("  "+v.Label(), valueAt)
		if v.Missing {
			p.flow(line{{label, plain}}, valueAt, missing(v), warn, p.width)
			continue
		}
		l := line{{label, plain}, {pad(p.clean(v.Host), host+gap), strong}, {pad(port(v), 4+gap), strong}}
		words := report.SecurityWords(v.Security)
		remark := remark(s, v)
		if l.width()+encryptionWidth+ansi.StringWidth(remark) <= p.width {
			p.lines = append(p.lines, append(l, span{pad(words, encryptionWidth), strong}, span{remark, warn}))
			continue
		}
		p.lines = append(p.lines, append(l, span{words, strong}))
		if remark != "" {
			p.flow(line{{strings.Repeat(" ", valueAt), plain}}, valueAt, remark, warn, p.width)
		}
	}
}

// widest is how wide the last column wants to be.
func widest(s report.Settings) int {
	n := len("encryption")
	for _, v := range s.Servers {
		if r := remark(s, v); r != "" && !v.Missing {
			n = max(n, encryptionWidth+ansi.StringWidth(r))
		}
	}
	return n
}

// stacked writes one value a line.
func stacked(p *page, s report.Settings) {
	for _, v := range s.Servers {
		p.add(span{"  " + v.Label(), plain})
		if v.Missing {
			p.flow(line{{"    ", plain}}, 4, missing(v), warn, p.width)
			continue
		}
		p.flow(line{{"    server      ", plain}}, 4, v.Host, strong, p.width)
		p.add(span{"    port        ", plain}, span{port(v), strong})
		p.flow(line{{"    encryption  ", plain}, {pad(report.SecurityWords(v.Security), encryptionWidth), strong}}, 16, remark(s, v), warn, p.width)
	}
}

func port(v report.Server) string { return strconv.Itoa(int(v.Port)) }

// remark marks what differs from the provider's settings, and what was not
// tested to the end.
func remark(s report.Settings, v report.Server) string {
	var out string
	if v.Instead != nil {
		out = "<- not " + strings.Join(v.Differs(), ", ")
	}
	if v.Optional {
		out = "(optional)"
	}
	if !v.Confirmed && !s.Untested {
		out = strings.TrimSpace(out + " (not confirmed)")
	}
	return out
}

// missing stands in the place of a server that works.
func missing(v report.Server) string {
	if a := v.Answers; a != nil {
		return "port " + strconv.Itoa(int(a.Port)) + " with " + report.SecurityWords(a.Security) + " answers, login not tried"
	}
	return "nothing that was tried works from here"
}
