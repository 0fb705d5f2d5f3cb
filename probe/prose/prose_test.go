package prose_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// parsed fills a template in English.
func parsed(t *testing.T, text string, args prose.Args, capital bool) string {
	t.Helper()
	tmpl, err := prose.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return prose.English().Fill(tmpl, args, nil, capital)
}

func TestTemplates(t *testing.T) {
	hosts := prose.And(prose.Datas([]string{"a.example", "b.example"})...)
	one := prose.Data("a.example")
	for _, c := range []struct {
		text string
		args prose.Args
		want string
	}{
		{"no slots", nil, "No slots"},
		{"{host} {gives|give} no answer", prose.Args{"host": one}, "a.example gives no answer"},
		{"{host} {gives|give} no answer", prose.Args{"host": hosts}, "a.example and b.example give no answer"},
		{"{n} {n:server|servers}", prose.Args{"n": prose.Count(1)}, "1 server"},
		{"{n} {n:server|servers}", prose.Args{"n": prose.Count(3)}, "3 servers"},
		{"{n} {n:server|servers}", prose.Args{"n": prose.Count(0)}, "0 servers"},
		{"any {n:server|servers}", nil, "Any server"},
		{"{place:takes|take} it", prose.Args{"place": prose.Data("ports 110 and 995").Of(2)}, "Take it"},
		{"it works{[ at {place}]}, and{[ {a}{b}]} more", prose.Args{"place": prose.Data("port 1"), "a": one}, "It works at port 1, and more"},
		{"the code [AUTH] of {host}", prose.Args{"host": one}, "The code [AUTH] of a.example"},
		{"{=iCloud} is down", nil, "iCloud is down"},
		{"{host}", prose.Args{"host": prose.Data("{braces} [brackets]")}, "{braces} [brackets]"},
		{"{host}", prose.Args{"host": prose.Data("red \x1b[31m")}, `red \x1b[31m`},
	} {
		if got := parsed(t, c.text, c.args, true); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if got := parsed(t, "the rest", nil, false); got != "the rest" {
		t.Errorf("as it goes on: %q", got)
	}
}

func TestTemplatesThatCannotBeRead(t *testing.T) {
	for _, text := range []string{"{host", "{}", "{?x no end", "{[{host}", "{[a {[b]}]}", "a {[", "{[a}"} {
		if _, err := prose.Parse(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestConditions(t *testing.T) {
	tmpl, err := prose.Parse("{?a}{!b} text {c} {d:x|y}")
	if err != nil {
		t.Fatal(err)
	}
	yes := prose.Set(true)
	for _, c := range []struct {
		args prose.Args
		want bool
	}{{nil, false}, {prose.Args{"a": yes}, true}, {prose.Args{"a": yes, "b": yes}, false}, {prose.Args{"a": prose.Set(false)}, false}} {
		if got := tmpl.Holds(c.args); got != c.want {
			t.Errorf("%v: %v, want %v", c.args, got, c.want)
		}
	}
	if got := strings.Join(tmpl.Slots(false), " ") + ", " + strings.Join(tmpl.Slots(true), " "); got != "c, c d" {
		t.Errorf("slots %q", got)
	}
	if got := tmpl.Conditions(); len(got) != 2 || !got["a"] || got["b"] {
		t.Errorf("conditions %v", got)
	}
}

func TestListsAndFigures(t *testing.T) {
	words := func(n int) []prose.Value { return prose.Datas(strings.Split("a b c d e f g", " ")[:n]) }
	ms := func(d time.Duration) prose.Value { return prose.Duration(stage.Ms(d)) }
	for _, c := range []struct {
		v    prose.Value
		want string
	}{
		{prose.And(), ""},
		{prose.And(words(1)...), "a"},
		{prose.And(words(2)...), "a and b"},
		{prose.And(words(4)...), "a, b, c and d"},
		{prose.And(words(7)...), "a, b, c, d and 3 more"},
		{prose.Or(words(3)...), "a, b or c"},
		{prose.Then(words(6)...), "a; b; c; d; e; f"},
		{prose.All(words(6)...), "a, b, c, d, e, f"},
		{prose.And(prose.Value{}, prose.Data(""), prose.Data("a")), "a"},
		{prose.Count(7), "7"},
		{prose.InWords(3), "three"},
		{prose.InWords(11), "11"},
		{ms(20 * time.Microsecond), "less than 0.1 ms"},
		{ms(200 * time.Microsecond), "0.2 ms"},
		{ms(0), "less than 0.1 ms"},
		{ms(58 * time.Millisecond), "58 ms"},
		{ms(10 * time.Second), "10 s"},
		{ms(1234 * time.Millisecond), "1.2 s"},
		{prose.Seconds(stage.Ms(2500 * time.Millisecond)), "2.5 s"},
		{prose.Size(700 << 20), "700 MB"},
		{prose.Size(10_000_000), "10 MB"},
		{prose.Size(1 << 20 * 95 / 10), "9.5 MB"},
		{prose.Size(3 << 29), "1.5 GB"},
		{prose.Size(2048), "2 KB"},
		{prose.Size(0), "0 bytes"},
		{prose.Size(17), "17 bytes"},
		{prose.Size(10_240_000), "9.8 MB"},
		{prose.Size(35_882_577), "34 MB"},
		{prose.Size(999_999_999), "954 MB"},
		{prose.Size(15_000_000_000), "15 GB"},
		{prose.Used(38<<20, 700<<20), "38 of 700 MB"},
		{prose.Used(900<<10, 1<<30), "900 KB of 1 GB"},
		{prose.Day(time.Date(2026, 11, 27, 23, 0, 0, 0, time.FixedZone("", -7200))), "2026-11-28"},
		{prose.Minute(time.Date(2026, 11, 27, 12, 5, 6, 0, time.UTC)), "2026-11-27 12:05 UTC"},
		{prose.Second(time.Date(2026, 11, 27, 12, 5, 6, 0, time.UTC)), "2026-11-27T12:05:06Z"},
		{prose.Minute(time.Time{}), ""},
		{prose.Cut("abcdef", 3), "abc..."},
		{prose.Quoted("a b"), `"a b"`},
		{prose.Phrase("no-such-sentence", nil), "no-such-sentence"},
	} {
		if got := prose.English().Text(c.v); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// A list of two things has two items, and a choice between two has one.
func TestPartsOfLists(t *testing.T) {
	a, b := prose.Data("a"), prose.Data("b")
	for _, c := range []struct {
		v    prose.Value
		want int
	}{{prose.And(a, b), 2}, {prose.Then(a, b), 2}, {prose.Or(a, b), 1}, {a, 1}, {prose.Value{}, 0}} {
		if items := c.v.Items(); len(items) != c.want || c.v.Number() != c.want {
			t.Errorf("%s: %d parts, number %d, want %d", prose.English().Text(c.v), len(items), c.v.Number(), c.want)
		}
	}
}

// ofPage returns a sentence that is in no table.
func ofPage(t *testing.T, text string) prose.Value {
	t.Helper()
	tmpl, err := prose.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return prose.Filled(prose.ID(text), tmpl, nil, nil)
}

// TestFilled checks that a sentence of a page can be part of another like any sentence.
// A name at its beginning keeps its case, and general gives the values of empty slots.
func TestFilled(t *testing.T) {
	tmpl, err := prose.Parse("{host} {gives|give} no answer. {what} is said")
	if err != nil {
		t.Fatal(err)
	}
	general := func(slot string) prose.Value { return prose.Data("any " + slot) }
	for _, host := range []string{"localhost", "imap.example.org", "mail"} {
		v := prose.Filled("page/0", tmpl, prose.Args{"host": prose.Data(host)}, general)
		if got, want := prose.English().Sentence(v), host+" gives no answer. any what is said."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := v.Arg("host"); !got.Equal(prose.Data(host)) || v.ID() != "page/0" {
			t.Errorf("%v of %s", got, v.ID())
		}
	}
	if got := prose.English().Text(prose.Then(prose.InWords(1), ofPage(t, "two"))); got != "one; two" {
		t.Errorf("%q", got)
	}
	if a, b := ofPage(t, "a"), ofPage(t, "b"); a.Equal(b) || !a.Equal(ofPage(t, "a")) {
		t.Error("sentences are not told apart by their ids")
	}
}

func TestSentencesHaveACapitalAndAStop(t *testing.T) {
	if got := prose.English().Sentence(prose.Phrase("number-1", nil)); got != "One." {
		t.Errorf("a word: %q", got)
	}
	if got := prose.English().Sentence(ofPage(t, "is it?")); got != "Is it?" {
		t.Errorf("a question: %q", got)
	}
	if got := prose.English().Sentence(prose.Data("imap.example.net")); got != "imap.example.net." {
		t.Errorf("data: %q", got)
	}
	if got := prose.English().Sentence(prose.Value{}); got != "" {
		t.Errorf("nothing: %q", got)
	}
}

func TestBrief(t *testing.T) {
	long := prose.Then(prose.Data("one"), prose.InWords(2))
	if got := prose.English().Text(prose.Brief(long, 4)); got != "one;..." {
		t.Errorf("%q", got)
	}
	if got := prose.English().Marked("⟦", "⟧").Text(prose.Brief(long, 4)); got != "one; ⟦two⟧" {
		t.Errorf("with marks: %q", got)
	}
}

// Outside the marks there is only untranslated text.
func TestMarks(t *testing.T) {
	l := prose.English().Marked("⟦", "⟧")
	for _, c := range []struct{ got, want string }{
		{l.Text(prose.And(prose.Datas([]string{"a", "b"})...)), "⟦a and b⟧"},
		{l.Sentence(prose.InWords(3)), "⟦Three⟧."},
		{l.Text(prose.Seconds(stage.Ms(time.Second))), "⟦1 s⟧"},
		{l.Text(prose.Data("a")), "a"},
		{l.Sentence(prose.Phrase("list-pair", nil)), "⟦ and ⟧."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Data has marks of its own, inside and outside sentences. Numbers and other values
// have none.
func TestDataMarks(t *testing.T) {
	l := prose.English().Marked("⟦", "⟧").DataMarked("⟪", "⟫")
	pair := prose.And(prose.Data("a"), ofPage(t, "b"))
	for _, c := range []struct{ got, want string }{
		{l.Text(pair), "⟦⟪a⟫ and ⟦b⟧⟧"},
		{l.Sentence(prose.Data("a")), "⟪a⟫."},
		{l.Sentence(prose.Data("a?")), "⟪a?⟫"},
		{l.Text(prose.Count(2)), "2"},
		{l.Text(prose.Phrase("no-such-sentence", nil)), "no-such-sentence"},
		{prose.English().Text(pair), "a and b"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Sentences in sequence each have a full stop, and all but the first a capital. Inside
// another sentence they are used like any value.
func TestSentencesOneAfterTheOther(t *testing.T) {
	one, two := prose.InWords(1), prose.Sentences(ofPage(t, "is it?"), prose.Value{}, prose.InWords(2), prose.Data("a.example"))
	for _, c := range []struct{ got, want string }{
		{prose.English().Text(two), "is it? Two. a.example."},
		{prose.English().Sentence(two), "Is it? Two. a.example."},
		{prose.English().Sentence(prose.Sentences(one)), "One."},
		{prose.English().Text(prose.Then(one, prose.Sentences(one, one))), "one; one. One."},
		{prose.English().Text(prose.Sentences()), ""},
		{prose.English().Marked("⟦", "⟧").Text(prose.Sentences(prose.InWords(1), one)), "⟦one⟧. ⟦One⟧."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if n := len(two.Items()); n != 3 || prose.Sentences(one).Equal(one) {
		t.Errorf("%d sentences", n)
	}
	b, err := json.Marshal(prose.Sentences(prose.Data("a"), prose.Data("b")))
	if want := `["a","b"]`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
}

// The values of slots are outside the marks.
func TestMarkedWords(t *testing.T) {
	l := prose.English().MarkedWords("⟦", "⟧")
	for _, c := range []struct{ got, want string }{
		{l.Text(prose.And(prose.Datas([]string{"a", "b", "c"})...)), "a⟦, ⟧b⟦ and ⟧c"},
		{l.Sentence(prose.InWords(3)), "⟦Three⟧."},
		{l.Text(prose.Seconds(stage.Ms(time.Second))), "1⟦ s⟧"},
		{l.Sentence(ofPage(t, "is it?")), "⟦Is it?⟧"},
		{l.Text(prose.Sentences(prose.InWords(1), prose.InWords(2))), "⟦one⟧. ⟦Two⟧."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	tmpl, err := prose.Parse("{=iCloud}{[ at {host}]} is down")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.Fill(tmpl, prose.Args{"host": prose.Data("h")}, nil, true), "⟦iCloud⟧⟦ at ⟧h⟦ is down⟧"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUnfilledSlots(t *testing.T) {
	place := prose.Phrase("ports-of", prose.Args{"ports": prose.Figure(1)})
	v := prose.Then(prose.InWords(1), prose.Phrase("answers-and-no-mail-port", prose.Args{"place": place}), prose.Phrase("no-such", nil))
	if got, want := strings.Join(prose.English().Unfilled(v), " "), "ports-of.host no-such"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEqualValues(t *testing.T) {
	a := prose.Phrase("x", prose.Args{"a": prose.Data("1"), "b": prose.Count(1)})
	b := prose.Phrase("x", prose.Args{"b": prose.Count(1), "a": prose.Data("1"), "c": {}})
	if !a.Equal(b) || len(prose.AppendNew([]prose.Value{a}, b)) != 1 {
		t.Error("the same is not equal")
	}
	for _, o := range []prose.Value{
		{},
		prose.Data("x"), prose.Phrase("x", nil), prose.Phrase("x", prose.Args{"a": prose.Data("1"), "b": prose.Data("1")}),
		prose.Phrase("x", prose.Args{"a": prose.Data("2"), "b": prose.Count(1)}), a.Of(2),
	} {
		if a.Equal(o) {
			t.Errorf("%s equals %s", o.Key(), a.Key())
		}
	}
}

func TestJSON(t *testing.T) {
	v := prose.Phrase("x", prose.Args{
		"a": prose.Data("1"), "b": prose.And(prose.Datas([]string{"p", "q"})...), "c": prose.Duration(stage.Ms(58 * time.Millisecond)), "d": prose.Size(3),
	})
	b, err := json.Marshal(v)
	if want := `{"id":"x","args":{"a":"1","b":["p","q"],"c":58,"d":3}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
}

func TestTablesCanBeRead(t *testing.T) {
	if _, err := prose.Tables(os.DirFS(".")); err != nil {
		t.Error(err)
	}
}

func TestErrorsInTablesAreNamed(t *testing.T) {
	files := fstest.MapFS{"en/a.txt": {Data: []byte("# a\none = {x\ntwo\none = again\n")}}
	_, err := prose.Tables(files)
	for _, want := range []string{"en/a.txt:2: one: a slot is not closed", `en/a.txt:3: expected id = text, found "two"`, "en/a.txt:4: one stands at en/a.txt:2 as well"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("{?a}{[ b {c}]} {d:e|f} {=g}")
	f.Fuzz(func(_ *testing.T, text string) {
		if t, err := prose.Parse(text); err == nil {
			prose.English().Fill(t, prose.Args{"a": prose.Data("x")}, nil, true)
		}
	})
}
