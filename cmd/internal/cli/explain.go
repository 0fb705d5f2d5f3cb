package cli

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/dialog"
	"maildoctor/cmd/internal/explain"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/files"
	"maildoctor/cmd/internal/paste"
	"maildoctor/probe/diagnose"
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	programFlags
	format   string
	protocol string
	linear   bool
	redact   bool
}

func explainCommand(s console.Streams) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain [CAUSE | MESSAGE | FILE | -]",
		Short: "explains a cause that a report names, or a pasted error message",
		Long: `explain shows the page of a cause, or the list of all causes. Given the error
message of a server or a mail program instead, it names the causes that the
message suggests, the likeliest first; - reads one from standard input, or a
whole log, and FILE from a file. Nothing is contacted.

A log may hold passwords and tokens. None is repeated, and the answer says in
which lines they are. --redact prints the text without them, to be posted: it
knows them by what stands around them, so look through it. Names of accounts
and servers remain.

With --program, it says as well where in that mail program settings are changed.
--program alone shows the ways to that program's dialogs, and all labels there.`,
		Example: `  maildoctor explain wrong-password
  maildoctor explain "535 5.7.8 Error: authentication failed"
  docker logs webmail 2>&1 | maildoctor explain -
  maildoctor explain --redact smtp.log > to-post.log
  maildoctor explain --program outlook`,
		ValidArgsFunction: cmdline.First(causes(s.Language)),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(explainForms, f.format) {
				return fault.Usage("--format %q: expected text, markdown or json", f.format)
			}
			if err := f.programFlags.validate(); err != nil {
				return err
			}
			return f.run(s, args)
		},
	}
	f.programFlags.register(cmd.Flags())
	registerLinear(cmd.Flags(), &f.linear)
	cmd.Flags().StringVar(&f.format, "format", "text", "`FORM` of the page: text, markdown or json")
	cmd.Flags().BoolVar(&f.redact, "redact", false, "print the MESSAGE, FILE or - without passwords and tokens")
	cmd.Flags().StringVar(&f.protocol, "protocol", "", "`PROTOCOL` of a message, if it is not obvious: imap, pop3 or smtp")
	if err := cmd.RegisterFlagCompletionFunc("format", cmdline.Fixed(explainForms...)); err != nil {
		panic(err) // impossible: the flag exists
	}
	return cmd
}

// run explains what the arguments name.
func (f *explainFlags) run(s console.Streams, args []string) error {
	if f.redact && f.format != "text" {
		return fault.Usage("--redact, --format %s: expected text", f.format)
	}
	switch {
	case len(args) == 0 && f.redact:
		return fault.Usage("--redact: expected a message, a file or -")
	case len(args) == 0:
		return f.whole(s)
	case len(args) == 1 && args[0] == "-":
		return f.input(s, s.In, "")
	}
	// Without quotes, a message arrives in several arguments, and so may a
	// cause's id.
	if page, ok := cause.PageOf(cause.ID(strings.ToLower(strings.Join(args, "-")))); ok && !f.redact {
		return f.page(s, page)
	}
	if len(args) == 1 && isFile(args[0]) {
		return f.file(s, args[0])
	}
	if f.redact {
		return f.redacted(s, strings.Join(args, " ")+"\n")
	}
	// What was typed is not repeated: it may be a password.
	if near := cmdline.Mistyped(strings.Join(args, "-"), causeNames()); near != "" {
		return fault.Usage("no page of that name; did you mean %s?", near)
	}
	if len(args) == 1 && causeLike.MatchString(args[0]) {
		return fault.Usage("no page and no file of that name; maildoctor explain lists them")
	}
	return f.message(s, strings.Join(args, " "))
}

// explainForms are the values of --format.
var explainForms = []string{"text", "markdown", "json"}

// causeNames returns the ids of all causes.
func causeNames() []string {
	var out []string
	for _, p := range cause.Pages() {
		out = append(out, string(p.ID))
	}
	return out
}

