package stage

import (
	"encoding/json"
	"strings"
)

// maxShared is how many distinct values are kept for sharing. A run of thousands of
// endpoints meets only a few kinds of servers and certificate authorities; otherwise
// sharing saves nothing.
const maxShared = 1024

// sharer stores once what similar servers all say (capability lists, replies,
// certificates), so that a run of thousands of checks doesn't store it for each. Facts
// are never modified.
type sharer struct {
	facts  map[string]Facts
	lists  map[string][]string
	chains map[string][]Certificate
	roots  map[string]*Certificate
}

// worthSharing is the number of checks from which sharing is worthwhile.
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

// same returns facts equal to f that use stored values where possible.
func (s *sharer) same(f Facts) Facts {
	if s == nil {
		return f
	}
	switch f := f.(type) {
	case *TLSFacts:
		out := *f
		out.Chain = s.chain(f.Chain)
		if f.Root != nil {
			key := f.Root.SHA256
			if len(f.Root.DER) > 0 {
				key += " itself" // where it was kept, it must not be replaced by its description
			}
			out.Root = shared(s.roots, key, f.Root)
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

// chain returns the same certificates in the same order, using stored ones.
func (s *sharer) chain(all []Certificate) []Certificate {
	if len(all) == 0 {
		return all
	}
	var key strings.Builder
	for i := range all {
		if all[i].SHA256 == "" {
			return all // one certificate couldn't be parsed
		}
		key.WriteString(all[i].SHA256)
	}
	return shared(s.chains, key.String(), all)
}

// shared returns the value stored under a key, or stores v there.
func shared[T any](kept map[string]T, key string, v T) T {
	if old, ok := kept[key]; ok {
		return old
	}
	if len(kept) < maxShared {
		kept[key] = v
	}
	return v
}
