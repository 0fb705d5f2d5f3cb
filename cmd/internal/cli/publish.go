package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/answer"
	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/discover"
	"maildoctor/profiles/publish"
	"maildoctor/report"
)

// publishFlags are the flags of publish.
type publishFlags struct {
	networkFlags
	format  string
	output  string
	servers []string
}

// publishForms are the values of --format.
var publishForms = []string{"text", "zone", "terraform", "json"}

func publishCommand(s console.Streams) *cobra.Command {
	var f publishFlags
	cmd := &cobra.Command{
		Use:   "publish DOMAIN",
		Short: "shows a domain's operator what mail programs find, and what to publish",
		Long: `publish asks what a domain publishes about its mail servers, as mail programs do,
and connects to each server without a login. It says which records and files are
wrong, and makes the right ones: SRV records, and the files of autoconfig, PACC
and Autodiscover.

Exit codes: 0 right, 1 something published is wrong or no server works, 2 usage.`,
		Example: `  maildoctor publish firm.example
  maildoctor publish firm.example --format zone --server imaps://mail.firm.example
  maildoctor publish firm.example --output public`,
		Args: cmdline.Between(1, 1, "a mail domain, such as firm.example"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.publish(cmd.Context(), s, args[0])
		},
	}
	fs := cmd.Flags()
	f.register(fs)
	fs.StringVar(&f.format, "format", "text", "`FORM` of the answer: text, zone, terraform or json")
	fs.StringVar(&f.output, "output", "", "write the files to `DIR`, which must not exist")
	fs.StringArrayVar(&f.servers, "server", nil, "publish the server at `URL`, such as imaps://mail.firm.example, whatever is published now; may be given several times")
	return cmd
}

// publishing is what was found, and what is to be published.
type publishing struct {
	domain  string
	found   *discover.Result
	wrong   []answer.Wrong
	servers []stage.Endpoint // that work, one for each protocol
	records []publish.Record
	files   []publish.File
}

func (f *publishFlags) publish(ctx context.Context, s console.Streams, arg string) error {
	if !slices.Contains(publishForms, f.format) {
		return fault.Usage("--format %q: expected text, zone, terraform or json", f.format)
	}
	if err := f.validate(); err != nil {
		return err
	}
	// The catalogue is for customers of others: here only the domain's own sources
	// count.
	m, err := profiles.NewCatalogue().Find(arg)
	if !errors.Is(err, profiles.ErrUnknown) || m.Domain == "" || m.Address != "" {
		return fault.Usage("%q: expected a mail domain, such as firm.example", stage.Visible(arg))
	}
	named, err := f.named()
	if err != nil {
		return err
	}
	p, err := f.examine(ctx, m.Domain, named)
	if err != nil {
		return err
	}
	if err := f.write(s, p); err != nil {
		return err
	}
	if len(p.wrong) > 0 || len(p.servers) == 0 {
		return fault.Exit(fault.ExitProblems)
	}
	return nil
}

// unproven returns the protocols of which something is published, but no server works.
// That there is none at all would be more than was seen.
func (p *publishing) unproven() []stage.Protocol {
	var out []stage.Protocol
	for _, w := range p.wrong {
		same := func(e stage.Endpoint) bool { return e.Protocol == w.Protocol }
		if !slices.Contains(out, w.Protocol) && !slices.ContainsFunc(p.servers, same) {
			out = append(out, w.Protocol)
		}
	}
	return out
}

// named returns the servers of --server.
func (f *publishFlags) named() ([]stage.Endpoint, error) {
	var out []stage.Endpoint
	for _, url := range f.servers {
		e, err := mailurl.Parse(url)
		if err != nil {
			return nil, fault.Usage("--server: %w", err)
		}
		if _, err := netip.ParseAddr(e.Host); err == nil {
			return nil, fault.Usage("--server %q: expected a name, for records can't hold an address", url)
		}
		out = append(out, e)
	}
	return out, nil
}