// withPasted moves the message for explain after all flags, with or without quotes: a
// POP3 server's refusals begin with "-ERR", which would be taken for a flag.
func withPasted(args []string) []string {
	i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "-ERR") })
	if i < 1 || args[0] != "explain" || slices.Contains(args[:i], "--") {
		return args
	}
	words := args[i:]
	if j := slices.IndexFunc(words, func(a string) bool { return strings.HasPrefix(a, "--") }); j > 0 {
		words = words[:j]
	}
	return slices.Concat(args[:i], args[i+len(words):], []string{"--"}, words)
}

// causeLike is the syntax of a cause's id. An error message has a space, a capital
// or a code in it.
var causeLike = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)

// causeJSON is a cause in JSON, with the parts that were requested.
type causeJSON struct {
	Cause      cause.ID         `json:"cause"`
	Confidence cause.Confidence `json:"confidence,omitempty"`
	Stage      stage.Stage      `json:"stage,omitempty"`
	Severity   cause.Severity   `json:"severity,omitempty"`
	Who        cause.Who        `json:"who,omitempty"`
	Title      string           `json:"title,omitempty"`
	Sections   []sectionJSON    `json:"sections,omitempty"`
	Sources    []string         `json:"sources,omitempty"`

	Program *dialog.Program `json:"program,omitempty"` // with --program
}

type sectionJSON struct {
	Heading string   `json:"heading"`
	Lines   []string `json:"lines"`
}

// stageOrder is the order in which stages happen; causes that no stage shows come
// last.
var stageOrder = []stage.Stage{
	stage.Resolve, stage.Connect, stage.Handshake, stage.Greeting, stage.Upgrade, stage.Capabilities,
	stage.Login, stage.Mailbox, stage.Submit, "",
}

// whole shows the program that was named, or else the list of causes.
func (f *explainFlags) whole(s console.Streams) error {
	switch {
	case f.id == "":
		return f.list(s)
	case f.format == "json":
		return s.WriteJSON(map[string]any{"program": f.described(s)})
	case f.format == "markdown":
		return fault.Usage("--program %s, --format markdown: expected a cause, or text or json", f.id)
	}
	f.typist(s).Page()
	return nil
}

// typist shows the program that was named, if any.
func (f *explainFlags) typist(s console.Streams) dialog.Typist {
	return dialog.Typist{Streams: s, Program: f.program(s), Linear: s.Spoken(f.linear)}
}

// described returns the program that was named in JSON's form; nil if none was.
func (f *explainFlags) described(s console.Streams) *dialog.Program {
	if p := f.program(s); p != nil {
		return dialog.Described(p)
	}
	return nil
}

// where shows where in the program that was named settings are changed, as a section of
// a cause's page.
func (f *explainFlags) where(s console.Streams) {
	if f.id == "" {
		return
	}
	t := f.typist(s)
	fmt.Fprintf(s.Out, "\n%s\n", f.heading(t.Heading()))
	for _, sentence := range t.Ways() {
		if f.format == "markdown" {
			fmt.Fprintln(s.Out, "- "+sentence)
			continue
		}
		s.Paragraph("  ", sentence)
	}
}

// list lists the causes by the stage in which they show.
func (f *explainFlags) list(s console.Streams) error {
	l := s.Language
	pages := cause.Pages()
	slices.SortStableFunc(pages, func(a, b *cause.Page) int {
		return slices.Index(stageOrder, a.Stage) - slices.Index(stageOrder, b.Stage)
	})
	if f.format == "json" {
		var all []causeJSON
		for _, p := range pages {
			all = append(all, causeJSON{Cause: p.ID, Stage: p.Stage, Severity: p.Severity, Who: p.Who, Title: p.Title(l, nil)})
		}
		return s.WriteJSON(map[string]any{"causes": all})
	}
	for i, p := range pages {
		if i == 0 || p.Stage != pages[i-1].Stage {
			where := prose.Data(string(p.Stage))
			if where.Empty() {
				where = say.ExplainNoStage()
			}
			fmt.Fprintf(s.Out, "%s%s\n", map[bool]string{true: "", false: "\n"}[i == 0], f.heading(l.Text(where)))
		}
		if f.format == "markdown" {
			fmt.Fprintf(s.Out, "- `%s`: %s\n", p.ID, p.Title(l, nil))
		} else {
			fmt.Fprintf(s.Out, "  %-34s %s\n", p.ID, p.Title(l, nil))
		}
	}
	return nil
}

