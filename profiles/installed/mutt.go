package installed

import (
	"maps"
	"path/filepath"
	"regexp"
	"strings"
)

// opener opens a file that another one names: it returns its text and how it is shown.
type opener func(path string) (text, place string, err error)

// Bounds of a configuration of mutt's.
const (
	maxDepth = 8   // of files that read other files
	maxHooks = 200 // of a configuration, and as many mailboxes
	maxSet   = 2000
)

// muttReader reads the configuration of mutt or neomutt
// (https://neomutt.org/guide/configuration).
type muttReader struct {
	r     *reader
	env   Environment
	open  opener // nil: other files are left out
	files int
	bytes int // of them
	hooks []muttHook
	boxes []setting // of the command mailboxes
}

// muttHook is a command that is run for some folders or accounts.
type muttHook struct {
	account bool // an account-hook, else a folder-hook
	pattern string
	matches *regexp.Regexp // nil: no regular expression that can be told
	command setting
}

// muttState is what the variables have been set to.
type muttState struct {
	m      *muttReader
	place  string // the file that is being read
	path   string // likewise
	depth  int
	hooked bool // within a hook, where further hooks are left out
	set    map[string]setting
	setenv map[string]string
}

// readMutt reads a configuration that stands at a path.
func readMutt(r *reader, env Environment, path, s string, open opener) {
	m := &muttReader{r: r, env: env, open: open}
	st := &muttState{m: m, place: r.place, path: path, set: map[string]setting{}, setenv: map[string]string{}}
	st.run(s, nil)
	m.keep(st)
}

// copied is a copy for a hook to change.
func (st *muttState) copied() *muttState {
	c := *st
	c.set, c.setenv, c.hooked = maps.Clone(st.set), maps.Clone(st.setenv), true
	return &c
}

// lookUp finds a variable of mutt's, or of the environment.
func (st *muttState) lookUp(name string) (s setting, known bool) {
	if v, ok := st.set[name]; ok {
		return v, true
	}
	if v, ok := st.setenv[name]; ok {
		return setting{value: v}, true
	}
	if name == "HOME" && st.m.env.Home != "" {
		return setting{value: st.m.env.Home}, true
	}
	v, ok := st.m.env.variable(name)
	return setting{value: v}, ok
}

// run runs commands, which may all stand at one position.
func (st *muttState) run(s string, at *position) {
	c := &muttScanner{scanner: *newScanner(s), in: at, of: st}
	for !c.end() {
		if !c.more() {
			c.rest()
			continue
		}
		command := c.word("")
		if c.more() {
			st.command(command.value, c)
		}
		c.rest()
	}
}

// command runs a command in which settings of servers may stand.
func (st *muttState) command(name string, c *muttScanner) {
	switch name {
	case "set":
		st.setAll(c)
	case "unset":
		for c.more() {
			name := c.word("")
			st.put(name.value, setting{position: name.position, value: "no"})
		}
	case "setenv":
		name := c.word("")
		if c.more() {
			if v := c.word(""); len(st.setenv) < maxSet && !v.untold {
				st.setenv[name.value] = v.value
			}
		}
	case "source":
		st.source(c.word(""))
	case "mailboxes", "named-mailboxes":
		for c.more() && !st.hooked && len(st.m.boxes) < maxHooks {
			st.m.boxes = append(st.m.boxes, c.word(""))
		}
	case "account-hook", "folder-hook":
		h := muttHook{account: name == "account-hook", pattern: c.word("").value}
		h.matches, _ = regexp.Compile(h.pattern)
		if h.command = c.word(""); !st.hooked && len(st.m.hooks) < maxHooks {
			st.m.hooks = append(st.m.hooks, h)
		}
	}
}

// muttName is the newer name of a variable that has two.
func muttName(name string) string {
	if name == "spool_file" {
		return "spoolfile"
	}
	return name
}

// setAll reads the words of set: name=value, name, noname, with blanks around the =.
func (st *muttState) setAll(c *muttScanner) {
	for c.more() {
		name := c.word("=+-")
		c.blank()
		add := c.look() == '+'
		if add || c.look() == '-' {
			c.get()
		}
		if c.look() != '=' {
			st.toggle(name)
			if name.value == "" {
				c.get() // a stray sign
			}
			continue
		}
		c.get()
		value := c.word("")
		if add {
			old := st.set[muttName(name.value)]
			value.value, value.untold = old.value+value.value, value.untold || old.untold
		}
		st.put(name.value, value)
	}
}

// toggle sets a switch: name, noname; invname can't be told, ?name and &name ask.
func (st *muttState) toggle(name setting) {
	key, value := name.value, "yes"
	if rest, ok := strings.CutPrefix(key, "no"); ok {
		key, value = rest, "no"
	}
	name.value = value
	st.put(key, name)
}

// put sets a variable.
func (st *muttState) put(name string, v setting) {
	name = muttName(name)
	if _, ok := st.set[name]; !ok && len(st.set) >= maxSet {
		return
	}
	if len(v.value) > maxWord {
		v.value, v.untold = "", true
	}
	st.set[name] = v
}

// source reads another file. A | at its end makes it a command, which isn't run.
func (st *muttState) source(name setting) {
	m := st.m
	path := name.value
	switch {
	case name.untold, strings.HasSuffix(path, "|"):
		m.r.wrong(name.position, "source: the command isn't run, so that what it would set is not known")
		return
	case m.open == nil || m.env.Home == "" && strings.HasPrefix(path, "~/") || st.depth >= maxDepth || m.files >= maxFiles || m.bytes > maxFile:
		m.r.wrong(name.position, "source: the file isn't read: it lies elsewhere, or too many files name each other")
		return
	}
	m.files++
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = m.env.home(rest)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(st.path), path)
	}
	text, place, err := m.open(path)
	if err != nil {
		m.r.wrong(name.position, "source: the file can't be read: %v", err)
		return
	}
	m.bytes += len(text)
	inner := *st
	inner.place, inner.path, inner.depth = place, path, st.depth+1
	inner.run(text, nil)
}
