package stage

import (
	"encoding/json"
	"strings"
)

// maxShared bounds how many different things are remembered in order to be shared. A
// run of thousands of endpoints has a few kinds of servers and a few authorities, or
// nothing to gain.
const maxShared = 1024

// sharer keeps once what servers of a kind all say, so that a run of thousands of
// them doesn't keep it for each: lists of capabilities, answers, certificates. Nobody
// writes to facts.
type sharer struct {
	facts  map[string]Facts
	lists  map[string][]string
	chains map[string][]Certificate
	roots  map[string]*Certificate
}

// worthSharing is from how many checks on anything is looked for among what is kept.
const worthSharing = 100

func newSharer(checks int) *sharer {
	if checks < worthSharing {
		return nil
	}
	return &sharer{
		facts: make(map[string]Facts), lists: make(map[string][]string),
		chains: make(map[string][]Certificate), roots: make(map[string]*Certificate),
	}
}

// same returns equal facts, as far as possible those that are kept already.
func (s *sharer) same(f Facts) Facts {
	if s == nil {
		return f
	}
	switch f := f.(type) {
	case *TLSFacts:
		out := *f
		out.Chain = s.chain(f.Chain)
		if f.Root != nil {
			out.Root = shared(s.roots, f.Root.SHA256, f.Root)
		}
		return &out
	case *GreetingFacts:
		out := *f
		out.Lines, out.Capabilities = s.list(f.Lines), s.list(f.Capabilities)
		return &out
	case *CapabilityFacts, *LoginFacts, *MailboxFacts, *SubmitFacts, *StartTLSFacts:
		if key, err := json.Marshal(f); err == nil {
			return shared(s.facts, string(f.stage())+string(key), f)
		}
	}
	return f
}

func (s *sharer) list(l []string) []string {
	if len(l) == 0 {
		return l
	}
	return shared(s.lists, strings.Join(l, "\n"), l)
}

// chain returns the same certificates in the same order.
func (s *sharer) chain(all []Certificate) []Certificate {
	if len(all) == 0 {
		return all
	}
	var key strings.Builder
	for i := range all {
		if all[i].SHA256 == "" {
			return all // one that couldn't be read
		}
		key.WriteString(all[i].SHA256)
	}
	return shared(s.chains, key.String(), all)
}

// shared returns what is kept under a key, or keeps v.
func shared[T any](kept map[string]T, key string, v T) T {
	if old, ok := kept[key]; ok {
		return old
	}
	if len(kept) < maxShared {
		kept[key] = v
	}
	return v
}
