package cli

import (
	"errors"

	"maildoctor/cmd/internal/console"
	"maildoctor/cmd/internal/fault"
	"maildoctor/cmd/internal/list"
	"maildoctor/cmd/internal/mailurl"
	"maildoctor/probe"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/profiles"
)

// dash is the argument that stands for a list on standard input.
const dash = "-"

// listName is what messages call the list.
const listName = "standard input"

// targetList is what check reads from standard input: a target a line.
type targetList struct {
	lines    []list.Line
	problems *list.Problems
	again    int // lines that mean the same as an earlier one
}

// readList reads the list, if there is to be one, and refuses what can't go with it.
func (f *checkFlags) readList(s console.Streams, args []string) (err error) {
	switch {
	case f.list == nil:
		return nil
	case len(args) > 1:
		return fault.Usage("check - and %d more arguments: expected one of them; the list on standard input has all targets", len(args)-1)
	case f.stdin:
		return fault.Usage("check - and --password-stdin: expected one of them; both read standard input")
	}
	if s.InTerminal {
		s.Tell("", say.ListExpected())
	}
	f.list.problems = list.NewProblems(listName)
	if f.list.lines, err = list.Read(s.In, f.list.problems); err != nil {
		return fault.Own("standard input could not be read: %w", err)
	}
	if len(f.list.lines) == 0 && f.list.problems.Err() == nil {
		return fault.Usage("standard input: no target; expected addresses, domains, profiles or URLs, one a line")
	}
	f.kept.without = true // the list is not about this machine's programs
	if !f.smoke.given("run-timeout") {
		f.run = probe.NoLimit
	}
	return nil
}

// targets turns the lines into targets, as [targets] does with arguments, each once.
// Everything that is wrong with them is said at once.
func (f *targetList) targets(catalogue *profiles.Catalogue, user string, flags []stage.Flag) ([]probe.Target, map[int]profiles.Match, error) {
	var out []probe.Target
	unknown, known := make(map[int]profiles.Match), make(map[targetKey]bool)
	for _, line := range f.lines {
		t, m, err := listedTarget(profiles.Narrow(line.Text), catalogue, flags)
		if err != nil {
			f.problems.Wrong(line.Number, "%v", err)
			continue
		}
		k := keyOf(t)
		if known[k] {
			f.again++
			continue
		}
		known[k] = true
		setUser(&t, user, catalogue)
		if m.Domain != "" && m.Profile == nil {
			unknown[len(out)] = m
		}
		t.Subject.Servers = knownServers(t, catalogue)
		out = append(out, t)
	}
	if err := f.problems.Err(); err != nil {
		return nil, nil, fault.Usage("%w", err)
	}
	return out, unknown, nil
}

// listedTarget returns the target of a line. A word that is nothing of the kind may be a
// password, and is not repeated.
func listedTarget(arg string, catalogue *profiles.Catalogue, flags []stage.Flag) (probe.Target, profiles.Match, error) {
	switch {
	case mailurl.Is(arg):
		return target(arg, catalogue)
	case catalogue.Unlike(arg):
		return probe.Target{}, profiles.Match{}, errors.New("expected an address, a domain, the id of a profile or a URL")
	}
	return found(arg, catalogue, flags)
}

// tell says how many lines meant the same as another.
func (f *targetList) tell(s console.Streams) {
	if f != nil && f.again > 0 {
		s.Tell("", say.ListAgain(prose.Count(f.again)))
	}
}
