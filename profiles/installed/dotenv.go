package installed

import (
	"regexp"
	"strings"
)

// variables are those of an environment by their names.
type variables map[string]setting

// variableName is one that a shell takes.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// readDotenv reads a file of variables, as shells, Laravel, Symfony, Docker and dotenv for
// Node, Ruby and Go agree on: NAME=value, perhaps behind export; double quotes with
// escapes, single quotes without; # behind a blank begins a comment. ${NAME} takes what
// stands above. What a $( or a backtick would run is left untold.
func readDotenv(r *reader, s string) variables {
	v := variables{}
	c := newScanner(s)
	for skipBlanks(c); !c.end(); skipBlanks(c) {
		at := c.position()
		begin := c.at
		c.skipTo("=\n#")
		name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(c.s[begin:c.at]), "export "))
		switch {
		case name == "" && c.peek() == '#':
		case c.peek() != '=' || !variableName.MatchString(name):
			r.wrong(at, "expected NAME=value")
		default:
			c.next()
			v[name] = v.value(r, c)
		}
		c.skipTo("\n")
	}
	return v
}

func skipBlanks(c *scanner) {
	for !c.end() && strings.IndexByte(blanks, c.peek()) >= 0 {
		c.next()
	}
}

// value reads a value.
func (v variables) value(r *reader, c *scanner) setting {
	for c.peek() == ' ' || c.peek() == '\t' {
		c.next()
	}
	s := setting{position: c.position(), given: true}
	quote := c.peek()
	if quote != '"' && quote != '\'' && quote != '`' {
		begin := c.at
		c.skipTo("\n")
		s.value = c.s[begin:c.at]
		if i := strings.Index(s.value, " #"); i >= 0 {
			s.value = s.value[:i]
		}
		s.value = strings.TrimSpace(s.value)
		return v.expanded(s)
	}
	c.next()
	var b strings.Builder
	for c.peek() != quote {
		if c.end() {
			r.wrong(s.position, "expected a second quote at the end of the value")
			break
		}
		if ch := c.next(); ch == '\\' && quote == '"' && !c.end() {
			dotenvEscape(c, &b)
		} else {
			b.WriteByte(ch)
		}
	}
	c.next()
	s.value = b.String()
	switch quote {
	case '"':
		return v.expanded(s)
	case '`': // a command to shells, and text to dotenv for Node
		s.untold = true
	}
	return s
}

// dotenvEscape reads what follows a backslash.
func dotenvEscape(c *scanner, b *strings.Builder) {
	switch ch := c.next(); ch {
	case 'n':
		b.WriteByte('\n')
	case '"', '\\', '$', '`':
		b.WriteByte(ch)
	default:
		b.WriteByte('\\')
		b.WriteByte(ch)
	}
}

// reference is a variable in a value.
var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expanded puts variables into a value.
func (v variables) expanded(s setting) setting {
	if strings.Contains(s.value, "$(") || strings.Contains(s.value, "`") {
		s.untold = true
		return s
	}
	s.value = reference.ReplaceAllStringFunc(s.value, func(ref string) string {
		other := v[ref[2:len(ref)-1]]
		s.untold = s.untold || !other.given || other.untold
		return other.value
	})
	if len(s.value) > maxWord {
		s.value, s.untold = "", true
	}
	return s
}

// processVariables are those of a process; each is a place of its own.
func processVariables(environ []string) variables {
	v := variables{}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && variableName.MatchString(name) {
			v[name] = setting{position: position{place: "$" + name}, value: value, given: true}
		}
	}
	return v
}

// first returns the first of several variables that is set to something.
func (v variables) first(names ...string) setting {
	for _, n := range names {
		if s := v[n]; s.given && s.value != "" {
			return s
		}
	}
	return setting{}
}

// truth reads a switch: known is false where it isn't there.
func (v variables) truth(names ...string) (on, known bool) {
	s := v.first(names...)
	if !s.given || s.untold {
		return false, false
	}
	return s.on(false, "true", "1", "yes", "on", "y", "t", "required"), true
}

// is reports whether a switch is on.
func (v variables) is(names ...string) bool {
	on, _ := v.truth(names...)
	return on
}

// isOff reports whether a switch is there, and off.
func (v variables) isOff(names ...string) bool {
	on, known := v.truth(names...)
	return known && !on
}
