package term

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/report"
)

// Render writes the report as text: that of a run, or of two runs where the
// report is set against another. The error is w's.
func Render(w io.Writer, r *report.Report, o report.Options) error {
	p := &page{width: o.Columns(), ascii: o.ASCII}
	if r.Against != nil {
		comparison(p, r, o)
	} else {
		single(p, r, o)
	}
	return p.write(w, newPalette(w, o.Colour, o.Dark))
}

// single writes the report of one run.
func single(p *page, r *report.Report, o report.Options) {
	notices(p, r)
	verdict(p, r)
	whatToDo(p, r)
	settings(p, r)
	connections(p, r)
	details(p, r, o)
	foot(p, r, o.Verbose)
}

// details are what is asked for with Verbose.
func details(p *page, r *report.Report, o report.Options) {
	if o.Verbose > 0 {
		conclusions(p, r)
		evidence(p, r)
		followUps(p, r)
		transcripts(p, r, o.Verbose > 1)
	}
	if o.Verbose > 1 {
		everything(p, r)
	}
}

func notices(p *page, r *report.Report) {
	for _, n := range r.Notices {
		p.flow(nil, 0, n, warn, p.prose())
	}
	p.blank()
}

// verdict says the outcome in one line and explains it in a few.
func verdict(p *page, r *report.Report) {
	v := verdicts[r.Verdict]
	sign := v.sign
	if p.ascii {
		sign = v.ascii
	}
	head := sign + " " + v.word
	if r.AsFarAsTested && r.Verdict != report.DoesNotWork && r.Verdict != report.Unknown {
		p.flow(line{{head, v.style}, {" as far as tested   ", plain}}, 2, r.Title, strong, p.width)
	} else {
		p.flow(line{{head, v.style}, {"   ", plain}}, 2, r.Title, strong, p.width)
	}
	p.blank()
	p.flow(line{{"  ", plain}}, 2, r.SummaryText(), plain, p.prose())
}

func whatToDo(p *page, r *report.Report) {
	if len(r.Actions) == 0 && r.NoAction == "" {
		return
	}
	p.head("WHAT TO DO")
	if len(r.Actions) == 0 {
		p.advice(line{{"  ", plain}}, 2, r.NoAction)
		return
	}
	numbered(p, r.Actions)
}

// numbered sets actions, one a number.
func numbered(p *page, actions []report.Action) {
	for i, a := range actions {
		number := pad("  "+strconv.Itoa(i+1)+".", 5)
		p.advice(line{{number, plain}, {a.Party + ": ", strong}}, 5, a.Text)
	}
}

// advice sets text that may end in a command. A command that doesn't fit behind
// the text gets a line of its own, so that it can be copied.
func (p *page) advice(prefix line, hang int, text string) {
	before, command, ok := strings.Cut(text, ": maildoctor ")
	verb, _, _ := strings.Cut(command, " ")
	whole := prefix.width() + ansi.StringWidth(p.clean(text))
	if !ok || !commands[verb] || whole <= p.prose() {
		p.flow(prefix, hang, text, plain, p.prose())
		return
	}
	p.flow(prefix, hang, before+":", plain, p.prose())
	p.flow(line{{strings.Repeat(" ", hang), plain}}, hang, "maildoctor "+command, strong, p.prose())
}

// commands are the commands that an advice may end in.
var commands = wordSet("check settings explain profiles report compare demo")

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// conclusions lists every finding with what speaks for it.
func conclusions(p *page, r *report.Report) {
	if len(r.Findings) == 0 {
		return
	}
	p.head("WHAT WAS CONCLUDED")
	for _, f := range r.Findings {
		how := string(f.Severity) + ", " + string(f.Confidence)
		if f.SuppressedBy != "" {
			how += ", follows from " + string(f.SuppressedBy)
		}
		p.flow(line{{"  ", plain}, {p.clean(string(f.Cause)), strong}, {"  ", plain}}, 4, how, faint, p.width)
		p.flow(line{{"    ", plain}}, 4, f.Title, plain, p.width)
		for _, e := range f.Evidence {
			p.flow(line{{"    - ", faint}}, 6, e.Check+" "+string(e.Stage)+": "+e.Text(prose.English()), plain, p.width)
		}
	}
}

// foot says what remains to be said. A line with nothing to say is left out.
func foot(p *page, r *report.Report, verbose int) {
	p.blank()
	entry := func(name, text string) {
		if text != "" {
			p.flow(line{{pad("  "+name, 13), faint}}, 13, text, plain, p.prose())
		}
	}
	var causes []string
	named := make(map[cause.ID]bool) // a cause may be proven for one check and possible for another
	more := ""
	for _, f := range r.Findings {
		if f.SuppressedBy != "" || f.Severity == cause.Info {
			continue
		}
		if !named[f.Cause] {
			causes = append(causes, string(f.Cause)+", "+string(f.Confidence))
		}
		named[f.Cause] = true
		if more == "" {
			more = "maildoctor explain " + string(f.Cause)
		}
	}
	entry("Cause", strings.Join(causes, "; "))
	entry("More", more)
	for i, text := range r.NotKnown {
		name := "Not known"
		if i > 0 {
			name = ""
		}
		entry(name, text)
	}
	made := prose.English().Text(r.Made)
	if made != "" && verbose == 0 {
		made += " (-v shows " + them(len(r.FollowUps)) + ")"
	}
	entry("Follow-ups", made)
	entry("Open", prose.English().Text(r.OpenWords))
	entry("Logins", r.LoginWords)
	asked := r.ThirdParty
	if verbose > 0 {
		asked = r.Asked
	}
	entry("Asked", strings.Join(append(slices.Clip(asked), nonEmpty(prose.English().Text(r.NobodyElse))...), ", "))
	run := r.Run
	if verbose > 0 {
		run += ", maildoctor " + r.Version + " on " + r.System.OS + "/" + r.System.Arch
	}
	entry("Run", run)
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
