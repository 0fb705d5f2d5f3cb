package arrows

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// What a reader can still take in at once.
const (
	maxFiles = 45 // of code in a directory, tests apart
	maxLines = 60 // of a function
)

// TestRoomsAndFunctionsStaySmall: a directory with more files wants inner walls, a
// longer function wants to be several.
func TestRoomsAndFunctionsStaySmall(t *testing.T) {
	files := make(map[string]int)
	err := filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && len(strings.Trim(d.Name(), ".")) > 0:
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		if !strings.HasSuffix(path, "_test.go") {
			files[filepath.Dir(path)]++
		}
		longFunctions(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Errorf("only %d directories were seen", len(files))
	}
	for dir, n := range files {
		if n > maxFiles {
			t.Errorf("%s holds %d files, at most %d", dir, n, maxFiles)
		}
	}
}

func longFunctions(t *testing.T, path string) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Error(err)
		return
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first, last := set.Position(fn.Pos()).Line, set.Position(fn.End()).Line
		if n := last - first + 1; n > maxLines && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s:%d: %s has %d lines, at most %d", path, first, fn.Name.Name, n, maxLines)
		}
	}
}
