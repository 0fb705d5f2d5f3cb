package atlas

import (
	"strings"
	"testing"
	"testing/fstest"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// said returns the text of an entry with something in its gaps, and what its conditions
// say: the first of each.
func (e *Entry) said() Said {
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	s := Said{Text: strings.ReplaceAll(e.Text, "…", "x7"), Kinds: []Kind{e.Kind}, Enhanced: first(e.Enhanced), Response: first(e.Response), Status: first(e.Status)}
	if len(e.Protocols) > 0 {
		s.Protocol = e.Protocols[0]
	}
	if len(e.Stages) > 0 {
		s.Stage = e.Stages[0]
	}
	if len(e.Codes) > 0 {
		s.Code = e.Codes[0]
	}
	return s
}

// Every entry is found by its own message, and none hides another: what leads there has
// the same cause.
func TestNoEntryHidesAnother(t *testing.T) {
	if _, err := read(files); err != nil {
		t.Fatal(err)
	}
	known := make(map[string]*Entry)
	for _, e := range All() {
		found := Find(e.said())
		at := -1
		for i, m := range found {
			if m.Entry == e {
				at = i
			}
		}
		switch {
		case at < 0:
			t.Errorf("%s.tsv:%d: %q is not found", e.Speaker, e.Line, e.Text)
		case found[0].Means[0].Cause != e.Means[0].Cause:
			o := found[0].Entry
			t.Errorf("%s.tsv:%d: %q is hidden by %s.tsv:%d: %q (%s)", e.Speaker, e.Line, e.Text, o.Speaker, o.Line, o.Text, o.Means[0].Cause)
		}
		s := e.said()
		s.Kinds = nil
		key := plain(e.Text) + string(s.Protocol) + string(s.Stage) + s.Status + s.Response + s.Enhanced + string(rune(s.Code))
		if o := known[key]; o != nil && o.Speaker == e.Speaker {
			t.Errorf("%s.tsv:%d: the same as line %d", e.Speaker, e.Line, o.Line)
		}
		known[key] = e
	}
	t.Logf("%d entries", len(All()))
}

func TestFind(t *testing.T) {
	index := newIndex([]*Entry{
		must(t, "imap,login,NO\tAuthentication failed\twrong-password\ta"),
		must(t, "smtp,535\tAuthentication failed: … locked\taccount-locked-too-many-attempts\tb"),
		must(t, "client\tCannot connect to …:\tserver-unreachable?\tc"),
		must(t, "client\tcertificate has expired\tcert-expired!\td"),
	})
	for _, tt := range []struct {
		said Said
		want string
	}{
		{Said{Text: "a1 NO  AUTHENTICATION \"Failed\""}, ""},
		{Said{Text: "a1 NO  AUTHENTICATION\tfailed."}, "a"},
		{Said{Text: "Authentication failed: Jane is locked"}, "b a"},
		{Said{Text: "Authentication failed: Jane is locked", Protocol: stage.IMAP}, "a"},
		{Said{Text: "Authentication failed", Stage: stage.Mailbox}, ""},
		{Said{Text: "cannot connect to mail.example.net: certificate has expired"}, "d c"},
		{Said{Text: "certificate has expired", Kinds: []Kind{Reply}}, ""},
		{Said{Text: "certificate has"}, ""},
		{Said{}, ""},
	} {
		var got []string
		for _, m := range index.find(tt.said) {
			got = append(got, m.Source)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%+v: %q, want %q", tt.said, s, tt.want)
		}
	}
}

func must(t *testing.T, line string) *Entry {
	t.Helper()
	var e Entry
	if err := newParser().parse(&e, "test", 1, line); err != nil {
		t.Fatal(err)
	}
	return &e
}

func TestWrongEntries(t *testing.T) {
	for line, want := range map[string]string{
		"-\ttext\twrong-password":                   "3 columns: expected where, text, means and source",
		"ftp\tsome text\twrong-password\tx":         `condition "ftp": expected client, log, a protocol`,
		"999\tsome text\twrong-password\tx":         `condition "999"`,
		"-\tsome text\tno-such-cause\tx":            `"no-such-cause": expected the id of a cause`,
		"-\tsome text\twrong-password,\tx":          `"": expected the id of a cause`,
		"-\tab…cde\twrong-password\tx":              `text "ab…cde": expected at least 4 bytes without a gap`,
		"-\t…\twrong-password\tx":                   "expected at least 4 bytes",
		"-\tsome text\twrong-password\t ":           "expected a source",
		"imap,,login\tsome text\twrong-password\tx": `condition ""`,
	} {
		_, err := read(fstest.MapFS{"entries/x.tsv": {Data: []byte("# a comment\n\n" + line + "\n")}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "entries/x.tsv:3: ") {
			t.Errorf("%q: %v; want %s", line, err, want)
		}
	}
}

func TestMeans(t *testing.T) {
	e := must(t, "imap,login,[AUTH],5.7.8,535\tsome text\twrong-password!, wrong-username-format,app-password-required?\tRFC 1")
	want := []Guess{{cause.WrongPassword, cause.Proven}, {cause.WrongUsernameFormat, cause.Likely}, {cause.AppPasswordRequired, cause.Possible}}
	for i, g := range want {
		if e.Means[i] != g {
			t.Errorf("%v, want %v", e.Means[i], g)
		}
	}
	if e.Kind != Reply || e.Codes[0] != 535 || e.Enhanced[0] != "5.7.8" || e.Response[0] != "AUTH" {
		t.Errorf("%+v", e.where)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("535 5.7.8 Error: authentication failed")
	f.Add("\xff\x00„…“")
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range Find(Said{Text: text}) {
			if m.At < 0 || len(m.Means) == 0 {
				t.Errorf("%+v", m)
			}
		}
	})
}

// BenchmarkFind looks up a line that begins like many messages: less than 10 µs are
// allowed, whatever the number of entries.
func BenchmarkFind(b *testing.B) {
	Find(Said{Text: "x"})
	b.Run("reply", func(b *testing.B) {
		for b.Loop() {
			Find(Said{Text: "535 5.7.8 Error: authentication failed: Connection lost to authentication server", Protocol: stage.SMTP, Stage: stage.Login, Code: 535, Enhanced: "5.7.8"})
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			entries, err := read(files)
			if err != nil {
				b.Fatal(err)
			}
			newIndex(entries)
		}
	})
}
