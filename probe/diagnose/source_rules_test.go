package diagnose

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"testing"

	"maildoctor/probe/diagnose/cause"
)

// house is the module path, and slotTable the package of the table of slots.
const (
	house     = "maildoctor/"
	slotTable = house + "probe/diagnose/cause"
)

// slotNames reads the table of slots: their names on pages, by variable.
func slotNames(t *testing.T) map[string]string {
	t.Helper()
	p := typedSource(t, slotTable)[0]
	names := make(map[string]string)
	for o, v := range p.vars {
		lit, ok := v.(*ast.CompositeLit)
		if !ok || !p.isType(v, slotTable+".Slot") || len(lit.Elts) != 1 {
			continue
		}
		names[o.Name()] = constant.StringVal(p.info.Types[lit.Elts[0]].Value)
	}
	if len(names) < 100 {
		t.Fatalf("%d slots in the table", len(names))
	}
	return names
}

// ruleSource is a rule in the source: a row of a table, or a call of a function that
// makes one.
type ruleSource struct {
	cause cause.ID
	at    string
	from  []ast.Node // the judging code
}

// ruleSources finds every rule of the package.
func ruleSources(t *testing.T, p *typed) (all []ruleSource) {
	t.Helper()
	for _, f := range p.files {
		for _, d := range f.Decls {
			ast.Inspect(d, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if ok && p.isType(lit, house+"probe/diagnose.Rule") {
					all = append(all, rulesOf(t, p, d, lit)...)
				}
				return true
			})
		}
	}
	return all
}

// rulesOf returns the rule of a literal or, if its cause is a parameter of the
// enclosing function, one for each call.
func rulesOf(t *testing.T, p *typed, in ast.Decl, lit *ast.CompositeLit) (all []ruleSource) {
	t.Helper()
	var id, judge ast.Expr
	for _, e := range lit.Elts {
		kv := e.(*ast.KeyValueExpr)
		switch kv.Key.(*ast.Ident).Name {
		case "Cause":
			id = kv.Value
		case "Judge":
			judge = kv.Value
		}
	}
	if v := p.info.Types[id].Value; v != nil {
		return []ruleSource{{cause.ID(constant.StringVal(v)), p.at(lit), []ast.Node{judge}}}
	}
	f, ok := in.(*ast.FuncDecl)
	place := -1
	for i, param := range params(p, f) {
		if ok && param == p.named(id) {
			place = i
		}
	}
	if place < 0 {
		t.Fatalf("%s: a rule whose cause is neither constant nor a parameter", p.at(lit))
	}
	p.each(func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || p.named(call.Fun) != p.info.Defs[f.Name] {
			return
		}
		v := p.info.Types[call.Args[place]].Value
		if v == nil {
			t.Fatalf("%s: a rule whose cause is not constant", p.at(call))
		}
		from := []ast.Node{judge}
		for _, a := range call.Args {
			from = append(from, a)
		}
		all = append(all, ruleSource{cause.ID(constant.StringVal(v)), p.at(call), from})
	})
	return all
}

func params(p *typed, f *ast.FuncDecl) (all []types.Object) {
	if f == nil {
		return nil
	}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			all = append(all, p.info.Defs[name])
		}
	}
	return all
}

// The functions that fill a slot, whose first argument it is.
const (
	withMethod = "(*" + house + "probe/diagnose.Hit).with"
	fillMethod = "(*" + house + "probe/diagnose.found).fill"
	fillFunc   = house + "probe/diagnose.fill" // its second argument
)

// calls reports whether a node is a call of a function, by its full name.
func (p *typed) calls(n ast.Node, names ...string) (call *ast.CallExpr, ok bool) {
	if call, ok = n.(*ast.CallExpr); !ok {
		return nil, false
	}
	f, ok := p.named(call.Fun).(*types.Func)
	return call, ok && slices.Contains(names, f.FullName())
}

// slotOf returns the variable of the table of slots that an expression names; ok is
// false for any other expression.
func (p *typed) slotOf(e ast.Expr) (variable string, ok bool) {
	v, ok := p.named(e).(*types.Var)
	if !ok || v.Pkg().Path() != slotTable || v.Parent() != v.Pkg().Scope() {
		return "", false
	}
	return v.Name(), true
}

// filled returns the slot that a node fills: by (*Hit).with or (*found).fill, or as
// a key in a map of slots; ok is false for none.
func (p *typed) filled(n ast.Node) (variable string, ok bool) {
	if call, ok := p.calls(n, withMethod, fillMethod); ok {
		return p.slotOf(call.Args[0])
	}
	if call, ok := p.calls(n, fillFunc); ok {
		return p.slotOf(call.Args[1])
	}
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		return p.slotOf(n.Key)
	case *ast.AssignStmt:
		if i, ok := n.Lhs[0].(*ast.IndexExpr); ok {
			return p.slotOf(i.Index)
		}
	}
	return "", false
}

// derived returns the slots that the findings of every cause have, by their names,
// beside those that rules fill.
func derived(p *typed, names map[string]string) map[string]bool {
	out := make(map[string]bool)
	for o, f := range p.funcs {
		if !slices.Contains([]string{"baseArgs", "settle", "derivedSlots"}, o.Name()) {
			continue
		}
		p.reach(func(n ast.Node) {
			if v, ok := p.filled(n); ok {
				out[names[v]] = true
			}
		}, f.Body)
	}
	return out
}

// unservedSource is the one finding that no rule makes.
func unservedSource(p *typed) ruleSource {
	for o, f := range p.funcs {
		if o.Name() == "unserved" {
			return ruleSource{cause.ProviderHasNoIMAP, p.at(f), []ast.Node{f.Body}}
		}
	}
	return ruleSource{at: "unserved is gone"}
}
