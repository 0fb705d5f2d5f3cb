package pasted

import (
	"regexp"
	"sync"
)

// compiled returns a function that compiles a pattern when it is first needed: each start
// of the program would take the time, and most texts need few.
func compiled(s string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s) })
}
