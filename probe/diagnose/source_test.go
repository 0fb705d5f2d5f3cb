package diagnose

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// typed is the source of a package without tests, with its type information.
type typed struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info

	funcs map[types.Object]*ast.FuncDecl
	vars  map[types.Object]ast.Expr // of the package, with their initial values
}

// typedSource loads packages of the module.
func typedSource(t *testing.T, paths ...string) []*typed {
	t.Helper()
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
	}
	out, err := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles"}, paths...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string]listed)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	fset := token.NewFileSet()
	compiled := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(all[path].Export) })
	var read []*typed
	for _, path := range paths {
		p := &typed{path: path, fset: fset}
		for _, name := range all[path].GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(all[path].Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			p.files = append(p.files, f)
		}
		p.info = &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object), Defs: make(map[*ast.Ident]types.Object)}
		if _, err := (&types.Config{Importer: compiled}).Check(path, fset, p.files, p.info); err != nil {
			t.Fatal(err)
		}
		p.index()
		read = append(read, p)
	}
	return read
}

// index finds the functions and the variables of the package.
func (p *typed) index() {
	p.funcs, p.vars = make(map[types.Object]*ast.FuncDecl), make(map[types.Object]ast.Expr)
	for _, f := range p.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				p.funcs[p.info.Defs[d.Name]] = d
			case *ast.GenDecl:
				for _, s := range d.Specs {
					v, ok := s.(*ast.ValueSpec)
					for i := 0; ok && i < len(v.Values); i++ {
						p.vars[p.info.Defs[v.Names[i]]] = v.Values[i]
					}
				}
			}
		}
	}
}

// at returns the position of a node: "rules_login.go:12".
func (p *typed) at(n ast.Node) string {
	at := p.fset.Position(n.Pos())
	at.Filename, at.Column = filepath.Base(at.Filename), 0
	return at.String()
}

// named returns the object that a plain or qualified name refers to; nil for
// anything else.
func (p *typed) named(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return p.info.Uses[e]
	case *ast.SelectorExpr:
		return p.info.Uses[e.Sel]
	}
	return nil
}

// isType reports whether an expression is of a type, such as
// "maildoctor/probe/stage.NoteID", or a pointer to it.
func (p *typed) isType(e ast.Expr, name string) bool {
	t := p.info.TypeOf(e)
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path()+"."+n.Obj().Name() == name
}

// reach calls see for every node that may run when one of these does: those in it,
// and in the package's functions and variables that it names.
func (p *typed) reach(see func(ast.Node), from ...ast.Node) {
	seen := make(map[types.Object]bool)
	var walk func(ast.Node) bool
	walk = func(n ast.Node) bool {
		if n == nil {
			return false
		}
		see(n)
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o := p.info.Uses[id]
		if o == nil || seen[o] {
			return true
		}
		seen[o] = true
		if f := p.funcs[o]; f != nil && f.Body != nil {
			ast.Inspect(f.Body, walk)
		}
		if v := p.vars[o]; v != nil {
			ast.Inspect(v, walk)
		}
		return true
	}
	for _, n := range from {
		ast.Inspect(n, walk)
	}
}

// each calls see for every node of the package.
func (p *typed) each(see func(ast.Node)) {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil {
				see(n)
			}
			return n != nil
		})
	}
}