func (f *explainFlags) heading(text string) string {
	if f.format == "markdown" {
		return "## " + text + "\n"
	}
	return strings.ToUpper(text)
}

// page shows the page of a cause.
func (f *explainFlags) page(s console.Streams, p *cause.Page) error {
	l := s.Language
	switch f.format {
	case "markdown":
		fmt.Fprint(s.Out, p.Markdown(l))
		f.where(s)
		return nil
	case "json":
		out := causeJSON{Cause: p.ID, Stage: p.Stage, Severity: p.Severity, Who: p.Who, Title: p.Title(l, nil), Sources: p.Sources}
		for _, section := range p.Sections {
			out.Sections = append(out.Sections, sectionJSON{section.Heading, p.Lines(l, section.Heading, nil)})
		}
		out.Program = f.described(s)
		return s.WriteJSON(out)
	}
	s.Paragraph("", p.Title(l, nil)+" ("+l.Text(prose.Data(string(p.ID)))+")")
	for _, section := range p.Sections {
		fmt.Fprintf(s.Out, "\n%s\n", strings.ToUpper(l.Title(section.Name())))
		for _, line := range p.Lines(l, section.Heading, nil) {
			s.Paragraph("  ", line)
		}
	}
	f.where(s)
	if shows, ok := diagnose.Unseen(p.ID); ok {
		fmt.Fprintln(s.Out)
		s.Paragraph("", l.Sentence(say.ExplainUnseen(shows)))
	}
	if len(p.Sources) > 0 {
		fmt.Fprintf(s.Out, "\n%s\n", l.Text(say.ExplainSources()))
	}
	for _, source := range p.Sources {
		s.Paragraph("  ", l.Text(prose.Data(source)))
	}
	return nil
}

// isFile reports whether there is a file of that name.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// file explains the message or the log in a file.
func (f *explainFlags) file(s console.Streams, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return fault.Usage("%s: %s; expected an error message, or a log", name, files.Reason(err))
	}
	defer file.Close()
	return f.input(s, file, name)
}

// maxRedact bounds what --redact reads, in bytes.
const maxRedact = 4 << 20

// input explains a message that is read from somewhere, or prints it without secrets.
func (f *explainFlags) input(s console.Streams, in io.Reader, from string) error {
	limit := reply.MaxLog
	if f.redact {
		limit = maxRedact
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	if from == "" {
		from = "standard input"
	}
	switch {
	case err != nil:
		return fault.Usage("%s: %s", from, files.Reason(err))
	case len(strings.TrimSpace(string(text))) == 0:
		return fault.Usage("%s is empty: expected an error message, or a log", from)
	case len(text) > limit:
		return fault.Usage("%s has more than %d KiB: expected the part of the log with the error", from, limit>>10)
	case f.redact:
		return f.redacted(s, string(text))
	}
	return f.message(s, string(text))
}

// redacted prints a text without secrets.
func (f *explainFlags) redacted(s console.Streams, text string) error {
	_, err := io.WriteString(s.Out, paste.Redact(text))
	return err
}

// message names the causes that an error message suggests. An unknown message gives
// exit code 1, because the result is unknown.
func (f *explainFlags) message(s console.Streams, text string) error {
	var protocol stage.Protocol
	if f.protocol != "" {
		ps, err := protocols([]string{f.protocol})
		if err != nil {
			return err
		}
		protocol = ps[0]
	}
	a, err := explain.Of(text, protocol)
	if err != nil {
		return err
	}
	if f.format == "json" {
		err = s.WriteJSON(a.Document(f.described(s)))
	} else {
		t := f.typist(s)
		if t.Program == nil {
			t.Program = f.labelled(s, a.Program())
		}
		a.Write(t)
	}
	if err == nil && len(a.Guesses) == 0 {
		err = fault.Exit(fault.ExitProblems)
	}
	return err
}
