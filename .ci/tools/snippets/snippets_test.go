package main

import (
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v4"
)

const repository = "../../.."

// shown returns what the README shows.
func shown(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return snippets(string(readme))
}

func TestSnippets(t *testing.T) {
	want := []string{
		".github/workflows/mail.yml", ".gitlab-ci.yml", "Jenkinsfile", "etc/icinga2/conf.d/maildoctor.conf",
		"etc/nagios4/conf.d/maildoctor.cfg", "etc/systemd/system/maildoctor.service", "etc/systemd/system/maildoctor.timer", "prometheus.yml",
	}
	if got := slices.Sorted(maps.Keys(shown(t))); !slices.Equal(got, want) {
		t.Errorf("the README shows\n%q; want\n%q", got, want)
	}
	got := snippets("text\n\n    # a.yml\n    a:\n\n      b\n\n    // /c.conf\n    d\n\ntext\n\n    e\n")
	if len(got) != 2 || got["a.yml"] != "a:\n\n  b\n" || got["c.conf"] != "d\n" {
		t.Errorf("%q", got)
	}
}

// lint has actionlint read a workflow beside a copy of the action.
func lint(t *testing.T, workflow string) []string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{".git", ".github/workflows", filepath.Dir(actionFile)} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, ".github/workflows/mail.yml")
	of, err := os.ReadFile(filepath.Join(repository, actionFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{file: workflow, filepath.Join(dir, actionFile): string(of)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	found, err := l.LintFiles([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for _, e := range found {
		wrong = append(wrong, e.Error())
	}
	return wrong
}

// The workflow is one, and gives the action inputs that it has.
func TestWorkflow(t *testing.T) {
	remote := regexp.MustCompile(`OWNER/maildoctor/(\S+)@\S+`)
	workflow := shown(t)[".github/workflows/mail.yml"]
	if !remote.MatchString(workflow) {
		t.Fatalf("it doesn't use the action:\n%s", workflow)
	}
	local := remote.ReplaceAllString(workflow, "./$1")
	if wrong := lint(t, local); wrong != nil {
		t.Errorf("%q", wrong)
	}
	other := strings.Replace(local, "file:", "files:", 1)
	if wrong := lint(t, other); len(wrong) != 1 || !strings.Contains(wrong[0], `"files"`) {
		t.Errorf("an input that the action hasn't: %q", wrong)
	}
}

// job is what is known here of GitLab's jobs (docs.gitlab.com/ci/yaml).
type job struct {
	Image        string
	Variables    map[string]string
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When    string
		Paths   []string
		Reports struct{ JUnit string }
	}
}

func TestGitLab(t *testing.T) {
	d := yaml.NewDecoder(strings.NewReader(shown(t)[".gitlab-ci.yml"]))
	d.KnownFields(true)
	var jobs map[string]job
	if err := d.Decode(&jobs); err != nil {
		t.Fatal(err)
	}
	j, ok := jobs["mail"]
	if !ok || len(jobs) != 1 || len(j.Script) != 1 {
		t.Fatalf("%+v", jobs)
	}
	if a := j.Artifacts; a.When != "always" || a.Reports.JUnit == "" || !strings.Contains(j.Script[0], "--output junit="+a.Reports.JUnit) {
		t.Errorf("%q writes no test cases that a failed job would show: %+v", j.Script, a)
	}
}

// The action's inputs are all described and used, none is put into a script as text
// (what it holds would be run), and scripts use only variables that there are.
func TestAction(t *testing.T) {
	a, err := readAction(repository)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(repository, actionFile))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(string(text), -1) {
		used[m[1]] = true
		if _, ok := a.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %s", m[1])
		}
	}
	for name, in := range a.Inputs {
		if !used[name] || in.Description == "" {
			t.Errorf("the input %s is used: %t; described: %q", name, used[name], in.Description)
		}
	}
	variable := regexp.MustCompile(`\$\{?([A-Z][A-Z_]+)`)
	for i, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") || s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %d: shell %q, script:\n%s", i+1, s.Shell, s.Run)
		}
		for _, m := range variable.FindAllStringSubmatch(s.Run, -1) {
			if _, ok := s.Env[m[1]]; !ok && !strings.HasPrefix(m[1], "GITHUB_") && !strings.HasPrefix(m[1], "RUNNER_") && m[1] != "RANDOM" {
				t.Errorf("step %d has no variable %s", i+1, m[1])
			}
		}
	}
}

