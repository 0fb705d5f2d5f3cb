package question

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// constants returns what a file of package stage gives the constants of a type.
func constants[T ~string](t *testing.T, file, typ string) []T {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../stage/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		id, _ := spec.Type.(*ast.Ident)
		lit, _ := spec.Values[0].(*ast.BasicLit)
		if id == nil || id.Name != typ || lit == nil {
			return true
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, T(s))
		return true
	})
	if len(all) == 0 {
		t.Fatalf("%s has no constants of type %s", file, typ)
	}
	return all
}

// Every question that has an id is one that can be asked, with words of its own, and
// these tests know what its follow-ups look like.
func TestEveryQuestionIsKnown(t *testing.T) {
	topics := make(map[string]stage.QuestionID)
	for _, id := range constants[stage.QuestionID](t, "check.go", "QuestionID") {
		if _, ok := inquiryOf(id); !ok {
			t.Errorf("%s: nobody asks it", id)
		}
		if len(made[id]) == 0 {
			t.Errorf("%s: this test has no follow-up for it", id)
		}
		words := prose.English().Text(Topic(id))
		if other, ok := topics[words]; ok || words == "" || Topic(id).Equal(Topic("from-another-version")) {
			t.Errorf("%s has the words of %s: %q", id, other, words)
		}
		topics[words] = id
	}
}

// Whatever the result of a follow-up, its question and answer are complete: no slot
// is empty, no word is outside of the tables, and a text that is no answer says so.
func TestWhateverComesOfAQuestionCanBeSaid(t *testing.T) {
	faults := constants[stage.Fault](t, "fault.go", "Fault")
	reasons := constants[stage.Reason](t, "stage.go", "Reason")
	h := hearing{sentences: make(map[prose.ID]bool), heard: make(map[string]bool)}
	for id, checks := range made {
		h.hear(t, stage.CheckRecord{}, Topic(id), "")
		for _, c := range checks {
			c.ID, c.Parents, c.Question, c.Round = "before/word", []string{"before"}, id, 1
			h.hear(t, stage.CheckRecord{Check: c}, Ask(c), "?")
			for round := range 8 {
				for _, r := range ends(c, faults, reasons, round) {
					h.answer(t, r, AnswerOf(r))
					before := r
					before.Check.ID, before.Check.Parents, before.Check.Round = "before", nil, 0
					h.answer(t, r, AnswerIn(&stage.Record{Checks: []stage.CheckRecord{before, r}}, r))
				}
			}
		}
	}
	for _, id := range ownSentences(t) {
		if !h.sentences[id] {
			t.Errorf("%s is never said", id)
		}
	}
}

// hearing records what was said so far.
type hearing struct {
	sentences map[prose.ID]bool
	heard     map[string]bool // values, with the question that they belong to
}

func (h hearing) answer(t *testing.T, r stage.CheckRecord, a Answer) {
	t.Helper()
	h.hear(t, r, a.Said, ".")
	if none := strings.HasPrefix(string(a.Said.ID()), "not-answered"); none == a.Answered {
		t.Fatalf("%s: answered is %v: %s", r.Check.Question, a.Answered, prose.English().Sentence(a.Said))
	}
}

// hear checks a text about a follow-up, and records its sentences.
func (h hearing) hear(t *testing.T, r stage.CheckRecord, v prose.Value, end string) {
	t.Helper()
	key := string(r.Check.Question) + v.Key()
	if h.heard[key] {
		return
	}
	h.heard[key] = true
	text := prose.English().Sentence(v)
	if v.Empty() || !strings.HasSuffix(text, end) {
		t.Fatalf("%s: said is %q", r.Check.Question, text)
	}
	for _, slot := range prose.English().Unfilled(v) {
		t.Fatalf("%s: %s is empty: %s", r.Check.Question, slot, text)
	}
	if s := foreign(t, r, v); s != "" {
		t.Fatalf("%s: %q is neither in the tables nor data: %s", r.Check.Question, s, text)
	}
	walk(t, v, func(member, s string) {
		if member == "id" {
			h.sentences[prose.ID(s)] = true
		}
	})
}

// words are those that stand between marks; dates are data in a form of their own.
var (
	words = regexp.MustCompile(`⟦[^⟧]*⟧`)
	dates = regexp.MustCompile(`^[0-9-]+ [0-9:]+ UTC$`)
)

// foreign returns letters that are neither in the tables nor in the record.
func foreign(t *testing.T, r stage.CheckRecord, v prose.Value) string {
	t.Helper()
	data := ""
	for _, piece := range words.Split(prose.English().MarkedWords("⟦", "⟧").Text(v), -1) {
		piece = strings.TrimFunc(piece, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if !strings.ContainsFunc(piece, unicode.IsLetter) || dates.MatchString(piece) {
			continue
		}
		if data == "" {
			data = strings.ToLower(textOf(t, r))
		}
		if !strings.Contains(data, strings.ToLower(piece)) {
			return piece
		}
	}
	return ""
}

// textOf returns all text in a record.
func textOf(t *testing.T, r stage.CheckRecord) string {
	t.Helper()
	var b strings.Builder
	walk(t, r, func(_, s string) { b.WriteString(s + "\n") })
	return b.String()
}

// walk visits the strings of a value in JSON.
func walk(t *testing.T, v any, visit func(member, s string)) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	var down func(member string, x any)
	down = func(member string, x any) {
		switch x := x.(type) {
		case string:
			visit(member, x)
		case []any:
			for _, item := range x {
				down(member, item)
			}
		case map[string]any:
			for name, item := range x {
				down(name, item)
			}
		}
	}
	down("", tree)
}

// ownSentences are the sentences of the tables that this package uses.
func ownSentences(t *testing.T) []prose.ID {
	t.Helper()
	tables, err := prose.Tables(os.DirFS("../../prose"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []prose.ID
	for _, table := range tables {
		for _, e := range table.Entries {
			ours := table.Name == "questions" && (strings.HasPrefix(string(e.ID), "ask-") || strings.HasPrefix(string(e.ID), "topic-"))
			if ours || table.Name == "answers" {
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}