// examine asks the sources, and tries the servers that they name.
func (f *publishFlags) examine(ctx context.Context, domain string, named []stage.Endpoint) (*publishing, error) {
	by, err := f.means()
	if err != nil {
		return nil, err
	}
	r := f.asker(profiles.NewCatalogue(), by).Ask(ctx, "", domain)
	p := &publishing{domain: domain, found: r}
	all := slices.Clone(named)
	for _, c := range r.Candidates() {
		all = append(all, c.Endpoint)
	}
	rec, err := f.try(ctx, by, domain, all)
	if err != nil {
		return nil, err
	}
	p.wrong = append(wrongIn(r, rec), unanswered(named, rec)...)
	works := slices.DeleteFunc(all, func(e stage.Endpoint) bool { return !answers(rec, e) && !slices.Contains(named, e) })
	if p.servers = publish.Best(works); len(p.servers) == 0 {
		return p, nil
	}
	p.records = publish.Records(domain, p.servers, p.unproven()...)
	p.files = publish.Files(domain, domain, p.servers)
	for _, file := range p.files {
		if filepath.Ext(file.Path) == ".json" {
			p.records = append(p.records, publish.Digest(domain, file.Data))
		}
	}
	return p, nil
}

// wrongIn returns the servers that sources name and that don't work, or not as they have
// it. Guesses don't count, because no source states them.
func wrongIn(r *discover.Result, rec *stage.Record) []answer.Wrong {
	var out []answer.Wrong
	for _, src := range r.Sources {
		if src.ID == stage.SourceGuess || src.ID == stage.SourceMX {
			continue
		}
		for _, set := range src.Settings {
			i := slices.IndexFunc(rec.Checks, func(c stage.CheckRecord) bool { return c.Check.Endpoint == set.Endpoint })
			w := answer.Wrong{Source: src.ID, Endpoint: set.Endpoint}
			switch works := i >= 0 && answers(rec, set.Endpoint); {
			case works && set.Note != "":
				w.Note = set.Note
				out = append(out, w)
				continue
			case works, i < 0:
				continue
			}
			if failed := rec.Checks[i].Failed(); failed != nil {
				w.Stage, w.Fault = failed.Stage, failed.Fault
			}
			if !slices.Contains(ofThisNetwork, w.Fault) {
				out = append(out, w)
			}
		}
	}
	return out
}

// ofThisNetwork are the faults for which this computer or its network is to blame, and not
// what is published.
var ofThisNetwork = []stage.Fault{
	stage.NetworkUnreachable, stage.Prohibited, stage.ServFail, stage.DNSRefused, stage.DNSTimeout, stage.DNSUnreached, stage.LookupFailed, stage.InternalProblem,
}

// unanswered returns the servers of --server that don't work.
func unanswered(named []stage.Endpoint, rec *stage.Record) []answer.Wrong {
	var out []answer.Wrong
	for _, c := range rec.Checks {
		if e := c.Check.Endpoint; slices.Contains(named, e) && !answers(rec, e) {
			w := answer.Wrong{Source: stage.SourceOwn, Endpoint: e}
			if failed := c.Failed(); failed != nil {
				w.Stage, w.Fault = failed.Stage, failed.Fault
			}
			out = append(out, w)
		}
	}
	return out
}

// stated reports whether a source names servers, and no source failed that could
// name more.
func stated(r *discover.Result) bool {
	any := false
	for _, src := range r.Sources {
		switch {
		case src.ID == stage.SourceGuess || src.ID == stage.SourceMX:
		case src.Outcome == stage.SourceFailed || src.Outcome == stage.SourceInvalid:
			return false
		case len(src.Settings) > 0:
			any = true
		}
	}
	return any
}

