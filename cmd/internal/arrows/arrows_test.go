// Package arrows holds no code, only the test that keeps the imports between
// packages going one way.
package arrows

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule says what a package may import. Packages of the house are named without
// the module path; "std" is the standard library. A name ending in "/" means all
// below it.
type rule struct {
	pkg   string
	house []string // of the house
	other []string // other modules; nil: the standard library alone
}

var rules = []rule{
	{"probe/stage", nil, nil},
	{"probe/slip", nil, nil},
	{"probe/lazy", nil, nil},
	{"profiles/hostname", nil, []string{"golang.org/x/net/idna"}},
	{"profiles/regular", nil, nil},
	{"profiles/strict", []string{"probe/slip", "probe/stage"}, []string{"github.com/pelletier/go-toml/v2", "github.com/pelletier/go-toml/v2/unstable"}},
	{"profiles", []string{"probe/slip", "probe/stage", "profiles/hostname", "profiles/regular", "profiles/strict"}, []string{"github.com/pelletier/go-toml/v2/unstable", "golang.org/x/net/publicsuffix", "golang.org/x/text/width"}},
	{"profiles/dialogs", []string{"probe/slip", "probe/stage"}, []string{"github.com/pelletier/go-toml/v2"}},
	{"profiles/published", []string{"probe/stage", "profiles/hostname"}, []string{"golang.org/x/text/encoding/charmap"}},
	{"profiles/publish", []string{"probe/stage", "profiles/published"}, nil},
	{"profiles/discover", []string{"probe/stage", "profiles", "profiles/published"}, []string{"golang.org/x/net/publicsuffix"}},
	{"profiles/export", []string{"probe/stage", "profiles/published"}, []string{"rsc.io/qr", "github.com/smallstep/pkcs7"}},
	{"profiles/installed", []string{"probe/stage", "profiles/hostname", "profiles/published"}, nil},
	{"profiles/importer", []string{"probe/slip", "probe/stage", "profiles", "profiles/published", "profiles/regular"}, []string{"golang.org/x/net/publicsuffix"}},
	{"profiles/survey", []string{"probe/account", "probe/stage", "profiles", "profiles/importer"}, []string{"golang.org/x/net/publicsuffix"}},
	{"probe/redact", []string{"probe/stage"}, nil},
	{"probe/wire", []string{"probe/stage"}, nil},
	{"probe/auth", []string{"probe/stage"}, []string{"github.com/emersion/go-sasl", "github.com/xdg-go/", "golang.org/x/text/"}},
	{"probe/account", []string{"probe/stage"}, []string{"golang.org/x/net/publicsuffix"}},
	{"probe/budget", []string{"probe/stage", "probe/account", "probe/auth"}, nil},
	{"probe/resolve", []string{"probe/stage"}, []string{"github.com/miekg/dns", "golang.org/x/sys/windows", "golang.org/x/net/idna"}},
	{"probe/tlsinspect", []string{"probe/stage", "probe/wire"}, []string{"golang.org/x/crypto/x509roots/fallback/bundle"}},
	{"probe/imap", []string{"probe/stage", "probe/wire", "probe/auth"}, []string{"github.com/emersion/go-imap/"}},
	{"probe/pop3", []string{"probe/stage", "probe/wire", "probe/auth"}, nil},
	{"probe/smtp", []string{"probe/stage", "probe/wire", "probe/auth"}, []string{"golang.org/x/net/idna"}},
	{"probe/prose", []string{"probe/stage"}, []string{"golang.org/x/text/feature/plural", "golang.org/x/text/language"}},
	{"probe/prose/say", []string{"probe/prose"}, nil},
	{"probe/prose/prosetest", []string{"probe/prose"}, nil},
	{"probe/diagnose/cause", []string{"probe/stage", "probe/prose", "probe/prose/say"}, nil},
	{"probe/diagnose/atlas", []string{"probe/stage", "probe/diagnose/cause"}, nil},
	{"probe/diagnose/reply", []string{"probe/stage", "probe/diagnose/atlas", "probe/diagnose/cause"}, nil},
	{"probe/diagnose/pasted", []string{"probe/lazy", "probe/stage", "probe/diagnose/cause", "probe/diagnose/reply"}, []string{
		"golang.org/x/net/publicsuffix",
		"golang.org/x/text/encoding", "golang.org/x/text/encoding/charmap", "golang.org/x/text/encoding/japanese", "golang.org/x/text/encoding/korean",
		"golang.org/x/text/encoding/simplifiedchinese", "golang.org/x/text/encoding/traditionalchinese",
	}},
	{"probe/diagnose/chart", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/account", "probe/diagnose/cause", "probe/diagnose/reply"}, nil},
	{"probe/diagnose/question", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose/cause", "probe/diagnose/chart"}, nil},
	{"probe/diagnose/programs", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose/chart"}, nil},
	{"probe/diagnose/remedy", []string{"probe/stage", "probe/diagnose/cause", "probe/diagnose/chart"}, nil},
	{"probe/diagnose", []string{
		"probe/prose", "probe/prose/say", "probe/diagnose/remedy",
		"probe/stage", "probe/diagnose/cause", "probe/diagnose/chart", "probe/diagnose/question", "probe/diagnose/reply",
	}, nil},
	{"probe/expect/dane", []string{"probe/stage"}, nil},
	{"probe/expect", []string{"probe/account", "probe/expect/dane", "probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose", "probe/diagnose/cause", "probe/diagnose/chart"}, nil},
	{"probe/probetest", nil, []string{
		"github.com/emersion/", "github.com/miekg/dns", "github.com/xdg-go/scram",
	}},
	{"probe/dial", []string{"probe/stage"}, []string{"golang.org/x/sys/"}},
	{"probe/queue", nil, nil},
	{"probe/walk", nil, nil},
	{"probe/web", []string{"probe/stage", "probe/dial"}, nil},
	{"probe", []string{
		"probe/account", "probe/auth", "probe/budget", "probe/diagnose", "probe/diagnose/programs", "probe/dial", "probe/expect", "probe/imap", "probe/pop3", "probe/queue", "probe/resolve", "probe/smtp",
		"probe/stage", "probe/tlsinspect", "probe/web", "probe/wire",
	}, []string{"golang.org/x/net/http/httpproxy", "github.com/beevik/ntp"}},
	{"report", []string{"profiles/dialogs", "probe/expect", "probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose", "probe/diagnose/cause", "probe/diagnose/chart", "probe/diagnose/programs", "probe/diagnose/question"}, nil},
	{"report/term", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose", "probe/diagnose/cause", "report"}, []string{
		"github.com/charmbracelet/", "github.com/muesli/termenv", "github.com/mattn/go-runewidth",
	}},
	{"report/jsonreport", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose", "probe/diagnose/cause", "probe/diagnose/programs", "report"}, nil},
	{"report/markdown", []string{"probe/prose", "probe/prose/say", "probe/stage", "probe/diagnose/cause", "report"}, nil},
	{"report/prometheus", []string{"probe/prose", "probe/prose/say", "probe/stage", "report"}, []string{"github.com/prometheus/client_model/go", "github.com/prometheus/common/expfmt"}},
	{"report/points", []string{"probe/diagnose/cause", "probe/prose", "probe/prose/say", "probe/stage", "report"}, nil},
	{"report/junit", []string{"probe/prose/say", "probe/stage", "report", "report/points"}, nil},
	{"report/tap", []string{"report", "report/points"}, nil},
	{"report/github", []string{"probe/prose", "probe/prose/say", "report", "report/points"}, nil},
	{"report/nagios", []string{"probe/prose", "probe/prose/say", "probe/stage", "report", "report/points"}, nil},
	{"cmd/internal/answer", []string{"cmd/internal/console", "cmd/internal/fault", "probe", "probe/diagnose/chart", "probe/prose", "probe/prose/say", "probe/stage", "profiles", "profiles/discover", "report"}, nil},
	{"cmd/internal/chains", []string{"cmd/internal/console", "cmd/internal/fault", "cmd/internal/files", "probe/diagnose/chart", "probe/prose", "probe/prose/say", "probe/stage", "report"}, []string{"github.com/charmbracelet/x/ansi"}},
	{"cmd/internal/cmdline", []string{"cmd/internal/fault", "probe/slip"}, []string{"github.com/spf13/cobra", "github.com/spf13/cobra/doc", "github.com/spf13/pflag"}},
	{"cmd/internal/demo", []string{"probe", "probe/auth", "probe/probetest", "probe/prose", "probe/prose/say", "probe/resolve", "probe/stage", "probe/tlsinspect"}, nil},
	{"cmd/internal/dialog", []string{
		"cmd/internal/console", "cmd/internal/fault", "cmd/internal/handover", "probe/diagnose/cause", "probe/diagnose/chart", "probe/prose",
		"probe/prose/say", "probe/stage", "profiles/dialogs", "profiles/export", "profiles/published", "report",
	}, []string{"github.com/charmbracelet/x/ansi"}},
	{"cmd/internal/display", []string{"cmd/internal/console", "probe/stage", "report/term"}, nil},
	{"cmd/internal/explain", []string{
		"cmd/internal/console", "cmd/internal/dialog", "cmd/internal/fault", "cmd/internal/mailurl", "cmd/internal/paste", "probe/diagnose/cause", "probe/diagnose/chart",
		"probe/diagnose/pasted", "probe/diagnose/reply", "probe/lazy", "probe/prose", "probe/prose/say", "probe/stage", "profiles", "report",
	}, []string{"golang.org/x/net/publicsuffix"}},
	{"cmd/internal/fault", nil, nil},
	{"cmd/internal/serve", []string{"probe/diagnose/cause", "probe/prose", "probe/prose/say", "probe/stage", "report", "report/prometheus", "report/term"}, []string{
		"github.com/prometheus/client_golang/prometheus", "github.com/prometheus/client_golang/prometheus/collectors", "github.com/prometheus/client_golang/prometheus/promhttp",
		"github.com/prometheus/client_model/go",
	}},
	{"cmd/internal/kept", []string{"probe/account", "probe/stage", "profiles/dialogs", "profiles/installed"}, nil},
	{"cmd/internal/files", []string{"cmd/internal/fault"}, nil},
	{"cmd/internal/paste", []string{"probe/lazy"}, nil},
	{"cmd/internal/list", []string{"probe/stage"}, nil},
	{"cmd/internal/smoke", []string{
		"cmd/internal/mailurl", "probe/diagnose/cause", "probe/smtp", "probe/stage", "profiles", "profiles/hostname", "profiles/regular", "profiles/strict",
	}, []string{"github.com/pelletier/go-toml/v2/unstable"}},
	{"cmd/internal/starter", []string{
		"cmd/internal/console", "cmd/internal/mailurl", "cmd/internal/smoke", "probe/prose", "probe/prose/say", "probe/stage", "profiles/hostname", "report",
	}, []string{"github.com/charmbracelet/x/ansi"}},
	{"cmd/internal/saved", []string{"cmd/internal/console", "cmd/internal/fault", "cmd/internal/files", "cmd/internal/system", "probe/prose", "probe/prose/say", "probe/stage", "report/jsonreport"}, []string{"github.com/charmbracelet/x/ansi"}},
}

// free are the packages that may import what they like: the wiring, and tests.
var free = []string{
	"cmd/maildoctor", "cmd/internal/arrows", "cmd/internal/cli", "cmd/internal/console", "cmd/internal/handover", "cmd/internal/mailurl", "cmd/internal/surveyor", "cmd/internal/system",
	"probe/internal/dialoguetest", "probe/internal/filltest", "probe/prose/internal/gen", "profiles/importer/internal/gen", "probe/laboratory", "probe/realtest", "report/internal/sample", "report/internal/expected", "report/reporttest",
}

// known to these alone, wherever they are allowed.
var only = map[string][]string{
	"github.com/miekg/dns":                   {"probe/resolve", "probe/probetest"},
	"github.com/charmbracelet/lipgloss":      {"report/term"},
	"github.com/prometheus/common/expfmt":    {"report/prometheus"},
	"golang.org/x/net/publicsuffix":          {"cmd/internal/explain", "probe/account", "probe/diagnose/pasted", "profiles", "profiles/discover", "profiles/importer", "profiles/survey"},
	"maildoctor/probe/realtest":              {}, // tests alone
	"maildoctor/report/reporttest":           {}, // likewise
	"maildoctor/report/internal/expected":    {}, // likewise
	"maildoctor/probe/internal/dialoguetest": {}, // likewise
	"maildoctor/probe/internal/filltest":     {}, // likewise
}

const module = "maildoctor/"

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Standard", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func allowed(list []string, name string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		return name == a || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a)
	})
}

