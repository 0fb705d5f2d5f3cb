package profiles

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"maildoctor/probe/stage"
	"maildoctor/profiles/hostname"
	"maildoctor/profiles/strict"
)

// FuzzParse reads anything as a profile. What is taken for one holds what the
// rest of the program relies on; what isn't is reported with a place that exists
// and in text that can be shown.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.toml", "builtin/*.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte(whole))
	f.Add([]byte(strings.Replace(whole, "port", "user_name = \"local-part\"\nport", 1)))
	f.Add([]byte(strings.Replace(whole, `domains = ["example.com"]`, "domains = [\"*.example.com\", \"example.com\"]\nmx = [\"*.mx.example\"]", 1)))
	f.Add([]byte(strings.Replace(whole, "imap.example.com", "imap.{domain}", 1) + "[[further]]\ndomains = [\"b.example\"]\nsource = { title = \"A list\", checked = \"2026-11\", read = 2026-11-22 }\n"))
	f.Add([]byte("a.b.c = [[{d = 1}, 2], 1979-05-27T07:32:00Z]\n[a.b]\n[[a.b.c]]\n'' = 1e9"))
	f.Add([]byte("[[endpoint]]\n[endpoint.source]\ntitle = \"\"\"\na\\\n  b\"\"\"\n"))
	f.Add([]byte("a = ["))
	f.Add([]byte("a = \"\ufc71")) // ends in the middle, at a character of several bytes
	f.Add([]byte("\ufeff\ufeff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("a.toml", text)
		if err != nil {
			checkLoadError(t, err, text)
			return
		}
		c := NewCatalogue(p)
		for _, arg := range append([]string{p.ID}, p.Domains...) {
			if m, err := c.Find(arg); err != nil || m.Profile.ID != p.ID {
				t.Errorf("Find(%q): %+v, %v", arg, m, err)
			}
		}
		if (len(p.Endpoints) == 0) != p.hasNote(stage.NoteNoMailPrograms) || p.Source.Date == "" || p.Source.Title == "" {
			t.Errorf("an endpoint or source is missing: %+v", p)
		}
		for _, pattern := range p.Patterns {
			if m, err := c.Find("x" + strings.TrimPrefix(pattern, "*")); err != nil && !errors.Is(err, ErrMalformed) || err == nil && m.Profile.ID != p.ID {
				t.Errorf("below %s: %+v, %v", pattern, m, err)
			}
		}
		for _, entry := range p.MX {
			if owner, by := c.byMX(entry); owner != p || by != entry {
				t.Errorf("mail exchanger %s: %+v by %s", entry, owner, by)
			}
		}
		for _, e := range p.servers() {
			if host, ok := hostname.Server(e.Host); !ok || host != e.Host || e.Port == 0 || e.Source.Title == "" {
				t.Errorf("endpoint %+v", e)
			}
		}
		checkVisible(t, reflect.ValueOf(p.ForRules()))
		checkVisible(t, reflect.ValueOf(p))
	})
}

func checkLoadError(t *testing.T, err error, text []byte) {
	t.Helper()
	e, ok := errors.AsType[*LoadError](err)
	if !ok || len(e.Problems) == 0 {
		t.Fatalf("%v (%T)", err, err)
	}
	lines := strings.Split(string(text), "\n")
	for i, p := range e.Problems {
		if i == strict.MaxProblems && p.Line == 0 {
			continue // says how many more there are
		}
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
			t.Errorf("no such place: %v", p)
		}
		if s := p.String(); stage.Visible(s) != s {
			t.Errorf("cannot be shown: %q", s)
		}
	}
}

// checkVisible fails for text that must not reach a terminal.
func checkVisible(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); stage.Visible(s) != s {
			t.Errorf("cannot be shown: %q", s)
		}
	case reflect.Pointer:
		checkVisible(t, v.Elem())
	case reflect.Struct:
		for _, field := range v.Fields() {
			checkVisible(t, field)
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkVisible(t, v.Index(i))
		}
	}
}

// FuzzFind looks up anything. What is found can be looked up again with the
// same result; an error is one of the two and can be shown.
func FuzzFind(f *testing.F) {
	for _, arg := range []string{
		"jane@q.com", "Q.COM.", "centurylink", `"a@b\"\\"@q.com`, "jane@xn--bcher-kva.example", "bücher.example", "。", "a@b@c",
		"xn--", "jané@ＱＷＥＳＴ.net", "a@[::1]", "\u0130.com", "\xff@q.com", "ß.example", "-", "a-b", "\u200dq.com", "imaps://q.com",
	} {
		f.Add(arg)
	}
	c, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		m, err := c.Find(arg)
		if err != nil && errors.Is(err, ErrMalformed) == errors.Is(err, ErrUnknown) {
			t.Fatalf("neither or both: %v", err)
		}
		if err != nil && stage.Visible(err.Error()) != err.Error() {
			t.Errorf("cannot be shown: %q", err)
		}
		if errors.Is(err, ErrMalformed) {
			return
		}
		if (m.Profile == nil) != (err != nil) {
			t.Fatalf("%+v, %v", m, err)
		}
		if name, ok := hostname.MailDomain(m.Domain); m.Kind != stage.SubjectProfile && (!ok || name != m.Domain) {
			t.Errorf("domain %q isn't normal: %q", m.Domain, name)
		}
		again := map[stage.SubjectKind]string{
			stage.SubjectAddress: m.Address, stage.SubjectDomain: m.Domain, stage.SubjectProfile: strings.TrimSpace(arg),
		}[m.Kind]
		if m2, _ := c.Find(again); m2 != m {
			t.Errorf("%q: %+v\n%q: %+v", arg, m, again, m2)
		}
		checkVisible(t, reflect.ValueOf(m.Subject("")))
	})
}
