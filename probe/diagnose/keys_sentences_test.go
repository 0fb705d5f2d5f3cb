package diagnose

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"maildoctor/probe/prose"
)

// byID has the sentences that are found by the ids of facts, and not through a
// function of package say: the prefixes of their ids, and the ids that may follow.
var byID = map[string]string{
	"fault-":             house + "probe/stage.Fault",
	"certificate-fault-": house + "probe/stage.CertFaultID",
	"lookup-":            house + "probe/stage.LookupOutcome",
	"attempt-":           house + "probe/stage.DialOutcome",
}

// TestFactsHaveSentences: a fact whose sentence is misspelt would be shown by its
// id, and a slot of that sentence would stay empty.
func TestFactsHaveSentences(t *testing.T) {
	chart := typedSource(t, house+"probe/diagnose/chart")[0]
	said := saidBy(t, chart)
	slots := slotsByID(t, chart)
	all := sentences(t)
	for prefix, kind := range byID {
		known := constantsOf(t, house+"probe/stage", kind)
		for _, fact := range known {
			if all[prefix+fact] == nil {
				t.Errorf("%q has no sentence %s%s", fact, prefix, fact)
			}
		}
		for id, sentence := range all {
			fact, ok := strings.CutPrefix(id, prefix)
			switch {
			case !ok:
			case !slices.Contains(known, fact):
				if !said[id] {
					t.Errorf("%s is of no fact, and nobody says it", id)
				}
			case !subset(sentence.Slots(true), slots[prefix]):
				t.Errorf("%s has slots %v, filled are %v", id, sentence.Slots(true), slots[prefix])
			}
		}
	}
}

// slotsByID reads which slots the package fills for sentences that it finds by ids.
func slotsByID(t *testing.T, p *typed) map[string][]string {
	t.Helper()
	slots := make(map[string][]string)
	p.each(func(n ast.Node) {
		call, ok := p.calls(n, p.path+".byID")
		if !ok {
			return
		}
		id, ok := call.Args[0].(*ast.BinaryExpr)
		args, isMap := call.Args[2].(*ast.CompositeLit)
		if !ok || !isMap {
			t.Fatalf("%s: an id or arguments that can't be read here", p.at(n))
		}
		prefix := constant.StringVal(p.info.Types[id.X].Value)
		slots[prefix] = []string{}
		for _, e := range args.Elts {
			slots[prefix] = append(slots[prefix], constant.StringVal(p.info.Types[e.(*ast.KeyValueExpr).Key].Value))
		}
	})
	for prefix := range byID {
		if slots[prefix] == nil {
			t.Errorf("nobody finds sentences by %s", prefix)
		}
	}
	return slots
}

// constantsOf returns the values of a package's constants of one type.
func constantsOf(t *testing.T, path, kind string) (values []string) {
	t.Helper()
	p := typedSource(t, path)[0]
	for id, o := range p.info.Defs {
		if c, ok := o.(*types.Const); ok && p.isType(id, kind) {
			values = append(values, constant.StringVal(c.Val()))
		}
	}
	if len(values) < 9 {
		t.Fatalf("%d constants of %s", len(values), kind)
	}
	return values
}

// saidBy returns the ids of the sentences that a package uses through functions of
// package say.
func saidBy(t *testing.T, p *typed) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	for _, o := range p.info.Uses {
		if o.Pkg() != nil && o.Pkg().Path() == house+"probe/prose/say" {
			names[o.Name()] = true
		}
	}
	ids := make(map[string]bool)
	say := typedSource(t, house+"probe/prose/say")[0]
	for o, f := range say.funcs {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if call, ok := say.calls(n, house+"probe/prose.Phrase"); ok && names[o.Name()] {
				ids[constant.StringVal(say.info.Types[call.Args[0]].Value)] = true
			}
			return true
		})
	}
	return ids
}

// sentences reads the tables, without the formats of figures, which belong to the
// language.
func sentences(t *testing.T) map[string]*prose.Template {
	t.Helper()
	tables, err := prose.Tables(os.DirFS("../prose"))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]*prose.Template)
	for _, table := range tables {
		for _, e := range table.Entries {
			if table.Name != "figures" {
				all[string(e.ID)] = e.Template
			}
		}
	}
	return all
}

func subset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// TestWordsStandInTables: the words of rules come from sentences and facts. Words
// that are written in Go can't be translated.
func TestWordsStandInTables(t *testing.T) {
	makes := func(name string) string { return house + "probe/prose." + name }
	for _, p := range typedSource(t, house+"probe/diagnose", house+"probe/diagnose/chart", house+"probe/diagnose/question") {
		p.each(func(n ast.Node) {
			if call, ok := p.calls(n, makes("Raw")); ok {
				t.Errorf("%s: text that no translator reaches: %s", p.at(call), types.ExprString(call.Args[0]))
			}
			call, ok := p.calls(n, makes("Data"), makes("Cut"), makes("Quoted"))
			if !ok {
				return
			}
			ast.Inspect(call.Args[0], func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if ok && lit.Kind == token.STRING && words(constant.StringVal(p.info.Types[lit].Value)) {
					t.Errorf("%s: words that no translator reaches: %s", p.at(lit), lit.Value)
				}
				return true
			})
		})
	}
}

// words reports whether a text is more than a name or a term: it has a space between
// letters, or begins with a small letter.
func words(s string) bool {
	return strings.Contains(strings.TrimSpace(s), " ") || s != "" && s[0] >= 'a' && s[0] <= 'z'
}