func TestArrows(t *testing.T) {
	all := packages(t)
	seen := make(map[string]bool)
	for _, p := range all {
		name := strings.TrimPrefix(p.ImportPath, module)
		seen[name] = true
		for _, imp := range p.Imports {
			if users, ok := only[imp]; ok && !slices.Contains(users, name) {
				t.Errorf("%s imports %s, which is for %v", name, imp, users)
			}
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return r.pkg == name })
		if i < 0 {
			if !slices.Contains(free, name) {
				t.Errorf("%s is not known here: say what it may import", name)
			}
			continue
		}
		for _, imp := range p.Imports {
			house, ok := strings.CutPrefix(imp, module)
			switch {
			case ok && !allowed(rules[i].house, house):
				t.Errorf("%s imports %s: that arrow points the wrong way", name, house)
			case !ok && strings.Contains(strings.Split(imp, "/")[0], ".") && !allowed(rules[i].other, imp):
				t.Errorf("%s imports %s, which it has no business with", name, imp)
			case imp == "testing" || imp == "flag" || imp == "os/signal":
				t.Errorf("%s imports %s", name, imp)
			}
		}
	}
	for _, r := range rules {
		if !seen[r.pkg] {
			t.Errorf("the rule for %s has no package", r.pkg)
		}
	}
}

// Nothing outside cmd prints or exits, and probe/diagnose knows neither clock
// nor network.
func TestPurity(t *testing.T) {
	pure := []string{
		"probe/diagnose", "probe/diagnose/cause", "probe/diagnose/chart", "probe/diagnose/question", "probe/diagnose/reply",
		"probe/diagnose/atlas", "probe/diagnose/pasted", "probe/expect", "probe/expect/dane", "probe/stage", "report", "report/term", "report/jsonreport", "report/markdown", "report/prometheus", "profiles/published", "profiles/export", "profiles/survey",
		"report/points", "report/junit", "report/tap", "report/github", "report/nagios",
	}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if !slices.Contains(pure, name) {
			continue
		}
		for _, imp := range p.Imports {
			if imp == "os" || imp == "net/http" || imp == "os/exec" || imp == "crypto/tls" {
				t.Errorf("%s imports %s", name, imp)
			}
		}
	}
}