// double stands for maildoctor in the tests of the action: it writes down its
// arguments and what it was told to write.
const double = `#!/bin/bash
printf '%s\n' "$@" >"$0.args"
for arg; do
  case $arg in
    markdown=*) echo "a summary" >"${arg#*=}" ;;
    text=*) echo "::error::what a server said" >"${arg#*=}" ;;
  esac
done
echo "::error title=t::one annotation"
exit 1
`

// The step that checks hands on its inputs, shows annotations and then the text, which
// can't command the runner, and fails as maildoctor does.
func TestActionChecks(t *testing.T) {
	for _, c := range []struct {
		name, format, junit, args, summary string
		want                               []string
		out                                *regexp.Regexp
	}{
		{
			"as it is", "github", "", "", "true",
			[]string{"check", "--file", "smoke test.toml", "--format", "github"},
			regexp.MustCompile(`^::error title=t::one annotation\n::stop-commands::(\S+)\n::error::what a server said\n::\S+::\n$`),
		},
		{
			"with everything", "text", "j.xml", "--strict\n--only\n\nlabel a\n", "false",
			[]string{"check", "--file", "smoke test.toml", "--format", "text", "junit=j.xml", "--strict", "--only", "label a"},
			regexp.MustCompile(`^::stop-commands::(\S+)\n::error title=t::one annotation\n::\S+::\n$`),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			out, code := stepCheck(t, dir, "FILE=smoke test.toml", "FORMAT="+c.format, "JUNIT="+c.junit, "ARGS="+c.args, "SUMMARY="+c.summary)
			m := c.out.FindStringSubmatch(out)
			if code != 1 || m == nil || !strings.HasSuffix(out, "::"+m[1]+"::\n") {
				t.Errorf("exit code %d, %q; want 1 and %s", code, out, c.out)
			}
			var args []string
			for arg := range strings.Lines(text(t, dir, "maildoctor.args")) {
				arg = strings.TrimSuffix(arg, "\n")
				if arg != "--output" && !strings.HasPrefix(arg, "markdown=") && !strings.HasPrefix(arg, "text=") {
					args = append(args, arg)
				}
			}
			if !slices.Equal(args, c.want) {
				t.Errorf("it ran with %q; want %q", args, c.want)
			}
			if got, want := text(t, dir, "summary"), map[string]string{"true": "before\na summary\n", "false": "before\n"}[c.summary]; got != want {
				t.Errorf("the summary is %q; want %q", got, want)
			}
			if got := text(t, dir, "output"); got != "exit-code=1\n" {
				t.Errorf("the outputs are %q", got)
			}
		})
	}
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// stepCheck runs the step as a runner does: docs.github.com, "Workflow syntax",
// jobs.<job_id>.steps[*].shell.
func stepCheck(t *testing.T, dir string, env ...string) (string, int) {
	t.Helper()
	a, err := readAction(repository)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Runs.Steps, func(s step) bool { return s.ID == "check" })
	for name, content := range map[string]string{"maildoctor": double, "step.sh": a.Runs.Steps[i].Run, "summary": "before\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", filepath.Join(dir, "step.sh"))
	cmd.Env = append(os.Environ(), env...)
	cmd.Env = append(cmd.Env, "FROM="+dir, "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"), "GITHUB_OUTPUT="+filepath.Join(dir, "output"))
	cmd.Stderr = os.Stderr
	out, _ := cmd.Output()
	return string(out), cmd.ProcessState.ExitCode()
}
