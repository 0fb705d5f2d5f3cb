// Package lazy puts off what each start of the program would take time for.
package lazy

import (
	"regexp"
	"sync"
)

// Pattern returns a function that compiles a regular expression when it is first called:
// of the many that read a text most are not needed in most runs. The function panics if
// the expression is wrong, as [regexp.MustCompile] does. It may be called by several
// goroutines at a time.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
