package markdown

import (
	"slices"
	"strings"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/report"
)

// about has what else is to be known of the run.
func (p *page) about() part {
	r := p.r
	out := part{name: say.MarkdownAbout(), head: p.head(say.MarkdownAbout()), foot: "\n"}
	entry := func(name prose.Value, said string) {
		if said != "" {
			out.items = append(out.items, "- **"+p.title(name)+":** "+said+"\n")
		}
	}
	causes, more := r.CausesNamed()
	if len(causes) > 0 {
		entry(say.FootCause(), p.text(prose.Then(causes...)))
		entry(say.FootMore(), p.code(report.Command("", "maildoctor", "explain", string(more))))
	}
	if c := r.Against; c != nil && len(c.Causes) > 0 {
		var past []prose.Value
		for _, x := range c.Causes {
			past = append(past, prose.All(prose.Data(string(x.Cause)), report.Confidences[x.Confidence]))
		}
		entry(say.FootThen(), p.text(say.FootPast(prose.Then(past...), prose.Data(c.Old.Name))))
	}
	for _, n := range r.NotKnown {
		entry(say.FootNotKnown(), Text(n))
	}
	entry(say.FootFollowUps(), Text(r.Made))
	entry(say.FootOpen(), Text(r.OpenWords))
	entry(say.FootLogins(), Text(r.LoginWords))
	asked := slices.DeleteFunc(append(slices.Clone(r.ThirdParty), r.NobodyElse), func(s string) bool { return s == "" })
	entry(say.FootAsked(), Text(strings.Join(asked, ", ")))
	if r.File != nil {
		entry(say.MarkdownFile(), p.text(say.MarkdownSum(prose.Data(r.File.Path), prose.Data(r.File.SHA256))))
	}
	if r.Run != "" {
		program := p.text(say.RunProgram(prose.Data(r.Version), prose.Data(r.System.OS+"/"+r.System.Arch)))
		entry(say.FootRun(), Text(r.Run)+", "+program)
	}
	entry(say.FootPhone(), Text(r.ByPhone))
	return out
}

// evidence has each conclusion with what supports it, the leading one first.
func (p *page) evidence() part {
	name := say.MarkdownEvidence(prose.Count(len(p.r.Findings)))
	out := p.folded(name)
	for _, f := range p.r.Findings {
		how := []prose.Value{report.Severities[f.Severity], report.Confidences[f.Confidence]}
		if f.SuppressedBy != "" {
			how = append(how, say.FollowsFrom(prose.Data(string(f.SuppressedBy))))
		}
		var b strings.Builder
		b.WriteString("- " + p.code(string(f.Cause)) + " (" + p.text(prose.All(how...)) + "): " + Text(f.Title) + "\n")
		for _, e := range f.Evidence {
			b.WriteString("  - " + p.code(e.Check) + " " + p.code(string(e.Stage)) + ": " + p.text(e.Brief()) + "\n")
		}
		out.items = append(out.items, b.String())
	}
	return out
}

// followUps has the questions that the run asked itself, with their answers.
func (p *page) followUps() part {
	name := say.MarkdownFollowUps(prose.Count(len(p.r.FollowUps)))
	out := p.folded(name)
	for _, f := range p.r.FollowUps {
		item := "- " + p.code(f.Check) + ": " + p.title(prose.Sentences(f.Question, f.Answer)) + "\n"
		if f.Because != "" {
			item += "  - " + Text(f.Because) + "\n"
		}
		out.items = append(out.items, item)
	}
	return out
}

// changed says what differs from an older run.
func (p *page) changed() part {
	c := p.r.Against
	if c == nil {
		return part{}
	}
	name := say.MarkdownChanged(prose.Data(c.Old.Name))
	out := part{name: name, head: p.head(name)}
	out.head += texts(p.r.AgainstText()) + "\n"
	out.more = "\n"
	if len(c.Changed) > 0 {
		out.head += "\n" + p.differing(c)
	}
	for _, d := range c.Changed {
		out.items = append(out.items, p.difference(d))
	}
	return out
}

// alike has what did not change since an older run, and what can't be compared with it.
func (p *page) alike() part {
	c := p.r.Against
	if c == nil {
		return part{}
	}
	all := slices.Concat(c.Same, c.Apart, c.Circumstances)
	name := say.MarkdownAlike(prose.Count(len(all)))
	out := p.folded(name)
	out.head += p.differing(c)
	for _, d := range all {
		out.items = append(out.items, p.difference(d))
	}
	return out
}

func (p *page) differing(c *report.Comparison) string {
	return p.columns(prose.Value{}, prose.Value{}, prose.Data(c.Old.Name), prose.Data(c.New.Name))
}

func (p *page) difference(d report.Difference) string {
	return row(Text(d.What), Text(d.Part.Text(p.l)), seen(d.Old), seen(d.New))
}

func seen(s report.Seen) string { return strings.TrimSpace(signs[s.Sign] + " " + Text(s.Text)) }
