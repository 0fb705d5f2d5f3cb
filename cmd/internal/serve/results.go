package serve

import (
	"maps"
	"sync"
	"time"

	"maildoctor/report"
)

// result is what a probe has found.
type result struct {
	target *Target
	module string
	at     time.Time // when it ended
	took   time.Duration
	report *report.Report
}

// results has the last result of each target and module.
type results struct {
	mu   sync.Mutex
	last map[string]*result // by key
}

func newResults() *results { return &results{last: make(map[string]*result)} }

func key(target, module string) string { return target + "\x00" + module }

func (s *results) add(r *result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[key(r.target.Name, r.module)] = r
}

// of returns the last result of a target by a module; nil if there is none.
func (s *results) of(target, module string) *result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[key(target, module)]
}

// latest returns the last result of each target of a configuration that has one, of any
// module, by the target's name, and forgets those of others.
func (s *results) latest(c *Config) map[string]*result {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[string]bool)
	out := make(map[string]*result)
	for _, t := range c.Targets {
		for module := range c.Modules {
			k := key(t.Name, module)
			known[k] = true
			if r := s.last[k]; r != nil && (out[t.Name] == nil || r.at.After(out[t.Name].at)) {
				out[t.Name] = r
			}
		}
	}
	maps.DeleteFunc(s.last, func(k string, _ *result) bool { return !known[k] })
	return out
}
