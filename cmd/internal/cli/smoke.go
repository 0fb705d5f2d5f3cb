package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"maildoctor/cmd/internal/cmdline"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/smoke"
	"maildoctor/probe"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/strict"
)

// smokeFlags name a smoke file and what to take of it.
type smokeFlags struct {
	name       string
	only, skip []string
	given      func(flag string) bool // whether the user typed a flag; nil: none

	file   *smoke.File       // nil: none was named
	chosen []*smoke.Endpoint // by --only and --skip; subjects of the plan are in this order
	wanted map[stage.ExpectationID]bool
}

func (f *smokeFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.given = fs.Changed
	fs.StringVar(&f.name, "file", "", "test what the smoke file `FILE` has; maildoctor init writes one")
	fs.StringSliceVar(&f.only, "only", nil, "with a smoke file: only these expectations (by id) and endpoints (by name, URL or label), a `LIST`")
	fs.StringSliceVar(&f.skip, "skip", nil, "with a smoke file: all but these, a `LIST` likewise")
	if err := cmd.RegisterFlagCompletionFunc("file", cmdline.Files("toml")); err != nil {
		panic(err) // impossible: the flag exists
	}
}

// readSmoke reads the smoke file, if one was named, and refuses what can't go with it.
func (f *checkFlags) readSmoke(args []string) (err error) {
	m := &f.smoke
	given := func(flag string) bool { return m.given != nil && m.given(flag) }
	switch {
	case m.name == "" && given("file"):
		return fault.Usage("--file: expected the name of a smoke file")
	case m.name == "" && len(m.only)+len(m.skip) > 0:
		return fault.Usage("--only, --skip without --file: expected a smoke file")
	case m.name == "":
		return nil
	case len(args) > 0:
		return fault.Usage("--file %s and %d arguments: expected one of them; the file says what to test", m.name, len(args))
	case f.user != "":
		return fault.Usage("--file %s and --user: expected one of them; the file has the user names", m.name)
	}
	if m.file, err = smoke.Load(m.name); err != nil {
		return fault.Usage("%w", err)
	}
	if err := m.choose(); err != nil {
		return err
	}
	if m.givesPasswords() && (f.stdin || f.command != "" || f.tokenCmd != "") {
		return fault.Usage("--file %s and another source of a password: expected one of them; the file names its own", m.name)
	}
	f.kept.without = true // what this machine's programs have is not what the file is about
	if !given("run-timeout") {
		f.run = probe.NoLimit
	}
	return nil
}

// choose applies --only and --skip.
func (f *smokeFlags) choose() error {
	keep := func(e *smoke.Endpoint) bool { return true }
	f.wanted = make(map[stage.ExpectationID]bool)
	ids, words, err := f.meant("--only", f.only)
	if err != nil {
		return err
	}
	without, left, err := f.meant("--skip", f.skip)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		keep = func(e *smoke.Endpoint) bool { return slices.ContainsFunc(words, e.Is) }
	}
	if len(ids) == 0 {
		ids = smoke.IDs()
	}
	for _, id := range ids {
		f.wanted[id] = !slices.Contains(without, id)
	}
	for _, e := range f.file.Endpoints {
		if keep(e) && !slices.ContainsFunc(left, e.Is) {
			f.chosen = append(f.chosen, e)
		}
	}
	if len(f.chosen) == 0 {
		return fault.Usage("nothing to test: --only and --skip leave no endpoint of %s", f.name)
	}
	return nil
}

// meant tells ids of expectations from words for endpoints.
func (f *smokeFlags) meant(flag string, list []string) (ids []stage.ExpectationID, words []string, err error) {
	for _, word := range list {
		named := func(e *smoke.Endpoint) bool { return e.Is(word) }
		switch {
		case slices.Contains(smoke.IDs(), stage.ExpectationID(word)):
			ids = append(ids, stage.ExpectationID(word))
		case slices.ContainsFunc(f.file.Endpoints, named):
			words = append(words, word)
		default:
			return nil, nil, fault.Usage("%s %q: expected the id of an expectation such as login, or the name, URL or label of an endpoint in %s", flag, word, f.name)
		}
	}
	return ids, words, nil
}