// write writes the result in the requested format, and the files.
func (f *publishFlags) write(s console.Streams, p *publishing) error {
	if err := f.writeFiles(p); err != nil {
		return err
	}
	switch f.format {
	case "zone":
		fmt.Fprint(s.Out, publish.Zone(p.records))
	case "terraform":
		fmt.Fprint(s.Out, publish.Terraform(p.domain, p.records))
	case "json":
		return s.WriteJSON(p.json())
	default:
		return f.show(s, p)
	}
	return nil
}

// writeFiles writes the files below a new directory.
func (f *publishFlags) writeFiles(p *publishing) error {
	if f.output == "" || len(p.files) == 0 {
		return nil
	}
	if err := os.Mkdir(f.output, 0o755); errors.Is(err, fs.ErrExist) {
		return fault.Usage("--output: %s exists already; expected the name of a new directory", f.output)
	} else if err != nil {
		return fault.Usage("--output: %w", err)
	}
	for _, file := range p.files {
		path := filepath.Join(f.output, filepath.FromSlash(file.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fault.Usage("--output: %w", err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			return fault.Usage("--output: %w", err)
		}
	}
	return nil
}

type publishingJSON struct {
	Version int             `json:"version"`
	Domain  string          `json:"domain"`
	Sources []answer.Source `json:"sources"`
	Wrong   []answer.Wrong  `json:"wrong"`
	Records []recordJSON    `json:"records"`
	Files   []publishedJSON `json:"files"`
}

type recordJSON struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data string `json:"data"`
}

type publishedJSON struct {
	URL  string `json:"url"`
	Text string `json:"text"`
}

func (p *publishing) json() publishingJSON {
	out := publishingJSON{
		Version: answer.Version, Domain: p.domain, Sources: answer.JSON(p.found).Sources,
		Wrong: append([]answer.Wrong{}, p.wrong...), Records: []recordJSON{}, Files: []publishedJSON{},
	}
	for _, r := range p.records {
		out.Records = append(out.Records, recordJSON(r))
	}
	for _, f := range p.files {
		out.Files = append(out.Files, publishedJSON{f.URL, string(f.Data)})
	}
	return out
}

// show writes the result for people.
func (f *publishFlags) show(s console.Streams, p *publishing) error {
	l := s.Language
	if err := answer.Sources(s, p.found); err != nil {
		return fault.Own("%w", err)
	}
	fmt.Fprintln(s.Out)
	answer.Wrongs(s, p.wrong)
	switch linkUp := probe.ThisSystem().LinkUp; {
	case len(p.servers) > 0:
	case report.Unasked(p.found.Events(), linkUp):
		for _, sentence := range answer.Discovered(p.found) {
			s.Paragraph("  ", l.Sentence(sentence))
		}
		s.Paragraph("  ", l.Sentence(report.NextUnasked(linkUp)))
		return nil
	default:
		s.Paragraph("  ", l.Sentence(say.PublishNothing(prose.Data(p.domain))))
		return nil
	}
	if len(p.wrong) == 0 && stated(p.found) {
		s.Paragraph("  ", l.Sentence(say.PublishRight(prose.Data(p.domain))))
	}
	for _, protocol := range p.unproven() {
		s.Paragraph("  ", l.Sentence(say.PublishUnproven(prose.Data(chart.ProtocolName(protocol)))))
	}
	fmt.Fprintf(s.Out, "\n%s\n%s\n%s\n", l.Text(say.PublishRecords()), publish.Zone(p.records), l.Text(say.PublishFiles()))
	for _, file := range p.files {
		fmt.Fprintf(s.Out, "  %s\n", l.Text(prose.Data(file.URL)))
	}
	if f.output != "" {
		s.Paragraph("  ", l.Sentence(say.PublishWritten(prose.Data(f.output))))
		return nil
	}
	fmt.Fprintf(s.Out, "  %s %s\n", l.Title(say.PublishToWrite()), l.Text(console.Command("maildoctor", "publish", p.domain, "--output", "DIR")))
	return nil
}
