package arrows

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// spoken are the directories whose code has something to say to the user. What they
// say stands in the tables of probe/prose/en and on the pages of causes.
var spoken = []string{"probe/diagnose", "probe/expect", "report", "cmd/internal"}

// silent are directories below them that say nothing: patterns of what servers say and
// people paste, what tests are made of, and readers of files and lists, whose texts are all errors.
var silent = []string{"probe/diagnose/reply", "report/internal", "report/reporttest", "cmd/internal/arrows", "cmd/internal/list", "cmd/internal/paste", "cmd/internal/smoke"}

// names are declarations whose literals are no sentences: names of software, and what
// is compared with something that was read.
var names = map[string][]string{
	"probe/diagnose/cause/page.go":      {"InASentence"}, // headings, by which pages are read
	"probe/diagnose/cause/words.go":     {"actors"},      // words, by which actions are read
	"probe/diagnose/chart/networks.go":  {"inbound"},
	"probe/diagnose/chart/opening.go":   {"openings"},
	"probe/diagnose/chart/tried.go":     {"readable"},       // mechanisms' names
	"probe/diagnose/question/login.go":  {"otherMechanism"}, // a mechanism's name
	"probe/diagnose/rules_reply.go":     {"readable"},       // likewise
	"probe/diagnose/chart/gap.go":       {"publicAuthorities"},
	"probe/diagnose/rules_intercept.go": {"antivirusNames"},
	"probe/expect/certificate.go":       {"strengths"},                 // names of keys
	"probe/expect/mail.go":              {"missingDomain"},             // words of servers
	"report/contacts.go":                {"purposes"},                  // why somebody was contacted, by the ids of the stream
	"report/tap/tap.go":                 {"Render", "point"},           // words of the protocol
	"cmd/internal/cmdline/arguments.go": {"kinds"},                     // of errors
	"cmd/internal/cli/version.go":       {"line"},                      // of --version
	"cmd/internal/cli/cli.go":           {"Main"},                      // an error
	"cmd/internal/cmdline/help.go":      {"refuseWords"},               // help
	"cmd/internal/mailurl/mailurl.go":   {"urlForms"},                  // of an error
	"cmd/internal/cli/listed.go":        {"listName"},                  // of errors
	"cmd/internal/cli/explain.go":       {"input"},                     // of errors
	"cmd/internal/demo/world.go":        {"Target"},                    // names of the demonstration's profile
	"cmd/internal/demo/cases.go":        {"Cases"},                     // a password
	"cmd/internal/serve/hosts.go":       {"ofThisHost"},                // an error
	"cmd/internal/serve/page.go":        {"index", "debug"},            // media types, and errors
	"cmd/internal/serve/probe.go":       {"probe"},                     // errors
	"cmd/internal/serve/sd.go":          {"discover"},                  // an error
	"cmd/internal/serve/server.go":      {"reload"},                    // errors
	"cmd/internal/cli/serve.go":         {"listenAndServe"},            // an error
	"probe/diagnose/pasted/chain.go":    {"facts"},                     // what servers say
	"probe/diagnose/pasted/target.go":   {"recipientWords", "servers"}, // the same
}

var (
	words = regexp.MustCompile(`\pL{2,}[,;:]? +\pL+`)           // two, with a space between them
	glue  = regexp.MustCompile(`^[,;:]? +\pL{2,}|\pL{2,}:? +$`) // one, to be put together with others
)

// TestEnglishStandsInTables: a sentence in Go code is out of a translator's reach.
func TestEnglishStandsInTables(t *testing.T) {
	excused := make(map[string]bool)
	const root = "../../.."
	for _, dir := range spoken {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			name = filepath.ToSlash(name)
			switch {
			case d.IsDir() && slices.Contains(silent, name):
				return filepath.SkipDir
			case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
				return nil
			}
			for _, l := range sentences(t, path, nil) {
				switch {
				case slices.Contains(names[name], l.in):
					excused[name+" "+l.in] = true
				default:
					t.Errorf("%s:%d: %q: sentences stand in probe/prose/en", name, l.line, l.text)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, in := range names {
		for _, decl := range in {
			if !excused[name+" "+decl] {
				t.Errorf("%s: %s needs no exception", name, decl)
			}
		}
	}
}

// literal is a string in the code that reads like words of a sentence.
type literal struct {
	line int
	in   string // the declaration at the top level
	text string
}

// sentences finds them in a file, or in src.
func sentences(t *testing.T, path string, src any) (all []literal) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		in := declared(d)
		ast.Inspect(d, func(n ast.Node) bool {
			if notSaid(n) {
				return false
			}
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, _ := strconv.Unquote(l.Value); words.MatchString(text) || glue.MatchString(text) {
					all = append(all, literal{set.Position(l.Pos()).Line, in, text})
				}
			}
			return true
		})
	}
	return all
}

// declared returns the first name that a declaration introduces.
func declared(d ast.Decl) string {
	if f, ok := d.(*ast.FuncDecl); ok {
		return f.Name.Name
	}
	for _, s := range d.(*ast.GenDecl).Specs {
		if v, ok := s.(*ast.ValueSpec); ok {
			return v.Names[0].Name
		}
	}
	return ""
}

// unsaid are the functions whose arguments are no sentences of a report: errors, help,
// and what is looked for in what was read.
var unsaid = regexp.MustCompile(`^(errors\.New|fmt\.Errorf|panic|fault\.Usage|fault\.Own|(cmdline\.)?Between|files\.Expecting|regexp\.MustCompile|.*\.\w+VarP?|.*\.Says|reply\.HasAny|(chart\.)?Named|strings\.(Contains|HasPrefix|CutPrefix|EqualFold))$`)

// help are the fields of a command that --help shows.
var help = []string{"Use", "Short", "Long", "Example"}

// notSaid reports whether nothing below a node is said in a report.
func notSaid(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		return unsaid.MatchString(called(n.Fun))
	case *ast.KeyValueExpr:
		key, ok := n.Key.(*ast.Ident)
		return ok && slices.Contains(help, key.Name)
	case *ast.BinaryExpr:
		return n.Op == token.EQL || n.Op == token.NEQ
	case *ast.ImportSpec:
		return true
	case *ast.Field:
		return n.Tag != nil
	}
	return false
}

// called returns the name of what is called.
func called(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return called(f.X) + "." + f.Sel.Name
	}
	return ""
}

func TestWhatReadsLikeASentence(t *testing.T) {
	const src = `package x
import "a b"
type tagged struct { A string ` + "`json:\"two words\"`" + ` }
var said = []string{"two words", "glued ", " on", "; and so on"}
var kept = []string{"one", "A", "%s", "x:", "IMAP", "ends. ", ", "}
func f(s string) error {
	if s == "two words" || k.Says(s, []string{"two words"}) || strings.Contains(s, "two words") { panic("two words") }
	c := command{Short: "two words", Title: "two words"}
	fs.BoolVar(&c.b, "b", false, "two words")
	return fmt.Errorf("two words: %w", errors.New("two words"))
}
`
	var got []string
	for _, l := range sentences(t, "x.go", src) {
		got = append(got, l.in+": "+l.text)
	}
	if want := []string{"said: two words", "said: glued ", "said:  on", "said: ; and so on", "f: two words"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