// targets turns the endpoints of the file into targets, as [targets] does with arguments.
// Everything that is wrong with them is said at once.
func (f *smokeFlags) targets(catalogue *profiles.Catalogue, flags []stage.Flag) ([]probe.Target, map[int]profiles.Match, error) {
	var out []probe.Target
	unknown := make(map[int]profiles.Match)
	wrong := f.file.Document()
	for i, e := range f.chosen {
		t, m, err := fileTarget(e, catalogue, flags)
		if err != nil {
			if e.Kind == stage.SubjectProfile {
				err = fmt.Errorf("%w; expected an id of maildoctor profiles list", err)
			}
			e.At.Wrong(wrong, "endpoint.%s: %v", e.Kind, err)
			continue
		}
		if m.Domain != "" && m.Profile == nil {
			unknown[i] = m
		}
		setUser(&t, e.User, catalogue)
		t.Subject.Servers = knownServers(t, catalogue)
		t.Subject.Label, t.Subject.Labels, t.Subject.Line = stage.Visible(e.Name), e.Labels, e.At.Line
		out = append(out, t)
	}
	if err := strict.Join(wrong.Problems()); err != nil {
		return nil, nil, fault.Usage("%w", err)
	}
	return out, unknown, nil
}

// fileTarget returns the target of an endpoint. The file says what kind of argument it is.
func fileTarget(e *smoke.Endpoint, catalogue *profiles.Catalogue, flags []stage.Flag) (probe.Target, profiles.Match, error) {
	if e.Kind == stage.SubjectURL {
		return target(e.Argument, catalogue)
	}
	return found(e.Argument, catalogue, flags)
}

// found returns the target of an address, a domain or the id of a profile that a file or a
// list has. Unlike [target] it looks for no file of that name, and gives no advice.
func found(arg string, catalogue *profiles.Catalogue, flags []stage.Flag) (probe.Target, profiles.Match, error) {
	m, err := catalogue.Find(arg)
	if err == nil {
		return knownTarget(arg, m, catalogue), m, nil
	}
	e, ok := errors.AsType[*profiles.FindError](err)
	if !ok || !errors.Is(err, profiles.ErrUnknown) || m.Domain == "" || len(e.Near) > 0 && !typedFlag(flags, "--source") {
		return probe.Target{}, m, err
	}
	return probe.Target{Subject: m.Subject(stage.Visible(arg))}, m, nil
}

// expect adds the file and its expectations to the plan. An endpoint's own expectation
// that none of its servers can have is an error, unless the servers were searched for.
func (f *smokeFlags) expect(plan *stage.Plan, ts []probe.Target, unknown map[int]profiles.Match) error {
	if f.file == nil {
		return nil
	}
	plan.File = &f.file.Origin
	wrong := f.file.Document()
	for i, t := range ts {
		var servers []stage.Endpoint
		for _, s := range t.Endpoints {
			servers = append(servers, s.Endpoint)
		}
		if _, searched := unknown[i]; searched || len(servers) == 0 {
			continue
		}
		for _, x := range f.chosen[i].Inapplicable(servers) {
			x.At.Wrong(wrong, "endpoint.%s: %v", x.ID, fmt.Errorf("no server of %s can have it; expected it of %s", f.chosen[i].Argument, x.Only()))
		}
	}
	if err := strict.Join(wrong.Problems()); err != nil {
		return fault.Usage("%w", err)
	}
	for i := range plan.Checks {
		plan.Checks[i].Expects = f.expectations(plan.Checks[i])
	}
	return nil
}

// expectations returns what the file expects of a check, as far as it was chosen.
func (f *smokeFlags) expectations(c stage.Check) (chosen []stage.Expectation) {
	for _, x := range f.chosen[c.Subject].Expects(c.Endpoint) {
		if f.wanted[x.ID] {
			chosen = append(chosen, x)
		}
	}
	return chosen
}
